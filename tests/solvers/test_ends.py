"""Coordinates that diverge, of problems whose curve is known."""

import numpy as np
import pytest

from mlekit.models.ends import Ends
from mlekit.models.problem import Evaluation, Problem
from mlekit.models.solution import Solution, Status
from mlekit.solvers._ends import at_ends
from mlekit.solvers.newton import Newton

LOST = np.array([int(Status.FAILED)])


class Curve(Problem):
    """G copies of a curve of u = exp(z), given with its first two derivatives by u."""

    size = 1

    def __init__(self, count, curve):
        self.count, self.curve = count, curve

    def at(self, z, order=2):
        u = np.exp(z[:, 0])
        value, first, second = self.curve(u)
        gradient, hessian = u * first, u * u * second + u * first
        return Evaluation(value, gradient[:, None], hessian[:, None, None])

    def start(self):
        return np.zeros((self.count, 1))

    def take(self, groups):
        return Curve(int(np.sum(groups)) if groups.dtype == bool else len(groups), self.curve)

    def ends(self):
        return Ends(np.array([[int(Status.BOUNDARY)], [int(Status.EDGE)]]), np.zeros((2, 1), dtype=bool))


def lost(problem, z):
    """A search that found no way up from z."""
    e, zero = problem.at(z), np.zeros(problem.count)
    status, notes = np.repeat(LOST, problem.count), {"step": np.zeros(z.shape), "drift": zero}
    return Solution(problem, z, e.value, status, "newton", decrement=zero, hessian=e.hessian, notes=notes)


def falling(u):
    return 3 - u, -np.ones_like(u), np.zeros_like(u)


def hump(u):
    return u * np.exp(-u), (1 - u) * np.exp(-u), (u - 2) * np.exp(-u)


def pole(u):
    return -np.log(u), -1 / u, 1 / u**2


def test_a_bounded_curve_has_its_limit_at_the_end():
    problem = Curve(2, falling)
    found = at_ends(problem, lost(problem, np.array([[-12.0], [-20.0]])), Newton().ascend)
    assert found.status.tolist() == [Status.BOUNDARY] * 2
    assert found.value.tolist() == [3.0, 3.0]
    assert found.at_end.tolist() == [[True], [True]]


def test_an_end_is_no_answer_where_the_curve_is_higher_before_it():
    problem = Curve(1, hump)
    found = at_ends(problem, lost(problem, np.array([[12.0]])), Newton().ascend)
    assert found.status.tolist() == [Status.CONVERGED]
    assert found.z[0, 0] == pytest.approx(0.0, abs=1e-9)
    assert found.value[0] == pytest.approx(np.exp(-1), rel=1e-12)
    assert found.at_end is None


def test_an_unbounded_curve_stays_as_it_was_left():
    problem = Curve(1, pole)
    before = lost(problem, np.array([[-12.0]]))
    assert at_ends(problem, before, Newton().ascend) is before
