"""Language models, one per file, that are more than a network; `lm.find` finds them by the names of the files."""
