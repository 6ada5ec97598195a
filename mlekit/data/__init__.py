"""Data of any library, checked: columns, tables, formulas, observations and their sums."""
