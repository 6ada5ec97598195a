"""The higher of two maxima, fit by fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ._base import Floats, Mask, Solution, Status

PER_FIT = ("z", "value", "status", "decrement", "hessian")
NOTES_PER_FIT = ("step", "drift", "at_corner")


def higher_peak(a: Solution, b: Solution) -> Solution:
    """Take b for the fits where it is higher, or where a is no peak, else a.

    Fits with two different maxima are noted as `several_peaks`.
    """
    assert a.value is not None
    assert b.value is not None
    ended, good = (np.isin(s.status, (int(Status.CONVERGED), int(Status.EDGE))) for s in (a, b))
    higher = good & (~ended | (b.value > a.value + 1e-7 * (1 + np.abs(a.value))))
    both = (a.status == int(Status.CONVERGED)) & (b.status == int(Status.CONVERGED))
    different = both & (np.abs(b.value - a.value) > 1e-6 * (1 + np.abs(a.value)))
    known = a.notes.get("several_peaks", np.zeros(len(a.value), dtype=bool))
    chosen, notes = {}, {}
    if higher.any():
        chosen = {name: _select(higher, getattr(a, name), getattr(b, name)) for name in PER_FIT}
        notes = {name: _select(higher, a.notes[name], b.notes[name]) for name in NOTES_PER_FIT if name in a.notes}
    return replace(a, **chosen, notes={**a.notes, **notes, "several_peaks": known | different})


def _select(higher: Mask, a: Floats, b: Floats) -> Floats:
    """The rows of b where it is higher, else those of a."""
    return np.where(higher.reshape(-1, *[1] * (np.ndim(a) - 1)), b, a)
