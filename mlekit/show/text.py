"""Summaries as text within 80 columns, with the verdict in the last lines.

    print(fit)              the text of fit.summary()
    print(fits_by_store)    quantiles over the groups, and the groups that failed

`contents` says what a summary contains; here it is laid out.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from textwrap import wrap

from .contents import Contents, Table

WIDTH = 80
GAP = 2
SHORTEST_NAME = 10
RULE, LINE = "=" * WIDTH, "-" * WIDTH


def as_text(contents: Contents) -> str:
    """Lay out the contents of a summary as lines of at most 80 characters.

    Parameters
    ----------
    contents : Contents
        Contents of a summary.

    Returns
    -------
    str

    Examples
    --------
    >>> from mlekit.show import Contents, as_text
    >>> print(as_text(Contents("a coin", [("heads", "7 of 10")], [], [], [], True, ["a formula"])))
    a coin
    ================================================================================
    heads  7 of 10
    <BLANKLINE>
    --------------------------------------------------------------------------------
    --------------------------------------------------------------------------------
    VERDICT: ok, a formula
    """
    lines = [*_paragraph(contents.title), RULE, *_facts(contents.facts), *_figures(contents.figures), LINE]
    for number, table in enumerate(contents.tables):
        lines += [*([""] if number else []), *draw_table(table)]
    notes = (line for note in contents.notes for line in _paragraph(note))
    return "\n".join(line.rstrip() for line in [*lines, LINE, *notes, *_verdict(contents)])


def _facts(facts: list[tuple[str, str]]) -> list[str]:
    width = max((len(label) for label, _ in facts), default=0) + GAP
    lines: list[str] = []
    before = ""
    for label, text in facts:
        shown, before = "" if label == before else label, label
        lines += _paragraph(text, first=shown.ljust(width), rest=" " * width)
    return lines


def _figures(figures: list[tuple[str, str]]) -> list[str]:
    return _paragraph("    ".join(f"{label} {value}" for label, value in figures))


def _verdict(contents: Contents) -> list[str]:
    """One plain sentence if a maximum is proved, else a box of exclamation marks."""
    if contents.ok:
        return _paragraph("; ".join(contents.verdict), first="VERDICT: ok, ", rest=" " * 9)
    loud = " VERDICT: NO, this is not proved to be a maximum "
    lines = [loud.center(WIDTH, "!")]
    for reason in contents.verdict:
        lines += _paragraph(reason, first="!! ", rest="!! ")
    return [*lines, "!" * WIDTH]


def _paragraph(text: str, first: str = "", rest: str = "") -> list[str]:
    return wrap(printable(text), WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False) or [first]


def draw_table(table: Table) -> list[str]:
    """Return the lines of a table; where there is no room, optional columns are dropped, then names are shortened."""
    keep = list(range(len(table.columns)))
    for column in table.optional:
        if _needed(table, keep) <= WIDTH:
            break
        keep.remove(column)
    columns = [[table.header[k], *table.columns[k]] for k in keep]
    room = max(SHORTEST_NAME, WIDTH - sum(_width(c) + GAP for c in columns[1:]))
    names = [shortened(printable(name), room) for name in columns[0]]
    left, right = [_padded(names, str.ljust)], [_padded(column, str.rjust) for column in columns[1:]]
    rows = [(" " * GAP).join(row) for row in zip_longest(*left, *right, fillvalue="")]
    return [f"{table.title}:", *rows] if table.title else rows


def _needed(table: Table, keep: list[int]) -> int:
    """Width of a table whose names have room for a few letters."""
    name = min(_width([table.header[0], *table.columns[0]]), SHORTEST_NAME + 6)
    return name + sum(_width([table.header[k], *table.columns[k]]) + GAP for k in keep[1:])


def _padded(cells: list[str], pad: Callable[[str, int], str]) -> list[str]:
    width = _width(cells)
    return [pad(cell, width) for cell in cells]


def _width(cells: list[str]) -> int:
    return max(map(len, cells), default=0)


def shortened(name: str, room: int) -> str:
    """Return a name without its middle, so that both ends can be read.

    >>> shortened("C(neighbourhood)[T.Riverside]", 20)
    'C(neighbo..iverside]'
    """
    if len(name) <= room:
        return name
    head = (room - 1) // 2
    return f"{name[:head]}..{name[len(name) - (room - head - 2) :]}"


def printable(text: str) -> str:
    r"""Return text on one line: control characters are written as escapes.

    >>> printable("a\nb")
    'a\\nb'
    """
    return text if text.isprintable() else repr(text)[1:-1]
