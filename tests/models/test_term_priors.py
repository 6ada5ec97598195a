"""Priors on whole terms of a formula: one number for each coefficient, or one density of them all."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import norm

import mlekit
from mlekit import priors
from mlekit.errors import OptionError, UnknownName


@dataclass(frozen=True)
class Smooth(priors.Prior):
    """Neighbouring coefficients differ by normal steps, and so does the first from zero."""

    sd: float
    many: ClassVar[bool] = True

    def log_density(self, xp, value):
        steps = [value[0], *(b - a for a, b in pairwise(value))]
        return sum(-0.5 * (step / self.sd) ** 2 - np.log(self.sd) - 0.5 * np.log(2 * np.pi) for step in steps)


@pytest.fixture
def table(rng):
    month, x = np.tile(np.arange(6), 30), rng.normal(size=180)
    rate = np.exp(0.3 + 0.5 * np.sin(month) + 0.2 * x)
    return {"month": month, "x": x, "y": rng.poisson(rate), "shop": np.repeat(["a", "b"], 90)}


def matrix(table):
    return np.column_stack([np.ones(180), *(table["month"] == k for k in range(1, 6)), table["x"]])


def minus_log_posterior(table, sd):
    columns = matrix(table)

    def minus(b):
        eta, steps = columns @ b, np.diff(np.concatenate([[0.0], b[1:6]]))
        return np.exp(eta).sum() - table["y"] @ eta + 0.5 * (steps @ steps) / sd**2 + 0.5 * b[6] ** 2

    return minus


@pytest.mark.parametrize("solver", ["auto", mlekit.solvers.Scipy(tol=1e-10), mlekit.solvers.Torch(steps=400)])
def test_a_density_of_all_coefficients_of_a_term_is_maximised_with_the_likelihood(table, solver):
    prior = {"C(month)": Smooth(0.2), "x": priors.Normal(0, 1)}
    fit = mlekit.fit(table, "y ~ C(month) + x", family="poisson", prior=prior, solver=solver)
    minus = minus_log_posterior(table, 0.2)
    truth = minimize(minus, np.zeros(7), method="BFGS", options={"gtol": 1e-7}).x
    np.testing.assert_allclose(fit.params, truth, atol=2e-6)
    # the difference of log densities between two points needs no constant
    assert fit.log_posterior - fit.llf == pytest.approx(
        norm.logpdf(np.diff(np.concatenate([[0.0], fit.params.iloc[1:6]])), 0, 0.2).sum() + norm.logpdf(fit["x"])
    )
    columns, steps = matrix(table), np.eye(5) - np.eye(5, k=-1)
    information = columns.T @ (columns * np.exp(columns @ fit.params.to_numpy())[:, None])
    information[1:6, 1:6] += steps.T @ steps / 0.2**2
    information[6, 6] += 1.0
    np.testing.assert_allclose(fit.cov_params(), np.linalg.inv(information), rtol=1e-4)


def test_a_prior_of_one_number_on_a_term_is_on_each_of_its_coefficients(table, tmp_path):
    one = mlekit.fit(table, "y ~ C(month) + x", family="poisson", prior={"C(month)": priors.Normal(0, 0.1)})
    each = {f"C(month)[T.{k}]": priors.Normal(0, 0.1) for k in range(1, 6)}
    other = mlekit.fit(table, "y ~ C(month) + x", family="poisson", prior=each)
    np.testing.assert_array_equal(one.params, other.params)
    one.save(tmp_path / "fit.json")
    loaded = mlekit.load(tmp_path / "fit.json")
    np.testing.assert_array_equal(loaded.params, one.params)
    assert [term.name for term in loaded.problem.priors.terms] == list(each)


def test_terms_of_other_parameters_and_of_groups_are_named_alike(table):
    formulas = {"mean": "y ~ x", "sd": "~ C(month)"}
    shrunk = mlekit.fit(table, formulas, family="normal", prior={"sd: C(month)": Smooth(0.01)})
    assert shrunk.params.filter(like="month").abs().max() < 0.05
    groups = mlekit.fit(table, "y ~ C(month)", family="poisson", by="shop", prior={"C(month)": Smooth(0.2)})
    half = {name: column[:90] for name, column in table.items()}
    alone = mlekit.fit(half, "y ~ C(month)", family="poisson", prior={"C(month)": Smooth(0.2)})
    np.testing.assert_allclose(groups.params.loc["a"], alone.params, rtol=1e-8)


def test_it_prints_the_term_and_its_pictures_show_the_posterior_alone(table):
    fit = mlekit.fit(table, "y ~ C(month) + x", family="poisson", prior={"C(month)": Smooth(0.2)})
    assert "C(month) ~ " in str(fit)
    assert "C(month)" in fit.explain()
    (axes,) = fit.plot("posterior", params=["C(month)[T.2]"]).axes
    assert [line.get_label() for line in axes.lines] == ["posterior (maximised over others), scaled"]


@pytest.mark.parametrize(
    ("prior", "error", "words"),
    [
        (Smooth(0.2), OptionError, r"C\(month\)\[T.1\] is one coefficient: name a term, such as .*'C\(month\)'"),
        ({"x": Smooth(0.2)}, OptionError, "x is one coefficient"),
        ({"C(month)": priors.Dirichlet(2)}, OptionError, "numbers from 0 to 1, but C.month. may be negative"),
        ({"C(month)": priors.Beta(2, 2)}, OptionError, "numbers from 0 to 1"),
        ({"C(mont)": Smooth(0.2)}, UnknownName, r"did you mean 'C\(month\)'"),
        (
            {"C(month)": priors.Normal(0, 1), "C(month)[T.2]": priors.Normal(0, 1)},
            OptionError,
            r"'C\(month\)\[T.2\]' has a prior of its own and that of 'C\(month\)'",
        ),
    ],
)
def test_a_prior_that_does_not_suit_is_refused(table, prior, error, words):
    with pytest.raises(error, match=words):
        mlekit.fit(table, "y ~ C(month) + x", family="poisson", prior=prior)


def test_probabilities_take_no_density_of_coefficients():
    with pytest.raises(OptionError, match="take a Dirichlet prior"):
        mlekit.fit(["a", "b", "a"], family="categorical", prior=Smooth(0.2))
