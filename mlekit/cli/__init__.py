"""The command line.

    python -m mlekit fit data.csv amount --family gamma [--by store] [--weights w] [--fixed sd=2] [--missing drop]
                     [--max-failed 0.01] [--out fits.csv] [--json] [--delimiter ';']
    python -m mlekit families [--json]

Results are written to standard output, messages to standard error. Exit codes: 0; 1 if the estimates are not proved to
be a maximum (in groups: if more than --max-failed of them fail); 2 for a mistake of the user, which is explained in one
sentence; 130 for Ctrl-C. A closed pipe ends the output silently.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence

from ..errors import MlekitError
from . import families, fit
from ._arguments import Parser, Result

MISTAKE, INTERRUPTED = 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and print its result.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; those of the process by default.

    Returns
    -------
    int
        The exit code.

    Examples
    --------
    >>> main(["families"])
    family ...
    0
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code, text = run(sys.argv[1:] if argv is None else argv)
    except MlekitError as mistake:
        sys.stderr.write(f"mlekit: {mistake}\n")
        return MISTAKE
    except KeyboardInterrupt:
        return INTERRUPTED
    return _print(text, code)


def run(argv: Sequence[str]) -> Result:
    """Run a command.

    Parameters
    ----------
    argv : sequence of str
        Arguments.

    Returns
    -------
    tuple of int and str
        The exit code, and the text to print.

    Raises
    ------
    MlekitError
        If the user made a mistake.

    Examples
    --------
    >>> run(["families", "--json"])[0]
    0
    """
    parser = _parser()
    if not argv:
        return MISTAKE, parser.format_help().rstrip()
    asked = parser.parse_args(argv)
    return asked.command(asked)


def _parser() -> Parser:
    parser = Parser(prog="python -m mlekit", description="Maximum likelihood from the shell.", allow_abbrev=False)
    commands = parser.add_subparsers(metavar="command", required=True)
    fit.add_to(commands.add_parser)
    families.add_to(commands.add_parser)
    return parser


def _print(text: str, code: int) -> int:
    """Print the result; a reader who closed the pipe wants no more."""
    try:
        _writer()(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _writer() -> Callable[[str], object]:
    """A function that prints: with colours on a terminal where rich is installed, else plainly."""
    if not sys.stdout.isatty():
        return print
    try:
        from rich.console import Console
        from rich.text import Text
    except ImportError:
        return print

    def write(text: str) -> None:
        coloured = Text(text)
        coloured.highlight_regex(r"^VERDICT: ok.*", "green")
        coloured.highlight_regex(r"(?m)^!!.*", "bold red")
        Console(highlight=False, soft_wrap=True).print(coloured)

    return write
