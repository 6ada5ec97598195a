"""Tables: named columns of any library, and frames that are handed back in that library.

    table(df).column("x")       pandas, polars, pyarrow and all other libraries that narwhals knows
    table({"x": [1, 2]})        a dict of columns, a list of dicts, a structured array
    table(X)                    a matrix or a list of rows: the columns are x0, x1, ...
    read("data.csv")            a file
    like(df, columns)           a frame in the library of df

A column is read once, by `columns.column`, and remembered.
"""

from __future__ import annotations

import csv
import warnings
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import narwhals as nw
import numpy as np

from mlekit.data.columns import column, is_record, is_table, key
from mlekit.data.engines import backend, frame_maker, is_array, lazy_call
from mlekit.data.labels import Array, Column, Foreign, Labels, lineage
from mlekit.errors import DataError, OptionError, UnknownName, nearest, needs

__all__ = ["Table", "is_table", "like", "read", "table"]


class Table(ABC):
    """Columns by name, each read when it is asked for."""

    names: list[str]
    rows: int
    native: Foreign  # as the caller gave it

    def __init__(self, native: Foreign, names: list[str], rows: int) -> None:
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise DataError(f"two columns have the name {twice[0]!r}: rename one of them")
        self.native, self.names, self.rows = native, names, rows
        self._read: dict[tuple[str, Callable[..., Column]], Column] = {}

    def column(self, name: str) -> Column:
        """Return the numbers or labels of a column."""
        return self._as(column, name)

    def key(self, name: str) -> Column:
        """Return a column as the key of groups, dates among them."""
        return self._as(key, name)

    def _as(self, how: Callable[..., Column], name: str) -> Column:
        if name not in self.names:
            raise UnknownName(f"no column is named {name!r}; {nearest(name, self.names)}")
        if (name, how) not in self._read:
            self._read[name, how] = how(self._native_column(name), f"column {name!r}")
        return self._read[name, how]

    @abstractmethod
    def take(self, rows: Array) -> Table:
        """Return the rows of a mask or an index."""

    @abstractmethod
    def _native_column(self, name: str) -> Foreign: ...


class FrameTable(Table):
    """A frame of a library that narwhals knows."""

    def __init__(self, frame: nw.DataFrame[Foreign]) -> None:
        self._frame = frame
        super().__init__(frame.to_native(), [str(name) for name in frame.columns], len(frame))

    def take(self, rows: Array) -> Table:
        return FrameTable(self._frame[np.flatnonzero(rows) if rows.dtype == bool else rows])

    def _native_column(self, name: str) -> Foreign:
        return self._frame[:, self.names.index(name)].to_native()


class ColumnTable(Table):
    """A dict of columns."""

    def __init__(self, native: Foreign, columns: Mapping[Foreign, Foreign]) -> None:
        self._columns = {str(name): values for name, values in columns.items()}
        sizes = {name: _length(name, values) for name, values in self._columns.items()}
        if len(set(sizes.values())) > 1:
            lengths = ", ".join(f"{name} has {size}" for name, size in sizes.items())
            raise DataError(f"the columns differ in length: {lengths}")
        super().__init__(native, [str(name) for name in columns], next(iter(sizes.values()), 0))

    def take(self, rows: Array) -> Table:
        taken = {name: self.key(name)[rows] for name in self.names}
        taken = {name: values.used() if isinstance(values, Labels) else values for name, values in taken.items()}
        return ColumnTable(taken, taken)

    def _native_column(self, name: str) -> Foreign:
        return self._columns[name]


def table(data: Foreign) -> Table:
    """Return data of several columns as a Table.

    >>> table({"x": [1, 2], "g": ["a", "b"]}).names
    ['x', 'g']
    """
    kind = type(data)
    own = next((TABLES[name] for name in lineage(kind) if name in TABLES), None)
    if own is not None:
        return own(data)
    make, call = frame_maker(kind), lazy_call(kind)
    if call is not None:
        raise DataError(f"a {kind.__name__} is not summed where it is yet: pass {call}")
    if make is None:
        return _matrix(data) if is_array(kind) else _frame(data)
    frame = make(data)
    return ColumnTable(data, frame) if isinstance(frame, dict) else _frame(frame)


def like(native: Foreign, columns: Mapping[str, Foreign]) -> Foreign:
    """Return a frame of these columns in the library of `native`, a table or column; in pandas if it has none."""
    native = nw.to_native(native.native if isinstance(native, Table) else native, pass_through=True)
    library: Foreign = backend(type(native)) or "pandas"
    return nw.from_dict({name: _plain(values) for name, values in columns.items()}, backend=library).to_native()


def read(path: str | Path, delimiter: str | None = None) -> Table:
    """Return the table in a CSV file (.tsv: separated by tabs) or, by its ending, in a Parquet file."""
    if delimiter is not None and len(delimiter) != 1:
        raise OptionError(f"the delimiter is {delimiter!r}, but it has to be one character, such as ';'")
    path = Path(path)
    if path.is_dir():
        raise DataError(f"{path} is a folder: give the path of a file")
    if not path.is_file():
        raise DataError(f"there is no file {path}")
    if not path.stat().st_size:
        raise DataError(f"{path} is empty")
    try:
        return _read_parquet(path) if path.suffix in (".parquet", ".pq") else _read_csv(path, delimiter)
    except UnicodeDecodeError as wrong:
        raise DataError(f"{path} is not UTF-8 text (byte {wrong.start}: {wrong.reason}): save it as UTF-8") from None
    except OSError as wrong:
        raise DataError(f"{path} cannot be read: {wrong.strerror or wrong}") from None


