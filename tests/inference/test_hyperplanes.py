"""A hyperplane of a problem: its constraint holds, and its derivatives are those of the chain rule."""

from __future__ import annotations

import numpy as np
import pytest

import mlekit
from mlekit.inference.hyperplanes import Hyperplanes
from mlekit.numerics.derivatives import differences


@pytest.fixture
def slices(rng):
    x = rng.normal(size=(60, 2))
    y = 1 + x @ [0.5, -1] + rng.standard_t(4, size=60)
    problem = mlekit.fit(x, y, family="student_t").problem
    peak = np.repeat(problem.start(), 3, axis=0)
    normal = np.array([[1.0, 0.3, -0.2, 0.1, 0.0], [0.0, 0.0, 2.0, 0.0, 0.0], [0.1, 0.2, 0.3, 0.4, 0.5]])
    return Hyperplanes(problem, peak, normal, np.array([0.3, -0.2, 0.0]))


def test_every_point_keeps_its_distance_along_the_normal(slices, rng):
    z = slices.expand(rng.normal(size=(3, 4)))
    assert ((z - slices.peak) * slices.normal).sum(axis=1) == pytest.approx([0.3, -0.2, 0.0], abs=1e-12)


def test_reduce_undoes_expand(slices, rng):
    v = rng.normal(size=(3, 4))
    assert slices.reduce(slices.expand(v)) == pytest.approx(v, abs=1e-14)


def test_derivatives_are_those_of_the_value(slices, rng):
    v = slices.start() + 0.1 * rng.normal(size=(3, 4))
    found = slices.at(v)
    value, gradient, hessian = differences(lambda z: slices.at(np.stack(z, axis=1), 0).value, list(v.T), 2)
    assert found.value == pytest.approx(value, rel=1e-13)
    assert found.gradient == pytest.approx(np.stack(gradient, axis=1), rel=1e-7, abs=1e-7)
    assert found.hessian == pytest.approx(np.moveaxis(np.array(hessian), -1, 0), rel=1e-5, abs=1e-5)


def test_members_can_be_taken_out_of_the_batch(slices):
    v = slices.start()
    some = slices.take(np.array([False, True, True]))
    assert some.at(v[1:]).value == pytest.approx(slices.at(v).value[1:], rel=1e-15)


def test_coordinate_with_a_kink_is_not_given_up(rng):
    x = rng.normal(size=(60, 2)) + np.array([10, 0])
    fit = mlekit.fit(x, x[:, 0] + rng.normal(size=60), family="normal", prior=mlekit.priors.Laplace(0, 0.1))
    problem = fit.problem
    matrix = problem.units.matrix[0]
    slices = Hyperplanes(problem, problem.start(), matrix[:1], np.zeros(1))  # the intercept, with large x in its row
    assert np.abs(matrix[0, 1]) > np.abs(matrix[0, 0])
    assert slices.pivot.tolist() == [0]
    assert slices.kinks().weight.astype(bool).tolist() == [True, True, False]
