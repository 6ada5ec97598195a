"""What follows from a maximum: errors, intervals, tests, predictions. Everything takes a `Solution`, never a fit."""
