"""Distributions of scipy as families."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from scipy import stats

import mlekit
from mlekit.numerics.arrays import NUMPY

FAMILIES = [stats.rayleigh, stats.gumbel_r, stats.burr12, stats.beta, stats.geom]


@pytest.mark.parametrize("dist", FAMILIES, ids=lambda dist: dist.name)
@pytest.mark.parametrize("copied", [lambda f: pickle.loads(pickle.dumps(f)), copy.deepcopy], ids=["pickle", "deepcopy"])
def test_a_copy_has_the_same_distribution(dist, copied):
    family = mlekit.families.get(dist)
    new = copied(family)
    assert new.dist is dist
    assert new.params == family.params
    assert new.support == family.support
    y = dist(*[0.5] * dist.numargs).rvs(size=20, random_state=np.random.default_rng(0))
    params = dict.fromkeys(family.params, 0.5)
    np.testing.assert_array_equal(new.log_density(NUMPY, y, **params), family.log_density(NUMPY, y, **params))


class Triangle(stats.rv_continuous):
    def _pdf(self, x, c):
        return np.where(x < c, 2 * x / c, 2 * (1 - x) / (1 - c))


def test_a_distribution_of_the_callers_own_is_pickled_with_the_family():
    family = mlekit.families.get(Triangle(a=0, b=1, name="triangle"))
    new = pickle.loads(pickle.dumps(family))
    assert new.name == "triangle"
    np.testing.assert_allclose(new.log_density(NUMPY, 0.3, c=0.5, scale=1.0), np.log(1.2))
