"""A page of words: headings, paragraphs and formulas, as text within 80 columns and as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Self

from ..html import escaped
from ..text import RULE, WIDTH, printable

INDENT, FORMULA_INDENT, NO_BREAK_SPACE = "  ", "      ", "\u00a0"
NOT_PROVED = " VERDICT: NO, this is not proved to be a maximum "
QUESTIONS = (
    "What was assumed",
    "What was maximised",
    "How the maximum was found",
    "What the estimates mean",
    "How uncertain the estimates are",
    "What could be wrong",
)
STYLE = """
.mlekit-words { font: 15px/1.55 system-ui, sans-serif; color: inherit; max-width: 44em; overflow-wrap: anywhere }
.mlekit-words p { margin: .35em 0 }
.mlekit-words .title { font-weight: 600; font-size: 1.1em }
.mlekit-words .heading { font-weight: 600; margin: 1.1em 0 .2em; font-size: 1em }
.mlekit-words .formula { font: .92em/1.5 ui-monospace, monospace; white-space: pre-wrap; padding-left: 1.6em }
.mlekit-words .formula { margin: .1em 0 }
.mlekit-words .alarm { border-left: 4px solid #dc2626; background: rgba(220, 38, 38, .2); padding: .35em .7em }
"""


class Line(str):
    """A formula or a row of numbers, on a line of its own.

    Parameters
    ----------
    text : str
        Text of the line; spaces that align it are kept.

    Examples
    --------
    >>> from mlekit.show import Line, explanation
    >>> print(explanation("A title", [("A question", [Line("a = b")])]).splitlines()[-1])
          a = b
    """

    __slots__ = ()


@dataclass(frozen=True)
class Section:
    """A heading with paragraphs and lines below it.

    Parameters
    ----------
    heading : str
        Heading of the section.
    parts : tuple of str
        Paragraphs, and formulas as `Line`.

    Examples
    --------
    >>> from mlekit.show import explanation
    >>> explanation("A title", [("A question", ["An answer."])]).sections
    (Section(heading='A question', parts=('An answer.',)),)
    """

    heading: str
    parts: tuple[str, ...]


class Explanation(str):
    """A page that prints as text and that a notebook shows as HTML.

    Parameters
    ----------
    title : str
        Title of the page.
    sections : iterable of Section
        Sections in their order.
    alarm : iterable of str, default ()
        Reasons why no maximum is proved; they stand at the top of the page.

    Attributes
    ----------
    heading : str
        Title of the page.
    sections : tuple of Section
        Its sections.
    alarm : tuple of str
        Reasons why no maximum is proved.

    Examples
    --------
    >>> from mlekit.show import Explanation, Section
    >>> Explanation("A title", [Section("A question", ("An answer.",))]).splitlines()[3:]
    ['A question', '  An answer.']
    """

    heading: str
    sections: tuple[Section, ...]
    alarm: tuple[str, ...]

    def __new__(cls, title: str, sections: Iterable[Section], alarm: Iterable[str] = ()) -> Self:
        sections, alarm = tuple(sections), tuple(alarm)
        page = super().__new__(cls, _as_text(title, sections, alarm))
        page.heading, page.sections, page.alarm = title, sections, alarm
        return page

    def __getnewargs__(self) -> tuple[str, tuple[Section, ...], tuple[str, ...]]:  # type: ignore[override]
        return self.heading, self.sections, self.alarm

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        title = f'<h4 class="title">{escaped(self.heading)}</h4>'
        return f'<div class="mlekit-words"><style>{STYLE}</style>{title}{self.body(5)}</div>'

    def body(self, level: int) -> str:
        """Return the page as HTML without its title and style.

        Parameters
        ----------
        level : int
            Level of the headings: 3 for h3.

        Returns
        -------
        str

        Examples
        --------
        >>> from mlekit.show import explanation
        >>> explanation("A title", [("A question", ["An answer."])]).body(3)
        '<h3 class="heading">A question</h3><p>An answer.</p>'
        """
        parts = _alarm(self.alarm)
        for section in self.sections:
            parts.append(f'<h{level} class="heading">{escaped(section.heading)}</h{level}>')
            parts += [f"<p{_class(part)}>{escaped(part)}</p>" for part in section.parts]
        return "".join(parts)


def explanation(title: str, sections: Sequence[tuple[str, Sequence[str]]], alarm: Iterable[str] = ()) -> Explanation:
    """Return a page of headings and paragraphs; empty paragraphs and sections are left out.

    Parameters
    ----------
    title : str
        Title of the page.
    sections : sequence of (str, sequence of str)
        Headings, each with its paragraphs and lines.
    alarm : iterable of str, default ()
        Reasons why no maximum is proved; they stand at the top of the page.

    Returns
    -------
    Explanation

    Examples
    --------
    >>> from mlekit.show import Line, explanation
    >>> print(explanation("A title", [("A question", ["An answer.", Line("a = b")])]))
    A title
    ================================================================================
    <BLANKLINE>
    A question
      An answer.
          a = b
    """
    kept = [Section(heading, tuple(part for part in parts if part)) for heading, parts in sections]
    return Explanation(title, [section for section in kept if section.parts], alarm)


def answer_page(title: str, answers: Sequence[Sequence[str]], alarm: Iterable[str] = ()) -> Explanation:
    """Return a page of answers to the six questions that every explanation of a fit answers.

    Parameters
    ----------
    title : str
        Title of the page.
    answers : sequence of sequences of str
        Paragraphs and lines about the assumptions, the objective, the search for its maximum, the meaning of the
        estimates, their uncertainty, and what could be wrong.
    alarm : iterable of str, default ()
        Reasons why no maximum is proved; they stand at the top of the page.

    Returns
    -------
    Explanation

    Examples
    --------
    >>> from mlekit.show import answer_page
    >>> answer_page("A coin", [["It has one p."], [], [], ["p is 0.7."], [], []]).sections[1].heading
    'What the estimates mean'
    """
    return explanation(title, list(zip(QUESTIONS, answers, strict=True)), alarm)


def _class(part: str) -> str:
    return ' class="formula"' if isinstance(part, Line) else ""


def _alarm(reasons: Sequence[str]) -> list[str]:
    if not reasons:
        return []
    paragraphs = "".join(f"<p>{escaped(reason)}</p>" for reason in reasons)
    return [f'<div class="alarm" role="alert"><p><strong>{escaped(NOT_PROVED.strip())}</strong></p>{paragraphs}</div>']


def _as_text(title: str, sections: Sequence[Section], alarm: Sequence[str]) -> str:
    lines = [*_wrapped(title, "", ""), RULE]
    if alarm:
        reasons = [line for reason in alarm for line in _wrapped(reason, "!! ", "!! ")]
        lines += [NOT_PROVED.center(WIDTH, "!"), *reasons, "!" * WIDTH]
    for section in sections:
        lines += ["", section.heading]
        for part in section.parts:
            lines += _formula(part) if isinstance(part, Line) else _wrapped(part, INDENT, INDENT)
    return "\n".join(lines)


def _formula(line: str) -> list[str]:
    """The line as it is where there is room, with the spaces that align it."""
    shown = FORMULA_INDENT + printable(line)
    return [shown] if len(shown) <= WIDTH else _wrapped(line, FORMULA_INDENT, FORMULA_INDENT + INDENT)


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    """Lines of at most 80 characters; a term such as 1 - p stays on one line."""
    joined = re.sub(r"(?<=[\w)]) ([-+*/=]) (?=[\w(])", rf"{NO_BREAK_SPACE}\1{NO_BREAK_SPACE}", printable(text))
    lines = wrap(joined, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
    return [line.replace(NO_BREAK_SPACE, " ") for line in lines]
