"""Groups named by text: polars finds the groups once, as it does for a mean of its own."""

from __future__ import annotations

import polars as pl

import mlekit

from .harness import at_most
from .yardsticks import shuffled_groups

WORK = "grouping by text, polars"
GOAL = {"mean_and_coded_fit": at_most(1.5)}


def prepare(shrink: int) -> tuple[pl.DataFrame]:
    values, codes = shuffled_groups(10**5 // shrink)
    return (pl.DataFrame({"amount": values, "code": codes, "store": [f"store {code}" for code in codes]}),)


def ours(frame: pl.DataFrame) -> mlekit.GroupedFit:
    return mlekit.fit(frame, "amount", family="gamma", by="store")


def mean_and_coded_fit(frame: pl.DataFrame) -> mlekit.GroupedFit:
    frame.group_by("store").agg(pl.col("amount").mean())
    return mlekit.fit(frame, "amount", family="gamma", by="code")
