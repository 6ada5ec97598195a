"""Tables in files: CSV or Parquet by the ending of the path."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import OptionError, needs
from .atomic import atomic_file, check_path

if TYPE_CHECKING:
    import pandas as pd


def write_table(frame: Any, path: str | PathLike[str]) -> None:
    """Write a frame of any library as one file, whole or not at all.

    Parameters
    ----------
    frame : frame
        Of pandas, polars, pyarrow or another library that narwhals knows, or a dict of columns.
    path : str or path
        Ends in .csv, .tsv, .parquet or .pq, which says what is written.

    Raises
    ------
    OptionError
        If the path has another ending, or is in a folder that does not exist.

    Examples
    --------
    >>> import mlekit, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "sales.csv"
    >>> mlekit.io.write_table({"shop": ["a", "b"], "sold": [2, 5]}, path)
    >>> path.read_text().split()
    ['shop,sold', 'a,2', 'b,5']
    """
    from ..data.frames import like, table

    check_table_path(path)
    columns = table(frame)
    pandas = like(None, {name: columns.key(name) for name in columns.names})
    with atomic_file(path) as temporary:
        WRITERS[Path(path).suffix](pandas, temporary)


def check_table_path(path: str | PathLike[str]) -> Path:
    """Return the path if a table may be written there.

    Parameters
    ----------
    path : str or path
        Ends in .csv, .tsv, .parquet or .pq.

    Returns
    -------
    Path

    Raises
    ------
    OptionError
        If it has another ending, or is in a folder that does not exist.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.io.check_table_path("sales.xlsx")
    Traceback (most recent call last):
        ...
    mlekit.errors.OptionError: sales.xlsx: the ending says what to write, and it has to be one of .csv, .tsv, ...
    """
    if Path(path).suffix not in WRITERS:
        raise OptionError(f"{path}: the ending says what to write, and it has to be one of {', '.join(WRITERS)}")
    return check_path(path)


def reader_of(path: Path) -> str | None:
    """The function of pandas that reads a table with this ending; None of other files."""
    return READERS.get(path.suffix)


def _parquet(frame: pd.DataFrame, path: Path) -> None:
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
READERS = {".csv": "read_csv", ".tsv": "read_csv", ".parquet": "read_parquet", ".pq": "read_parquet"}
