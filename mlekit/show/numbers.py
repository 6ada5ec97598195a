"""Numbers as text: significant digits that suit the standard error, aligned at the decimal point."""

from __future__ import annotations

from collections.abc import Iterable
from math import floor, isfinite, isnan, log10, nan

DIGITS = 5
TINY, HUGE = 1e-4, 1e8


def number(value: float, error: float = nan, digits: int = DIGITS) -> str:
    """Return five significant digits; with a standard error more or fewer, as many as are known.

    >>> number(73), number(0.5), number(12345678.9), number(0.000012345), number(1e-9, error=0.1)
    ('73.000', '0.50000', '12345679', '1.2345e-5', '0.00000')
    >>> number(1e6 + 0.0123, error=0.002)
    '1000000.0123'
    """
    if not isfinite(value):
        return "" if isnan(value) else "inf" if value > 0 else "-inf"
    if value == 0:
        return "0"
    decimals = _decimals(value, error, digits)
    size = max(abs(value), error if isfinite(error) else 0.0)
    if size < TINY or (size >= HUGE and decimals <= 0):
        mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
        return f"{mantissa}e{int(exponent)}"
    text = f"{value:.{max(decimals, 0)}f}"
    return text.removeprefix("-") if not text.strip("-0.") else text


def _decimals(value: float, error: float, digits: int) -> int:
    """Decimals that show so many digits of the value, and at least two and at most so many of its standard error."""
    wanted = digits - 1 - _exponent(value)
    if isfinite(error) and error > 0:
        last = _exponent(error)
        wanted = min(max(wanted, 1 - last), digits - 1 - last)
        return min(wanted, 14 - _exponent(value))
    return wanted


def _exponent(value: float) -> int:
    return floor(log10(abs(value)))


def count(value: float) -> str:
    """Return a number of rows, without decimals where it is an integer.

    >>> count(1e6), count(12.5)
    ('1,000,000', '12.500')
    """
    return f"{value:,.0f}" if value == floor(value) else number(value)


def ratio(value: float) -> str:
    """Return an estimate divided by its standard error.

    >>> ratio(2.3456), ratio(-123456.7)
    ('2.35', '-123457')
    """
    return number(value) if not isfinite(value) else f"{value:.2f}" if abs(value) < 1e4 else number(value, digits=3)


def p_value(p: float) -> str:
    """Return a p-value with three decimals.

    >>> p_value(0.0312), p_value(1e-7)
    ('0.031', '<0.001')
    """
    return "" if isnan(p) else "<0.001" if p < 0.0005 else f"{p:.3f}"


def aligned(cells: Iterable[str]) -> list[str]:
    """Return cells of one width, with numbers aligned at the decimal point and words at the right.

    >>> aligned(["1.25", "100.5", "fixed"])
    ['  1.25', '100.5 ', ' fixed']
    """
    cells = list(cells)
    tail = max((len(_after_point(cell)) for cell in cells), default=0)
    padded = [cell + " " * (tail - len(_after_point(cell))) if _is_number(cell) else cell for cell in cells]
    width = max(map(len, padded), default=0)
    return [cell.rjust(width) for cell in padded]


def _is_number(cell: str) -> bool:
    return cell.lstrip("-<")[:1].isdigit()


def _after_point(cell: str) -> str:
    _, point, rest = cell.partition(".")
    return point + rest if _is_number(cell) else ""
