"""DuckDB: relations of a database, which are not in memory."""

LAZY = {"duckdb.DuckDBPyRelation": "data.df()"}
