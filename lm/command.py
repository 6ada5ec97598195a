"""Behaviour that `python -m lm.train`, `lm.sample`, `lm.evaluate` and `lm.compare` have in common.

    results           standard output
    messages          standard error
    a user's mistake  one sentence, exit code 2
    Ctrl-C            no further output, exit code 130
    a closed pipe     no further output

Characters that a terminal cannot show are escaped.
"""

from __future__ import annotations

import io
import os
import sys
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections.abc import Callable
from typing import NoReturn

from mlekit.errors import MlekitError

MISTAKE, INTERRUPTED = 2, 130


class Parser(ArgumentParser):
    """Parser of arguments that reports a mistake in one sentence.

    Parameters
    ----------
    command : str
        Name of the command, such as "train".
    description : str
        Text that `--help` begins with.
    """

    def __init__(self, command: str, description: str) -> None:
        super().__init__(
            prog=f"python -m lm.{command}",
            description=description,
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )

    def add_words(self, description: str) -> None:
        """Add the options of a file of words.

        Parameters
        ----------
        description : str
            Help text of `--data`.
        """
        self.add_argument("--data", metavar="FILE", help=description)
        self.add_argument(
            "--encoding", default="utf-8", metavar="E", help="encoding of that file, such as latin-1 (utf-8)"
        )
        self.add_argument("--lowercase", action="store_true", help="convert its words to lower case")

    def error(self, message: str) -> NoReturn:
        """Print the sentence and end the process."""
        report(f"{self.prog}: {message}; see --help")
        sys.exit(MISTAKE)


def positive_integer(text: str) -> int:
    """Return the positive integer that an option was given.

    Parameters
    ----------
    text : str

    Returns
    -------
    int

    Raises
    ------
    argparse.ArgumentTypeError
        If the text is anything else.

    Examples
    --------
    >>> positive_integer("12")
    12
    """
    value = int(text) if text.isascii() and text.isdigit() else 0
    if value < 1:
        raise ArgumentTypeError(f"{text!r} is not a positive integer")
    return value


def report(message: str) -> None:
    """Print a message to standard error."""
    sys.stderr.write(message + "\n")
    sys.stderr.flush()


def run(main: Callable[[], object]) -> NoReturn:
    """Run the main function of a command and end the process with its exit code.

    Parameters
    ----------
    main : callable
        Function without arguments.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        main()
        sys.stdout.flush()
    except MlekitError as mistake:
        report(" ".join(str(mistake).split()))
        sys.exit(MISTAKE)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(0)
