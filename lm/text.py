"""Text for messages and tables."""

from __future__ import annotations

from collections.abc import Sequence


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
