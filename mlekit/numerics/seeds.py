"""Random number generators from what a user gives as `seed=`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import OptionError


def generator(seed: Any) -> np.random.Generator:
    """Return a random number generator; a Generator is returned as it is.

    >>> int(generator(0).integers(100)) == int(generator(0).integers(100))
    True
    """
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError):
        raise OptionError(
            f"seed is {seed!r}, but it has to be a non-negative integer or a numpy.random.Generator: the same integer"
            " gives the same draws, and None others each time"
        ) from None


def check_seed(seed: Any) -> None:
    """Raise an OptionError unless a generator can be made of the seed."""
    if type(seed) is not int or seed < 0:
        generator(seed)
