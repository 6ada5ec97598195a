"""Errors, intervals, tests and predictions, which follow from a maximum. Everything takes a `Solution`, never a fit."""
