"""Fits in files: one JSON file per fit or per batch of groups, to the last bit, never pickle.

    {"format": "mlekit fit", "version": 2, "sha256": {"fit": "..."}, "fit": {
        "family": ...       the family by its name, with its options and links
        "options": ...      priors, fixed, tied, solver, seed
        "designs": ...      the terms of each formula with what they learned
        "known": ...        how many rows there were
        "groups": ...       of a grouped fit, the keys of its groups
        "problem": ...      what is kept of the data: sums, a triangular factor, or units alone
        "solution": ...     where the solver stopped, and why
        "rows": ...         with data=True
    }}

A fit without its rows answers all that follows from its sums; what needs rows is an OptionError that says so.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

from .. import families
from ..data.design import Design
from ..errors import LoadError, MlekitError, OptionError
from ..inference.information import settled
from ..inference.verdict import judged
from ..models.posterior import LogPosterior
from ..models.solution import Solution
from ._families import check_given, needed, pack_family, unpack_family
from ._problems import (
    SavableFit,
    pack_designs,
    pack_form,
    pack_if_possible,
    pack_solution,
    problem_of,
    unpack_solution,
)
from ._rows import pack_groups, pack_known, pack_rows, unpack_rows
from ._versions import from_1
from .atomic import write_bytes
from .documents import Content, Format, read_bytes
from .tables import WRITERS, reader_of, write_table
from .values import pack, unpack

FORMAT = Format("mlekit fit", 2, upgrades={1: from_1})
WRONG = (
    MlekitError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    RecursionError,
    StopIteration,
    TypeError,
    ValueError,
)


@dataclass(frozen=True)
class Saved:
    """The parts of a fit that was read from a file.

    Parameters
    ----------
    options : dict
        The arguments of its Estimator.
    solution : Solution
        Where the solver stopped, and why, with the problem that was solved.

    Examples
    --------
    >>> import mlekit, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "coin.json"
    >>> mlekit.fit([1, 0, 1, 1], family="bernoulli").save(path)
    >>> mlekit.io.load_fit(path).grouped
    False
    """

    options: dict[str, Any]
    solution: Solution

    @property
    def grouped(self) -> bool:
        """True if it is a fit of groups.

        Examples
        --------
        >>> import mlekit, pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "shops.json"
        >>> mlekit.fit({"shop": list("ab"), "sold": [2, 5]}, "sold", family="poisson", by="shop").save(path)
        >>> mlekit.io.load_fit(path).grouped
        True
        """
        return self.solution.problem.rows.groups is not None


class SavableGroups(SavableFit, Protocol):
    """A fit of groups, which has a table."""

    def tidy(self) -> Any: ...


def save_fit(fit: SavableFit, path: str | PathLike[str], data: bool = False) -> None:
    """Write a fit, or a fit of groups, to one file, whole or not at all.

    Parameters
    ----------
    fit : Fit or GroupedFit
        What to save.
    path : str or path
        The file, in a folder that exists.
    data : bool, default False
        Write the rows as well: then the loaded fit can do all that the fit could.

    Raises
    ------
    OptionError
        If the file cannot be written, or the fit holds an object that no file can hold.

    Examples
    --------
    >>> import mlekit, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "coin.json"
    >>> mlekit.io.save_fit(mlekit.fit([1, 0, 1, 1], family="bernoulli"), path)
    >>> mlekit.load(path)["p"]
    0.75
    """
    write_bytes(path, FORMAT.document(_described(fit, data)))


def save_groups(fit: SavableGroups, path: str | PathLike[str], data: bool = False) -> None:
    """Write a fit of groups, or its tidy table, by the ending of the path.

    Parameters
    ----------
    fit : GroupedFit
        What to save.
    path : str or path
        Ends in .json for the fit, and in .csv, .tsv, .parquet or .pq for its table.
    data : bool, default False
        Write the rows as well, into a .json.

    Raises
    ------
    OptionError
        If the path has another ending, or the file cannot be written.

    Examples
    --------
    >>> import mlekit, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "shops.json"
    >>> shops = mlekit.fit({"shop": list("ab"), "sold": [2, 5]}, "sold", family="poisson", by="shop")
    >>> mlekit.io.save_groups(shops, path)
    >>> mlekit.load(path)["b"]["rate"]
    5.0
    """
    ending = Path(path).suffix
    if ending in WRITERS and data:
        raise OptionError(f"{path}: a table has no place for the rows; data=True goes with a path that ends in .json")
    if ending in WRITERS:
        write_table(fit.tidy(), path)
    elif ending == ".json":
        save_fit(fit, path, data)
    else:
        raise OptionError(
            f"{path}: the ending says what to write: .json the fit, and one of {', '.join(WRITERS)} its table"
        )


def load_fit(path: str | PathLike[str], family: Any = None) -> Saved:
    """Return what `save_fit` wrote.

    Parameters
    ----------
    path : str or path
        The file.
    family : Family, optional
        The family, where it is one of your own: no file holds its code.

    Returns
    -------
    Saved

    Raises
    ------
    LoadError
        If the file is not one that `save_fit` wrote, is damaged, or is of a version that cannot be read.
    OptionError
        If it needs a family of yours, or the family given has other parameters.

    Examples
    --------
    >>> import mlekit, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "coin.json"
    >>> mlekit.fit([1, 0, 1, 1], family="bernoulli").save(path)
    >>> mlekit.io.load_fit(path).solution.solver
    'closed'
    """
    file = Path(path)
    document = read_bytes(file)
    reader = reader_of(file)
    if reader is not None and not document.startswith(b"{"):
        raise LoadError(f"{file} is a table, and not a saved fit: read it with pandas.{reader}(path)")
    content = FORMAT.content(document, file)
    given = None if family is None else families.get(family)
    with _reading(file):
        own, params = needed(content["family"])
    check_given(own, params, given, file)
    with _reading(file):
        return _assembled(content, unpack_family(content["family"], given))


def _described(fit: SavableFit, data: bool) -> Content:
    """Everything that makes the fit again, as JSON can hold it."""
    solution, estimator = judged(settled(fit.solution), fit.solution), fit.estimator  # the loaded fit may have no rows
    problem: LogPosterior = solution.problem
    return {
        "family": pack_family(problem.family),
        "options": {
            **{name: pack(getattr(estimator, name)) for name in ("prior", "start", "on_failure")},
            **{name: pack(dict(getattr(estimator, name) or {})) for name in ("fixed", "tied")},
            **{name: pack_if_possible(getattr(estimator, name)) for name in ("solver", "seed")},
        },
        "designs": pack_designs(problem),
        "known": pack_known(problem.rows),
        "groups": pack_groups(problem.rows),
        "problem": pack_form(problem.form),
        "solution": pack_solution(solution),
        "rows": pack_rows(problem) if data else None,
    }


def _assembled(content: Content, family: families.Family) -> Saved:
    options = {name: unpack(value) for name, value in content["options"].items()}
    options |= {"family": family, "solver": options["solver"] or "auto"}
    designs = {param: Design.from_state(unpack(state)) for param, state in content["designs"].items()}
    rows = unpack_rows(content, family, designs)
    problem = problem_of(family, rows, options, content["problem"])
    return Saved(options, unpack_solution(problem, content["solution"]))


@contextmanager
def _reading(path: Path) -> Generator[None]:
    """Whatever is wrong with the content of a file is a LoadError."""
    try:
        yield
    except WRONG as wrong:
        raise LoadError(f"{path} holds no fit that this version can read ({type(wrong).__name__}: {wrong})") from wrong
