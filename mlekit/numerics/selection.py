"""Rows selected by a mask, and parts combined again: for arrays, jets and tensors alike.

Rows are on the last axis. A value may be the same for all rows (a number, [1], [G, 1]) or differ between them ([n],
[G, n]). A mask is [n], or [G, n] where the members of a batch select different rows; the latter gives flat values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

Array = Any
Part = tuple[Array, Array]  # a mask or an index of rows, and their values


def select(values: Array, mask: Array) -> Array:
    """Return the selected rows; what is the same for all rows stays as it is under a mask [n].

    >>> select(np.array([1.0, 2.0, 3.0]), np.array([True, False, True]))
    array([1., 3.])
    """
    if mask.ndim > 1:
        return np.broadcast_to(values, mask.shape)[mask]
    return values[..., mask] if np.shape(values)[-1:] == mask.shape else values


def combine(shape: tuple[int, ...], parts: Sequence[Part]) -> Array:
    """Return an array of this shape with the values of each part in its rows, and zero in all others.

    >>> combine((3,), [(np.array([True, False, True]), np.array([1.0, 3.0]))])
    array([1., 0., 3.])
    """
    out = np.zeros(shape, dtype=np.result_type(*(values for _, values in parts)))
    for mask, values in parts:
        out[..., places(mask)] = values
    return out


def places(mask: Array) -> Array:
    """Return the index of the rows of a mask [n], which NumPy is quicker to follow; anything else as it is."""
    return np.flatnonzero(mask) if mask.ndim == 1 and mask.dtype == bool else mask


def select_jet(values: Array, mask: Array) -> Array:
    """Return the selected rows of a jet with their derivatives."""
    return _mapped(values, lambda a: select(a, mask))


def combine_jets(shape: tuple[int, ...], parts: Sequence[Part]) -> Array:
    """Return the jet of this shape that has the values and derivatives of each part in its rows."""
    from .jets import Jet, value_of

    jets = [(mask, part) for mask, part in parts if isinstance(part, Jet)]
    value = combine(shape, [(mask, value_of(part)) for mask, part in parts])
    if not jets:
        return value

    def joined(name: str) -> dict[Any, Array]:
        found: dict[Any, list[Part]] = {}
        for mask, part in jets:
            for key, derivative in getattr(part, name).items():
                found.setdefault(key, []).append((mask, derivative))
        return {key: combine(shape, several) for key, several in found.items()}

    return Jet(value, joined("gradient"), joined("hessian"), jets[0][1].order)


def select_tensor(values: Array, mask: Array) -> Array:
    """Return the selected rows of a tensor."""
    if mask.ndim > 1:
        return values.expand(mask.shape)[mask]
    return values[..., mask] if values.shape[-1:] == mask.shape else values


def combine_tensors(shape: tuple[int, ...], parts: Sequence[Part]) -> Array:
    """Return a tensor of this shape with the values of each part in its rows, and zero in all others."""
    out = parts[0][1].new_zeros(shape)
    for mask, values in parts:
        out[..., mask] = values
    return out


def _mapped(values: Array, function: Callable[[Array], Array]) -> Array:
    """A linear function of a jet: of its value and of each derivative."""
    from .jets import Jet

    if not isinstance(values, Jet):
        return function(values)
    gradient = {key: function(d) for key, d in values.gradient.items()}
    return Jet(function(values.value), gradient, {key: function(d) for key, d in values.hessian.items()}, values.order)
