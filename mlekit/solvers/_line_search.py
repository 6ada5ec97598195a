"""The line search of Newton's method: the first of the steps 1, 1/2, 1/4 ... that increases the value enough."""

from __future__ import annotations

import numpy as np

from ._base import Evaluation, Floats, Kinks, Mask, Problem

HALVINGS = 40
SUFFICIENT = 1e-4  # fraction of the predicted increase that a step has to reach (Armijo)
ROUNDING = 1e-13  # relative change of a value that rounding may hide


def line_search(
    problem: Problem, z: Floats, e: Evaluation, step: Floats, decrement: Floats, kinks: Kinks | None, unit: Floats
) -> tuple[Floats, Evaluation, Mask]:
    """The new coordinates, their evaluation, and a mask of the fits for which a step was found."""
    new = destination(z, step, kinks)
    there = problem.at(new, 2)
    moved = increases(there.value, e.value, 1.0, decrement, unit)
    if moved.all():
        return new, there, moved
    if len(z) == 1:
        return _halve_one(problem, z, e, step, decrement, kinks, unit)
    return _halve(problem, z, e, step, decrement, kinks, unit, new, there, moved)


def _halve_one(
    problem: Problem, z: Floats, e: Evaluation, step: Floats, decrement: Floats, kinks: Kinks | None, unit: Floats
) -> tuple[Floats, Evaluation, Mask]:
    """Halve the step of a single fit."""
    size = 1.0
    for _ in range(HALVINGS - 1):
        size *= 0.5
        new = destination(z, step * size, kinks)
        there = problem.at(new, 2)
        if increases(there.value, e.value, size, decrement, unit)[0]:
            return new, there, np.array([True])
    return z, e, np.array([False])


def _halve(
    problem: Problem,
    z: Floats,
    e: Evaluation,
    step: Floats,
    decrement: Floats,
    kinks: Kinks | None,
    unit: Floats,
    new: Floats,
    there: Evaluation,
    moved: Mask,
) -> tuple[Floats, Evaluation, Mask]:
    """Halve the steps of the fits that have not moved; `new`, `there` and `moved` are filled in place."""
    size = np.ones(len(z))
    for _ in range(HALVINGS):
        again = np.flatnonzero(~moved)
        if not len(again):
            break
        size[again] *= 0.5
        trial = destination(z[again], step[again] * size[again, None], kinks)
        t = problem.take(again).at(trial, 2)
        ok = increases(t.value, e.value[again], size[again], decrement[again], unit[again])
        for part, value in zip(there, t, strict=True):
            part[again[ok]] = value[ok]
        new[again[ok]] = trial[ok]
        moved[again[ok]] = True
    for part, old in zip(there, e, strict=True):
        part[~moved] = old[~moved]
    return np.where(moved[:, None], new, z), there, moved


def increases(value: Floats, before: Floats, size: Floats | float, decrement: Floats, unit: Floats) -> Mask:
    """True where a step of this size increases the value enough; an increase that rounding hides is let pass."""
    slack = ROUNDING * (unit + np.abs(before))
    with np.errstate(invalid="ignore"):
        return value >= before + SUFFICIENT * size * decrement - slack


def destination(z: Floats, step: Floats, kinks: Kinks | None) -> Floats:
    """z + step, exactly on a kink to which the step leads."""
    if kinks is None:
        return z + step
    return np.where((step == kinks.position - z) & (kinks.weight > 0), kinks.position, z + step)
