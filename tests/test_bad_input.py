"""A hostile and a clumsy user: every mistake is a typed error that says what to do, or a fit whose verdict says no."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import mlekit
from mlekit import counted, families, fit, priors
from mlekit.errors import (
    ConvergenceWarning,
    DataError,
    FormulaError,
    IdentifiabilityError,
    MlekitError,
    OptionError,
    UnknownName,
)

NAN, INF = np.nan, np.inf
X = [1.0, 2.0, 4.0, 3.0, 7.0, 2.5]
LAWS = ["bernoulli", "categorical", "poisson", "normal", "exponential", "gamma", "weibull", "student_t"]
NUMERIC = [law for law in LAWS if law != "categorical"]
SPREAD = ["normal", "gamma", "weibull", "student_t"]
GOOD = {"bernoulli": [1, 0, 1, 1], "categorical": [0, 1, 2, 1], "poisson": [2, 0, 1, 5]}


def rows(law: str) -> list[float]:
    return GOOD.get(law, X)


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "y": X,
            "x": [0.0, 1, 2, 3, 4, 6],
            "double": [0.0, 2, 4, 6, 8, 12],
            "one": 1.0,
            "zero": 0.0,
            "coin": [0, 1, 0, 1, 1, 0],
            "count": [1, 2, 0, 4, 3, 9],
            "tries": [3, 3, 3, 9, 9, 9],
            "group": list("aabbcc"),
            "holes": [1.0, 2, NAN, 3, 7, 2.5],
            "gaps": [1.0, NAN, 2, 3, 4, 6],
            "lost": ["a", "a", None, "b", "b", "c"],
            "huge": [0.0, 1, 2, INF, 4, 6],
            "day": pd.to_datetime(["2020-01-01"] * 6),
        }
    )


def refused(error: type[MlekitError], says: str, call: Callable[[], Any]) -> None:
    """The call raises this error, in these words, and warns of nothing."""
    with pytest.raises(error, match=says):
        call()


def says_no(call: Callable[[], Any]) -> Any:
    """A fit that is not proved: it warns, and the verdict and the print say so."""
    with pytest.warns(ConvergenceWarning):
        found = call()
    assert not found.verdict.ok
    assert "VERDICT: NO" in str(found)
    return found


# -- data --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(
    ("data", "says"),
    [
        ([], "no rows"),
        (np.array([]), "no rows"),
        ([1, NAN, 0, 1.0], r"missing.*row 1.*missing='drop'"),
        ([NAN, NAN], "2 missing values"),
        ([1, None, 1], r"missing.*row 1"),
        (pd.array([1, None, 1], "Int64"), r"missing.*row 1"),
        (np.ma.array([1, 2, 1.0], mask=[0, 1, 0]), r"missing.*row 1"),
        ([1.0, INF, 0, 1], "row 1 is inf"),
        ([1.0, -INF, 1, 0], "row 1 is -inf"),
        (np.ones((3, 2, 2)), "a column has one dimension"),
        (np.float64(3), "pass a list"),
        (3, "pass a list"),
        (None, "pass a list"),
        (len, "pass a list"),
        ({1, 2}, "set"),
        ({}, "no columns"),
        ({"a": 1}, "column 'a' has no length"),
        ([1 + 1j, 2], r"row 0 is \(1\+1j\)"),
        (np.array([1 + 1j]), "x.real"),
        (np.array(["2020-01-01"], "M8[D]"), "dates or times"),
        ([object()], "row 0"),
        ([1, "a"], "make them one kind"),
        ([[1], [2, 3]], "row 1 has 2 values"),
    ],
    ids=lambda v: repr(v).split(" object at")[0][:24],
)
def test_data_that_are_none_are_refused_and_placed(law: str, data: Any, says: str) -> None:
    refused(DataError, says, lambda: fit(data, family=law))


@pytest.mark.parametrize("law", LAWS)
def test_two_columns_for_one_ask_which(law: str) -> None:
    refused(OptionError, "2 columns.*say which", lambda: fit(np.ones((3, 2)), family=law))


@pytest.mark.parametrize("law", [law for law in NUMERIC if law != "bernoulli"])
def test_text_is_no_number(law: str) -> None:
    refused(DataError, f"{law}: row 1 is 'x', which is not a number", lambda: fit(["1", "x"], family=law))
    refused(DataError, "numbers written as text", lambda: fit(["1", "2"], family=law))


@pytest.mark.parametrize(
    ("law", "data", "says"),
    [
        ("bernoulli", [0, 1, 2], "row 2 is 2, but bernoulli requires 0 or 1"),
        ("bernoulli", [0.5, 1], "row 0 is 0.5"),
        ("poisson", [1, -1], "row 1 is -1"),
        ("poisson", [1, 0.5], "row 1 is 0.5"),
        ("exponential", [1, -1.0], "row 1 is -1"),
        ("gamma", [1, 0.0], "row 1 is 0.0, but gamma requires positive numbers"),
        ("gamma", [0, 0], "row 0 is 0"),
        ("weibull", [1, -2.0], "row 1 is -2"),
    ],
)
def test_values_outside_the_support_are_placed(law: str, data: Any, says: str) -> None:
    refused(DataError, says, lambda: fit(data, family=law))


@pytest.mark.parametrize("law", SPREAD)
def test_one_row_or_one_value_cannot_tell_a_spread(law: str) -> None:
    refused(IdentifiabilityError, "one row does not identify", lambda: fit([2.0], family=law))
    refused(IdentifiabilityError, "same value.*fixed=", lambda: fit([2.0, 2, 2], family=law))
    refused(IdentifiabilityError, "one row does not identify", lambda: fit([2.0, 3, 4], family=law, weights=[1, 0, 0]))
    refused(IdentifiabilityError, "same value", lambda: fit([2.0, 2, 4], family=law, weights=[1, 1, 0]))


def test_waits_of_zero_have_no_finite_maximum() -> None:
    refused(IdentifiabilityError, "'mean' approaches an end of its set", lambda: fit([0.0, 0.0], family="exponential"))
    assert fit([0.0, 0.0], family="exponential", prior={"rate": priors.Gamma(shape=2, rate=2)})["rate"] == 1.5


@pytest.mark.parametrize("law", SPREAD[:2])
def test_one_value_away_from_the_held_mean_tells_the_spread(law: str) -> None:
    second = fit([2.0, 2, 2], family=law, fixed={"mean": 1.0})
    assert second["sd"] == pytest.approx(1.0 if law == "normal" else 1777926870551951e-15**-0.5, rel=1e-7)


@pytest.mark.parametrize("law", ["normal", "exponential", "gamma", "weibull", "student_t"])
@pytest.mark.parametrize(("scale", "says"), [(1e300, "too large.*divide"), (1e-300, "too small.*multiply")])
def test_data_whose_squares_are_no_floats_say_what_to_do(law: str, scale: float, says: str) -> None:
    refused(DataError, says, lambda: fit(np.array(X) * scale, family=law))


@pytest.mark.parametrize("law", ["normal", "exponential", "gamma", "weibull"])
@pytest.mark.parametrize("scale", [1e100, 1e-100])
def test_large_and_small_data_fit_as_others_do(law: str, scale: float) -> None:
    first = fit(X, family=law).params.index[0]
    plain, scaled = (fit(np.array(X) * s, family=law) for s in (1.0, scale))
    assert scaled[first] / scale == pytest.approx(plain[first], rel=1e-9)
    assert scaled.bse[first] / scale == pytest.approx(plain.bse[first], rel=1e-7)


def test_nearly_constant_data_are_data() -> None:
    y = 1e12 + np.array([0.0, 0.125, -0.125, 0.0625])
    assert fit(y, family="normal")["sd"] == pytest.approx(np.std(y - 1e12), rel=1e-12)


@pytest.mark.parametrize("kind", ["int8", "uint8", "float16", "int16", "uint64", ">f8", "longdouble", "float32"])
def test_small_types_do_not_overflow(kind: str) -> None:
    y = np.array([100, 120, 127, 127, 100], dtype=kind)
    truth = np.array([100, 120, 127, 127, 100.0])
    assert fit(y, family="normal")["sd"] == pytest.approx(truth.std(), rel=1e-12)
    assert fit(y, family="poisson")["rate"] == pytest.approx(truth.mean(), rel=1e-12)
    assert fit(y, family="gamma")["mean"] == pytest.approx(truth.mean(), rel=1e-12)
    assert fit(y, family="categorical")["p[100]"] == pytest.approx(0.4, rel=1e-12)


def test_integers_near_two_to_the_sixty_three_stay_themselves() -> None:
    y = [2**63 - 1, 2**63 - 3, 2**63 - 3]
    assert fit(y, family="categorical")[f"p[{2**63 - 3}]"] == pytest.approx(2 / 3, rel=1e-15)
    refused(IdentifiabilityError, "differ by less than float64 resolves", lambda: fit(y, family="normal"))
    refused(DataError, "no float64 can hold", lambda: fit([2**70 + 1, 1], family="normal"))


@pytest.mark.parametrize(
    "data",
    [
        [1, 2, 4],
        (1, 2, 4),
        np.array([1, 2, 4]),
        np.array([4, 9, 2, 9, 1])[::-2],
        np.array([1, 2, 4], dtype=object),
        pd.Series([1, 2, 4], index=[7, 8, 9]),
        pd.array([1, 2, 4], dtype="Int64"),
        pd.Index([1, 2, 4]),
        {"a": [1, 2, 4]},
        memoryview(np.array([1, 2, 4])),
        {"a": 1, "b": 2, "c": 4}.values(),
    ],
    ids=lambda v: type(v).__name__,
)
def test_anything_that_holds_numbers_is_read(data: Any) -> None:
    assert fit(data, family="poisson")["rate"] == pytest.approx(7 / 3, rel=1e-15)


def test_generators_ranges_and_other_libraries_are_read() -> None:
    pl, pa, torch = (pytest.importorskip(name) for name in ("polars", "pyarrow", "torch"))
    held = [pl.Series([1, 2, 4]), pa.array([1, 2, 4]), torch.tensor([1.0, 2, 4], requires_grad=True)]
    for data in (*held, (v for v in [1, 2, 4]), range(1, 6, 2)):
        assert fit(data, family="poisson")["rate"] == pytest.approx(7 / 3 if not isinstance(data, range) else 3)
    refused(DataError, "missing", lambda: fit(pl.Series([1, None, 4]), family="poisson"))
    refused(DataError, "missing", lambda: fit(pa.array([1, None, 4]), family="poisson"))
    refused(DataError, "x.real", lambda: fit(torch.tensor([1j]), family="poisson"))


# -- weights, counts, offsets ------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize(
    ("first", "says"),
    [(-1, "weight of row 0 is -1"), (NAN, "weight of row 0 is nan"), (INF, "weight of row 0 is inf"), ("a", "row 0")],
)
def test_weights_are_finite_counts(law: str, first: Any, says: str) -> None:
    data = rows(law)
    weights = [first, *([1] * (len(data) - 1))] if first != "a" else ["a"] * len(data)
    refused(DataError, says, lambda: fit(data, family=law, weights=weights))


@pytest.mark.parametrize("law", LAWS)
def test_weights_are_one_a_row_and_not_all_zero(law: str) -> None:
    data = rows(law)
    refused(DataError, "1 weights, but", lambda: fit(data, family=law, weights=[1]))
    refused(DataError, "all weights are zero", lambda: fit(data, family=law, weights=[0] * len(data)))
    refused(DataError, "one dimension", lambda: fit(data, family=law, weights=np.ones((len(data), 1))))
    refused(DataError, "pass a list", lambda: fit(data, family=law, weights=2))
    refused(OptionError, "names a column", lambda: fit(data, family=law, weights="w"))


@pytest.mark.parametrize("law", ["normal", "exponential", "poisson", "gamma"])
def test_weights_that_sum_to_next_to_nothing_leave_the_estimate(law: str) -> None:
    tiny = fit(rows(law), family=law, weights=[1e-8] * len(rows(law)))
    np.testing.assert_allclose(tiny.params, fit(rows(law), family=law).params, rtol=1e-9)
    assert str(tiny)


@pytest.mark.parametrize(
    ("error", "says", "call"),
    [
        (DataError, "1 weights, but 2 rows", lambda: fit(counted([1, 2], [1]), family="poisson")),
        (DataError, "row 1 is -1", lambda: fit(counted([1, 2], [1, -1]), family="poisson")),
        (DataError, "counts: row 0 is 'a'", lambda: fit(counted([1, 2], ["a", "b"]), family="poisson")),
        (DataError, "missing", lambda: fit(counted([1, NAN], [1, 2]), family="poisson")),
        (DataError, "all weights are zero", lambda: fit(counted([1, 2], [0, 0]), family="poisson")),
        (DataError, "no rows", lambda: fit(counted([], []), family="poisson")),
        (DataError, "values is one value", lambda: fit(counted(1, 2), family="poisson")),
        (OptionError, "leave weights= out", lambda: fit(counted([1, 2], [1, 1]), family="poisson", weights=[1, 1])),
        (OptionError, "leave by= out", lambda: fit(counted([1, 2], [1, 1]), family="poisson", by=[1, 2])),
        (OptionError, "leave offset= out", lambda: fit(counted([1, 2], [1, 1]), family="poisson", offset=[1, 2])),
        (OptionError, "leave target= out", lambda: fit(counted([1, 2], [1, 1]), "y ~ x", family="poisson")),
    ],
)
def test_counted_data_are_values_and_counts(error: type[MlekitError], says: str, call: Callable[[], Any]) -> None:
    refused(error, says, call)


@pytest.mark.parametrize(
    ("offset", "says"),
    [
        ([1], "offset has 1 values, but there are 4 rows"),
        ([NAN, 0, 0, 0], "offset of row 0 is nan"),
        ([0, INF, 0, 0], "offset of row 1 is inf"),
        (["a"] * 4, "offset: row 0 is 'a'"),
        (1.0, "pass a list"),
        (np.ones((4, 1)), "one dimension"),
    ],
)
def test_an_offset_is_one_finite_number_a_row(offset: Any, says: str) -> None:
    refused(DataError, says, lambda: fit([2, 0, 1, 5], family="poisson", offset=offset))


def test_an_offset_counts_without_a_formula_too(frame: pd.DataFrame) -> None:
    log_exposure = np.log([1.0, 2, 3, 1, 2, 3])
    found = fit(frame, "count", family="poisson", offset=log_exposure)
    assert found["rate"] == pytest.approx(frame["count"].sum() / 12, rel=1e-12)
    assert found.llf == pytest.approx(fit(frame, "count ~ 1", family="poisson", offset=log_exposure).llf, rel=1e-12)
    assert "VERDICT: ok" in str(found)
    refused(OptionError, "offset: categorical", lambda: fit(list("abca"), family="categorical", offset=[1.0] * 4))


# -- names and options -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"family": "nromal"}, OptionError, "did you mean 'normal'"),
        ({"family": "gausian"}, OptionError, "'gaussian'"),
        ({"family": ""}, OptionError, "valid names"),
        ({"family": None}, OptionError, "family= is missing"),
        ({"family": 3}, OptionError, "family= takes a name"),
        ({"family": ["normal"]}, OptionError, "family= takes a name"),
        ({"solver": "newtn"}, OptionError, "did you mean 'newton'"),
        ({"solver": None}, OptionError, "solver= takes"),
        ({"solver": mlekit.solvers.Torch(method="lbfgs", steps=5, device="moon")}, OptionError, "moon"),
        ({"link": "lgo"}, OptionError, "did you mean 'log'"),
        ({"link": ["log"]}, OptionError, "no link"),
        ({"link": {"maen": "log"}}, OptionError, "did you mean 'mean'"),
        ({"missing": "dorp"}, OptionError, "'error' or 'drop'"),
        ({"on_failure": "rais"}, OptionError, "'warn', 'raise' or 'ignore'"),
        ({"by": "group"}, OptionError, "names a column"),
        ({"by": 3}, DataError, "by is one value"),
        ({"by": {1, 2}}, DataError, "by has no order"),
        ({"by": [1, 2]}, DataError, "2 values, but there are 6 rows"),
        ({"by": [1, NAN, 1, 1, 1, 1]}, DataError, r"no value in 1 rows \(1\)"),
        ({"by": [None] * 6}, DataError, "no value in 6 rows"),
    ],
    ids=repr,
)
def test_options_are_checked_and_the_nearest_suggested(given: dict[str, Any], error: Any, says: str) -> None:
    refused(error, says, lambda: fit(X, **{"family": "normal", **given}))


@pytest.mark.parametrize("argument", ["fixed", "start"])
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"sdd": 2.0}, "did you mean 'sd'"),
        ({"sd": "two"}, "'sd' is 'two', but it has to be a number"),
        ({"sd": "2"}, "has to be a number"),
        ({"sd": None}, "has to be a number"),
        ({"sd": [1, 2]}, "has to be a number"),
        ({"sd": 1j}, "has to be a number"),
        ({"sd": -2.0}, "sd is -2, but it has to be a positive number"),
        ({"sd": 0.0}, "sd is 0, but it has to be a positive number"),
        ({"sd": NAN}, "sd is nan"),
        ({"mean": INF}, "mean is inf"),
        (2.0, "is a dict"),
        (["sd"], "is a dict"),
        ("sd", "is a dict"),
    ],
    ids=repr,
)
def test_held_and_first_values_are_numbers_inside_their_set(argument: str, given: Any, says: str) -> None:
    refused(OptionError, says, lambda: fit(X, family="normal", **{argument: given}))


def test_all_fixed_is_a_fit_of_nothing() -> None:
    found = fit(X, family="normal", fixed={"mean": 1, "sd": 2})
    assert found.params.to_dict() == {"mean": 1.0, "sd": 2.0}
    assert found.n_params == 0


def test_shares_cannot_be_held_alone() -> None:
    refused(
        OptionError,
        "probabilities that add up to one",
        lambda: fit(list("ab"), family="categorical", fixed={"p[a]": 0.5}),
    )
    refused(
        OptionError, "probabilities that add up to one", lambda: fit(list("ab"), family="categorical", fixed={"p": 0.5})
    )


@pytest.mark.parametrize(
    ("tied", "says"),
    [
        ({"x0": "x9"}, "no 'x9'"),
        ({"x0": "x0"}, "tied to itself"),
        ({"x0": "x1", "x1": "x0"}, "tied to itself"),
        ({"x0": "sd"}, "different kinds"),
        ({"x0": 1}, "there is no 1"),
        ("x0", "dict of names"),
    ],
)
def test_ties_join_what_is_of_one_kind(rng: np.random.Generator, tied: Any, says: str) -> None:
    x = rng.normal(size=(20, 3))
    refused(OptionError, says, lambda: fit(x, x @ [1, 2, 3.0] + rng.normal(size=20), family="normal", tied=tied))


def test_laws_of_two_units_are_not_tied() -> None:
    refused(OptionError, "different kinds", lambda: fit(X, family="normal", tied={"sd": "mean"}))
    refused(OptionError, "different kinds", lambda: fit(X, family="gamma", tied={"shape": "mean"}))


def test_a_chain_of_ties_is_one_coefficient(rng: np.random.Generator) -> None:
    x = rng.normal(size=(50, 3))
    y = x @ [1, 2, 3.0] + rng.normal(size=50)
    one = fit(x.sum(axis=1, keepdims=True), y, family="normal")["x0"]
    for tied in ({"x0": "x1", "x1": "x2"}, {"x1": "x2", "x0": "x1"}):
        np.testing.assert_allclose(fit(x, y, family="normal", tied=tied).params[1:4], one, rtol=1e-9)
    differ = {"x0": 1.0, "x1": 2.0}
    refused(OptionError, "different values", lambda: fit(x, y, family="normal", tied={"x0": "x1"}, fixed=differ))


@pytest.mark.parametrize(
    ("law", "prior", "says"),
    [
        ("normal", "Beta", "a prior is a value"),
        ("normal", 3, "a prior is a value"),
        ("normal", priors.Beta, "a prior is a value"),
        ("normal", [priors.Normal(0, 1)], "a prior is a value"),
        ("normal", {"sd": 3}, "a prior is a value"),
        ("normal", {"men": priors.Normal(0, 1)}, "did you mean 'mean'"),
        ("normal", priors.Dirichlet(2), "about several numbers"),
        ("categorical", priors.Normal(0, 1), "take a Dirichlet prior"),
        ("categorical", priors.Dirichlet([1, 2]), "one value per level"),
    ],
    ids=repr,
)
def test_priors_are_beliefs_about_a_parameter_inside_its_set(law: str, prior: Any, says: str) -> None:
    refused(OptionError, says, lambda: fit(rows(law), family=law, prior=prior))


def test_a_scipy_prior_stays_inside_the_set() -> None:
    from scipy import stats

    refused(OptionError, "outside the set of sd", lambda: fit(X, family="normal", prior={"sd": stats.uniform(-1, 2)}))
    refused(OptionError, "a prior is a value", lambda: fit(X, family="normal", prior={"sd": stats.poisson(2)}))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: priors.Beta(-1, 2), "a is -1"),
        (lambda: priors.Beta("a", 1), "a is a"),
        (lambda: priors.Beta(NAN, 1), "a is nan"),
        (lambda: priors.Normal(0, 0), "sd is 0"),
        (lambda: priors.Normal(INF, 1), "mean is inf"),
        (lambda: priors.Dirichlet([]), r"alpha is \[\]"),
        (lambda: priors.Dirichlet([1, NAN]), "alpha is"),
        (lambda: priors.HalfNormal(None), "scale is None"),
        (lambda: priors.Gamma(shape=1, rate="x"), "rate is x"),
        (lambda: priors.Bta, "did you mean 'Beta'"),
        (lambda: families.Gama, "did you mean 'Gamma'"),
    ],
)
def test_a_prior_cannot_be_made_of_nonsense(make: Callable[[], Any], says: str) -> None:
    refused(OptionError, says, make)


@pytest.mark.parametrize(("data", "p"), [([1], 1.0), ([0], 0.0)])
def test_a_prior_that_pulls_to_the_ends_never_pulls_to_the_wrong_one(data: list[int], p: float) -> None:
    assert fit(data, family="bernoulli", prior=priors.Beta(0.1, 0.1))["p"] == p


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda df: fit(X, "gamma"), r"mlekit.fit\(x, family='gamma'\)"),
        (lambda df: fit(X, "gaussian"), r"mlekit.fit\(x, family='gaussian'\)"),
        (lambda df: fit("gamma", X), r"mlekit.fit\(x, family='gamma'\)"),
        (lambda df: fit("y ~ x", df), r"mlekit.fit\(df, 'y ~ x', family="),
        (lambda df: fit("y ~ x", df, family="gamma"), r"mlekit.fit\(df, 'y ~ x', family='gamma'\)"),
        (lambda df: fit(df, "y"), r"mlekit.fit\(df, 'y', family="),
        (lambda df: fit(df[["x"]], X), r"mlekit.fit\(X, y, family="),
        (lambda df: fit(X), r"mlekit.fit\(x, family='gamma'\)"),
        (lambda df: fit(X, "gamma", family="normal"), r"mlekit.fit\(x, family='gamma'\)"),
        (lambda df: fit(X, "y ~ x", family="normal"), "frame"),
        (lambda df: fit(X, X, family="normal"), r"two dimensions"),
        (lambda df: fit(df, 0, family="normal"), "name of a column, a formula"),
    ],
)
def test_a_call_that_was_nearly_right_is_printed_right(
    frame: pd.DataFrame, call: Callable[[Any], Any], says: str
) -> None:
    refused(OptionError, says, lambda: call(frame))


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: mlekit.custom("abc", params={"a": "real"}), OptionError, "has to be a function"),
        (
            lambda: mlekit.custom(lambda y, b: -(y - b), params={"a": "real"}),
            OptionError,
            "cannot be called with y and a",
        ),
        (lambda: mlekit.custom(lambda y: y, params={}), OptionError, "params is empty"),
        (lambda: mlekit.custom(lambda y, a: y, params={"a": "positve"}), OptionError, "no set 'positve'"),
        (lambda: mlekit.custom(lambda y, a: y, params={"a": (2, 1)}), OptionError, "is empty"),
        (lambda: mlekit.custom(lambda y, a: -((y - a) ** 2).sum(), params={"a": "real"}), DataError, "not their sum"),
    ],
)
def test_a_law_of_ones_own_is_checked(make: Callable[[], Any], error: Any, says: str) -> None:
    refused(error, says, lambda: fit(X, family=make()))


# -- formulas and designs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "error", "says"),
    [
        ("y ~ x +", FormulaError, "expected a column"),
        ("y ~ x**2", FormulaError, r"write I\(x \*\* 2\)"),
        ("y ~~ x", FormulaError, "expected a column"),
        ("y ~", FormulaError, "expected a column"),
        ("y ~ xx", FormulaError, "did you mean 'x'"),
        ("yy ~ x", FormulaError, "did you mean 'y'"),
        ("y ~ __import__('os')", FormulaError, "no function"),
        ("y ~ x; import os", FormulaError, "not part of the language"),
        ("y ~ 0", FormulaError, "leaves no term"),
        ("~ x", OptionError, "no formula has a response"),
        ({}, OptionError, "no formula has a response"),
        ({"mean": 3}, OptionError, "write a text"),
        ({"maen": "y ~ x"}, OptionError, "did you mean 'mean'"),
        ({"mean": "y ~ x", "sd": "x ~ y"}, OptionError, "different responses"),
        ("Surv(y, count) ~ x", DataError, r"count: row 1 is 2, but an event is 1 \(seen\) or 0 \(censored\)"),
        ("Surv(y, group) ~ x", DataError, "group: row 0 is 'a'"),
        ("Surv(y, y, coin) ~ x", DataError, r"row 0 enters \(y\) at 1 and leaves at 1"),
        ("Surv(y) ~ x", FormulaError, "Surv"),
        ("censored(y, x) ~ x", DataError, "row 0 has the lower bound 1 above the upper bound 0"),
        ("windowed(y, 2, 5) ~ x", DataError, "row 0 is 1, outside its window from 2 to 5"),
        ("cbind(coin, count) ~ x", DataError, "takes one column as the response"),
        ("cbind(group, count) ~ x", DataError, "row 0 is 'a', which is not a number"),
        ("group ~ x", DataError, "row 0 is 'a', which is not a number"),
        ("day ~ x", DataError, "dates or times"),
        ("y ~ day", DataError, "dates or times"),
        ("y ~ gaps", DataError, "'gaps' has 1 missing value, in row 1"),
        ("holes ~ x", DataError, "row 2"),
        ("y ~ huge", DataError, "'huge' is inf in row 3"),
        ("y ~ log(x)", DataError, "where x = 0"),
        ("y ~ offset(gaps)", DataError, "offset of row 1 is nan"),
        ("y ~ offset(huge)", DataError, "offset of row 3 is inf"),
        ("y ~ x + double", IdentifiabilityError, "'double' is a combination of 'x'"),
        ("y ~ one", IdentifiabilityError, "'one' is a combination of 'Intercept'|'one' has the same value"),
        ("y ~ zero", IdentifiabilityError, "'zero' is zero in every row"),
        ("y ~ C(x)", IdentifiabilityError, "fit every row exactly"),
        ("y ~ group - 1 + one", IdentifiabilityError, "'one' is a combination"),
    ],
    ids=repr,
)
def test_formulas_that_cannot_be_fitted_say_why(frame: pd.DataFrame, formula: Any, error: Any, says: str) -> None:
    refused(error, says, lambda: fit(frame, formula, family="normal"))


@pytest.mark.parametrize(
    ("law", "left"), [("poisson", "count"), ("bernoulli", "coin"), ("gamma", "y"), ("weibull", "y")]
)
def test_collinear_columns_are_named_whatever_the_law(frame: pd.DataFrame, law: str, left: str) -> None:
    refused(IdentifiabilityError, "'double' is a combination", lambda: fit(frame, f"{left} ~ x + double", family=law))
    refused(IdentifiabilityError, "'one'", lambda: fit(frame, f"{left} ~ one", family=law))
    trap = frame.join(pd.get_dummies(frame["group"], dtype=float))
    refused(IdentifiabilityError, "'c' is a combination", lambda: fit(trap, f"{left} ~ a + b + c", family=law))
    weights = [1, 1, 0, 0, 1, 1]
    refused(IdentifiabilityError, "group", lambda: fit(frame, f"{left} ~ group", family=law, weights=weights))


@pytest.mark.parametrize(("law", "y"), [("normal", X[:5]), ("bernoulli", [0, 1, 0, 1, 1]), ("weibull", X[:5])])
def test_more_columns_than_rows_cannot_be_told(rng: np.random.Generator, law: str, y: Any) -> None:
    refused(IdentifiabilityError, "combination", lambda: fit(rng.normal(size=(5, 10)), y, family=law))


@pytest.mark.parametrize(
    ("x", "y", "error", "says"),
    [
        (np.ones((4, 2)), [1, 2], DataError, "X has 4 rows, but y has 2 values"),
        (np.array([[1.0], [NAN], [2.0]]), [1, 2, 4], DataError, "missing"),
        (np.array([[1.0], [INF], [2.0]]), [1, 2, 4], DataError, "inf in row 1"),
        (np.array([[1j], [2], [3]]), [1, 2, 4], DataError, "x.real"),
        (np.array([["2020-01-01"]] * 3, "M8[D]"), [1, 2, 4], DataError, "dates"),
        (np.ones((0, 2)), [], DataError, "no rows"),
        (np.ones((3, 2)), {"y": [1, 2, 3]}, OptionError, "different|formula|response"),
        (np.ones((3, 2)), np.ones((3, 2)), DataError, "one dimension"),
        (np.ones((3, 1)), [1, NAN, 2], DataError, "missing"),
    ],
)
def test_matrices_are_checked(x: Any, y: Any, error: Any, says: str) -> None:
    refused(error, says, lambda: fit(x, y, family="normal"))


def test_a_log_link_of_a_normal_mean_is_nonlinear_least_squares(frame: pd.DataFrame) -> None:
    from scipy.optimize import least_squares

    best = least_squares(
        lambda b: frame["y"] - np.exp(b[0] + b[1] * frame["x"]), [1.0, 0.1], xtol=1e-15, ftol=1e-15, gtol=1e-15
    )
    found = fit(frame, "y ~ x", family="normal", link="log")
    np.testing.assert_allclose(found.params[:2], best.x, rtol=1e-6)


# -- maxima at infinity ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("solver", ["auto", "scipy"])
def test_separated_and_nearly_separated_rows_name_the_column(solver: str) -> None:
    wander = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9]
    apart = pd.DataFrame({"y": [0] * 7 + [1] * 8, "size": range(15), "other": wander})
    nearly = pd.DataFrame({"y": [0, 1] * 5 + [1] * 5, "size": [0] * 10 + [1] * 5, "other": wander})
    for data in (apart, nearly):
        found = says_no(lambda data=data: fit(data, "y ~ size + other", family="bernoulli", solver=solver))
        assert found.verdict.codes == ("edge",)
        assert "size" in found.verdict.reasons[0]
        assert "prior" in found.verdict.reasons[0]
        proved = fit(data, "y ~ size + other", family="bernoulli", prior=priors.Normal(0, 2.5), solver=solver)
        assert proved.verdict.ok


def test_cells_without_events_are_at_infinity() -> None:
    cells = pd.DataFrame({"y": [0] * 5 + [1, 2, 3, 4, 5], "cell": list("aaaaabbbbb")})
    assert "edge" in says_no(lambda: fit(cells, "y ~ cell", family="poisson")).verdict.codes
    assert "edge" in says_no(lambda: fit(cells.assign(y=0), "y ~ cell", family="poisson")).verdict.codes


@pytest.mark.parametrize("law", ["gamma", "weibull", "student_t"])
def test_columns_that_fit_every_row_leave_the_spread_without_a_maximum(rng: np.random.Generator, law: str) -> None:
    x = rng.normal(size=(30, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = fit(
            x, np.exp(x[:, 0]) if law != "student_t" else 2 * x[:, 0], family=law, link={"gamma": "log"}.get(law)
        )
    assert not found.verdict.ok


def test_on_failure_raises_or_is_silent() -> None:
    data = pd.DataFrame({"y": [0, 0, 1, 1], "x": [0, 1, 2, 3]})
    refused(mlekit.errors.ConvergenceError, "x", lambda: fit(data, "y ~ x", family="bernoulli", on_failure="raise"))
    assert not fit(data, "y ~ x", family="bernoulli", on_failure="ignore").verdict.ok


# -- groups ------------------------------------------------------------------------------------------------------


def test_groups_are_named_by_columns_or_given_as_keys(frame: pd.DataFrame) -> None:
    means = fit(frame, "y", family="normal", by="group").params["mean"].tolist()
    keys = frame["group"]
    for by in (keys.set_axis(range(5, 11)), keys.to_numpy(), list(keys)):
        assert fit(X, family="normal", by=by).params["mean"].tolist() == means
    refused(UnknownName, "did you mean 'group'", lambda: fit(frame, "y", family="normal", by="grup"))
    refused(OptionError, "by= is empty", lambda: fit(frame, "y", family="normal", by=[]))
    refused(OptionError, "X is an array", lambda: fit(frame[["x"]].to_numpy(), X, family="normal", by="g"))
    refused(DataError, r"'lost' has no value in 1 rows \(2\)", lambda: fit(frame, "y", family="normal", by="lost"))
    dropped = fit(frame, "y", family="normal", by="lost", missing="drop", on_failure="ignore")
    assert len(dropped) == 3


@pytest.mark.parametrize("law", SPREAD)
def test_groups_of_one_row_fail_alone(frame: pd.DataFrame, law: str) -> None:
    with pytest.warns(ConvergenceWarning):
        found = fit(frame.iloc[:5], "y", family=law, by="group")
    assert list(found.status)[-1] == "edge"
    with pytest.warns(ConvergenceWarning):
        assert len(fit(frame, "y", family=law, by="x").failed) == 6
    refused(mlekit.errors.ConvergenceError, "6 of 6", lambda: fit(frame, "y", family=law, by="x", on_failure="raise"))


@pytest.mark.parametrize(
    ("law", "column"), [("normal", "y"), ("gamma", "y"), ("poisson", "count"), ("bernoulli", "coin")]
)
def test_a_group_without_weight_fails_alone(frame: pd.DataFrame, law: str, column: str) -> None:
    with pytest.warns(ConvergenceWarning):
        found = fit(frame, column, family=law, by="group", weights=[1, 1, 0, 0, 1, 1])
    assert found.failed.index.tolist() == ["b"] if hasattr(found.failed, "index") else list(found.failed) == ["b"]
    assert found.params.loc["b"].isna().all()
    assert np.isfinite(found.params.loc[["a", "c"]].to_numpy()).all()


def test_a_held_parameter_is_held_in_every_group(frame: pd.DataFrame) -> None:
    found = fit(frame, "y", family="normal", by="group", fixed={"sd": 1.5})
    assert found.params["sd"].tolist() == [1.5] * 3
    assert str(found)


# -- missing rows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "given", "left"),
    [
        ("holes", {}, 5),
        ("holes ~ gaps", {}, 4),
        ("y", {"weights": "gaps"}, 5),
        ("y ~ x", {"offset": "gaps"}, 5),
        ("holes", {"by": "lost"}, 5),
        ("holes ~ x", {"weights": "gaps"}, 4),
    ],
)
def test_dropped_rows_are_counted_and_shown(frame: pd.DataFrame, target: str, given: Any, left: int) -> None:
    refused(DataError, r"missing|nan|no value", lambda: fit(frame, target, family="normal", **given))
    found = fit(frame, target, family="normal", missing="drop", on_failure="ignore", **given)
    assert f"{6 - left} dropped" in str(found)


def test_when_all_rows_are_dropped_there_are_none() -> None:
    refused(DataError, "no rows", lambda: fit([NAN, NAN], family="normal", missing="drop"))
    nothing = pd.Categorical([None, None], categories=["a", "b"])
    refused(DataError, "no rows", lambda: fit(nothing, family="categorical", missing="drop"))


# -- labels ------------------------------------------------------------------------------------------------------


def test_a_coin_has_two_labels() -> None:
    assert fit(["yes", "no", "yes"], family="bernoulli")["p"] == pytest.approx(2 / 3, rel=1e-15)
    assert fit([True, False, True], family="bernoulli")["p"] == pytest.approx(2 / 3, rel=1e-15)
    assert fit(pd.Categorical(["a", "a"], categories=["a", "b"]), family="bernoulli")["p"] == 0.0
    refused(DataError, "have 3 .*categorical", lambda: fit(list("abc"), family="bernoulli"))
    refused(DataError, "have 1 ", lambda: fit(["a", "a"], family="bernoulli"))
    refused(DataError, "missing", lambda: fit([True, None, False], family="bernoulli"))


def test_a_softmax_takes_two_levels_or_more(rng: np.random.Generator) -> None:
    x = rng.normal(size=(60, 2))
    two, three = rng.choice(list("ab"), 60), rng.choice(list("abc"), 60)
    logistic = fit(x, two, family="bernoulli")
    np.testing.assert_allclose(fit(x, two, family="categorical").params, logistic.params, rtol=1e-6)
    assert fit(x, three, family="categorical").verdict.ok
    refused(IdentifiabilityError, "one level", lambda: fit(x, ["a"] * 60, family="categorical"))
    empty = says_no(lambda: fit(x, pd.Categorical(two, categories=list("abc")), family="categorical"))
    assert "edge" in empty.verdict.codes


def test_one_level_is_certain() -> None:
    sure = fit(["a", "a"], family="categorical")
    assert sure["p[a]"] == 1.0
    assert sure.llf == 0.0
    assert str(sure)


# -- binomial ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n", "data", "error", "says"),
    [
        (0, [1], OptionError, "n is 0"),
        (2.5, [1], OptionError, "n is 2.5"),
        (NAN, [1], OptionError, "n is nan"),
        (INF, [1], OptionError, "n is inf"),
        ({3}, [1], OptionError, "number of trials"),
        ({"a": 3}, [1], OptionError, "number of trials"),
        (None, [1], OptionError, "needs the number of trials"),
        (10, [1, 12], DataError, "row 1 has 12 successes in 10 trials"),
        (10, [1, -1], DataError, "row 1 has -1 successes"),
        (10, [1, 0.5], DataError, "row 1 has 0.5 successes"),
        (10, [1, NAN], DataError, "row 1 has no number of successes"),
        (10, ["a", "b"], DataError, "row 0 is 'a'"),
        ([2], [1, 2], DataError, "n has 1 values, but there are 2 rows"),
        ([2, NAN], [1, 2], DataError, "row 1 has no number of trials"),
        (["a", "b"], [1, 2], DataError, "n: row 0 is 'a'"),
        ([[2], [3]], [1, 2], DataError, "n"),
        ([0, 0], [0, 0], DataError, "no row has a trial"),
        ("tries", [1, 2], DataError, "no columns"),
    ],
    ids=repr,
)
def test_successes_are_counted_among_trials(n: Any, data: Any, error: Any, says: str) -> None:
    refused(error, says, lambda: fit(data, family=families.Binomial(n=n)))


def test_tries_are_a_number_a_column_an_array_or_the_failures(frame: pd.DataFrame) -> None:
    p = frame["coin"].sum() / frame["tries"].sum()
    assert fit(frame, "coin", family=families.Binomial(n="tries"))["p"] == pytest.approx(p, rel=1e-14)
    assert fit(frame, "coin", family=families.Binomial(n=frame["tries"]))["p"] == pytest.approx(p, rel=1e-14)
    pairs = frame.assign(no=frame["tries"] - frame["coin"])
    found = fit(pairs, "cbind(coin, no) ~ 1", family="binomial")
    assert found["Intercept"] == pytest.approx(np.log(p / (1 - p)), rel=1e-9)
    refused(UnknownName, "'tries'", lambda: fit(frame, "coin", family=families.Binomial(n="trys")))
    refused(DataError, "failures", lambda: fit(pairs.assign(no=-1), "cbind(coin, no) ~ 1", family="binomial"))


# -- predict -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("new", "says"),
    [
        ({"x": [1.0], "group": ["q"]}, "'q', a level that the fit has not seen"),
        ({"x": [NAN], "group": ["a"]}, "'x' has 1 missing value, in row 0"),
        ({"x": [1.0], "group": [None]}, "missing value, in row 0"),
        ({"x": [1.0]}, "'group'"),
        ({"x": ["a"], "group": ["a"]}, "labels"),
        ({"x": [INF], "group": ["a"]}, "inf in row 0"),
        ([1, 2], "table"),
    ],
    ids=repr,
)
def test_new_rows_are_as_the_old_ones(frame: pd.DataFrame, new: Any, says: str) -> None:
    found = fit(frame, "y ~ x + group", family="normal")
    refused(DataError, says, lambda: found.predict(new))
    refused(OptionError, "did you mean 'mean'", lambda: found.predict(which="maen"))


@pytest.mark.parametrize("name", ["lognorm", "scipy.stats.lognorm"])
def test_a_name_of_scipys_is_answered_with_the_object_to_give(name):
    refused(
        OptionError,
        r"give the object, import scipy.stats and family=scipy.stats.lognorm",
        lambda: fit([1.0], family=name),
    )


def test_a_row_outside_the_support_is_told_with_what_to_do():
    refused(
        DataError,
        r"row 1 is 0.0, but gamma requires positive numbers: drop the row or choose another family",
        lambda: fit([1.0, 0.0], family="gamma"),
    )


def test_a_level_in_the_place_of_a_name_is_told():
    refused(OptionError, "level=0.95", lambda: fit([1, 0], family="bernoulli").conf_int(0.9))


def test_a_warning_points_at_the_line_that_asked_for_the_fit():
    separated = [[-2.0], [-1.0], [1.0], [2.0]], [0, 0, 1, 1]
    for ask in (fit, lambda X, y, family: mlekit.Estimator(family).fit(X, y)):
        with pytest.warns(mlekit.errors.ConvergenceWarning) as seen:
            ask(*separated, family="bernoulli")
        assert [warning.filename for warning in seen] == [__file__]


@pytest.mark.parametrize(
    ("says", "call"),
    [
        ("fit has no argument 'famly': did you mean 'family'", lambda: fit(X, famly="normal")),
        ("fit has no argument 'weigths': did you mean 'weights'", lambda: fit(X, family="normal", weigths=X)),
        ("fit has 'data' twice.*in the order data, target, or by name", lambda: fit("y ~ x", data={"y": X})),
        ("fit needs data: fit", lambda: fit(family="normal")),
        ("Estimator has no argument 'priors': did you mean 'prior'", lambda: mlekit.Estimator("normal", priors=1)),
        (r"by name: Gamma\(shape=2, rate=3\)", lambda: priors.Gamma(2, 3)),
        ("Gamma has no argument 'shap': did you mean 'shape'", lambda: priors.Gamma(shap=2, rate=2)),
        ("Normal has no argument 'mu': valid names: mean, sd", lambda: priors.Normal(mu=0, sd=1)),
        (r"Normal needs sd: Normal\(mean, sd\)", lambda: priors.Normal(0)),
        (r"Beta takes at most 2 arguments \(a, b\), not 3", lambda: priors.Beta(1, 2, 3)),
        ("Newton has no argument 'step': did you mean 'steps'", lambda: mlekit.solvers.Newton(step=3)),
        ("Binomial has no argument 'm': valid names: n", lambda: families.Binomial(m=3)),
        ("path is 5: give the name of a file", lambda: mlekit.load(5)),
        ("lr_test takes another fit .* not 'x'", lambda: fit(X, family="normal").lr_test("x")),
    ],
)
def test_a_call_that_does_not_fit_is_told_with_the_one_that_does(says: str, call: Callable[[], Any]) -> None:
    refused(OptionError, says, call)


def test_a_type_error_inside_a_call_stays_what_it_is():
    def log_density(y: Any, a: Any) -> Any:
        return np.log(a) - a * y

    family = mlekit.custom(log_density, params={"a": "positive"})
    with pytest.raises(TypeError, match="unsupported"):
        mlekit.errors.explained(lambda x: x + "1")(None)
    assert fit(X, family=family)["a"] == pytest.approx(1 / np.mean(X))


def test_classes_keep_the_signature_of_their_constructor():
    assert [*inspect.signature(priors.Gamma).parameters] == ["shape", "rate"]
    assert [*inspect.signature(mlekit.fit).parameters][:3] == ["data", "target", "family"]


def test_arrays_without_a_dimension_are_not_rows():
    refused(
        DataError, r"row 0 is array\(1.0?\) \(ndarray\): pass one number", lambda: fit([np.array(1.0)], family="normal")
    )


def test_a_complex_density_is_refused():
    family = mlekit.custom(lambda y, a: np.log(a) - a * y + 0j, params={"a": "positive"})
    refused(OptionError, "log_density gave complex numbers", lambda: fit(X, family=family))


@pytest.mark.parametrize(("values", "kind"), [(["a", "b"], "string_view"), ([b"a", b"b"], "binary_view")])
def test_views_of_arrow_are_keys_of_groups(values: list[Any], kind: str) -> None:
    table = pa.table({"y": [1.0, 3.0, 5.0, 7.0], "g": pa.array(values * 2, getattr(pa, kind)())})
    found = fit(table, "y", family="normal", by="g")
    assert [found[key]["mean"] for key in values] == [3.0, 5.0]


@pytest.mark.parametrize("values", [pd.Categorical([1, 2, 3, 1]), pa.array([1, 2, 3, 1]).dictionary_encode()])
def test_categories_of_numbers_are_not_called_text(values: Any) -> None:
    refused(
        DataError, "observations of poisson are categories of numbers: convert", lambda: fit(values, family="poisson")
    )
    refused(DataError, "observations of poisson are numbers written as text", lambda: fit(["1", "2"], family="poisson"))


def test_parameters_of_different_sets_are_told_with_the_sets():
    for names in (("rate", "mean"), ("rate", "scale")):
        refused(
            OptionError,
            rf"gamma is fitted in mean and shape, or .*: not in {' and '.join(sorted(names))} together",
            lambda names=names: fit(X, family="gamma", fixed=dict.fromkeys(names, 1.0)),
        )


@pytest.mark.parametrize("unused", ["a", "b"])
def test_a_level_without_rows_is_named(unused: str) -> None:
    used = [level for level in "abc" if level != unused]
    data = pd.DataFrame({"y": X, "g": pd.Categorical(used * 3, categories=list("abc"))})
    refused(IdentifiabilityError, f"no row has the level '{unused}' of g", lambda: fit(data, "y ~ g", family="normal"))


@pytest.mark.parametrize(
    ("name", "serves"),
    [
        ("lognormal", "lognorm"),
        ("inverse_gaussian", "invgauss"),
        ("geometric", "geom"),
        ("half_normal", "halfnorm"),
    ],
)
def test_a_family_that_scipy_has_under_another_name_is_answered_with_it(name: str, serves: str) -> None:
    refused(OptionError, rf"there is no family '{name}': .*family=scipy\.stats\.{serves}$", lambda: fit(X, family=name))


def test_the_negative_binomial_is_answered_with_what_serves():
    says = "there is no family 'negative_binomial': scipy's nbinom .* write its log density for mlekit.custom"
    refused(OptionError, says, lambda: fit([1, 2], family="negative_binomial"))


def test_a_basis_that_holds_the_intercept_is_told_with_the_formula_that_leaves_it_out(frame: pd.DataFrame) -> None:
    refused(
        IdentifiabilityError,
        r"the columns of 'cr\(x, df=4\)' add up to the intercept: .*, as in cr\(x, df=4\) - 1",
        lambda: fit(frame, "count ~ cr(x, df=4)", family="poisson"),
    )
    assert len(fit(frame, "count ~ cr(x, df=4) - 1", family="poisson").params) == 4
