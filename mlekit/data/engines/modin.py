"""Modin: frames like those of pandas; their columns are read through NumPy."""

FRAMES = {"modin.DataFrame": lambda data: data}
BACKEND = "modin"
