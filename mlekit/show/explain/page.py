"""A page of words: headings, paragraphs and formulas, as text within 80 columns and as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Self

from ..html import text
from ..text import RULE, WIDTH, printable

PLAIN, DEEPER, HELD = "  ", "      ", "\u00a0"
LOUD = " VERDICT: NO, this is not proved to be a maximum "
QUESTIONS = (
    "What was assumed",
    "What was maximised",
    "How it was solved",
    "What the numbers mean",
    "How sure it is, and why",
    "What would make it wrong",
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

    >>> print(explanation("A title", [("A question", [Line("a = b")])]).splitlines()[-1])
          a = b
    """

    __slots__ = ()


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it: paragraphs and lines.

    >>> explanation("A title", [("A question", ["An answer."])]).sections
    (Section(heading='A question', parts=('An answer.',)),)
    """

    heading: str
    parts: tuple[str, ...]


class Explanation(str):
    """A page that prints as text and that a notebook shows as HTML; `.sections` are its parts.

    >>> Explanation("A title", [Section("A question", ("An answer.",))]).splitlines()[3:]
    ['A question', '  An answer.']
    """

    heading: str
    sections: tuple[Section, ...]
    alarm: tuple[str, ...]

    def __new__(cls, title: str, sections: Iterable[Section], alarm: Iterable[str] = ()) -> Self:
        sections, alarm = tuple(sections), tuple(alarm)
        page = super().__new__(cls, _drawn(title, sections, alarm))
        page.heading, page.sections, page.alarm = title, sections, alarm
        return page

    def __getnewargs__(self) -> Any:
        return self.heading, self.sections, self.alarm

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        title = f'<h4 class="title">{text(self.heading)}</h4>'
        return f'<div class="mlekit-words"><style>{STYLE}</style>{title}{self.body(5)}</div>'

    def body(self, level: int) -> str:
        """The page without its title and style, the headings of that level."""
        parts = _alarm(self.alarm)
        for section in self.sections:
            parts.append(f'<h{level} class="heading">{text(section.heading)}</h{level}>')
            parts += [f"<p{_class(part)}>{text(part)}</p>" for part in section.parts]
        return "".join(parts)


def explanation(title: str, sections: Sequence[tuple[str, Sequence[str]]], alarm: Iterable[str] = ()) -> Explanation:
    """A page from (heading, paragraphs) pairs; what would be empty is left out.

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


def answered(title: str, answers: Sequence[Sequence[str]], alarm: Iterable[str] = ()) -> Explanation:
    """A page of answers to the six questions.

    >>> answered("A coin", [["It has one p."], [], [], ["p is 0.7."], [], []]).sections[1].heading
    'What the numbers mean'
    """
    return explanation(title, list(zip(QUESTIONS, answers, strict=True)), alarm)


def _class(part: str) -> str:
    return ' class="formula"' if isinstance(part, Line) else ""


def _alarm(reasons: Sequence[str]) -> list[str]:
    if not reasons:
        return []
    said = "".join(f"<p>{text(reason)}</p>" for reason in reasons)
    return [f'<div class="alarm" role="alert"><p><strong>{text(LOUD.strip())}</strong></p>{said}</div>']


def _drawn(title: str, sections: Sequence[Section], alarm: Sequence[str]) -> str:
    lines = [*_wrapped(title, "", ""), RULE]
    if alarm:
        said = [line for reason in alarm for line in _wrapped(reason, "!! ", "!! ")]
        lines += [LOUD.center(WIDTH, "!"), *said, "!" * WIDTH]
    for section in sections:
        lines += ["", section.heading]
        for part in section.parts:
            lines += _formula(part) if isinstance(part, Line) else _wrapped(part, PLAIN, PLAIN)
    return "\n".join(lines)


def _formula(line: str) -> list[str]:
    """As it is where there is room, with the spaces that align it."""
    shown = DEEPER + printable(line)
    return [shown] if len(shown) <= WIDTH else _wrapped(line, DEEPER, DEEPER + PLAIN)


def _wrapped(said: str, first: str, rest: str) -> list[str]:
    """Lines of at most 80 characters; 1 - p is not taken apart."""
    held = re.sub(r"(?<=[\w)]) ([-+*/=]) (?=[\w(])", rf"{HELD}\1{HELD}", printable(said))
    lines = wrap(held, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
    return [line.replace(HELD, " ") for line in lines]
