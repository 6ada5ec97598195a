"""Checks of numbers that users give: confidence levels, proportions, counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..errors import OptionError


def check_level(level: object) -> float:
    """Return a confidence level from 0.5 to below 1, or raise an OptionError."""
    if isinstance(level, (int, float)) and 0.5 <= level < 1:
        return level
    hint = ""
    if isinstance(level, float) and 0 < level < 0.5:
        hint = f": for a {1 - level:.0%} interval say level={1 - level:g}"
    raise OptionError(f"level is {level!r}, but it is the proportion of intervals that cover, from 0.5 to 1{hint}")


def check_proportion(q: ArrayLike) -> None:
    """Raise an OptionError unless every number is from 0 to 1."""
    proportions = np.atleast_1d(np.asarray(q, dtype=float))
    bad = ~((proportions >= 0) & (proportions <= 1))
    if bad.any():
        raise OptionError(f"q is {proportions[np.argmax(bad)]:g}, but it is a proportion, from 0 to 1")


def check_count(n: object, noun: str, least: int = 0) -> int:
    """Return n, an integer that is not below `least`, or raise an OptionError."""
    if not isinstance(n, (int, np.integer)) or n < least:
        sign = "positive" if least else "non-negative"
        raise OptionError(f"n is {n!r}, but it is a number of {noun}: give a {sign} integer")
    return int(n)
