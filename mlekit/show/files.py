"""Fits in files: one JSON file a fit, to the last bit, never pickle.

    {"format": "mlekit fit", "version": 1, "sha256": "...", "fit": {
        "law": ...          the family by its name, with its options and links
        "options": ...      priors, fixed, tied, solver, seed
        "designs": ...      the terms of each formula with what they learned
        "known": ...        how many rows there were
        "problem": ...      what the law keeps of the data: sums, a triangular factor, or units alone
        "solution": ...     where the solver stopped, and why
        "rows": ...         with data=True
    }}

A fit without its rows answers all that its sums can tell; what needs rows is an OptionError that says so.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from .. import families
from ..data.unsaved import UnsavedDesign, UnsavedRows
from ..errors import LoadError, MlekitError, OptionError, needs
from ..models.linear import Linear
from ..models.solution import Errors, Solution
from .packing import pack, scipy_law, unpack
from .problems import pack_problem, pack_rows, unpack_problem, unpack_rows

FORMAT, VERSION = "mlekit fit", 1
KNOWN = ("target", "dropped", "offset_from", "intercept")
Options = dict[str, Any]


# -- save -------------------------------------------------------------------------------------------------------------


def save(fit: Any, path: Any, data: bool = False) -> None:
    """Write a fit to one file, whole or not at all."""
    content = describe(fit, data)
    document = {"format": FORMAT, "version": VERSION, "sha256": _checksum(content), "fit": content}
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(document, allow_nan=False), encoding="utf-8")


def describe(fit: Any, data: bool) -> Any:
    """Everything that makes the fit again, as JSON can hold it."""
    from ..inference.information import log_likelihood, settled

    problem, solution, estimator, rows = fit.problem, settled(fit.solution), fit.estimator, fit.problem.rows
    fields = ("z", "status", "solver", "iterations", "decrement", "hessian", "params")
    value = log_likelihood(solution) if solution.value is None and not problem.priors else solution.value
    return {
        "law": _pack_law(problem.family),
        "options": {
            **{name: pack(getattr(estimator, name)) for name in ("prior", "start", "on_failure")},
            **{name: pack(dict(getattr(estimator, name) or {})) for name in ("fixed", "tied")},
            **{name: _pack_if_possible(getattr(estimator, name)) for name in ("solver", "seed")},
        },
        "designs": {param: pack(design.state()) for param, design in problem.coefficients.designs.items()},
        "known": pack(
            {
                "count": len(rows),
                "total": fit.nobs,
                "weighted": rows.weighted,
                "moved": rows.offset is not None,
                **{name: getattr(rows, name) for name in KNOWN},
            }
        ),
        "problem": pack_problem(problem),
        "solution": {
            "value": pack(value),
            **{name: pack(getattr(solution, name)) for name in fields},
            "errors": pack(solution.errors and solution.errors._asdict()),
            "notes": {name: _pack_if_possible(note) for name, note in solution.notes.items()},
        },
        "rows": pack_rows(problem) if data else None,
    }


def _pack_law(family: Any) -> Any:
    named = family.origin != "mlekit" or family.name in families.names()
    return {
        "origin": family.origin if named else "caller",
        "name": family.name,
        "options": pack(family.options()),
        "links": pack({param: link.name for param, link in family.given_links.items()}),
        "params": list(family.params),
    }


def _pack_if_possible(value: Any) -> Any:
    """What only says how the answer was found, and may be forgotten."""
    try:
        return pack(value)
    except OptionError:
        return None


# -- load -------------------------------------------------------------------------------------------------------------


def load(path: Any, family: Any = None) -> tuple[Options, Solution]:
    """What makes the fit of a file: the estimator's options, the problem and its solution."""
    path = Path(path)
    content, given = _content(path), None if family is None else families.get(family)
    with _reading(path):
        saved = content["law"]
        own, params = saved["origin"] == "caller", saved["params"]
    if own and given is None:
        raise OptionError(
            f"{path} holds a fit of a law of your own, whose code no file can hold: say mlekit.load(path, family=...)"
        )
    if given is not None and list(given.params) != params:
        raise OptionError(
            f"family: the file was saved with the parameters {', '.join(params)}, "
            f"but {given!r} has {', '.join(given.params)}"
        )
    with _reading(path):
        return _assembled(content, _unpack_law(saved, given))


@contextmanager
def _reading(path: Path) -> Generator[None]:
    """Whatever is wrong with the content of a file is a LoadError."""
    try:
        yield
    except (MlekitError, AttributeError, KeyError, TypeError, ValueError, StopIteration, ImportError) as wrong:
        raise LoadError(f"{path} holds no fit that this version can read ({type(wrong).__name__}: {wrong})") from wrong


def load_folder(path: Any) -> Any:
    """The fit of a folder that another program wrote; None of all others: a folder without a program is a net's.

    A program whose fits are folders of its own names, as an entry point of the group `mlekit.folders`, the file they
    are known by and the function that reads them.
    """
    folder = Path(path)
    if not folder.is_dir():
        return None
    for entry in entry_points(group="mlekit.folders"):
        if (folder / entry.name).is_file():
            return entry.load()(folder)
    return None


