"""Problems for solvers to solve, begun away from their answers, with Newton's answer beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
from contracts.distributions import distribution, draw

import mlekit
from mlekit.estimator import Estimator
from mlekit.inference.information import log_likelihood, standard_errors, values

ROWS = 120
P = mlekit.priors

# laws without columns, with a prior that no formula serves
BELIEFS: dict[str, dict[str, Any]] = {
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
    """X and y of a regression of the law's first parameter."""
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


def bound(family: Any, data: Any, target: Any = None, prior: Any = None, far: float = 0.6, **options: Any) -> Any:
    """The problem of an estimator, begun `far` away from where it would begin."""
    estimator = Estimator(family, prior, **options)
    model = estimator.model()
    how = {"by": None, "weights": None, "offset": None, "missing": "error", "intercept": True}
    made = model.bind(model.read(data, target, **how)).problem(prior, estimator.fixed, estimator.tied)
    begin = made.problem.start() + far * np.cos(np.arange(made.problem.size))
    made.problem.start = lambda: begin
    return made


def of_law(name: str, prior: Any = None) -> Any:
    family = distribution(name)
    return bound(family, draw(family, ROWS), prior=prior)


def solve(made: Any, solver: Any) -> Any:
    with np.errstate(all="ignore"):
        return solver.solve(made.problem)


def same_as_newton(made: Any, solution: Any) -> None:
    """1e-6 in the parameters, 1e-9 in the likelihood, the errors and the status."""
    newton = solve(made, mlekit.solvers.Newton())
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(values(made, solution), values(made, newton), rtol=1e-6, atol=1e-12)
        np.testing.assert_allclose(log_likelihood(made, solution), log_likelihood(made, newton), rtol=1e-9)
        np.testing.assert_allclose(standard_errors(made, solution), standard_errors(made, newton), rtol=1e-6)
    assert solution.status.tolist() == newton.status.tolist()
