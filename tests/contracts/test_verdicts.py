"""What the verdict ok promises, over families, links and data that nobody chose."""

from __future__ import annotations

import copy
import pickle
import warnings

import numpy as np
import pytest
from contracts.distributions import TRUNCATED, distribution, names
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import mlekit
from mlekit.errors import ConvergenceWarning, MlekitError

NAMES = [name for name in names() if not name.startswith(TRUNCATED) and not distribution(name).codes]
LINKS = [None, "identity", "log", "logit", "probit", "sqrt", "inverse", "cauchit"]
REAL = [None, "identity", "log"]  # through a pole, or into a part of the line, a likelihood has several peaks
HIGHER = 1e-6  # of a log-likelihood: what a search may miss
FLOOR = 1e-3  # of the fitted value: no other value of a positive parameter is tried below


@st.composite
def cases(draw):
    """(family, link, a table, whether the response has a column) with ties, few rows and large values among them."""
    name = draw(st.sampled_from(NAMES))
    low = next(iter(distribution(name).params.values())).low
    link = draw(st.sampled_from(REAL if np.isinf(low) else LINKS))
    n, rng = draw(st.integers(3, 25)), np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    family = distribution(name)
    x = rng.normal(size=n)
    support = family.support
    if support.discrete:
        high = min(support.high, 12)
        y = np.clip(rng.integers(0, int(high) + 1, n) * (rng.random(n) < 0.7), 0, high)
    elif support.low == 0:
        y = rng.gamma(2, np.exp(0.5 * x)) * 10.0 ** draw(st.integers(-3, 3))
    else:
        y = (rng.standard_t(3, n) + x) * 10.0 ** draw(st.integers(-3, 3))
    y = np.round(y, draw(st.sampled_from([1, 9]))) if not support.discrete else y
    y = np.maximum(y, 1e-3) if support.low == 0 and not support.discrete else y
    return family, link, {"x": x, "y": y}, draw(st.booleans())


def fitted(family, link, data, regression):
    """The fit, or None where the data or the link are refused."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            return mlekit.fit(data, "y ~ x" if regression else "y", family=family, link=link)
        except MlekitError:
            return None


def check_inside(fit):
    """All fitted parameters are in the closed sets of the family."""
    for param, s in fit.family.params.items():
        values = np.atleast_1d(fit.predict(which=param)) if param in fit.problem.coefficients.designs else [fit[param]]
        for value in values:
            assert s.low - 1e-9 * (1 + abs(value)) <= value <= s.high + 1e-9 * (1 + abs(value)), param


def check_highest(fit, rng):
    """No limit of a parameter and no random point near or far is higher."""
    at = fit.params.to_numpy()
    width = np.where(np.isfinite(fit.bse) & (fit.bse > 0), fit.bse, np.maximum(np.abs(at), 1e-3))
    free = np.isfinite(at)
    slack = HIGHER * (1 + abs(fit.llf))
    for scale in (0.01, 0.3, 1.0, 3.0):
        for _ in range(12):
            other = np.where(free, at + scale * width * rng.normal(size=len(at)), at)
            for i, name in enumerate(fit.params.index):
                s = fit.family.params.get(name)
                if s is not None and not (s.low < other[i] < s.high and abs(other[i]) > FLOOR * abs(at[i])):
                    other[i] = at[i]
            assert fit.loglike(other) <= fit.llf + slack


@pytest.mark.slow
@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(case=cases(), seed=st.integers(0, 2**32 - 1))
def test_ok_means_inside_and_highest(case, seed):
    fit = fitted(*case)
    if fit is not None and fit.verdict.ok:
        check_inside(fit)
        check_highest(fit, np.random.default_rng(seed))


@pytest.mark.slow
@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(case=cases())
def test_a_fit_is_itself_after_a_copy_and_a_file(case, tmp_path_factory):
    fit = fitted(*case)
    if fit is None:
        return
    path = tmp_path_factory.mktemp("fits") / "fit.json"
    fit.save(path, data=True)
    for other in (copy.deepcopy(fit), pickle.loads(pickle.dumps(fit)), mlekit.load(path)):
        np.testing.assert_array_equal(other.params, fit.params)
        np.testing.assert_array_equal(other.bse, fit.bse)
        assert (other.llf == fit.llf) or (np.isnan(other.llf) and np.isnan(fit.llf))
        assert other.verdict.codes == fit.verdict.codes
