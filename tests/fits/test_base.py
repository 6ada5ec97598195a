"""Every fit has what BaseFit promises, and only there it is stated."""

from __future__ import annotations

import copy
import inspect
import pickle
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
import torch

import lm
import mlekit
from mlekit.errors import NoStandardError, OptionError
from mlekit.fits import BaseFit, Fit, NetworkFit, Uncertainty

MAKERS: dict[str, Callable[[], Any]] = {
    "Fit": lambda: mlekit.fit([72, 75, 71, 73, 74], family="normal"),
    "GroupedFit": lambda: mlekit.fit({"g": list("aabb"), "y": [1, 3, 4, 6]}, "y", by="g", family="poisson"),
    "NetworkFit": lambda: network(),
    "lm.Fit": lambda: mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram()),
}
PROMISED = [name for name in vars(BaseFit) if not name.startswith("_")]


def network() -> NetworkFit:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        line = torch.nn.Linear(1, 1).double()
    model, solver = mlekit.network(line, "poisson"), mlekit.solvers.Torch("lbfgs")
    return mlekit.fit([[0], [1]], [2, 5], family=model, solver=solver)


@pytest.fixture(params=list(MAKERS))
def fit(request: pytest.FixtureRequest) -> Any:
    return MAKERS[request.param]()


def test_every_member_has_a_docstring(fit: Any) -> None:
    assert not [name for name in PROMISED if not inspect.getdoc(getattr(type(fit), name))]


def test_the_numbers_belong_together(fit: Any) -> None:
    values = {name: getattr(fit, name) for name in ("llf", "log_posterior", "nobs", "df_resid", "aic", "bic")}
    kind = pd.Series if isinstance(fit, mlekit.GroupedFit) else float
    assert all(type(value) is kind for value in values.values())
    llf, nobs, k = (pd.Series(value) for value in (fit.llf, fit.nobs, fit.n_params))
    assert pd.Series(fit.aic).to_numpy() == pytest.approx(-2 * llf.to_numpy() + 2 * k.to_numpy())
    assert pd.Series(fit.df_resid).to_numpy() == pytest.approx(nobs.to_numpy() - k.to_numpy())
    assert pd.Series(fit.log_posterior).to_numpy() == pytest.approx(llf.to_numpy())


def test_the_verdict_has_one_answer(fit: Any) -> None:
    assert fit.verdict.ok is fit.verdict_ok is True
    assert fit.converged is True
    assert isinstance(fit.quick_ok, bool)
    assert fit.complaint().endswith(f": {'; '.join(fit.verdict.reasons)}")


@pytest.mark.slow
def test_people_see_it(fit: Any, tmp_path: Any) -> None:
    assert str(fit) == fit.summary()
    assert "VERDICT: ok" in fit.summary()
    assert "<table" in fit._repr_html_()
    assert fit.plot().axes
    assert fit.explain().sections
    fit.report(tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.parametrize("name", ["Fit", "GroupedFit", "NetworkFit"])
def test_it_is_copied_and_pickled(name: str) -> None:
    fit = MAKERS[name]()
    for other in (copy.deepcopy(fit), pickle.loads(pickle.dumps(fit))):
        assert str(other) == str(fit)


def test_a_network_says_what_it_lacks() -> None:
    fit = network()
    for name in set(dir(Fit)) - set(dir(NetworkFit)):
        error = NoStandardError if name in dir(Uncertainty) else OptionError
        with pytest.raises(AttributeError if name.startswith("_") else error, match=name):
            getattr(fit, name)


def test_a_complaint_names_the_model_and_the_reasons() -> None:
    separated = {"x": [0, 1, 2, 3], "y": [0, 0, 1, 1]}
    fit = mlekit.fit(separated, "y ~ x", family="bernoulli", on_failure="ignore")
    assert fit.complaint() == f"bernoulli: {fit.verdict.reasons[0]}"
    assert not fit.converged
