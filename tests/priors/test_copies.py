"""Priors survive pickle and copies, and compare by value."""

from __future__ import annotations

import copy
import pickle

import pytest
from scipy import stats

import mlekit
from mlekit.numerics.arrays import NUMPY

EXAMPLES = {
    "beta": lambda cls: cls(2, 3),
    "dirichlet": lambda cls: cls(2),
    "flat": lambda cls: cls(),
    "gamma": lambda cls: cls(shape=2, rate=3),
    "half_normal": lambda cls: cls(1.5),
    "laplace": lambda cls: cls(0, 2),
    "normal": lambda cls: cls(0, 2),
}


def priors():
    """One of each file, found by name: a new prior needs an example here, or its constructor takes nothing."""
    for name in mlekit.priors.names():
        cls = getattr(mlekit.priors, "".join(part.capitalize() for part in name.split("_")))
        yield pytest.param(EXAMPLES.get(name, lambda cls: cls())(cls), id=name)


@pytest.mark.parametrize("copied", [lambda p: pickle.loads(pickle.dumps(p)), copy.deepcopy], ids=["pickle", "deepcopy"])
@pytest.mark.parametrize("prior", [*priors()])
def test_a_copy_is_equal(prior, copied):
    assert copied(prior) == prior
    value = [0.25, 0.75] if prior.many else 0.25
    assert copied(prior).log_density(NUMPY, value) == prior.log_density(NUMPY, value)


@pytest.mark.parametrize("copied", [lambda p: pickle.loads(pickle.dumps(p)), copy.deepcopy], ids=["pickle", "deepcopy"])
def test_a_frozen_scipy_distribution_as_a_prior_survives(copied):
    prior = mlekit.priors.get(stats.norm(1, 2))
    assert str(copied(prior)) == str(prior)
    assert copied(prior).log_density(NUMPY, 0.3) == prior.log_density(NUMPY, 0.3)
