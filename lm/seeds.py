"""Random numbers that nobody else shares."""

from __future__ import annotations

import numpy as np

from mlekit.errors import OptionError

Seed = int | np.random.Generator | None


def generator(seed: Seed) -> np.random.Generator:
    """A generator of its own for an int, itself for a generator, a fresh one for None; the global one is never touched.

    >>> int(generator(0).integers(100)) == int(generator(0).integers(100))
    True
    """
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError) as error:
        raise OptionError(f"seed={seed!r}: give a whole number from 0 or a numpy.random.Generator") from error
