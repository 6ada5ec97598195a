"""Groups named by text: pandas finds the groups once, as it does for a mean of its own."""

from __future__ import annotations

import pandas as pd

import mlekit

from .harness import at_most
from .yardsticks import shuffled_groups

WORK = "grouping by text, pandas"
GOAL = {"mean_and_coded_fit": at_most(1.5)}


def prepare(shrink: int) -> tuple[pd.DataFrame]:
    values, codes = shuffled_groups(10**5 // shrink)
    return (pd.DataFrame({"amount": values, "code": codes, "store": [f"store {code}" for code in codes]}),)


def ours(frame: pd.DataFrame) -> mlekit.GroupedFit:
    return mlekit.fit(frame, "amount", family="gamma", by="store")


def mean_and_coded_fit(frame: pd.DataFrame) -> mlekit.GroupedFit:
    frame.groupby("store")["amount"].mean()
    return mlekit.fit(frame, "amount", family="gamma", by="code")
