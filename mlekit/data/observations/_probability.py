"""The log probability of an interval, from whichever tail of the distribution keeps the digits.

    open to the left      log F(upper)
    open to the right     log S(lower)
    two-sided             log(S(lower) - S(upper)) in the upper tail, log(F(upper) - F(lower)) in the lower one

A difference of logarithms is taken as top + log(1 - exp(low - top)) in the tail in which it is small. An interval that
holds a vanishing part of its tail is a density times a width, and one whose far end adds nothing is one-sided. Rows of
each sort are evaluated apart, so that an infinite value of a formula that is not theirs reaches no derivative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ...numerics.selection import combine, places
from ._types import Array, Derivatives, FamilyLike, Floats, Namespace, Params, Scale

NARROW = 1e-5  # a part of the tail: density times width errs by its square, the difference by the float's digits in it
FAR = 700.0  # log of a ratio of tails: what is beyond adds nothing


class Sort(IntEnum):
    """The form of an observation."""

    EXACT = 0
    LEFT = 1  # at most `upper`
    RIGHT = 2  # at least `lower`
    BETWEEN = 3
    ANYWHERE = 4  # nothing


class Bounds(NamedTuple):
    """Bounds of rows: P(below < Y <= upper)."""

    below: Array
    upper: Array

    def take(self, mask: Array) -> Bounds:
        """The rows of a mask [n], or flat those of a mask [G, n]."""
        rows = mask
        if isinstance(mask, np.ndarray):
            rows = mask.nonzero()[-1]
        elif mask.ndim > 1:
            rows = mask.nonzero()[:, -1]
        return Bounds(self.below[rows], self.upper[rows])


Formula: TypeAlias = Callable[[Namespace, FamilyLike, Bounds, Params], Array]
Piece: TypeAlias = tuple[Array, Formula]  # a mask of rows, and the formula of their log probability


def sorted_by_bounds(lower: Floats, upper: Floats, low: Scale = -np.inf, high: Scale = np.inf) -> NDArray[np.int8]:
    """Return the sort of each row; a bound at or beyond an end of the support, low or high, is open."""
    left, right = lower <= low, upper >= high
    sort = np.full(len(lower), Sort.BETWEEN, dtype=np.int8)
    sort[left & ~right], sort[right & ~left] = Sort.LEFT, Sort.RIGHT
    sort[left & right] = Sort.ANYWHERE
    sort[lower == upper] = Sort.EXACT
    return sort


def pieces(
    xp: Namespace, family: FamilyLike, sort: Array, bounds: Bounds, params: Params, shape: tuple[int, ...]
) -> list[Piece]:
    """Return the masks of censored rows that share a formula, at parameters without derivatives."""
    found: list[Piece] = [(sort == Sort.LEFT, log_left), (sort == Sort.RIGHT, log_right)]
    between = sort == Sort.BETWEEN
    if between.any():
        few = {name: chosen(xp, value, between) for name, value in params.items()}
        with np.errstate(all="ignore"):
            split = _split(xp, family, bounds.take(between), few)
        found += [(_spread(xp, between, region, shape), formula) for region, formula in split]
    return [(mask, formula) for mask, formula in found if mask.any()]


def chosen(xp: Namespace, value: Array, mask: Array) -> Array:
    """The values of a parameter in the rows of a mask; of a simplex those of each level."""
    return [xp.select(v, mask) for v in value] if isinstance(value, list) else xp.select(value, mask)


def leading(values: Sequence[Array]) -> tuple[int, ...]:
    """The axes before the rows that these values have together."""
    return np.broadcast_shapes(*(tuple(np.shape(value))[:-1] for value in values))


def log_left(xp: Namespace, family: FamilyLike, bounds: Bounds, params: Params) -> Array:
    return family.log_cdf(xp, bounds.upper, **params)


def log_right(xp: Namespace, family: FamilyLike, bounds: Bounds, params: Params) -> Array:
    return family.log_survival(xp, bounds.below, **params)


def log_in_lower_tail(xp: Namespace, family: FamilyLike, bounds: Bounds, params: Params) -> Array:
    top, low = family.log_cdf(xp, bounds.upper, **params), family.log_cdf(xp, bounds.below, **params)
    return top + xp.log1mexp(top - low)


def log_in_upper_tail(xp: Namespace, family: FamilyLike, bounds: Bounds, params: Params) -> Array:
    top, low = family.log_survival(xp, bounds.below, **params), family.log_survival(xp, bounds.upper, **params)
    return top + xp.log1mexp(top - low)


def log_narrow(xp: Namespace, family: FamilyLike, bounds: Bounds, params: Params) -> Array:
    middle = 0.5 * (bounds.below + bounds.upper)
    return family.log_density(xp, middle, **params) + xp.log(bounds.upper - bounds.below)


def _split(xp: Namespace, family: FamilyLike, bounds: Bounds, params: Params) -> list[Piece]:
    """Two-sided intervals by the tail that they lie in, and by what their far end adds."""
    above, under = log_right(xp, family, bounds, params), log_left(xp, family, bounds, params)
    turned = Bounds(bounds.upper, bounds.below)
    up = above < under
    top = xp.where(up, above, under)
    low = xp.where(up, log_right(xp, family, turned, params), log_left(xp, family, turned, params))
    far = ~(top - low <= FAR)
    narrow = (top - low < NARROW) & (not family.support.discrete)
    rest = ~(far | narrow)
    return [
        (rest & up, log_in_upper_tail),
        (rest & ~up, log_in_lower_tail),
        (far & up, log_right),
        (far & ~up, log_left),
        (narrow, log_narrow),
    ]


def _spread(xp: Namespace, between: Array, region: Array, shape: tuple[int, ...]) -> Array:
    """A mask of two-sided rows as one of all rows: [n], or [G, n] where members of a batch differ."""
    if int(np.prod(shape[:-1])) == 1:
        return xp.combine(shape[-1:], [(between, region.reshape(-1))])
    return xp.combine(shape, [(between, region)])


def joined(shape: tuple[int, ...], parts: Sequence[tuple[Array, Derivatives]], size: int, order: int) -> Derivatives:
    """Values, scores and Hessians of all rows from those of parts of them."""
    parts = [(places(mask), found) for mask, found in parts]

    def whole(of: Callable[[Derivatives], Array]) -> Array:
        values = [(mask, of(found)) for mask, found in parts]
        zero = all(isinstance(value, float) and value == 0.0 for _, value in values)
        return 0.0 if zero and values else combine(shape, values) if values else np.zeros(shape)

    value = combine(shape, [(mask, found[0]) for mask, found in parts]) if parts else np.zeros(shape)
    score = [whole(lambda found, i=i: found[1][i]) for i in range(size)] if order else []
    hessian: list[list[Array]] = [[0.0] * size for _ in range(size)] if order > 1 else []
    for i in range(size if order > 1 else 0):
        for j in range(i, size):
            hessian[i][j] = hessian[j][i] = whole(lambda found, i=i, j=j: found[2][i][j])
    return value, score, hessian