def _assembled(content: Mapping[str, Any], law: Any) -> tuple[Options, Solution]:
    from ..data.design import Design

    options: Options = {name: unpack(value) for name, value in content["options"].items()}
    options |= {"family": law, "solver": options["solver"] or "auto"}
    designs: dict[str, Any] = {p: Design.from_state(unpack(state)) for p, state in content["designs"].items()}
    known = unpack(content["known"])
    if content["rows"] is None:
        kept = {param: UnsavedDesign(design) for param, design in designs.items()}
        rows: Any = UnsavedRows(**known, designs=kept)
    else:
        rows = unpack_rows(content["rows"], designs, {name: known[name] for name in KNOWN})
    model = Linear(law, rows, _coefficients(law, rows.designs))
    make = unpack_problem(content["problem"], rows)
    problem = model.problem(options["prior"], options["fixed"], options["tied"], make)
    saved = content["solution"]
    fields = {name: unpack(value) for name, value in saved.items() if name != "notes"}
    fields["errors"] = fields["errors"] and Errors(**fields["errors"])
    notes = {name: unpack(note) for name, note in saved["notes"].items() if note is not None}
    return options, Solution(problem, **fields, notes=notes)


def _coefficients(law: Any, designs: Mapping[str, Any]) -> Any:
    from ..models.coefficients import coefficients_of

    return coefficients_of(law, designs)


def _unpack_law(saved: Mapping[str, Any], given: Any) -> Any:
    """The law that the caller gives, or the one that can be found by its name."""
    if given is not None:
        law = given
    elif saved["origin"] == "scipy":
        law = families.get(scipy_law(saved["name"]))
    else:
        law = type(families.get(saved["name"]))(**unpack(saved["options"]))
    links = unpack(saved["links"])
    return law.with_links(links) if links else law


def _content(path: Path) -> Any:
    """What is in the file, if all of it is what was saved."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as wrong:
        raise LoadError(f"{path} cannot be read: {wrong.strerror or wrong}") from None
    except (ValueError, RecursionError) as wrong:
        if path.suffix in WRITERS:
            reader = "read_parquet" if path.suffix in (".parquet", ".pq") else "read_csv"
            raise LoadError(
                f"{path} is a table, as a grouped fit is saved, and no fit: read it with pandas.{reader}(path)"
            ) from None
        raise LoadError(f"{path} is cut off, or no JSON: {wrong}") from None
    match document:
        case {"format": str(form), "version": int(version), "sha256": str(checksum), "fit": dict(content)} if (
            form == FORMAT
        ):
            if version != VERSION:
                raise LoadError(
                    f"{path} has version {version}, and this mlekit reads version {VERSION}: upgrade mlekit"
                )
            if _checksum(content) != checksum:
                raise LoadError(f"{path} is damaged or was edited: its checksum is not the one it was saved with")
            return content
        case _:
            raise LoadError(f"{path} is JSON, but was not written by fit.save")


def _checksum(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


# -- groups -----------------------------------------------------------------------------------------------------------


def save_groups(grouped: Any, path: Any, level: float = 0.95) -> None:
    """The tidy table of many fits, as CSV or Parquet by the ending of the path."""
    write_table(grouped.tidy(level=level), path)


def write_table(frame: Any, path: Any) -> None:
    """A frame of any library as one file, whole or not at all."""
    from ..data.frames import like, table

    check_table_path(path)
    columns = table(frame)
    pandas = like(None, {name: columns.key(name) for name in columns.names})
    with whole_file(path) as temporary:
        WRITERS[Path(path).suffix](pandas, temporary)


def check_table_path(path: Any) -> None:
    """The path names a table in a folder that exists, or an OptionError."""
    if Path(path).suffix not in WRITERS:
        raise OptionError(f"{path}: the ending says what to write, and it has to be one of {', '.join(WRITERS)}")
    _check_place(Path(path))


def _parquet(frame: Any, path: Path) -> None:
    try:
        frame.to_parquet(path, index=False)
    except ImportError:
        raise needs("pyarrow", "cli") from None


WRITERS: dict[str, Callable[[Any, Path], None]] = {
    ".csv": lambda frame, path: frame.to_csv(path, index=False),
    ".tsv": lambda frame, path: frame.to_csv(path, index=False, sep="\t"),
    ".parquet": _parquet,
    ".pq": _parquet,
}


# -- one file ---------------------------------------------------------------------------------------------------------


def placed(path: Any) -> Path:
    """A path at which a file may be written."""
    if not isinstance(path, (str, os.PathLike)) or not str(path) or "\0" in str(path):
        raise OptionError(f"path is {path!r}: give the name of a file")
    path = Path(path)
    try:
        _check_place(path)
    except OptionError:
        raise
    except (OSError, ValueError) as wrong:
        raise OptionError(f"{str(path)!r} cannot be written: {wrong}") from None
    return path


def _check_place(path: Path) -> None:
    if path.is_dir():
        raise OptionError(f"{path} is a folder: name a file in it")
    if not path.parent.is_dir():
        raise OptionError(f"there is no folder {path.parent}: make it first, or name another")


@contextmanager
def whole_file(path: Any) -> Generator[Path]:
    """A file beside the path, put in its place when all of it is written, and never left behind."""
    path = placed(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as wrong:
        raise OptionError(f"{path} cannot be written: {wrong.strerror or wrong}") from None
    finally:
        temporary.unlink(missing_ok=True)
