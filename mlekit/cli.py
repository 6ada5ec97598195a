"""The command line.

    python -m mlekit fit data.csv amount --family gamma [--by store] [--weights w] [--fixed sd=2] [--missing drop]
                     [--max-failed 0.01] [--out fits.csv] [--json]
    python -m mlekit families

Results go to standard output, messages to standard error. Exit codes: 0; 1 where the verdict is no (of groups: for more
than --max-failed of them); 2 for a mistake, which is told in one sentence; 130 for Ctrl-C. A closed pipe is silent.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from .errors import MlekitError, OptionError, nearest

OK, NO, MISTAKE, INTERRUPTED = 0, 1, 2, 130
Answer = tuple[int, str]  # the exit code, and what is printed
PROGRAM = "python -m mlekit"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code, text = answer(sys.argv[1:] if argv is None else list(argv))
    except MlekitError as mistake:
        return _tell(f"mlekit: {mistake}", MISTAKE)
    except KeyboardInterrupt:
        return INTERRUPTED
    return _print(text, code)


def answer(argv: list[str]) -> Answer:
    """What a command line is answered."""
    parser = _parser()
    if not argv:
        return MISTAKE, parser.format_help().rstrip()
    asked = parser.parse_args(argv)
    return asked.command(asked)


# -- what may be typed ------------------------------------------------------------------------------------------------


class Parser(ArgumentParser):
    """Arguments, with one sentence for a mistake in them."""

    def error(self, message: str) -> NoReturn:
        raise OptionError(f"{message} ({self.prog} --help says what it takes)")


def _parser() -> Parser:
    parser = Parser(prog=PROGRAM, description="Maximum likelihood from the shell.", allow_abbrev=False)
    commands = parser.add_subparsers(metavar="command", required=True)
    _fit_arguments(
        commands.add_parser(
            "fit",
            help="fit a law to a column of a file, or a regression",
            description="Fit a law to a column of a CSV or Parquet file, or a regression.",
            epilog=EXAMPLES,
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
    )
    listing = commands.add_parser("families", help="list the laws", description="List the laws.", allow_abbrev=False)
    listing.add_argument("--json", action="store_true", help="print a JSON list instead of a table")
    listing.set_defaults(command=_families)
    return parser


EXAMPLES = """examples:
  python -m mlekit fit sales.csv amount --family gamma --by store --out fits.csv
  python -m mlekit fit trials.csv yes --family "binomial(n=10)"
  python -m mlekit fit trials.csv "dose ~ age + C(site)" --family poisson --json
"""


def _fit_arguments(fit: ArgumentParser) -> None:
    fit.add_argument("data", help="a CSV, TSV or Parquet file, by its ending")
    fit.add_argument("target", metavar="column", help='a column, or a formula such as "y ~ x + C(z)"')
    fit.add_argument("--family", required=True, help='the law, such as gamma or "binomial(n=10)"')
    fit.add_argument("--by", action="append", metavar="COLUMN", help="one fit a group; repeat it for several columns")
    fit.add_argument("--weights", metavar="COLUMN", help="how often each row counts")
    fit.add_argument("--fixed", action="append", default=[], metavar="NAME=VALUE", help="hold a parameter, as in sd=2")
    fit.add_argument("--missing", choices=("error", "drop"), default="error", help="missing values (default: error)")
    fit.add_argument(
        "--max-failed",
        type=_allowed,
        default=0.0,
        metavar="N",
        help="how many groups may fail before the exit code is 1: a number, or below 1 a share (default: 0)",
    )
    fit.add_argument("--out", metavar="FILE", help="also write the tidy table there, as .csv, .tsv or .parquet")
    fit.add_argument("--json", action="store_true", help="print JSON instead of a summary; what is not finite is null")
    fit.set_defaults(command=_fit)


def _allowed(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise ValueError
    return value


_allowed.__name__ = "number from 0 up"


def law(text: str) -> Any:
    """The law of a text such as `gamma` or `binomial(n=10)`; values are numbers or the names of columns.

    >>> law("binomial(n=10)")
    binomial(n=10)
    """
    from . import families

    match = re.fullmatch(r"\s*(\w+)\s*(?:\((.*)\))?\s*", text)
    if match is None:
        raise OptionError(f"--family is {text!r}: write a name, or a name with options, as in binomial(n=10)")
    name, options = match.groups()
    found = families.get(name)
    return found if not options else _with_options(type(found), options)


def _with_options(kind: type, options: str) -> Any:
    from inspect import signature

    given = dict(_assigned(part, "--family") for part in options.split(","))
    known = [name for name in signature(kind).parameters if name != "self"]
    for name in given:
        if name not in known:
            raise OptionError(f"--family: {kind.name} has no option {name!r}; {nearest(name, known)}")  # type: ignore[attr-defined]
    return kind(**{name: _value(text) for name, text in given.items()})


def _assigned(text: str, option: str) -> tuple[str, str]:
    """The two sides of `name=value`."""
    name, sign, value = (part.strip() for part in text.partition("="))
    if not (name and sign and value):
        raise OptionError(f"{option}: {text.strip()!r} has to be name=value, as in sd=2")
    return name, value


def _value(text: str) -> Any:
    """A number, or else the name of a column."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _fixed(texts: list[str]) -> dict[str, float]:
    fixed: dict[str, float] = {}
    for text in texts:
        name, value = _assigned(text, "--fixed")
        try:
            fixed[name] = float(value)
        except ValueError:
            raise OptionError(f"--fixed: {value!r} is no number for {name!r}") from None
    return fixed


