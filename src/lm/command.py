"""What `python -m lm.train`, `lm.sample` and `lm.evaluate` have in common: how they speak, and how they end.

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
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable
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

    def error(self, message: str) -> NoReturn:
        """The sentence, and where to read more."""
        tell(f"{self.prog}: {message}; --help says what it takes")
        sys.exit(MISTAKE)


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
