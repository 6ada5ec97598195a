"""The line search of Newton's method: the first of the steps 1, 1/2, 1/4 ... that increases the value enough."""

from __future__ import annotations

import numpy as np

from ._base import Evaluation, Floats, Kinks, Mask, Problem

HALVINGS = 40
HALVINGS_BY_DIFFERENCES = 6  # then the differences, and not the length of the step, are wrong
LONG_STEP = 0.02  # in standardised free coordinates
HIDDEN = 1e-6  # decrement at which rounding may hide an increase: such a step is not halved
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
    hidden = (decrement <= HIDDEN * unit) & (np.abs(step).max(axis=1) <= LONG_STEP)
    if (moved | hidden).all():
        return np.where(moved[:, None], new, z), _chosen(moved, there, e), moved
    if len(z) == 1:
        return _halve_one(problem, z, e, step, decrement, kinks, unit)
    return _halve(problem, z, e, step, decrement, kinks, unit, new, there, moved, hidden)


def _halve_one(
    problem: Problem, z: Floats, e: Evaluation, step: Floats, decrement: Floats, kinks: Kinks | None, unit: Floats
) -> tuple[Floats, Evaluation, Mask]:
    """Halve the step of a single fit."""
    size = 1.0
    for _ in range(_halvings(problem) - 1):
        size *= 0.5
        new = destination(z, step * size, kinks)
        if increases(problem.at(new, 0).value, e.value, size, decrement, unit)[0]:
            return new, problem.at(new, 2), np.array([True])
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
    hidden: Mask,
) -> tuple[Floats, Evaluation, Mask]:
    """Halve the steps of the fits that have not moved, unless rounding hides what they gain; fills in place."""
    size, halved = np.ones(len(z)), ~moved
    for _ in range(_halvings(problem)):
        again = np.flatnonzero(~(moved | hidden))
        if not len(again):
            break
        size[again] *= 0.5
        trial = destination(z[again], step[again] * size[again, None], kinks)
        value = problem.take(again).at(trial, 0).value
        ok = increases(value, e.value[again], size[again], decrement[again], unit[again])
        new[again[ok]] = trial[ok]
        moved[again[ok]] = True
    later = np.flatnonzero(halved & moved)
    if len(later):
        for part, value in zip(there, problem.take(later).at(new[later], 2), strict=True):
            part[later] = value
    return np.where(moved[:, None], new, z), _chosen(moved, there, e), moved


def _chosen(moved: Mask, there: Evaluation, here: Evaluation) -> Evaluation:
    """The evaluations of the fits that have moved, and those of the others where they were."""
    for part, old in zip(there, here, strict=True):
        part[~moved] = old[~moved]
    return there


def _halvings(problem: Problem) -> int:
    return HALVINGS_BY_DIFFERENCES if problem.by_differences else HALVINGS


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
