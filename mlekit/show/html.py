"""Summaries as HTML for notebooks, readable on light and dark pages. Every text is escaped."""

from __future__ import annotations

from html import escape
from itertools import zip_longest

from .contents import Contents, Table
from .text import printable

STYLE = """
.mlekit { font: 13px/1.45 system-ui, sans-serif; color: inherit; max-width: 60em; overflow-x: auto }
.mlekit h4 { margin: 0 0 .4em; font-size: 1.15em }
.mlekit p { margin: .25em 0 }
.mlekit table { border-collapse: collapse; margin: .6em 0; background: none; color: inherit; font-size: 1em }
.mlekit caption { text-align: left; opacity: .75; white-space: nowrap; padding: .2em 0; color: inherit }
.mlekit tr, .mlekit th, .mlekit td { background: none; border: 0; color: inherit }
.mlekit th, .mlekit td { padding: .15em .9em .15em 0; text-align: right; vertical-align: baseline }
.mlekit tbody th, .mlekit .facts th, .mlekit .facts td { text-align: left; font-weight: normal }
.mlekit .facts th { opacity: .75 }
.mlekit .facts { margin: .2em 0 }
.mlekit thead th { border-bottom: 1px solid currentColor; font-weight: 600 }
.mlekit tbody td { font-family: ui-monospace, monospace; white-space: pre }
.mlekit .facts td { font-family: inherit; white-space: normal }
.mlekit .notes { opacity: .75 }
.mlekit .verdict { border-left: 4px solid #16a34a; background: rgba(22, 163, 74, .13); padding: .35em .7em }
.mlekit .verdict { margin: .5em 0 }
.mlekit .no { border-color: #dc2626; background: rgba(220, 38, 38, .2); font-weight: 600 }
"""


def as_html(contents: Contents) -> str:
    """Lay out the contents of a summary as one HTML element with its own style.

    Parameters
    ----------
    contents : Contents
        Contents of a summary.

    Returns
    -------
    str

    Examples
    --------
    >>> from mlekit.show import Contents, as_html
    >>> "a coin" in as_html(Contents("a coin", [], [], [], [], True, ["a formula"]))
    True
    """
    facts = [*contents.facts, *contents.figures]
    parts = [
        f"<style>{STYLE}</style>",
        f"<h4>{escaped(contents.title)}</h4>",
        f'<table class="facts"><tbody>{"".join(_fact(*fact) for fact in facts)}</tbody></table>',
        *(draw_table(table) for table in contents.tables),
        f'<div class="notes">{"".join(f"<p>{escaped(note)}</p>" for note in contents.notes)}</div>',
        _verdict(contents),
    ]
    return f'<div class="mlekit">{"".join(parts)}</div>'


def _fact(label: str, value: str) -> str:
    return f'<tr><th scope="row">{escaped(label)}</th><td>{escaped(value)}</td></tr>'


def draw_table(table: Table) -> str:
    """Return a table with a header for every row and column."""
    title = f"<caption>{escaped(table.title)}</caption>" if table.title else ""
    head = "".join(f'<th scope="col">{escaped(cell)}</th>' for cell in table.header)
    rows = zip_longest(*table.columns, fillvalue="")
    body = "".join(
        f'<tr><th scope="row">{escaped(name)}</th>{"".join(f"<td>{escaped(cell)}</td>" for cell in cells)}</tr>'
        for name, *cells in rows
    )
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _verdict(contents: Contents) -> str:
    if contents.ok:
        return f'<div class="verdict" role="status"><p>Verdict: ok, {escaped("; ".join(contents.verdict))}</p></div>'
    reasons = "".join(f"<p>{escaped(reason)}</p>" for reason in contents.verdict)
    return f'<div class="verdict no" role="alert"><p>VERDICT: NO, this is not proved to be a maximum</p>{reasons}</div>'


def escaped(text: str) -> str:
    """Return text that cannot be taken for markup.

    >>> escaped("<script>")
    '&lt;script&gt;'
    """
    return escape(printable(text), quote=True)
