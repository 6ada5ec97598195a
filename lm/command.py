"""What `python -m lm.train`, `lm.sample`, `lm.evaluate` and `lm.compare` have in common: how they speak and end.

    results           standard output
    messages          standard error
    a mistake         one sentence, exit code 2
    Ctrl-C            nothing more, exit code 130
    a closed pipe     nothing more

Text that a terminal cannot show is spelt out.
"""

from __future__ import annotations

import io
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from mlekit.errors import MlekitError

MISTAKE, INTERRUPTED = 2, 130


class Parser(ArgumentParser):
    """Arguments, with one sentence for a mistake in them."""

    def __init__(self, command: str, says: str) -> None:
        super().__init__(
            prog=f"python -m lm.{command}",
            description=says,
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def add_words(self, says: str) -> None:
        """The options of a file of words."""
        self.add_argument("--data", metavar="FILE", help=says)
        self.add_argument("--encoding", default="utf-8", metavar="E", help="of that file, such as latin-1 (utf-8)")
        self.add_argument("--lowercase", action="store_true", help="make small letters of all that it has")

    def error(self, message: str) -> NoReturn:
        """The sentence, and where to read more."""
        tell(f"{self.prog}: {message}; --help says what it takes")
        sys.exit(MISTAKE)


def natural(text: str) -> int:
    """A whole number from 1, for an option."""
    value = int(text) if text.isascii() and text.isdigit() else 0
    if value < 1:
        raise ArgumentTypeError(f"{text!r} is no whole number from 1")
    return value


def columns(lines: Sequence[Sequence[str]], sides: str = "") -> str:
    """Cells below one another: `sides` has < or > for each column; left of all but the last is what nothing says.

    >>> print(columns([["", "words"], ["test", "7"]]))
          words
    test      7
    """
    sides = sides or "<" * (len(lines[0]) - 1) + ">"
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    drawn = (zip(line, sides, widths, strict=True) for line in lines)
    return "\n".join("  ".join(f"{cell:{side}{width}}" for cell, side, width in line).rstrip() for line in drawn)


def tell(message: str) -> None:
    """A message beside the results."""
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def run(main: Callable[[], Any]) -> NoReturn:
    """Ends the process as a command should."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        main()
        sys.stdout.flush()
    except MlekitError as mistake:
        tell(" ".join(str(mistake).split()))
        sys.exit(MISTAKE)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)
