"""Numbers, lists, plurals and labels as they stand in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor, isfinite, isnan
from typing import SupportsFloat

from ..text import printable, shortened

LONGEST = 30  # letters of a label or of the name of a column


def num(value: SupportsFloat, digits: int = 4) -> str:
    """Return a number as it stands in a sentence: four digits, no trailing zeros, integers without decimals.

    Parameters
    ----------
    value : float
        Number to write.
    digits : int, default 4
        Significant digits.

    Returns
    -------
    str

    Examples
    --------
    >>> from mlekit.show import num
    >>> num(0.7), num(73.0), num(1234.5678), num(0.0000095367), num(0.99996), num(-0.0)
    ('0.7', '73', '1,235', '9.537e-6', '0.99996', '0')
    """
    value = float(value)
    if not isfinite(value):
        return "unknown" if isnan(value) else "infinity" if value > 0 else "-infinity"
    if abs(value) >= 1e3 or value == floor(value):
        return _large(value + 0.0, digits)
    while abs(float(f"{value:.{digits}g}")) == 1 and digits < 9:
        digits += 1
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    return f"{mantissa}e{int(exponent)}" if exponent else mantissa


def _large(value: float, digits: int) -> str:
    if abs(value) < 1e12:
        return f"{value:,.0f}"
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    return f"{float(mantissa):g}e{int(exponent)}"


def signed(value: float) -> str:
    """Return a number as a term of a sum.

    >>> signed(2.5), signed(-1)
    ('+ 2.5', '- 1')
    """
    return f"{'-' if value < 0 else '+'} {num(abs(value))}"


def combined(terms: Iterable[tuple[float, str]]) -> str:
    """Return a sum of multiples as a formula, without factors of one and terms of zero.

    >>> combined([(2, "log p"), (-1, "log(1 - p)"), (0, "rate"), (3.5, "")]), combined([(-2, "rate")]), combined([])
    ('2 log p - log(1 - p) + 3.5', '-2 rate', '0')
    """
    signed_terms = " ".join(f"{'-' if k < 0 else '+'} {_multiple(abs(k), what)}" for k, what in terms if k)
    sign, _, rest = signed_terms.partition(" ")
    return f"{sign.strip('+')}{rest}" or "0"


def _multiple(factor: float, what: str) -> str:
    return what if what and factor == 1 else f"{num(factor)} {what}".rstrip()


def percent(proportion: float) -> str:
    """Return a proportion as a percentage.

    >>> percent(0.12), percent(0.00004)
    ('12%', '0.004%')
    """
    return f"{num(100 * proportion, 3)}%"


def many(count: float, one: str, several: str = "") -> str:
    """Return a count with its noun in the singular or the plural.

    Parameters
    ----------
    count : float
        Number of things.
    one : str
        Noun in the singular.
    several : str, optional
        Noun in the plural, where an s at the end does not make it.

    Returns
    -------
    str

    Examples
    --------
    >>> from mlekit.show import many
    >>> many(1, "row"), many(1000, "row"), many(2, "category", "categories")
    ('1 row', '1,000 rows', '2 categories')
    """
    return f"{num(count)} {one if count == 1 else several or one + 's'}"


def listed(items: Iterable[str], last: str = "and") -> str:
    """Return items as a list in a sentence.

    Parameters
    ----------
    items : iterable of str
        Items of the list.
    last : str, default "and"
        Word before the last item.

    Returns
    -------
    str

    Examples
    --------
    >>> from mlekit.show import listed
    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    items = list(items)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def label(value: object) -> str:
    """Return a level as a label: text in quotes, a number without.

    >>> label("yes"), label(3)
    ('"yes"', '3')
    """
    return f'"{name(value)}"' if isinstance(value, str) else name(value)


def name(value: object) -> str:
    """Return the name of a column or group, on one line and not too long."""
    return shortened(printable(str(value)), LONGEST)


def key(value: object, between: str = ", ") -> str:
    """Return the key of a group: several columns joined, a day without the hour.

    >>> key((1, "a")), key("b"), key("2024-01-01 00:00:00")
    ('1, a', 'b', '2024-01-01')
    """
    parts: tuple[object, ...] = value if isinstance(value, tuple) else (value,)
    return between.join(str(part).removesuffix(" 00:00:00") for part in parts)


def span(low: float, high: float) -> str:
    """Return the ends of an interval.

    >>> span(0.25, 1)
    '0.25 to 1'
    """
    return f"{num(low)} to {num(high)}"


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of cells as lines of one table: the first column is flush left, the others are flush right.

    >>> columns([["a", "1"], ["bb", "23"]])
    ['a    1', 'bb  23']
    """
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return [
        "  ".join(c.rjust(w) if k else c.ljust(w) for k, (c, w) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]