def _frame(data: Foreign) -> Table:
    """A frame that narwhals knows."""
    try:
        return FrameTable(nw.from_native(data, eager_only=True))
    except nw.exceptions.DuplicateError as wrong:
        raise DataError(f"two columns have the same name ({' '.join(str(wrong).split())}): rename one") from None
    except TypeError:
        raise DataError(
            f"a {type(data).__name__} is not a table: pass a frame, a dict of columns or a matrix"
        ) from None


def _matrix(data: Foreign) -> Table:
    """A structured array by its fields; a matrix or a 2-D tensor as x0, x1, ..."""
    if is_record(data):
        return ColumnTable(data, {name: data[name] for name in data.dtype.names})
    if data.ndim != 2:
        raise DataError(f"an array of {data.ndim} dimensions is not a table: pass two, rows and columns")
    return ColumnTable(data, {f"x{j}": data[:, j] for j in range(data.shape[1])})


def _rows(data: list[Foreign] | tuple[Foreign, ...]) -> Table:
    """Rows one by one: dicts, in which a name may be missing, or values, as x0, x1, ..."""
    if not is_table(data):
        raise DataError("a list is a table only if its rows are lists or dicts: pass a frame or a dict of columns")
    dicts = isinstance(data[0], dict)
    wrong = [i for i, row in enumerate(data) if not isinstance(row, dict if dicts else (list, tuple, np.ndarray))]
    if wrong:
        raise DataError(f"row {wrong[0]} is a {type(data[wrong[0]]).__name__}, and row 0 a {type(data[0]).__name__}")
    if dicts:
        names = list(dict.fromkeys(name for row in data for name in row))
        return ColumnTable(data, {name: [row.get(name) for row in data] for name in names})
    short = [i for i, row in enumerate(data) if len(row) != len(data[0])]
    if short:
        raise DataError(f"row {short[0]} has {len(data[short[0]])} values, and row 0 has {len(data[0])}")
    return ColumnTable(data, {f"x{j}": list(values) for j, values in enumerate(zip(*data, strict=True))})


TABLES: dict[str, Callable[[Foreign], Table]] = {
    "builtins.list": _rows,
    "builtins.tuple": _rows,
    "mlekit.Table": lambda data: data,
}


def _length(name: str, values: Foreign) -> int:
    try:
        return len(values)
    except TypeError:
        raise DataError(f"column {name!r} has no length ({type(values).__name__}): pass a list of values") from None


def _plain(values: Foreign) -> Foreign:
    """Labels as their values, and NumPy's dates as an array of a unit that every library takes."""
    if isinstance(values, Labels):
        return _plain(values.tolist())
    if type(values) is not list or not any(isinstance(value, np.datetime64 | np.timedelta64) for value in values):
        return values
    times = np.array(values)
    return times if np.datetime_data(times.dtype)[0] in ("D", "ns") else times.astype(f"{times.dtype.kind}8[us]")


def _read_parquet(path: Path) -> Table:
    for library in ("pyarrow", "polars"):
        try:
            return FrameTable(nw.read_parquet(str(path), backend=library))
        except ImportError:
            continue
        except OSError:
            raise
        except Exception as wrong:  # libraries have errors of their own for a file that they cannot read
            raise DataError(f"{path} is not a Parquet file that can be read: {wrong}") from None
    raise needs("pyarrow", "cli")


def _read_csv(path: Path, delimiter: str | None) -> Table:
    """By pandas, after looking for what it would mend in silence: names that come twice, rows of another length."""
    import pandas as pd

    separator = delimiter or ("\t" if path.suffix == ".tsv" else ",")
    header = next((row for _, row in _lines(path, separator)), [])
    twice = [name for name, count in Counter(header).items() if count > 1]
    if not header:
        raise DataError(f"{path} holds blank lines only")
    if twice:
        raise DataError(f"{path}: two columns have the name {twice[0]!r}: rename one of them")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)
            frame = pd.read_csv(path, sep=separator, index_col=False, low_memory=False)
    except (pd.errors.ParserError, pd.errors.ParserWarning) as wrong:
        raise _ragged(path, separator, len(header)) or DataError(f"{path} is not CSV: {wrong}") from None
    if frame.iloc[:, -1].isna().any():  # pandas fills what a short row lacks
        ragged = _ragged(path, separator, len(header))
        if ragged:
            raise ragged
    return table(frame)


def _lines(path: Path, separator: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file that are not blank, each with the number of its last line."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file, delimiter=separator)
        try:
            yield from ((rows.line_num, row) for row in rows if row)
        except csv.Error as wrong:
            raise DataError(f"{path}, line {rows.line_num}: {wrong}") from None


def _ragged(path: Path, separator: str, width: int) -> DataError | None:
    """The error for the first row that is not as wide as the header."""
    for line, row in _lines(path, separator):
        if len(row) != width:
            return DataError(f"{path}, line {line}: {len(row)} values, and the header names {width} columns")
    return None
