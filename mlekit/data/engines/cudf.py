"""cuDF: frames on a GPU; their columns are read through NumPy."""

FRAMES = {"cudf.DataFrame": lambda data: data}
BACKEND = "cudf"
