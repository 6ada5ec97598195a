"""Student's t: the higher of its peak and the normal distribution, and likelihoods without bound."""

import numpy as np
import pytest
from scipy import stats

import mlekit
from mlekit.numerics.arrays import NUMPY

DF = np.r_[np.geomspace(1, 200, 80), np.inf]


def profile(x, y):
    """The log-likelihood with t errors, maximised at each df of the grid by iterated weights.

    Where it still rises at the least df, a narrow peak about few rows may be higher than any that data come from.
    """
    best = np.full(len(DF), -np.inf)
    b = np.linalg.lstsq(x, y, rcond=None)[0]
    for shrink in (1.0, 0.3):
        beta, scale = np.tile(b, (len(DF), 1)), np.full(len(DF), shrink * np.std(y - x @ b))
        for _ in range(400):
            w = (1 + 1 / DF)[:, None] / (1 + ((y - beta @ x.T) / scale[:, None]) ** 2 / DF[:, None])
            cross = np.einsum("ni,gn,nj->gij", x, w, x)
            beta = np.linalg.solve(cross, np.einsum("ni,gn,n->gi", x, w, y)[..., None])[..., 0]
            scale = np.maximum(np.sqrt((w * (y - beta @ x.T) ** 2).mean(axis=1)), 1e-9)
        residuals = y - beta @ x.T
        height = stats.t.logpdf(residuals, DF[:, None], 0, scale[:, None]).sum(axis=1)
        best = np.maximum(best, np.where(scale > 1e-4, height, -np.inf))
    return best


def test_the_normal_distribution_wins_where_it_is_higher_than_the_peak():
    y = np.random.default_rng(128).standard_t(5, 12)
    fit = mlekit.fit(y, family="student_t", on_failure="ignore")
    assert fit.verdict.codes == ("edge",)
    assert fit["df"] == np.inf
    assert fit.llf == pytest.approx(stats.norm.logpdf(y, y.mean(), y.std()).sum(), rel=1e-13)
    assert fit.llf > -16.4068


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "seeds"), [(6, 150), (7, 150), (8, 100), (10, 100), (13, 60)])
def test_no_degrees_of_freedom_do_better_alone_or_in_a_group(rows, seeds):
    y = np.stack([np.random.default_rng(seed).standard_t(5, rows) for seed in range(seeds)])
    data = {"y": y.ravel(), "g": np.repeat(np.arange(seeds), rows)}
    fits = mlekit.fit(data, "y", family="student_t", by="g", on_failure="ignore")
    for seed, each in enumerate(y):
        fit = mlekit.fit(each, family="student_t", on_failure="ignore")
        height = profile(np.ones((rows, 1)), each)
        assert fit.llf >= height.max() - 1e-6 * abs(height.max()) or height.argmax() == 0, seed
        assert fit.llf >= height[-1] - 1e-9, seed
        assert (fit.llf > height[-1] + 1e-9) == (fit.verdict.codes[0] == "converged"), seed
        assert fit.verdict.codes[0] == fits.status.iloc[seed], seed
        assert fit.llf == pytest.approx(fits.llf.iloc[seed], rel=1e-9), seed


@pytest.mark.slow
def test_no_degrees_of_freedom_do_better_in_a_regression():
    x = np.column_stack([np.ones(12), np.arange(12.0)])
    for seed in range(80):
        y = np.random.default_rng(seed).standard_t(5, 12)
        fit = mlekit.fit({"x": x[:, 1], "y": y}, "y ~ x", family="student_t", on_failure="ignore")
        height = profile(x, y)
        assert fit.llf >= height.max() - 1e-6 * abs(height.max()) or height.argmax() == 0, seed
        assert fit.llf >= height[-1] - 1e-9, seed
        assert (fit["df"] == np.inf) == (fit.verdict.codes == ("edge",)), seed


def tied(k, n=20):
    y = np.random.default_rng(2).standard_t(2, n)
    y[:k] = 0.5
    return y


def test_tied_rows_make_the_likelihood_unbounded_and_the_verdict_says_so():
    y = tied(5)
    heights = [stats.t.logpdf(y, 0.2, 0.5, scale).sum() for scale in (1e-20, 1e-60, 1e-120)]
    assert heights[0] < heights[1] < heights[2]
    for fit in (
        mlekit.fit(y, family="student_t", on_failure="ignore"),
        mlekit.fit({"y": y}, "y ~ 1", family="student_t", on_failure="ignore"),
        mlekit.fit(y, family="student_t", weights=np.ones(20), on_failure="ignore"),
        mlekit.fit(y[5:], family="student_t", weights=np.ones(15), on_failure="ignore"),
    ):
        codes = fit.verdict.codes
        assert (codes == ("unbounded",)) == (fit.nobs == 20)
        assert fit.verdict.ok == (codes == ("converged",))
    with pytest.warns(mlekit.errors.ConvergenceWarning, match="the likelihood has no maximum; this is a local peak"):
        mlekit.fit(y, family="student_t")


def test_a_group_with_tied_rows_is_unbounded_and_disturbs_no_other():
    data = {"y": np.r_[tied(5), tied(1)], "g": np.repeat(["a", "b"], 20)}
    fits = mlekit.fit(data, "y", family="student_t", by="g", on_failure="ignore")
    assert list(fits.status) == ["unbounded", "converged"]
    assert fits["a"].verdict.codes == ("unbounded",)
    assert list(fits.failed) == ["a"]


def test_weights_count_as_tied_rows():
    y = tied(1)
    weights = np.r_[5.0, np.ones(15)]
    fit = mlekit.fit(y[:16], family="student_t", weights=weights, on_failure="ignore")
    assert fit.verdict.codes == ("unbounded",)


@pytest.mark.parametrize(
    ("k", "fixed", "bounded"),
    [
        (5, {"df": 3.0}, True),
        (5, {"df": 0.33}, False),
        (5, {"df": 0.34}, True),
        (16, {"df": 3.0}, False),
        (5, {"scale": 1.0}, True),
        (5, {"loc": 0.5}, False),
        (5, {"loc": 0.4}, True),
    ],
)
def test_given_values_decide_whether_ties_matter(k, fixed, bounded):
    fit = mlekit.fit(tied(k), family="student_t", fixed=fixed, on_failure="ignore")
    assert ("unbounded" in fit.verdict.codes) != bounded


def test_many_rows_with_a_frequent_value_are_unbounded():
    y = np.random.default_rng(1).standard_t(3, 20_000)
    assert mlekit.fit(y, family="student_t").verdict.ok
    y[::3] = 0.25
    assert mlekit.fit(y, family="student_t", on_failure="ignore").verdict.codes == ("unbounded",)


def test_a_normal_limit_has_the_density_of_the_normal_distribution():
    y = np.array([-3.0, 0.1, 40.0])
    family = mlekit.families.get("student_t")
    at_limit = family.log_density(NUMPY, y, loc=0.5, scale=2.0, df=np.inf)
    assert at_limit == pytest.approx(stats.norm.logpdf(y, 0.5, 2.0), rel=1e-14)