# -- fit --------------------------------------------------------------------------------------------------------------


def _fit(asked: Namespace) -> Answer:
    from .api import fit
    from .data.frames import read
    from .show.files import check_table_path, write_table

    if asked.out is not None:
        check_table_path(asked.out)
    options: dict[str, Any] = {"weights": asked.weights, "fixed": _fixed(asked.fixed), "missing": asked.missing}
    options |= {"by": asked.by and (asked.by if len(asked.by) > 1 else asked.by[0]), "on_failure": "ignore"}
    fitted = fit(read(asked.data), asked.target, family=law(asked.family), **options)
    if asked.out is not None:
        write_table(fitted.tidy(), asked.out)
    describe, judge = (_one, _verdict_of_one) if asked.by is None else (_groups, _verdict_of_groups)
    text = json.dumps(describe(fitted), indent=1, allow_nan=False) if asked.json else fitted.summary()
    return judge(fitted, asked.max_failed), text


def _verdict_of_one(fitted: Any, allowed: float) -> int:
    return OK if fitted.verdict.ok else NO


def _verdict_of_groups(fitted: Any, allowed: float) -> int:
    """More failed groups than are allowed: a number of them, or below 1 a share."""
    return NO if len(fitted.failed) > (allowed * len(fitted) if allowed < 1 else allowed) else OK


def _one(fitted: Any) -> dict[str, Any]:
    verdict = fitted.verdict
    return {
        "family": fitted.family.name,
        "params": _numbers(fitted.params.index, fitted.params),
        "std_errors": _numbers(fitted.params.index, fitted.bse),
        "llf": _number(fitted.llf),
        "nobs": _number(fitted.nobs),
        "verdict": {"ok": verdict.ok, "codes": list(verdict.codes), "reasons": list(verdict.reasons)},
    }


def _groups(fitted: Any) -> dict[str, Any]:
    from .inference.verdict import verdicts

    names, family = list(fitted.params.columns), fitted.family.name
    keys = [list(key.tolist() if type(key) is not list else key) for key in fitted.groups.keys]
    parts = zip(
        zip(*keys, strict=True),
        fitted.params.to_numpy().tolist(),
        fitted.bse.to_numpy().tolist(),
        fitted.llf.tolist(),
        fitted.nobs.tolist(),
        verdicts(fitted.solution),
        strict=True,
    )
    return {
        "groups": [
            {
                "key": {name: _plain(part) for name, part in zip(fitted.groups.names, key, strict=True)},
                "family": family,
                "params": _numbers(names, values),
                "std_errors": _numbers(names, errors),
                "llf": _number(llf),
                "nobs": _number(nobs),
                "verdict": {"ok": verdict.ok, "codes": list(verdict.codes), "reasons": list(verdict.reasons)},
            }
            for key, values, errors, llf, nobs, verdict in parts
        ]
    }


def _numbers(names: Any, values: Any) -> dict[str, float | None]:
    return {str(name): _number(value) for name, value in zip(names, values, strict=True)}


def _number(value: float) -> float | None:
    """JSON has no word for what is not finite."""
    return float(value) if abs(value) < float("inf") else None


def _plain(key: Any) -> Any:
    return key if type(key) in (str, int, float, bool) else str(key)


# -- families ---------------------------------------------------------------------------------------------------------


def _families(asked: Namespace) -> Answer:
    from . import families
    from .show.contents import Table
    from .show.text import draw_table

    laws = families.list().reset_index()
    if asked.json:
        return OK, json.dumps(laws.to_dict("records"), indent=1)
    everywhere = {"mean", "median", "sd", "variance"}  # of nearly all laws
    derived = [", ".join(d for d in text.split(", ") if d not in everywhere) for text in laws["derived"]]
    columns = [list(laws["name"]), list(laws["parameters"]), derived, list(laws["support"])]
    titles = ("parameters", "also derived", "data")
    parts = [_left([title, *cells]) for title, cells in zip(titles, columns[1:], strict=True)]
    table = Table("", ["family", *(part[0] for part in parts)], [columns[0], *(part[1:] for part in parts)])
    return OK, "\n".join(line.rstrip() for line in draw_table(table))


def _left(cells: list[str]) -> list[str]:
    """Cells that a table, which puts numbers to the right, leaves at the left."""
    width = max(map(len, cells))
    return [cell.ljust(width) for cell in cells]


# -- out --------------------------------------------------------------------------------------------------------------


def _tell(message: str, code: int) -> int:
    """A message beside the results."""
    sys.stderr.write(message + "\n")
    return code


def _print(text: str, code: int) -> int:
    """The results; whoever closed the pipe has seen enough."""
    try:
        _writer()(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except KeyboardInterrupt:
        return INTERRUPTED
    return code


def _writer() -> Callable[[str], Any]:
    """Colours where rich is installed and somebody looks; else plain text."""
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
