"""Whole models of words: one model, one file."""
