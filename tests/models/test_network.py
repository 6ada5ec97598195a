"""A network as a model: one that is a regression reaches its maximum, and asks only what a network can answer."""

from __future__ import annotations

import json
import time

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import stats

import mlekit
from mlekit.errors import ConvergenceError, DataError, LoadError, NoStandardError, OptionError, UnknownName

torch = pytest.importorskip("torch")
nn = torch.nn
P, Torch = mlekit.priors, mlekit.solvers.Torch
ROWS = 200
RNG = np.random.default_rng(3)
X = RNG.normal(size=(ROWS, 2))
ETA = 0.4 + X @ [0.6, -0.5]
Y = {
    "bernoulli": (RNG.random(ROWS) < 1 / (1 + np.exp(-ETA))).astype(int),
    "categorical": RNG.integers(0, 3, ROWS),
    "gamma": RNG.gamma(2.0, np.exp(ETA)),
    "normal": ETA + RNG.normal(size=ROWS),
    "poisson": RNG.poisson(np.exp(ETA)),
    "student_t": ETA + RNG.standard_t(4, ROWS),
    "weibull": np.exp(ETA) * RNG.weibull(1.5, ROWS),
}


def built(make, seed=0):
    """A module from its own seed; torch's global generator stays where it is."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return make()


def line(outputs=1, inputs=2, dtype=torch.float64):
    return built(lambda: nn.Linear(inputs, outputs, dtype=dtype))


def deep(dtype=torch.float64, outputs=1):
    return built(lambda: nn.Sequential(nn.Linear(2, 8, dtype=dtype), nn.Tanh(), nn.Linear(8, outputs, dtype=dtype)))


# -- a network that is a regression ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [n for n in Y if n != "categorical"])
def test_a_line_is_the_regression_and_learns_the_other_parameters_beside_it(name):
    network = mlekit.fit(X, Y[name], family=mlekit.network(line(), name))
    regression = mlekit.fit(X, Y[name], family=name)
    found = [network["bias"][0], *network["weight"][0], *(network[p] for p in list(network.family.params)[1:])]
    own = [
        regression["Intercept"],
        regression["x0"],
        regression["x1"],
        *(regression[p] for p in regression.params.index[3:]),
    ]
    np.testing.assert_allclose(found, own, rtol=1e-5)
    assert network.llf == pytest.approx(regression.llf, rel=1e-9)
    assert (network.nobs, network.n_params) == (regression.nobs, regression.n_params)
    assert network.aic == pytest.approx(regression.aic, rel=1e-9)
    assert network.verdict.codes == ("converged",)
    assert network.solver == "torch (lbfgs)"
    np.testing.assert_allclose(network.predict(X), regression.predict(), rtol=1e-5)


def test_logits_are_the_softmax_regression():
    network = mlekit.fit(X, Y["categorical"], family=mlekit.network(line(3), "categorical"))
    regression = mlekit.fit(X, Y["categorical"], family="categorical")
    assert network.llf == pytest.approx(regression.llf, rel=1e-9)
    np.testing.assert_allclose(network.predict(X), regression.predict(), rtol=1e-6)
    np.testing.assert_allclose(network.predict().sum(axis=1), 1.0, rtol=1e-12)


def test_labels_are_the_levels():
    words = np.array(["ant", "bee", "cow"])[Y["categorical"]]
    fit = mlekit.fit(X, words, family=mlekit.network(line(3), "categorical"))
    assert set(fit.predict(X, which="class")) <= {"ant", "bee", "cow"}
    assert set(fit.sample(5, X, seed=0).ravel()) == {"ant", "bee", "cow"}


def test_weights_are_rows_and_may_be_negative():
    y, w = Y["poisson"], np.arange(ROWS) % 3
    network = mlekit.network(line(), "poisson")
    weighted = mlekit.fit(X, y, family=network, weights=w)
    repeated = mlekit.fit(np.repeat(X, w, axis=0), np.repeat(y, w), family=network)
    np.testing.assert_allclose(weighted["weight"], repeated["weight"], rtol=1e-6)
    assert weighted.llf == pytest.approx(repeated.llf, rel=1e-9)
    assert weighted.nobs == repeated.nobs == w.sum()
    # a row with weight -1 takes one of weight 2 back to a row that counts once
    x2, y2 = np.vstack([X, X[:5]]), np.append(y, y[:5])
    w2 = np.append(np.where(np.arange(ROWS) < 5, 2.0, 1.0), -np.ones(5))
    back = mlekit.fit(x2, y2, family=network, weights=w2)
    plain = mlekit.fit(X, y, family=network)
    np.testing.assert_allclose(back["weight"], plain["weight"], rtol=1e-6)
    assert back.llf == pytest.approx(plain.llf, rel=1e-9)


def test_an_offset_is_on_the_links_scale():
    offset = np.linspace(-1, 1, ROWS)
    network = mlekit.fit(X, Y["poisson"], family=mlekit.network(line(), "poisson"), offset=offset)
    regression = mlekit.fit(X, Y["poisson"], family="poisson", offset=offset)
    np.testing.assert_allclose(network["weight"][0], regression.params[["x0", "x1"]], rtol=1e-6)
    np.testing.assert_allclose(network.predict(), regression.predict(), rtol=1e-6)


def test_a_fixed_parameter_stays():
    network = mlekit.fit(X, Y["normal"], family=mlekit.network(line(), "normal"), fixed={"sd": 2.0})
    regression = mlekit.fit(X, Y["normal"], family="normal")
    np.testing.assert_allclose(network["weight"][0], regression.params[["x0", "x1"]], rtol=1e-6)
    assert network["sd"] == 2.0
    assert network.n_params == 3
    assert network.llf == pytest.approx(stats.norm(network.predict(), 2.0).logpdf(Y["normal"]).sum(), rel=1e-12)


# -- priors ------------------------------------------------------------------------------------------------------------


def test_a_normal_prior_is_ridge_on_all_weights_and_counts_once():
    """(X'X / sd^2 + I / s^2) b = X'y / sd^2, the intercept a weight like the others."""
    sd, s = 1.3, 0.2
    fit = mlekit.fit(X, Y["normal"], family=mlekit.network(line(), "normal"), fixed={"sd": sd}, prior=P.Normal(0, s))
    a = np.column_stack([np.ones(ROWS), X])
    b = np.linalg.solve(a.T @ a / sd**2 + np.eye(3) / s**2, a.T @ Y["normal"] / sd**2)
    np.testing.assert_allclose([fit["bias"][0], *fit["weight"][0]], b, rtol=1e-6)
    prior = stats.norm(0, s).logpdf(b).sum()
    assert fit.llf == pytest.approx(stats.norm(a @ b, sd).logpdf(Y["normal"]).sum(), rel=1e-9)
    assert fit.log_posterior == pytest.approx(fit.llf + prior, rel=1e-9)
    with pytest.raises(OptionError, match="AIC"):
        _ = fit.aic


def test_a_prior_by_name_is_about_that_tensor_or_parameter():
    fit = mlekit.fit(
        X,
        Y["normal"],
        family=mlekit.network(line(), "normal"),
        prior={"weight": P.Normal(0, 0.1), "sd": P.HalfNormal(1)},
    )
    regression = mlekit.fit(
        X, Y["normal"], family="normal", prior={"x0": P.Normal(0, 0.1), "x1": P.Normal(0, 0.1), "sd": P.HalfNormal(1)}
    )
    np.testing.assert_allclose(fit["weight"][0], regression.params[["x0", "x1"]], rtol=1e-5)
    assert fit["sd"] == pytest.approx(regression["sd"], rel=1e-6)
    assert fit.log_posterior == pytest.approx(regression.log_posterior, rel=1e-9)


def test_a_dirichlet_prior_is_imaginary_rows_at_the_cells():
    """Three inputs, two levels: (counts + alpha - 1) / their sum."""
    x, y = np.array([0, 0, 0, 1, 1, 2]), np.array([0, 0, 1, 1, 1, 0])
    network = mlekit.network(built(lambda: nn.Embedding(4, 2, dtype=torch.float64)), "categorical", cells=[0, 1, 2, 3])
    fit = mlekit.fit(x, y, family=network, prior=P.Dirichlet([2, 3]))
    counts = np.array([[2, 1], [0, 2], [1, 0], [0, 0]]) + np.array([1, 2])
    p = counts / counts.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(fit.predict([0, 1, 2, 3]), p, atol=1e-8)
    assert fit.llf == pytest.approx(np.log(p[x, y]).sum(), rel=1e-9)
    assert fit.log_posterior == pytest.approx(fit.llf + stats.dirichlet([2, 3]).logpdf(p.T).sum(), rel=1e-9)
    assert fit.nobs == 6


@pytest.mark.parametrize(
    ("prior", "error", "words"),
    [
        (P.Dirichlet(2), OptionError, "cells=X"),
        ({"weigth": P.Normal(0, 1)}, UnknownName, "weight"),
        ({"weight": P.Dirichlet(2)}, OptionError, "Normal"),
        (stats.norm(0, 1), OptionError, "torch solver cannot differentiate"),
    ],
)
def test_a_prior_that_cannot_be_is_named(prior, error, words):
    with pytest.raises(error, match=words):
        mlekit.fit(X, Y["categorical"], family=mlekit.network(line(3), "categorical"), prior=prior)


# -- inputs ------------------------------------------------------------------------------------------------------------


def test_integers_are_codes_where_the_module_takes_them_and_floats_where_not():
    codes = RNG.integers(0, 4, ROWS)
    table = mlekit.fit(codes, Y["normal"], family=mlekit.network(built(lambda: Column(4)), "normal"))
    groups = pd.Series(Y["normal"]).groupby(codes).mean()
    np.testing.assert_allclose(table.predict([0, 1, 2, 3]), groups, rtol=1e-6)
    counts = mlekit.fit(codes[:, None], Y["normal"], family=mlekit.network(line(inputs=1), "normal"))
    regression = mlekit.fit(codes[:, None], Y["normal"], family="normal")
    np.testing.assert_allclose(counts.predict([[2]]), regression["Intercept"] + 2 * regression["x0"], rtol=1e-6)


class Column(nn.Module):
    """A number for each code."""

    def __init__(self, codes):
        super().__init__()
        self.values = nn.Parameter(torch.zeros(codes, dtype=torch.float64))

    def forward(self, x):
        return self.values[x]


@pytest.mark.parametrize(
    "given",
    [
        X.tolist(),
        torch.tensor(X),
        pd.DataFrame(X, columns=["a", "b"]),
        pl.DataFrame({"a": X[:, 0], "b": X[:, 1]}),
        {"a": X[:, 0], "b": X[:, 1]},
    ],
    ids=["lists", "torch", "pandas", "polars", "dict"],
)
def test_every_form_of_inputs_gives_the_same_fit(given):
    network = mlekit.network(line(), "poisson")
    fit, plain = (mlekit.fit(x, Y["poisson"], family=network) for x in (given, X))
    np.testing.assert_allclose(fit["weight"], plain["weight"], rtol=1e-9)
    np.testing.assert_allclose(fit.predict(given), plain.predict(), rtol=1e-9)


def test_columns_are_found_by_name_in_new_rows():
    frame = pd.DataFrame(X, columns=["a", "b"])
    fit = mlekit.fit(frame, Y["poisson"], family=mlekit.network(line(), "poisson"))
    np.testing.assert_array_equal(fit.predict(frame[["b", "a"]].assign(c=1)), fit.predict(frame))


def test_a_formula_gives_the_columns_with_one_for_each_level():
    frame = pd.DataFrame({"y": Y["poisson"], "x": X[:, 0], "g": np.array(list("abcd"))[np.arange(ROWS) % 4]})
    fit = mlekit.fit(frame, "y ~ x + C(g)", family=mlekit.network(line(inputs=5), "poisson"))
    regression = mlekit.fit(frame, "y ~ x + C(g)", family="poisson")
    assert fit.llf == pytest.approx(regression.llf, rel=1e-9)
    np.testing.assert_allclose(fit.predict(frame[:7]), regression.predict(frame[:7]), rtol=1e-6)
    np.testing.assert_allclose(fit.log_prob(frame[:7]), regression.log_prob(frame[:7]), rtol=1e-6)


def test_inputs_may_have_many_axes():
    images = RNG.normal(size=(40, 1, 5, 5))
    network = built(lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.ReLU(), nn.Linear(18, 2)))
    fit = mlekit.fit(
        images, RNG.integers(0, 2, 40), family=mlekit.network(network, "categorical"), solver=Torch(steps=20)
    )
    assert fit.predict(images).shape == (40, 2)


@pytest.mark.parametrize(
    ("x", "y", "options", "words"),
    [
        (X[:5], [1.0] * 4, {}, "X has 5 rows, but y has 4"),
        (X[:0], [], {}, "no rows"),
        (np.where(np.arange(8).reshape(4, 2) == 5, np.nan, 1.0), [1.0] * 4, {}, r"row 2, at \(1,\)"),
        (X[:3], [1.0, np.nan, 2.0], {}, "row 1"),
        (X[:3], [1.0, 2.0, 3.0], {"weights": [1, np.inf, 1]}, "row 1 is inf"),
        (X[:3], [1.0, 2.0, 3.0], {"weights": [0, 0, 0]}, "all weights are zero"),
        (X[:3], [1.0, 2.0, 3.0], {"weights": [1, 2]}, "weights has 2 values"),
        (np.ones((3, 5)), [1.0, 2.0, 3.0], {}, r"cannot take rows of shape \(5,\)"),
        (np.array([["a"]] * 3), [1.0, 2.0, 3.0], {}, "numbers"),
        (pd.DataFrame({"a": list("xyz"), "b": [1, 2, 3]}), [1.0, 2.0, 3.0], {}, "'a' holds labels"),
    ],
)
def test_bad_rows_are_named(x, y, options, words):
    with pytest.raises(DataError, match=words):
        mlekit.fit(x, y, family=mlekit.network(line(), "normal"), **options)


def test_missing_observations_are_left_out_when_asked():
    y = Y["normal"].copy()
    y[3] = np.nan
    fit = mlekit.fit(X, y, family=mlekit.network(line(), "normal"), missing="drop")
    assert fit.nobs == ROWS - 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mlekit.network("linear", "normal"), "torch.nn.Module"),
        (lambda: mlekit.fit(X, Y["normal"], family=mlekit.network(line(3), "normal")), r"forward gives shape \(2, 3\)"),
        (lambda: mlekit.fit(X, Y["categorical"], family=mlekit.network(line(2), "categorical")), "3 levels"),
        (lambda: mlekit.fit(X, Y["normal"], family=mlekit.network(line(), "normal"), by=np.arange(ROWS) % 2), "by="),
        (lambda: mlekit.fit(X[:, 0], family=mlekit.network(line(), "normal")), "mlekit.fit\\(X, y"),
        (lambda: mlekit.fit(X, Y["normal"], family=mlekit.network(line(), "normal"), tied={"a": "b"}), "tied="),
        (lambda: mlekit.fit(X, Y["normal"], family=mlekit.network(line(), "normal"), fixed={"sdd": 1.0}), "'sd'"),
        (lambda: mlekit.fit(X, Y["normal"], family=mlekit.network(line(), "normal"), fixed={"sd": -1.0}), "positive"),
        (lambda: mlekit.fit(X, Y["normal"], family=mlekit.network(line(), "normal"), solver="newton"), "solver='auto'"),
        (lambda: mlekit.fit(X, Y["normal"], family=mlekit.network(line(), "normal"), solver="scipy"), "solver='auto'"),
        (lambda: mlekit.fit(X, Y["normal"], family=mlekit.network(line(), "normal"), start={"sd": 1.0}), "start="),
    ],
)
def test_an_argument_that_a_network_does_not_take_is_named(call, words):
    with pytest.raises(OptionError, match=words):
        call()


# -- training ----------------------------------------------------------------------------------------------------------


def test_single_precision_is_trained_by_adam_until_the_budget_is_spent():
    module = deep(torch.float32)
    fit = mlekit.fit(X, Y["bernoulli"], family=mlekit.network(module, "bernoulli"), solver=Torch(steps=300))
    assert (fit.verdict.ok, fit.verdict.codes, fit.solver) == (True, ("budget",), "torch (adam)")
    assert len(fit.history) == 300
    assert np.mean(fit.history[-50:]) < np.mean(fit.history[:50])
    assert fit["0.weight"].dtype == np.float32
    with pytest.raises(OptionError, match="stopped before its maximum"):
        _ = fit.bic


def test_your_module_and_data_stay_as_they_are():
    module, x, y = deep(), X.copy(), Y["normal"].copy()
    module.eval()
    before = {name: t.clone() for name, t in module.state_dict().items()}
    fit = mlekit.fit(x, y, family=mlekit.network(module, "normal"), solver=Torch("adam", steps=5))
    assert all(torch.equal(t, before[name]) for name, t in module.state_dict().items())
    assert not module.training
    assert not np.array_equal(fit["0.weight"], before["0.weight"])
    np.testing.assert_array_equal(x, X)
    np.testing.assert_array_equal(y, Y["normal"])


def test_a_seed_gives_the_same_network_dropout_included():
    network = mlekit.network(
        built(lambda: nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Dropout(0.3), nn.Linear(16, 1))), "normal"
    )
    fits = [
        mlekit.fit(X, Y["normal"], family=network, solver=Torch("adam", steps=30, batch=20, seed=s)) for s in (1, 1, 2)
    ]
    same, other = (np.array_equal(fits[0]["0.weight"], f["0.weight"]) for f in fits[1:])
    assert same
    assert not other
    np.testing.assert_array_equal(fits[0].predict(X), fits[0].predict(X))


def test_buffers_are_kept_and_frozen_weights_stay(tmp_path):
    module = built(lambda: nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Linear(4, 1)))
    module[0].weight.requires_grad_(False)
    fit = mlekit.fit(X, Y["normal"], family=mlekit.network(module, "normal"), solver=Torch("adam", steps=20))
    np.testing.assert_array_equal(fit["0.weight"], module[0].weight.numpy())
    assert not torch.equal(fit.module[1].running_mean, module[1].running_mean)
    assert "1.running_mean" not in fit.params
    fit.save(tmp_path / "network")
    loaded = mlekit.load(tmp_path / "network", module=module)
    np.testing.assert_array_equal(loaded.predict(X), fit.predict(X))


def test_seconds_are_wall_time_and_the_callback_sees_each_step():
    seen = []
    begun = time.perf_counter()
    solver = Torch("adam", seconds=0.3, batch=50, callback=lambda step, loss: seen.append(step))
    fit = mlekit.fit(X, Y["normal"], family=mlekit.network(deep(torch.float32), "normal"), solver=solver)
    assert 0.25 < time.perf_counter() - begun < 3
    assert fit.verdict.codes == ("budget",)
    assert seen == list(range(1, len(fit.history) + 1))


def test_a_callback_ends_the_training():
    solver = Torch("adam", callback=lambda step, loss: step == 7)
    fit = mlekit.fit(X, Y["normal"], family=mlekit.network(deep(), "normal"), solver=solver)
    assert len(fit.history) == 7


def test_a_loss_that_is_not_finite_is_a_failure():
    class Infinite(nn.Linear):
        def forward(self, x):
            return super().forward(x) + torch.inf

    network = mlekit.network(built(lambda: Infinite(2, 1, dtype=torch.float64)), "normal")
    with pytest.raises(ConvergenceError, match="normal network"):
        mlekit.fit(X, Y["normal"], family=network, solver=Torch("adam", steps=3), on_failure="raise")


def test_a_deep_network_finds_a_curve():
    x = np.linspace(-3, 3, 120)[:, None]
    y = np.sin(x[:, 0]) + 0.1 * np.random.default_rng(0).normal(size=120)
    module = built(lambda: nn.Sequential(nn.Linear(1, 10).double(), nn.Tanh(), nn.Linear(10, 1).double()))
    fit = mlekit.fit(x, y, family=mlekit.network(module, "normal"), solver=Torch("lbfgs", steps=300))
    assert 0.07 < fit["sd"] < 0.12
    assert np.abs(fit.predict(x) - np.sin(x[:, 0])).max() < 0.2


# -- the fit -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fitted():
    return mlekit.fit(X, Y["gamma"], family=mlekit.network(line(), "gamma"))


def test_rows_are_predicted_scored_and_drawn(fitted):
    new, y = X[:6], Y["gamma"][:6]
    mean, shape = fitted.predict(new), fitted["shape"]
    np.testing.assert_allclose(np.log(mean), fitted.predict(new, which="linear"), rtol=1e-12)
    np.testing.assert_allclose(fitted.predict(new, which="shape"), shape)
    distribution = stats.gamma(shape, scale=mean / shape)
    np.testing.assert_allclose(fitted.log_prob(new, y), distribution.logpdf(y), rtol=1e-10)
    test = fitted.evaluate(new, y)
    assert test.nll == pytest.approx(-distribution.logpdf(y).mean(), rel=1e-10)
    assert test.std_error == pytest.approx(distribution.logpdf(y).std(ddof=1) / np.sqrt(6), rel=1e-10)
    assert test.n == 6
    assert fitted.log_prob().sum() == pytest.approx(fitted.llf, rel=1e-12)
    draws = fitted.sample(4000, new, seed=1)
    assert draws.shape == (6, 4000)
    np.testing.assert_allclose(draws.mean(axis=1), mean, rtol=0.06)
    np.testing.assert_array_equal(draws, fitted.sample(4000, new, seed=1))


def test_parameters_are_arrays_by_name(fitted):
    assert list(fitted.params) == ["weight", "bias", "shape"]
    assert fitted.params["weight"].shape == (1, 2)
    assert isinstance(fitted["shape"], float)
    fitted.params["weight"][:] = 0.0
    assert fitted["weight"].any()
    with pytest.raises(UnknownName, match="weight"):
        _ = fitted["wieght"]


@pytest.mark.parametrize("name", ["bse", "tvalues", "pvalues", "cov_params", "conf_int", "estimate", "profile"])
def test_weights_have_no_errors_and_it_says_what_to_do(fitted, name):
    with pytest.raises(NoStandardError, match=r"a network has no .*fit\.evaluate"):
        getattr(fitted, name)


@pytest.mark.parametrize("name", ["dist", "quantile", "lr_test", "residuals", "augment"])
def test_an_attribute_of_a_single_distribution_says_what_to_use(fitted, name):
    with pytest.raises(OptionError, match=r"fit\.predict\(new\)"):
        getattr(fitted, name)
    with pytest.raises(AttributeError):
        _ = fitted.nosuch


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda fit: fit.predict(X, which="median"), "mean"),
        (lambda fit: fit.predict(X, which="class"), "numbers"),
        (lambda fit: fit.sample(-1, X), "n is -1"),
        (lambda fit: fit.evaluate(X), "observations"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(fitted, call, words):
    with pytest.raises(OptionError, match=words):
        call(fitted)


def test_the_summary_fits_80_columns_and_ends_with_the_verdict(fitted):
    text = str(fitted)
    assert max(map(len, text.splitlines())) <= 80
    assert "gamma network: maximum likelihood" in text
    assert "shape" in text
    assert "VERDICT: ok" in text.splitlines()[-1]
    assert "<table" in fitted._repr_html_()
    assert "4 parameters" in repr(fitted)


# -- files -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [False, True])
def test_a_folder_holds_all_but_the_code(fitted, tmp_path, data):
    fitted.save(tmp_path / "network", data=data)
    names = sorted(p.suffix for p in (tmp_path / "network").iterdir())
    assert names == [".json", ".safetensors"]
    loaded = mlekit.load(tmp_path / "network", module=line())
    assert (loaded.llf, loaded.nobs, loaded.log_posterior) == (fitted.llf, fitted.nobs, fitted.log_posterior)
    np.testing.assert_array_equal(loaded.predict(X), fitted.predict(X))
    assert str(loaded) == str(fitted)
    np.testing.assert_array_equal(loaded.history, fitted.history)
    if data:
        assert loaded.log_prob().sum() == fitted.log_prob().sum()
    else:
        with pytest.raises(OptionError, match="data=True"):
            loaded.predict()
    (tmp_path / "network").rename(tmp_path / "moved")
    assert mlekit.load(tmp_path / "moved", module=line())["shape"] == fitted["shape"]


def test_a_saved_network_keeps_prior_labels_columns_and_formula(tmp_path):
    frame = pd.DataFrame({"y": np.array(["no", "yes"])[Y["bernoulli"]], "x": X[:, 0], "g": list("ab") * (ROWS // 2)})
    network = mlekit.network(line(inputs=3), "bernoulli")
    fit = mlekit.fit(frame, "y ~ x + C(g)", family=network, prior=P.Normal(0, 1))
    fit.save(tmp_path / "network")
    loaded = mlekit.load(tmp_path / "network", module=line(inputs=3))
    np.testing.assert_array_equal(loaded.predict(frame[:9], which="class"), fit.predict(frame[:9], which="class"))
    np.testing.assert_array_equal(loaded.log_prob(frame[:9]), fit.log_prob(frame[:9]))
    assert loaded.log_posterior == fit.log_posterior
    assert "Normal" in str(loaded)


def test_a_file_that_is_not_what_was_saved_is_refused(fitted, tmp_path):
    folder = tmp_path / "network"
    fitted.save(folder)
    with pytest.raises(OptionError, match=r"module=\.\.\."):
        mlekit.load(folder)
    with pytest.raises(LoadError, match="another module"):
        mlekit.load(folder, module=line(3))
    text = (folder / "network.json").read_text()
    (folder / "network.json").write_text(text.replace('"nobs": 200', '"nobs": 201'))
    with pytest.raises(LoadError, match="damaged or was edited"):
        mlekit.load(folder, module=line())
    (folder / "network.json").write_text(json.dumps({**json.loads(text), "version": 99}))
    with pytest.raises(LoadError, match="Upgrade"):
        mlekit.load(folder, module=line())
    (folder / "network.json").write_text(text[:100])
    with pytest.raises(LoadError, match="cut off"):
        mlekit.load(folder, module=line())
    with pytest.raises(OptionError, match="in one that exists"):
        fitted.save(tmp_path / "no" / "such")
    with pytest.raises(LoadError, match="holds no fit"):
        mlekit.load(tmp_path, module=line())


def test_progress_is_reported_and_a_fit_without_any_is_as_before(capsys):
    with torch.random.fork_rng():
        module = torch.nn.Linear(1, 1, dtype=torch.float64)
    x, y = [[0.0], [1.0], [2.0]], [0.1, 0.9, 2.2]
    steps = []
    solver = mlekit.solvers.Torch("adam", steps=7, callback=lambda step, loss: step == 5)
    network = mlekit.network(module, "normal")
    mlekit.fit(x, y, family=network, solver=solver, progress=lambda step, _: steps.append(step))
    assert steps == [1, 2, 3, 4, 5]
    mlekit.fit(x, y, family=network, progress=True)
    assert capsys.readouterr().err.startswith("step 1: ")
    assert mlekit.fit([1, 0, 1], family="bernoulli", progress=True)["p"] == 2 / 3
    assert capsys.readouterr().err == ""


def test_a_prior_of_a_probability_is_refused_for_weights():
    with torch.random.fork_rng():
        module = torch.nn.Linear(1, 1, dtype=torch.float64)
    with pytest.raises(OptionError, match="does not allow every real number"):
        mlekit.fit([[0.0], [1.0]], [0.0, 1.0], family=mlekit.network(module, "normal"), prior=mlekit.priors.Beta(2, 2))


def test_a_budget_is_shared_among_parts():
    assert mlekit.solvers.Torch(seconds=10).shared(4).seconds == 2.5
    assert mlekit.solvers.Torch(steps=10).shared(4).steps == 2
    newton = mlekit.solvers.Newton()
    assert newton.shared(4) is newton
