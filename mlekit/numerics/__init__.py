"""The floor: arrays, sets and their links, special functions, small systems, derivatives."""
