"""The log posterior along one value, everything else at its best there, for a batch of values and sides.

    Lines           a parameter or coefficient, a linear function of the coordinates: Newton, from the last answer
    Probabilities   one of a simplex: the others stay in proportion, so there is nothing to search

A value u is on the scale of its link, on which curves are nearly parabolas. A peak at an end of the set is at infinity
there: FAR stands for it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

import numpy as np

from ..families import SufficientFamily
from ..links.identity import Identity
from ..models.posterior import Fitted
from ..models.solution import Solution, Status
from ..numerics.arrays import NUMPY, Codes, Floats, Mask
from ..numerics.linalg import inverse_positive
from ..numerics.special import expit, logit
from ..solvers.newton import Newton
from .hyperplanes import Hyperplanes
from .information import link_of, log_likelihood, log_prior

FAR = 100.0  # in logs and logits
FARTHEST = 700.0
ROUNDING = 1e-9  # what is left before a limit, as a fraction
NEAR = 5.0  # for a coordinate at an end whose best value is searched anew
ALONG = 0.1  # the part of a direction to infinity that a coordinate has to have
NEWTON = Newton(tol=1e-10, steps=60)
SIDES = (-1, 1)


class Curves(ABC):
    """A batch of curves: members are (name, group, side); distances from the peak are positive on either side."""

    peak: Floats  # [B]
    step: Floats  # [B]: a standard error or so
    far: Floats  # [B]: beyond this there is nothing to find
    at_end: Mask  # [B]: the peak is an end of the set
    ended: Mask  # [B]: and there is nothing beyond it on this side
    top: Floats  # [B]: the value at the peak
    walled: Mask  # [B]: `far` is where a row would leave its parameter's set

    def __init__(self, solution: Fitted, names: list[str], sides: tuple[int, ...]) -> None:
        shape = (len(names), solution.problem.count, len(sides))
        self.column, self.group, side = (i.ravel() for i in np.indices(shape))
        self.side = np.array(sides)[side]
        self.names, self.problem, self.solution = names, solution.problem, solution
        self.walled = np.zeros(len(self.side), dtype=bool)
        self.links = [link_of(self.problem, name) for name in names]

    def _start_at(self, peak: Floats) -> None:
        """FAR stands for a peak at infinity."""
        self.at_end = np.isinf(peak)
        self.ended = self.at_end & (np.sign(peak) == self.side)
        self.peak = _finite(peak)

    @abstractmethod
    def values(self, distance: Floats, members: Codes) -> Floats:
        """The log posterior so far from the peak, [M]; nan if it cannot be had."""

    def settle(self, members: Codes) -> None:  # noqa: B027 (a curve by formula keeps nothing)
        """The last values of these members are on the curve: later ones are looked for from there."""

    def at(self, u: Floats, members: Codes) -> Floats:
        """Values at points on the scale of the link, further and further out."""
        values = self.values(np.abs(u - self.peak[members]), members)
        self.settle(members[np.isfinite(values)])
        return values

    def named(self, u: Floats, members: Codes) -> Floats:
        """Points on the scale of the link as values that people see."""
        out = np.empty(len(members))
        with np.errstate(all="ignore"):
            for column, link in enumerate(self.links):
                here = self.column[members] == column
                out[here] = link.inverse(NUMPY, u[here])
        return out


def _finite(u: Floats, far: float = FAR) -> Floats:
    return np.where(np.isinf(u), np.copysign(far, u), u)


class Lines(Curves):
    """Profiles of parameters and coefficients."""

    def __init__(self, solution: Fitted, names: list[str], sides: tuple[int, ...] = SIDES) -> None:
        super().__init__(solution, names, sides)
        coordinate = solution.problem.coefficients.coordinate
        position = np.array([coordinate[name] for name in names])[self.column]
        self._start_at(solution.original[self.group, position])
        z, matrix = self.problem.from_original(_finite(solution.original)), self.problem.free_directions
        self.z = z[self.group] if solution.at_end is None else self._inwards(solution, position)
        self.normal = np.broadcast_to(matrix, (self.problem.count, *matrix.shape[1:]))[self.group, position]
        self.top = _top(solution, z)[self.group]
        self._aim()
        self.last, self.seen = self.z.copy(), self.z.copy()
        self.settled, self.distance = np.zeros(len(self.z)), np.zeros(len(self.z))

    def _inwards(self, solution: Fitted, position: Codes) -> Floats:
        """Starting values with the other coordinates not so far out that they would stay at the ends of their sets."""
        near = FAR if self.problem.tied else NEAR
        start = _finite(solution.original, near)[self.group]
        start[np.arange(len(start)), position] = self.peak
        return self.problem.from_original(start)

    def _aim(self) -> None:
        """The direction dz/du in which the others follow at the peak of a parabola, and the standard error of u."""
        inverse, proved = self._inverse()
        with np.errstate(all="ignore"):
            along = (inverse[self.group] @ self.normal[..., None])[..., 0]
            variance = (along * self.normal).sum(axis=1)
            self.slope = self.side[:, None] * along / variance[:, None]
            short = 0.5 / np.abs(self.slope).max(axis=1)
        stretched = np.array([not isinstance(link, Identity) for link in self.links])[self.column]
        longest = np.where(proved[self.group], np.where(stretched, 1.0, np.inf), short)
        self.step = np.minimum(np.sqrt(variance), longest)
        self.far = np.where(stretched, FARTHEST - self.side * self.peak, 1e9 * self.step)
        self.step = np.where(self._diverges(), np.maximum(np.abs(self.peak), 1.0) / 4, self.step)
        self.step = np.where(self.at_end, 2 * FAR, self.step)
        if self.problem.limited:
            self._stop_at_limits()

    def _stop_at_limits(self) -> None:
        """No point of a curve is so far out that a row would leave the set of its parameter."""
        limits = {g: self.problem.take(np.array([g])).limits() for g in set(self.group.tolist())}
        for b, (group, side) in enumerate(zip(self.group.tolist(), self.side, strict=True)):
            direction = side * self.normal[b]
            reach = (1 - ROUNDING) * (limits[group].farthest(direction) - direction @ self.z[b])
            self.walled[b], self.far[b] = reach < self.far[b], min(reach, self.far[b])
        self.ended |= self.walled & (self.far <= ROUNDING * self.step)
        self.step = np.minimum(self.step, np.where(self.walled, 0.5 * self.far, np.inf))

    def _diverges(self) -> Mask:
        """The members whose coordinate was still on its way to infinity."""
        step = self.solution.notes.get("step")
        if step is None:
            return np.zeros(len(self.z), dtype=bool)
        edge = (self.solution.status == Status.EDGE)[self.group]
        with np.errstate(all="ignore"):
            own, length = np.abs(np.einsum("bq,bq->b", step[self.group], self.normal)), np.abs(step).max(axis=1)
            scale = np.abs(self.normal).max(axis=1)
            return edge & (own > ALONG * scale * length[self.group])

    def _inverse(self) -> tuple[Floats, Mask]:
        """(the inverse information [G, K, K], or that of its diagonal; the fits that are at a proper peak [G])."""
        information, rest = -self.solution.curvature, self.solution.at_end
        if rest is not None:
            information = np.where(rest[:, :, None] | rest[:, None, :], np.eye(information.shape[1]), information)
        inverse, ok = inverse_positive(information)
        with np.errstate(all="ignore"):
            size = np.abs(np.diagonal(information, axis1=1, axis2=2))
        rough = np.eye(information.shape[1]) / np.where(size > 0, size, 1.0)[:, None, :]
        rough = np.where(np.isfinite(rough), rough, np.eye(rough.shape[1]))
        return np.where(ok[:, None, None], inverse, rough), ok & (self.solution.status <= Status.BOUNDARY)

    def values(self, distance: Floats, members: Codes) -> Floats:
        inner = self.problem if self.problem.count == 1 else self.problem.take(members)
        planes = Hyperplanes(inner, self.z[members], self.normal[members], self.side[members] * distance)
        with np.errstate(all="ignore"):
            if not planes.size:
                return planes.at(np.zeros((len(members), 0)), 0).value
            return self._maxima(planes, distance, members)

    def _maxima(self, planes: Hyperplanes, distance: Floats, members: Codes) -> Floats:
        """From where the two points that were settled on last point to; where that fails, from the last."""
        last, ahead = self.last[members], distance - self.settled[members]
        found = NEWTON.ascend(planes, planes.reduce(last + self.slope[members] * ahead[:, None]))
        good, z, value = _found(found), np.array(found.z), np.array(found.value)
        lost = np.flatnonzero(~good)
        if len(lost):
            again = NEWTON.ascend(planes.take(lost), planes.reduce(last)[lost])
            good[lost], z[lost], value[lost] = _found(again), again.z, again.value
        self.seen[members], self.distance[members] = planes.expand(z), distance
        return np.where(good, value, np.nan)

    def settle(self, members: Codes) -> None:
        ahead = self.distance[members] - self.settled[members]
        on = members[ahead != 0]
        self.slope[on] = (self.seen[on] - self.last[on]) / ahead[ahead != 0, None]
        self.last[members], self.settled[members] = self.seen[members], self.distance[members]


def _top(solution: Fitted, z: Floats) -> Floats:
    """The value at the peak, [G]; at an end of the set the limit."""
    with np.errstate(all="ignore"):
        top = solution.problem.at(z, 0).value
    if solution.params is None and solution.at_end is None:
        return top
    limit = log_likelihood(solution) + log_prior(solution)
    return np.where(np.isfinite(solution.original).all(axis=1), top, limit)


def _found(solution: Solution) -> Mask:
    assert solution.value is not None
    return np.isfinite(solution.value) & (solution.status != Status.FAILED)


class Probabilities(Curves):
    """Profiles of probabilities: p_l = x, and (1 - x) goes to the others as the data divide it."""

    def __init__(self, solution: Fitted, names: list[str], sides: tuple[int, ...] = SIDES) -> None:
        super().__init__(solution, names, sides)
        self.family = cast("SufficientFamily", self.problem.family)
        (self.param,) = {name.partition("[")[0] for name in names}
        levels = self.family.names(self.param)
        first = self.problem.coefficients.names.index(levels[0])
        self.level = np.array([levels.index(name) for name in names])[self.column]
        p = solution.values[:, first : first + len(levels)][self.group]
        with np.errstate(divide="ignore"):
            self._start_at(logit(p[np.arange(len(p)), self.level]))
        self.others = _proportions(p, self.level)
        self.step, self.far = np.where(self.at_end, 2 * FAR, 1.0), FARTHEST - self.side * self.peak
        stats = self.problem.statistics()
        assert stats is not None
        self.stats = stats.batch()
        self.top = (log_likelihood(solution) + log_prior(solution))[self.group]
        with np.errstate(invalid="ignore"):  # a posterior that is unbounded
            self.constant = self.top - self._log_likelihood(p.T, self.group)

    def values(self, distance: Floats, members: Codes) -> Floats:
        u = self.peak[members] + self.side[members] * distance
        p = expit(-u)[:, None] * self.others[members]
        p[np.arange(len(members)), self.level[members]] = expit(u)
        return self.constant[members] + self._log_likelihood(p.T, self.group[members])

    def _log_likelihood(self, p: Floats, groups: Codes) -> Floats:
        stats = self.stats if len(self.stats.n) == 1 else self.stats.take(groups)
        with np.errstate(all="ignore"):
            return self.family.log_likelihood(NUMPY, stats, **{self.param: list(p)})


def _proportions(p: Floats, level: Codes) -> Floats:
    """The other probabilities of each member, as fractions of what they sum to; equal ones if all are zero."""
    others = np.where(np.arange(p.shape[1]) == level[:, None], 0.0, p)
    left = others.sum(axis=1, keepdims=True)
    return np.where(left > 0, others / np.where(left > 0, left, 1.0), 1.0 / max(p.shape[1] - 1, 1))


def curves(solution: Fitted, names: list[str]) -> Iterator[tuple[list[str], Curves]]:
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
