"""Every solver that uses all rows ends where Newton does: families, posterior modes, regressions, bad scales."""

from __future__ import annotations

from typing import Any

import pytest
from solvers.problems import PRIORS, REGRESSIONS, families, of_family, problem, regression, same_as_newton, solve

import mlekit
from mlekit.solvers.scipy import METHODS

TORCH = [("Torch", method) for method in ("lbfgs", "descent")]
SCIPY = [("Scipy", method) for method in METHODS]
pytestmark = pytest.mark.slow  # every solver with every family
every_solver = pytest.mark.parametrize("solver", [*SCIPY, *TORCH], indirect=True, ids="-".join)


@pytest.fixture
def solver(request: pytest.FixtureRequest) -> Any:
    kind, method = request.param
    if (kind, method) in TORCH:
        pytest.importorskip("torch")
    return getattr(mlekit.solvers, kind)(method)


@every_solver
@pytest.mark.parametrize("name", families())
def test_it_reaches_the_maximum_of_every_family(name, solver):
    posterior = of_family(name)
    same_as_newton(posterior, solve(posterior, solver))


@pytest.mark.parametrize(
    "solver",
    [("Scipy", "BFGS"), ("Scipy", "L-BFGS-B"), ("Scipy", "trust-exact"), *TORCH],
    indirect=True,
    ids="-".join,
)
@pytest.mark.parametrize("name", list(PRIORS))
def test_it_reaches_the_posterior_mode(name, solver):
    posterior = of_family(name, PRIORS[name])
    same_as_newton(posterior, solve(posterior, solver))


@pytest.mark.parametrize("prior", [None, mlekit.priors.Normal(0, 0.5)], ids=["likelihood", "posterior"])
@every_solver
@pytest.mark.parametrize("name", REGRESSIONS)
def test_it_reaches_the_maximum_of_every_regression(name, solver, prior):
    posterior = problem(name, *regression(name), prior=prior)
    same_as_newton(posterior, solve(posterior, solver))


@every_solver
@pytest.mark.parametrize("name", ["normal", "poisson", "student_t"])
def test_badly_scaled_columns_and_observations_are_no_trouble(name, solver):
    x, y = regression(name)
    y = y if name == "poisson" else 1e6 * y + 1e9
    posterior = problem(name, x * [1e7, 1e-7] + [1e9, 3e-6], y)
    same_as_newton(posterior, solve(posterior, solver))
