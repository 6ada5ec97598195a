"""dask: frames in partitions, which are not in memory."""

LAZY = {"dask.DataFrame": "data.compute()"}
