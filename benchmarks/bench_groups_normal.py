"""One normal distribution per group, in one vectorised solve, against a loop of scipy fits over groups already apart.

The loop runs over a fiftieth of the groups; its time is scaled up.
"""

from __future__ import annotations

import pandas as pd
from scipy import stats

import mlekit

from .harness import faster
from .yardsticks import Array, apart, shuffled_groups

WORK = "normal, 1e6 rows in 1e5 groups"
GOAL = {"scipy_loop": faster(45, part=1 / 50)}


def prepare(shrink: int) -> tuple[pd.DataFrame, list[Array]]:
    groups = 10**5 // shrink
    values, codes = shuffled_groups(groups)
    return pd.DataFrame({"amount": values, "store": codes}), apart(values, codes, groups // 50)


def ours(frame: pd.DataFrame, some: list[Array]) -> pd.DataFrame:
    return mlekit.fit(frame, "amount", family="normal", by="store").params


def scipy_loop(frame: pd.DataFrame, some: list[Array]) -> list[tuple[float, ...]]:
    return [stats.norm.fit(group) for group in some]
