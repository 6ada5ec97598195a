"""The words of a formula, and the error that points at one."""

from __future__ import annotations

import re
from typing import NamedTuple

from mlekit.data.formula.functions import FUNCTIONS
from mlekit.errors import FormulaError

TOKEN = re.compile(
    r"""(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)
    | (?P<name>[^\W\d]\w*)
    | `(?P<quoted>[^`]+)`
    | (?P<string>"[^"\n]*"|'[^'\n]*')
    | (?P<sign>\*\*|[-+*/:~().,=^])""",
    re.VERBOSE,
)
BLANK = re.compile(r"\s*")


class Token(NamedTuple):
    """A word and where it stands. The kinds are the groups of TOKEN, and `end`."""

    kind: str
    text: str
    at: int

    def is_sign(self, *signs: str) -> bool:
        """Return True if it is one of these signs."""
        return self.kind == "sign" and self.text in signs


def tokens(text: str) -> list[Token]:
    """Return the words of a formula, and one of kind `end` after them."""
    found: list[Token] = []
    at = _skip(text, 0)
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None or (match["name"] or "x").isidentifier() is False:
            raise fault(text, at, _stranger(text[at]))
        kind = str(match.lastgroup)
        found.append(Token(kind, match[kind], at))
        at = _skip(text, match.end())
    return [*found, Token("end", "the end", len(text.rstrip()))]


def fault(text: str, at: int, what: str) -> FormulaError:
    """Return the error with the formula and a caret under the place.

    >>> print(fault("y ~ x $", 6, "what is this?"))
    what is this?
        y ~ x $
              ^
    """
    line = "".join(c if c.isprintable() else " " for c in text)
    start = max(at - 60, 0)
    return FormulaError(f"{what}\n    {line[start : at + 40]}\n    {' ' * (at - start)}^")


def _skip(text: str, at: int) -> int:
    blank = BLANK.match(text, at)
    return blank.end() if blank else at


def _stranger(character: str) -> str:
    if character in "`\"'":
        return f"what begins with {character} here is empty, or does not end"
    return (
        f"{character!r} is not part of the language: a formula has + - : * ( ) 0 1 . and column names"
        f" (in backticks if they are not identifiers) and {' '.join(FUNCTIONS)}"
    )
