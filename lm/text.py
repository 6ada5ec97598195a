"""Text for messages and tables."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, isinf


def plural(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless the number is one.

    Parameters
    ----------
    number : int
    noun : str
        The noun in the singular.

    Returns
    -------
    str

    Examples
    --------
    >>> plural(1, "word"), plural(1000, "word")
    ('1 word', '1,000 words')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def abbreviated(value: object) -> str:
    """Return the representation of a value, cut so that it fits in a sentence.

    Parameters
    ----------
    value : object

    Returns
    -------
    str

    Examples
    --------
    >>> abbreviated(["ava", "emma"]), len(abbreviated("a" * 1_000_000))
    ("['ava', 'emma']", 62)
    """
    text = repr(value[:60] if isinstance(value, str | bytes) else value)
    return text if len(text) <= 62 else text[:60] + "..."


def columns(lines: Sequence[Sequence[str]], sides: str = "") -> str:
    """Return lines of cells as a table whose columns are aligned.

    Parameters
    ----------
    lines : sequence of sequences of str
        The cells of each line, the same number in all.
    sides : str, default ""
        For each column `<` to align it left or `>` to align it right; by default all but the last are aligned left.

    Returns
    -------
    str

    Examples
    --------
    >>> print(columns([["", "words"], ["test", "7"]]))
          words
    test      7
    """
    sides = sides or "<" * (len(lines[0]) - 1) + ">"
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    drawn = (zip(line, sides, widths, strict=True) for line in lines)
    return "\n".join("  ".join(f"{cell:{side}{width}}" for cell, side, width in line).rstrip() for line in drawn)


def measured(value: float, error: float, digits: str = ".4f") -> str:
    """Return a value with its standard error as text; an infinite value stands alone.

    Parameters
    ----------
    value, error : float
    digits : str, default ".4f"
        Format of both.

    Returns
    -------
    str

    Examples
    --------
    >>> from math import inf, nan
    >>> measured(2.5, 0.25), measured(2.5, nan), measured(inf, nan)
    ('2.5000 ± 0.2500', '2.5000 ± -', 'inf')
    """
    if isinf(value):
        return f"{value:{digits}}"
    return f"{value:{digits}} ± " + (f"{error:{digits}}" if isfinite(error) else "-")


def formatted_p(p: float) -> str:
    """Return a p-value as the text that follows "p".

    Parameters
    ----------
    p : float

    Returns
    -------
    str

    Examples
    --------
    >>> formatted_p(0.04), formatted_p(1e-9)
    ('= 0.0400', '< 0.0001')
    """
    return f"= {p:.4f}" if p >= 1e-4 else "< 0.0001"
