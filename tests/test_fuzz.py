"""Small random data, families and options: a MlekitError, a finite fit, or a reason why not."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mlekit
from mlekit import families, priors
from mlekit.errors import ConvergenceWarning, MlekitError

FAMILIES = ["bernoulli", "categorical", "poisson", "normal", "exponential", "gamma", "weibull", families.Binomial(n=3)]
ODD = [0, 1, -1, 0.5, 1e-300, 1e300, 1e12, np.nan, np.inf, -np.inf, None, True, "a", 2**63, 1j]
KINDS = [list, tuple, np.array, np.asarray, lambda v: np.array(v, "f4"), lambda v: np.array(v, "i1"), iter]

plain = st.one_of(
    st.lists(st.integers(0, 3), max_size=6),
    st.lists(st.floats(0.01, 100), max_size=6),
    st.lists(st.floats(allow_nan=True), max_size=4),
    st.lists(st.sampled_from("abc"), max_size=6),
    st.lists(st.booleans(), max_size=6),
)
values = st.one_of(plain, st.lists(st.sampled_from(ODD), max_size=4))
numbers = st.sampled_from([0.5, 2.0, 1, 0, -1, np.nan, np.inf, "2", None])
names = st.sampled_from(["mean", "sd", "p", "rate", "shape", "scale", "x0", "Intercept", "nosuch"])
options = st.fixed_dictionaries(
    {},
    optional={
        "weights": st.lists(st.sampled_from([0, 1, 2, 0.5, -1, np.nan]), min_size=1, max_size=6),
        "offset": st.lists(st.sampled_from([0.0, 0.5, -1, np.inf]), min_size=1, max_size=6),
        "by": st.lists(st.sampled_from([0, 1, np.nan]), min_size=1, max_size=6),
        "fixed": st.dictionaries(names, numbers, max_size=2),
        "start": st.dictionaries(names, numbers, max_size=2),
        "tied": st.dictionaries(names, names, max_size=2),
        "prior": st.sampled_from(
            [priors.Beta(2, 2), priors.Beta(0.5, 0.5), priors.Normal(0, 1), priors.Dirichlet(0.5), priors.Flat(), 3]
        ),
        "link": st.sampled_from(["log", "logit", "identity", "lgo"]),
        "missing": st.sampled_from(["drop", "error", "no"]),
        "solver": st.sampled_from(["auto", "closed", "newton", "scipy", "none"]),
    },
)


def finite(params: Any) -> bool:
    return bool(np.isfinite(np.asarray(params, dtype=float)).all())


def is_honest(data: Any, *target: Any, **given: Any) -> None:
    """The promise of this file for one call."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            found = mlekit.fit(data, *target, **given)
            shown = str(found)
        except MlekitError:
            return
    if isinstance(found, mlekit.Fit):
        assert finite(found.params) or not found.verdict.ok
        assert not np.isnan(found.llf) or not found.verdict.ok
        assert "VERDICT" in shown
        return
    proved = [status not in ("edge", "flat", "not_unique", "steps", "failed") for status in found.status]
    assert finite(found.params[np.array(proved)])


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FAMILIES), values, st.sampled_from(KINDS), options)
def test_one_column_is_fitted_or_refused(family: Any, data: list[Any], kind: Any, given: dict[str, Any]) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data = kind(data)
    except (ValueError, TypeError, OverflowError):  # NumPy's own word on what is no array
        pass
    is_honest(data, family=family, **given)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FAMILIES), st.integers(1, 8), st.integers(1, 3), st.integers(0, 2**16), values, options)
def test_a_regression_is_fitted_or_refused(
    family: Any, n: int, width: int, seed: int, odd: list[Any], given: dict[str, Any]
) -> None:
    rng = np.random.default_rng(seed)
    x = rng.integers(-2, 3, size=(n, width)) * rng.choice([1.0, 1e-9, 1e9])
    y = odd if seed % 3 == 0 else rng.integers(0, 3, size=n) if seed % 3 == 1 else rng.gamma(2, size=n)
    is_honest(x, y, family=family, **given)
