"""The command `python -m mlekit fit`."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from ._arguments import AddParser, Result, parse_family, parse_fixed

if TYPE_CHECKING:
    from ..arguments import Options
    from ..families import Family
    from ..fits import Fit, GroupedFit
    from ..inference.verdict import Verdict

SUCCESS, NOT_PROVED = 0, 1
EXAMPLES = """examples:
  python -m mlekit fit sales.csv amount --family gamma --by store --out fits.csv
  python -m mlekit fit trials.csv yes --family "binomial(n=10)"
  python -m mlekit fit trials.csv "dose ~ age + C(site)" --family poisson --json
"""

Json: TypeAlias = dict[str, "Json"] | list["Json"] | str | float | bool | None


def add_to(add_parser: AddParser) -> None:
    """Add the command to those of the parser.

    Parameters
    ----------
    add_parser : callable
        Function that makes the parser of a command.
    """
    _add_arguments(
        add_parser(
            "fit",
            help="fit a distribution to a column of a file, or a regression",
            description="Fit a distribution to a column of a CSV or Parquet file, or a regression.",
            epilog=EXAMPLES,
            formatter_class=RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
    )


def _add_arguments(fit: ArgumentParser) -> None:
    fit.add_argument("data", help="a CSV, TSV or Parquet file, by its ending")
    fit.add_argument("target", metavar="column", help='a column, or a formula such as "y ~ x + C(z)"')
    fit.add_argument("--family", required=True, help='the distribution, such as gamma or "binomial(n=10)"')
    fit.add_argument("--delimiter", metavar="CHARACTER", help="what separates the values of a text file, as in ';'")
    fit.add_argument("--by", action="append", metavar="COLUMN", help="one fit per group; repeat it for several columns")
    fit.add_argument("--weights", metavar="COLUMN", help="frequencies of the rows")
    fit.add_argument("--fixed", action="append", default=[], metavar="NAME=VALUE", help="fix a parameter, as in sd=2")
    fit.add_argument("--missing", choices=("error", "drop"), default="error", help="missing values (default: error)")
    fit.add_argument(
        "--max-failed",
        type=_allowed,
        default=0.0,
        metavar="N",
        help="number of groups that may fail without exit code 1; below 1 a proportion of them (default: 0)",
    )
    fit.add_argument("--out", metavar="FILE", help="also write the tidy table to a .csv, .tsv or .parquet file")
    fit.add_argument("--json", action="store_true", help="print JSON instead of a summary; null is not finite")
    fit.set_defaults(command=_fit)


def _allowed(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise ValueError
    return value


_allowed.__name__ = "non-negative number"  # argparse's message has it


def _fit(asked: Namespace) -> Result:
    from ..api import fit
    from ..data.frames import read
    from ..io.tables import check_table_path, write_table

    if asked.out is not None:
        check_table_path(asked.out)
    options: Options = {"weights": asked.weights, "fixed": parse_fixed(asked.fixed), "missing": asked.missing}
    options["on_failure"] = "ignore"
    data, family = read(asked.data, asked.delimiter), parse_family(asked.family)
    if asked.by is None:
        fitted = fit(data, asked.target, family=family, **options)
        failed, describe = not fitted.verdict.ok, partial(_describe, fitted)
    else:
        by = asked.by if len(asked.by) > 1 else asked.by[0]
        fitted = fit(data, asked.target, family=family, by=by, **options)
        failed, describe = _too_many_failed(fitted, asked.max_failed), partial(_describe_groups, fitted)
    if asked.out is not None:
        write_table(fitted.tidy(), asked.out)
    text = json.dumps(describe(), indent=1, allow_nan=False) if asked.json else fitted.summary()
    return NOT_PROVED if failed else SUCCESS, text


def _too_many_failed(fits: GroupedFit, allowed: float) -> bool:
    """More failed groups than are allowed: a number of them, or below 1 a proportion."""
    return len(fits.failed) > (allowed * len(fits) if allowed < 1 else allowed)


def _describe(fit: Fit) -> Json:
    return _record(fit.family, fit.params.index, fit.params, fit.bse, fit.llf, fit.nobs, fit.verdict)


def _describe_groups(fits: GroupedFit) -> Json:
    """A list of the groups, each with its key first."""
    from ..inference.verdict import verdicts

    names = list(fits.params.columns)
    keys = [list(key if isinstance(key, list) else key.tolist()) for key in fits.groups.keys]
    parts = zip(
        zip(*keys, strict=True),
        fits.params.to_numpy().tolist(),
        fits.bse.to_numpy().tolist(),
        fits.llf.tolist(),
        fits.nobs.tolist(),
        verdicts(fits.solution),
        strict=True,
    )
    groups: list[Json] = [
        {
            "key": {name: _plain(part) for name, part in zip(fits.groups.names, key, strict=True)},
            **_record(fits.family, names, *numbers),
        }
        for key, *numbers in parts
    ]
    return {"groups": groups}


def _record(
    family: Family,
    names: Iterable[str],
    params: Iterable[float],
    errors: Iterable[float],
    llf: float,
    nobs: float,
    verdict: Verdict,
) -> dict[str, Json]:
    """A fit as JSON."""
    names = list(names)
    return {
        "family": family.name,
        "params": {str(name): _number(value) for name, value in zip(names, params, strict=True)},
        "std_errors": {str(name): _number(value) for name, value in zip(names, errors, strict=True)},
        "llf": _number(llf),
        "nobs": _number(nobs),
        "verdict": {"ok": verdict.ok, "codes": list(verdict.codes), "reasons": list(verdict.reasons)},
    }


def _number(value: float) -> float | None:
    """A number as JSON has it: null where it is not finite."""
    return float(value) if abs(value) < float("inf") else None


def _plain(key: object) -> Json:
    return key if isinstance(key, str | int | float) else str(key)
