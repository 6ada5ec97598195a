"""Spark: frames of a cluster, which are not in memory."""

LAZY = {"pyspark.DataFrame": "data.toPandas()"}
