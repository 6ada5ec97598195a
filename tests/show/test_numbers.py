"""Numbers have as many digits as are known, and are aligned at the point."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest

from mlekit.show.numbers import aligned, count, number, p_value, ratio


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.0, "1.0000"),
        (73.0, "73.000"),
        (-0.7, "-0.70000"),
        (123456.789, "123457"),
        (9.99996, "10.0000"),
        (1e-4, "0.00010000"),
        (1.2345e-7, "1.2345e-7"),
        (1.5e12, "1.5000e12"),
        (inf, "inf"),
        (-inf, "-inf"),
        (nan, ""),
    ],
)
def test_five_significant_digits_and_no_exponent_where_none_is_needed(value: float, text: str) -> None:
    assert number(value) == text


def test_an_error_says_how_many_digits_are_known() -> None:
    assert number(1e9 + 0.1234, error=2e-3) == "1000000000.1234"
    assert number(1e-9, error=0.1) == "0.00000"
    assert number(-1e-9, error=0.1) == "0.00000"
    assert number(1e-9, error=3e-10) == "1.0000e-9"


def test_a_number_is_the_value_to_its_last_digit(rng: np.random.Generator) -> None:
    for value in rng.normal(size=200) * 10.0 ** rng.integers(-9, 12, 200):
        assert float(number(value)) == pytest.approx(value, rel=6e-5)


def test_counts_ratios_and_p_values() -> None:
    assert [count(1e6), count(2.5)] == ["1,000,000", "2.5000"]
    assert [ratio(2.345678), ratio(-1e7), ratio(inf)] == ["2.35", "-10000000", "inf"]
    assert [p_value(0.04999), p_value(0.0004), p_value(1.0), p_value(nan)] == ["0.050", "<0.001", "1.000", ""]


def test_numbers_are_aligned_at_the_point_and_words_at_the_right() -> None:
    assert aligned(["1.25", "-100.5", "7", "none"]) == ["   1.25", "-100.5 ", "   7   ", "   none"]
    assert aligned([]) == []
