"""Many fits are a mapping from keys to fits, with one verdict."""

from __future__ import annotations

import mlekit

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
