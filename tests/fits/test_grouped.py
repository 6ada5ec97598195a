"""Many fits are a mapping from keys to fits, with one verdict."""

from __future__ import annotations

import numpy as np
import pytest

import mlekit
from mlekit import priors
from mlekit.errors import OptionError

DATA = {"g": ["a", "b", "a", "b", "c", "c"], "h": [1, 1, 1, 2, 2, 2], "y": [1.0, 2.0, 4.0, 3.0, 5.0, 9.0]}


def test_it_is_a_mapping_from_keys_to_fits():
    fits = mlekit.fit(DATA, "y", by="g", family="normal")
    assert list(fits) == fits.keys() == ["a", "b", "c"]
    assert "a" in fits
    assert "q" not in fits
    assert {key: fit["mean"] for key, fit in fits.items()} == {"a": 2.5, "b": 2.5, "c": 7.0}
    assert dict(fits).keys() == {"a", "b", "c"}


def test_keys_of_several_columns_are_tuples():
    fits = mlekit.fit(DATA, "y", by=["g", "h"], family="exponential")
    assert list(fits) == [("a", 1), ("b", 1), ("b", 2), ("c", 2)]
    assert all(key in fits and fits[key]["mean"] == fit["mean"] for key, fit in fits.items())


def test_one_verdict_says_whether_all_are_proved():
    fits = mlekit.fit(DATA, "y", by="g", family="normal")
    assert fits.verdict.ok
    assert fits.verdict.codes == ("closed_form",)
    some = mlekit.fit(DATA, "y", by=["g", "h"], family="normal", on_failure="ignore")
    assert not some.verdict
    assert "edge" in some.verdict.codes
    assert len(some.verdict.reasons) == len(some.failed)


def test_criteria_and_tests_are_those_of_each_group():
    fits = mlekit.fit(DATA, "y", by="g", family="normal")
    for name in ("llf", "log_posterior", "nobs", "df_resid", "aic", "bic"):
        column = getattr(fits, name)
        assert column.index.name == "g"
        assert {key: pytest.approx(getattr(fit, name), rel=1e-12) for key, fit in fits.items()} == column.to_dict()
    for name in ("params", "bse", "tvalues", "pvalues"):
        rows = {key: pytest.approx(getattr(fit, name).to_dict(), rel=1e-9) for key, fit in fits.items()}
        assert rows == getattr(fits, name).to_dict("index")


def test_a_prior_leaves_no_criteria():
    fits = mlekit.fit({"g": list("aabb"), "y": [1, 0, 1, 1]}, "y", by="g", family="bernoulli", prior=priors.Beta(2, 2))
    with pytest.raises(OptionError, match=r"BIC compares maxima.*prior"):
        _ = fits.bic


def test_the_table_holds_no_rows(tmp_path):
    fits = mlekit.fit(DATA, "y", by="g", family="normal")
    with pytest.raises(OptionError, match="data=True"):
        fits.save(tmp_path / "fits.csv", data=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("params", "words"), [("meen", "did you mean 'mean'"), (0.9, "level=0.95")])
def test_parameters_that_do_not_exist_are_named(params, words):
    with pytest.raises(OptionError, match=words):
        mlekit.fit(DATA, "y", by="g", family="normal").conf_int(params)


def test_a_warning_names_a_few_groups_and_their_number_at_the_cost_of_one_reason(monkeypatch):
    from mlekit.inference import verdict

    asked = []
    judge = verdict.verdict
    monkeypatch.setattr(verdict, "verdict", lambda *args: (asked.append(args), judge(*args))[1])
    shops = np.repeat(np.arange(1000), 3)
    sold = np.where(shops % 2 == 0, 1.0, np.random.default_rng(0).normal(size=3000))
    with pytest.warns(mlekit.errors.ConvergenceWarning) as said:
        mlekit.fit({"shop": shops, "sold": sold}, "sold", family="normal", by="shop")
    message = str(said[0].message)
    assert message.startswith("500 of 1000 groups have no proved maximum: 0, 2, 4, ... (the first is 0: one row")
    assert len(asked) == 1


def test_the_reason_of_a_group_costs_nothing_for_the_other_groups():
    from mlekit.inference.information import resting

    shops, side = np.repeat(np.arange(200), 4), np.tile([0.0, 0, 1, 1], 200)
    fits = mlekit.fit(
        {"shop": shops, "side": side, "sold": np.tile([0, 1, 1, 0], 200)},
        "sold ~ side",
        family="bernoulli",
        by="shop",
        prior={"side": mlekit.priors.Laplace(0, 0.1)},
    )
    one = resting(fits.solution, slice(7, 8))
    assert one.shape == (1, 2)
    np.testing.assert_array_equal(one, resting(fits.solution)[7:8])
