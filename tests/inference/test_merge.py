"""Fits of parts merge into the fit of the whole."""

from __future__ import annotations

import numpy as np
import pytest

import mlekit
from mlekit.errors import OptionError

priors = mlekit.priors


def same(merged, whole, rel=1e-11):
    assert merged.params.to_numpy() == pytest.approx(whole.params.to_numpy(), rel=rel)
    assert merged.bse.to_numpy() == pytest.approx(whole.bse.to_numpy(), rel=rel, nan_ok=True)
    assert merged.llf == pytest.approx(whole.llf, rel=1e-12)
    assert (merged.nobs, merged.n_params, merged.bic) == (
        whole.nobs,
        whole.n_params,
        pytest.approx(whole.bic, rel=1e-12),
    )
    assert merged.conf_int().to_numpy() == pytest.approx(whole.conf_int().to_numpy(), rel=rel)


@pytest.mark.parametrize("family", ["normal", "gamma", "exponential", "poisson"])
def test_three_parts_are_the_whole(family, rng):
    y = rng.poisson(5, size=90) + (0 if family == "poisson" else rng.random(90))
    parts = [
        mlekit.fit(part, family=family) for part in (y[:20], y[20:21] if family == "poisson" else y[20:25], y[25:])
    ]
    whole = mlekit.fit(np.concatenate([y[:20], y[20:21] if family == "poisson" else y[20:25], y[25:]]), family=family)
    same(mlekit.merge(*parts), whole)


def test_parts_far_from_zero_keep_their_digits(rng):
    y = 1e9 + 1e-3 * rng.normal(size=200)
    merged = mlekit.merge(mlekit.fit(y[:100], family="normal"), mlekit.fit(y[100:], family="normal"))
    assert merged["sd"] == pytest.approx(np.std(y - 1e9), rel=1e-6)
    assert merged["mean"] == pytest.approx(y.mean(), rel=1e-15)


def test_labels_and_weights_merge():
    family = mlekit.families.Categorical(["a", "b", "c"])
    parts = [mlekit.fit(list(part), family=family) for part in ("aab", "bcc", "a")]
    same(mlekit.merge(*parts), mlekit.fit(list("aabbcca"), family=family))
    counted = [mlekit.fit(mlekit.counted([0, 1], counts), family="bernoulli") for counts in ([3, 7], [5, 5])]
    merged = mlekit.merge(*counted)
    assert merged["p"] == pytest.approx(0.6, rel=1e-14)
    assert merged.nobs == 20


def test_prior_and_fixed_values_count_once():
    how = {"family": "normal", "prior": {"mean": priors.Normal(0, 1)}, "fixed": {"sd": 2.0}}
    parts = [mlekit.fit(part, **how) for part in ([3.0, 5.0], [4.0])]
    assert mlekit.merge(*parts)["mean"] == pytest.approx(mlekit.fit([3.0, 5.0, 4.0], **how)["mean"], rel=1e-13)


def test_one_fit_is_its_own_merger_and_merged_fits_merge():
    a, b, c = (mlekit.fit(y, family="poisson") for y in ([1, 2], [3], [0, 5]))
    same(mlekit.merge(a), a)
    same(mlekit.merge(mlekit.merge(a, b), c), mlekit.fit([1, 2, 3, 0, 5], family="poisson"))


def test_saved_fits_merge_without_their_rows(tmp_path):
    for day, y in enumerate([[1.0, 2.0, 4.0], [3.0, 0.5]]):
        mlekit.fit(y, family="gamma").save(tmp_path / f"{day}.json")
    merged = mlekit.merge(*(mlekit.load(tmp_path / f"{day}.json") for day in range(2)))
    same(merged, mlekit.fit([1.0, 2.0, 4.0, 3.0, 0.5], family="gamma"))


def test_what_needs_rows_says_that_they_are_not_there():
    merged = mlekit.merge(*(mlekit.fit(y, family="poisson") for y in ([1, 2], [3])))
    with pytest.raises(OptionError, match="merged"):
        merged.bootstrap(10)


COIN = mlekit.fit([1, 0, 1], family="bernoulli")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (lambda: (COIN, mlekit.fit([1, 2], family="poisson")), "different families"),
        (lambda: (COIN, mlekit.fit([1, 0], family="bernoulli", prior=priors.Beta(2, 2))), "different priors"),
        (lambda: (COIN, mlekit.fit(["no", "yes"], family="bernoulli")), "different levels"),
        (lambda: [mlekit.fit(list(y), family="categorical") for y in ("ab", "abc")], "different levels"),
        (lambda: [mlekit.fit([4], family=mlekit.families.Binomial(n=n)) for n in (9, 10)], "different families"),
        (
            lambda: [mlekit.fit([1.0, 2.0], family="normal", fixed={"sd": sd}) for sd in (1.0, 2.0)],
            "different fixed values",
        ),
        (lambda: [mlekit.fit([1.0, 2.0, 4.0], family="weibull")] * 2, "weibull has no sums"),
        (lambda: [mlekit.fit({"x": [1.0, 2, 3], "y": [1, 2, 2]}, "y ~ x", family="poisson")] * 2, "a regression"),
        (lambda: (COIN, mlekit.fit({"g": [1, 2], "y": [1, 0]}, "y", family="bernoulli", by="g")), "takes fits"),
        (lambda: (), "takes fits"),
    ],
)
def test_what_does_not_add_up_is_refused_in_words(parts, words):
    with pytest.raises(OptionError, match=words):
        mlekit.merge(*parts())


def test_a_search_for_the_merger_warns_no_more_than_that_of_a_part():
    parts = [mlekit.fit(rows, family="bernoulli", solver="newton") for rows in ([1, 0, 1, 1], [0, 1])]
    assert mlekit.merge(*parts)["p"] == pytest.approx(4 / 6, abs=1e-9)
