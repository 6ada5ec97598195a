"""Ibis: tables of any database, which are not in memory."""

LAZY = {"ibis.Table": "data.to_pandas()"}
