"""Small words: numbers without padding, lists, plurals, labels in quotes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor, isfinite, isnan
from typing import Any

from ..text import printable, shortened

LONG = 30  # letters of a label or of the name of a column


def num(value: Any, digits: int = 4) -> str:
    """Four digits, no zeros that say nothing, whole numbers whole.

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
    """As a term of a sum.

    >>> signed(2.5), signed(-1)
    ('+ 2.5', '- 1')
    """
    return f"{'-' if value < 0 else '+'} {num(abs(value))}"


def combined(terms: Iterable[tuple[float, str]]) -> str:
    """Multiples added up: a factor of one is not written, and what is not there is left out.

    >>> combined([(2, "log p"), (-1, "log(1 - p)"), (0, "rate"), (3.5, "")]), combined([(-2, "rate")]), combined([])
    ('2 log p - log(1 - p) + 3.5', '-2 rate', '0')
    """
    sign, _, said = " ".join(f"{'-' if k < 0 else '+'} {_multiple(abs(k), what)}" for k, what in terms if k).partition(
        " "
    )
    return f"{sign.strip('+')}{said}" or "0"


def _multiple(factor: float, what: str) -> str:
    return what if what and factor == 1 else f"{num(factor)} {what}".rstrip()


def percent(share: float) -> str:
    """A share in a hundred.

    >>> percent(0.12), percent(0.00004)
    ('12%', '0.004%')
    """
    return f"{num(100 * share, 3)}%"


def many(count: float, one: str, several: str = "") -> str:
    """So many of a thing.

    >>> many(1, "row"), many(1000, "row"), many(2, "try", "tries")
    ('1 row', '1,000 rows', '2 tries')
    """
    return f"{num(count)} {one if count == 1 else several or one + 's'}"


def listed(items: Iterable[str], last: str = "and") -> str:
    """One, two and three.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    items = list(items)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {last} {items[-1]}" if items else ""


def label(value: Any) -> str:
    """A level as it stands in the data: text in quotes.

    >>> label("yes"), label(3)
    ('"yes"', '3')
    """
    return f'"{name(value)}"' if isinstance(value, str) else name(value)


def name(value: Any) -> str:
    """The name of a column or a group, on one line and not too long."""
    return shortened(printable(str(value)), LONG)


def key(value: Any, between: str = ", ") -> str:
    """The key of a group: of several columns joined, of a day without the hour.

    >>> key((1, "a")), key("b"), key("2024-01-01 00:00:00")
    ('1, a', 'b', '2024-01-01')
    """
    parts = value if type(value) is tuple else (value,)
    return between.join(str(part).removesuffix(" 00:00:00") for part in parts)


def span(low: float, high: float) -> str:
    """An interval.

    >>> span(0.25, 1)
    '0.25 to 1'
    """
    return f"{num(low)} to {num(high)}"


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Cells below one another: the first to the left, the others to the right.

    >>> columns([["a", "1"], ["bb", "23"]])
    ['a    1', 'bb  23']
    """
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return [
        "  ".join(c.rjust(w) if k else c.ljust(w) for k, (c, w) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]
