"""The log posterior along one value, everything else at its best there, for a batch of values and sides.

    Lines           a parameter or coefficient, which is a linear function of the coordinates: Newton, from the last answer
    Probabilities   one of a simplex: the others stay in proportion, so there is nothing to climb

A value u is on the scale of its link, where curves are nearly parabolas. A peak at an end of the set is at infinity
there: it is stood for by FAR.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ..links import Link
from ..links.identity import Identity
from ..numerics.arrays import NUMPY
from ..numerics.linalg import inverse_positive
from ..numerics.special import expit, logit
from ..solvers._base import Array, Solution, Status
from ..solvers.newton import Newton
from .information import link_of, log_likelihood, log_prior
from .slices import Slices

FAR = 100.0  # in logs and logits
FARTHEST = 700.0
NEWTON = Newton(tol=1e-10, steps=60)
SIDES = (-1, 1)


class Curves(ABC):
    """Members are (name, group, side); distances from the peak are positive, whatever the side."""

    def __init__(self, solution: Solution, names: list[str], sides: tuple[int, ...]) -> None:
        shape = (len(names), solution.problem.count, len(sides))
        self.column, self.group, side = (i.ravel() for i in np.indices(shape))
        self.side = np.array(sides)[side]
        self.names, self.problem, self.solution = names, solution.problem, solution

    peak: Array  # [B]
    step: Array  # [B]: a standard error or so
    far: Array  # [B]: beyond this there is nothing to find
    at_end: Array  # [B]: the peak is an end of the set
    ended: Array  # [B]: and there is nothing beyond it on this side
    top: Array  # [B]: the value at the peak
    links: list[Link]  # by name

    def _stand_in(self) -> None:
        """FAR for a peak at infinity."""
        self.at_end = np.isinf(self.peak)
        self.ended = self.at_end & (np.sign(self.peak) == self.side)
        self.peak = _finite(self.peak)

    @abstractmethod
    def values(self, distance: Array, members: Array) -> Array:
        """The log posterior so far from the peak, [M]; nan where it cannot be had."""

    def settle(self, members: Array) -> None:  # noqa: B027 (a curve by formula keeps nothing)
        """The last values of these members are on the curve: later ones are looked for from there."""

    def at(self, u: Array, members: Array) -> Array:
        """Values at places on the scale of the link, further and further out."""
        values = self.values(np.abs(u - self.peak[members]), members)
        self.settle(members[np.isfinite(values)])
        return values

    def named(self, u: Array, members: Array) -> Array:
        """What people see of places on the scale of the link."""
        out = np.empty(len(members))
        with np.errstate(all="ignore"):
            for column, link in enumerate(self.links):
                here = self.column[members] == column
                out[here] = link.inverse(NUMPY, u[here])
        return out


def _finite(u: Array) -> Array:
    return np.where(np.isinf(u), np.copysign(FAR, u), u)


class Lines(Curves):
    """Profiles of parameters and coefficients."""

    def __init__(self, solution: Solution, names: list[str], sides: tuple[int, ...] = SIDES) -> None:
        super().__init__(solution, names, sides)
        coefficients: Any = solution.problem.coefficients
        place = np.array([coefficients.coordinate[name] for name in names])[self.column]
        self.peak = solution.original[self.group, place]
        self._stand_in()
        original = _finite(solution.original)
        z, matrix = self.problem.from_original(original), self.problem.free_directions
        self.z = z[self.group]
        self.normal = np.broadcast_to(matrix, (self.problem.count, *matrix.shape[1:]))[self.group, place]
        self.links = [link_of(self.problem, name) for name in names]
        self.top = _top(solution, z)[self.group]
        self._lean()
        self.last, self.seen = self.z.copy(), self.z.copy()
        self.settled, self.distance = np.zeros(len(self.z)), np.zeros(len(self.z))

    def _lean(self) -> None:
        """How the others follow where the peak is a parabola, dz/du, and the standard error of u."""
        information = -self.solution.curvature
        inverse, ok = inverse_positive(information)
        with np.errstate(all="ignore"):
            size = np.abs(np.diagonal(information, axis1=1, axis2=2))
        rough = np.eye(information.shape[1]) / np.where(size > 0, size, 1.0)[:, None, :]
        inverse = np.where(ok[:, None, None], inverse, np.where(np.isfinite(rough), rough, np.eye(rough.shape[1])))
        proved = (ok & (self.solution.status <= Status.BOUNDARY))[self.group]
        with np.errstate(all="ignore"):
            along = (inverse[self.group] @ self.normal[..., None])[..., 0]
            variance = (along * self.normal).sum(axis=1)
            self.slope = self.side[:, None] * along / variance[:, None]
            short = 0.5 / np.abs(self.slope).max(axis=1)
        stretched = np.array([not isinstance(link, Identity) for link in self.links])[self.column]
        longest = np.where(proved, np.where(stretched, 1.0, np.inf), short)
        self.step = np.minimum(np.sqrt(variance), longest)
        self.far = np.where(stretched, FARTHEST - self.side * self.peak, 1e9 * self.step)
        self.step = np.where(self.at_end, 2 * FAR, self.step)

    def values(self, distance: Array, members: Array) -> Array:
        inner = self.problem if self.problem.count == 1 else self.problem.take(members)
        slices = Slices(inner, self.z[members], self.normal[members], self.side[members] * distance)
        with np.errstate(all="ignore"):
            if not slices.size:
                return slices.at(np.zeros((len(members), 0)), 0).value
            return self._climb(slices, distance, members)

    def _climb(self, slices: Slices, distance: Array, members: Array) -> Array:
        """From where the two points that were settled on last point to; where that fails, from the last."""
        last, ahead = self.last[members], distance - self.settled[members]
        found = NEWTON.ascend(slices, slices.reduce(last + self.slope[members] * ahead[:, None]))
        good, z, value = _found(found), np.array(found.z), np.array(found.value)
        lost = np.flatnonzero(~good)
        if len(lost):
            again = NEWTON.ascend(slices.take(lost), slices.reduce(last)[lost])
            good[lost], z[lost], value[lost] = _found(again), again.z, again.value
        self.seen[members], self.distance[members] = slices.expand(z), distance
        return np.where(good, value, np.nan)

    def settle(self, members: Array) -> None:
        ahead = self.distance[members] - self.settled[members]
        on = members[ahead != 0]
        self.slope[on] = (self.seen[on] - self.last[on]) / ahead[ahead != 0, None]
        self.last[members], self.settled[members] = self.seen[members], self.distance[members]


def _top(solution: Solution, z: Array) -> Array:
    """The value at the peak, [G]; at an end of the set the limit."""
    with np.errstate(all="ignore"):
        top = solution.problem.at(z, 0).value
    if solution.params is None:
        return top
    limit = log_likelihood(solution) + log_prior(solution)
    return np.where(np.isfinite(solution.original).all(axis=1), top, limit)


def _found(solution: Any) -> Array:
    return np.isfinite(solution.value) & (solution.status != Status.FAILED)


class Probabilities(Curves):
    """Profiles of probabilities: p_l = x, and (1 - x) goes to the others as the data divide it."""

    def __init__(self, solution: Solution, names: list[str], sides: tuple[int, ...] = SIDES) -> None:
        super().__init__(solution, names, sides)
        coefficients: Any = solution.problem.coefficients
        (self.param,) = {name.partition("[")[0] for name in names}
        first = coefficients.names.index(solution.problem.family.names(self.param)[0])
        self.level = (np.array([coefficients.names.index(name) for name in names]) - first)[self.column]
        p = solution.values[:, first : first + solution.problem.family.params[self.param].size + 1]
        own = p[self.group, self.level]
        with np.errstate(divide="ignore"):
            self.peak = logit(own)
        self._stand_in()
        others = np.where(np.arange(p.shape[1]) == self.level[:, None], 0.0, p[self.group])
        left = others.sum(axis=1, keepdims=True)
        self.others = np.where(left > 0, others / np.where(left > 0, left, 1.0), 1.0 / max(p.shape[1] - 1, 1))
        self.links = [link_of(self.problem, name) for name in names]
        self.step, self.far = np.where(self.at_end, 2 * FAR, 1.0), FARTHEST - self.side * self.peak
        stats = self.problem.statistics()
        assert stats is not None
        self.stats = stats.batch()
        self.top = (log_likelihood(solution) + log_prior(solution))[self.group]
        with np.errstate(invalid="ignore"):  # a posterior that is unbounded
            self.constant = self.top - self._log_likelihood(p[self.group].T, self.group)

    def values(self, distance: Array, members: Array) -> Array:
        u = self.peak[members] + self.side[members] * distance
        p = expit(-u)[:, None] * self.others[members]
        p[np.arange(len(members)), self.level[members]] = expit(u)
        return self.constant[members] + self._log_likelihood(p.T, self.group[members])

    def _log_likelihood(self, p: Array, groups: Array) -> Array:
        stats = self.stats if len(self.stats.n) == 1 else self.stats.take(groups)
        with np.errstate(all="ignore"):
            return self.problem.family.log_likelihood(NUMPY, stats, **{self.param: list(p)})


def curves(solution: Solution, names: list[str]) -> Iterator[tuple[list[str], Curves]]:
    """Every side of every name, in as few batches as can be."""
    coordinate = solution.problem.coefficients.coordinate
    lines, several = [n for n in names if n in coordinate], [n for n in names if n not in coordinate]
    if solution.problem.count == 1:
        solution = replace(solution, problem=solution.problem.ungrouped())
        together = solution.problem.kinks() is None
        for some in [lines] if together else [[name] for name in lines]:
            if some:
                yield some, Lines(solution, some)
    else:
        for name in lines:
            for side in SIDES:
                yield [name], Lines(solution, [name], (side,))
    if several:
        yield several, Probabilities(solution, several)
