"""The cost of 16 times as many groups, ten rows in each."""

from __future__ import annotations

import pandas as pd

import mlekit

from .harness import exponent
from .yardsticks import shuffled_groups

WORK = "gamma, 1.6e5 groups against 1e4"
GOAL = {"a_sixteenth": exponent(1.1, grown=16)}


def prepare(shrink: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    many, few = (shuffled_groups(groups // shrink) for groups in (160_000, 10_000))
    return tuple(pd.DataFrame({"amount": values, "store": codes}) for values, codes in (many, few))


def ours(many: pd.DataFrame, few: pd.DataFrame) -> mlekit.GroupedFit:
    return mlekit.fit(many, "amount", family="gamma", by="store")


def a_sixteenth(many: pd.DataFrame, few: pd.DataFrame) -> mlekit.GroupedFit:
    return mlekit.fit(few, "amount", family="gamma", by="store")
