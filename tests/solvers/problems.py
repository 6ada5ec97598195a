"""Problems for solvers to solve, whose starting values are away from the maximum, with Newton's answer beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
from contracts.distributions import distribution, draw, families

import mlekit
from mlekit.estimator import Estimator
from mlekit.inference.information import log_likelihood, standard_errors

__all__ = [
    "PRIORS",
    "REGRESSIONS",
    "distribution",
    "draw",
    "families",
    "of_family",
    "problem",
    "regression",
    "same_as_newton",
    "solve",
]

ROWS = 120
P = mlekit.priors

# families without columns, with a prior for which there is no closed form
PRIORS: dict[str, dict[str, Any]] = {
    "bernoulli": {"p": P.Beta(2.5, 3)},
    "binomial": {"p": P.Beta(2.5, 3)},
    "categorical": {"p": P.Dirichlet(2)},
    "exponential": {"mean": P.HalfNormal(2.0)},
    "gamma": {"shape": P.Gamma(shape=2, rate=1)},
    "normal": {"mean": P.Normal(0, 1), "sd": P.HalfNormal(1)},
    "poisson": {"rate": P.Gamma(shape=2, rate=1)},
    "student_t": {"df": P.HalfNormal(10), "loc": P.Normal(0, 1)},
    "weibull": {"shape": P.Gamma(shape=2, rate=1)},
}


def regression(name: str, rows: int = ROWS) -> tuple[np.ndarray, np.ndarray]:
    """X and y of a regression of the family's first parameter."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(rows, 2))
    eta = 0.3 + x @ [0.5, -0.4]
    y = {
        "bernoulli": lambda: (rng.random(rows) < 1 / (1 + np.exp(-eta))).astype(int),
        "categorical": lambda: rng.integers(0, 3, rows),
        "exponential": lambda: rng.exponential(np.exp(eta)),
        "gamma": lambda: rng.gamma(2.0, np.exp(eta)),
        "normal": lambda: eta + rng.normal(size=rows),
        "poisson": lambda: rng.poisson(np.exp(eta)),
        "student_t": lambda: eta + rng.standard_t(4, rows),
        "weibull": lambda: np.exp(eta) * rng.weibull(1.7, rows),
    }
    return x, y[name]()


REGRESSIONS = ["bernoulli", "categorical", "exponential", "gamma", "normal", "poisson", "student_t", "weibull"]


def problem(of: Any, data: Any, target: Any = None, prior: Any = None, far: float = 0.6, **options: Any) -> Any:
    """The problem of an estimator, whose starting values are moved by `far`."""
    estimator = Estimator(of, prior, **options)
    model = estimator.model()
    how = {"by": None, "weights": None, "offset": None, "missing": "error", "intercept": True}
    found = model.bind(model.read(data, target, **how)).problem(prior, estimator.fixed, estimator.tied)
    found.begin = found.start() + far * np.cos(np.arange(found.size))
    return found


def of_family(name: str, prior: Any = None) -> Any:
    found = distribution(name)
    return problem(found, draw(found, ROWS), prior=prior)


def solve(posterior: Any, solver: Any) -> Any:
    with np.errstate(all="ignore"):
        return solver.solve(posterior)


def same_as_newton(posterior: Any, solution: Any) -> None:
    """1e-6 in the parameters, 1e-9 in the likelihood, the errors and the status."""
    newton = solve(posterior, mlekit.solvers.Newton())
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(solution.values, newton.values, rtol=1e-6, atol=1e-12)
        np.testing.assert_allclose(log_likelihood(solution), log_likelihood(newton), rtol=1e-9)
        np.testing.assert_allclose(standard_errors(solution), standard_errors(newton), rtol=1e-6)
    assert solution.status.tolist() == newton.status.tolist()
