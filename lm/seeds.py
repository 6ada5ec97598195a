"""Random number generators."""

from __future__ import annotations

import numpy as np

from mlekit.errors import OptionError

Seed = int | np.random.Generator | None


def generator(seed: Seed) -> np.random.Generator:
    """Return a random number generator; the global one of NumPy is never used.

    Parameters
    ----------
    seed : int, numpy.random.Generator or None
        A non-negative integer seeds a new generator, a generator is returned as it is, and None seeds a new generator
        with fresh entropy.

    Returns
    -------
    numpy.random.Generator

    Raises
    ------
    OptionError
        If the seed is anything else.

    Examples
    --------
    >>> int(generator(0).integers(100)) == int(generator(0).integers(100))
    True
    """
    try:
        return np.random.default_rng(seed)
    except (TypeError, ValueError) as error:
        raise OptionError(f"seed={seed!r}: give a non-negative integer or a numpy.random.Generator") from error
