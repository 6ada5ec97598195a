"""A table is the same whatever holds it, and goes back to the library it came from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch

from mlekit.data.columns import Labels, is_table
from mlekit.data.frames import Table, like, read, table
from mlekit.errors import DataError, MissingDependency, UnknownName

COLUMNS = {"x": [1.5, 2.5, 3.5], "g": ["b", "a", "b"]}
RECORDS = [(1.5, "b"), (2.5, "a"), (3.5, "b")]
HOLDERS: dict[str, Callable[[], Any]] = {
    "pandas": lambda: pd.DataFrame(COLUMNS, index=[7, 8, 9]),
    "polars": lambda: pl.DataFrame(COLUMNS),
    "pyarrow": lambda: pa.table(COLUMNS),
    "record batch": lambda: pa.record_batch(COLUMNS),
    "narwhals": lambda: nw.from_native(pl.DataFrame(COLUMNS)),
    "dict": lambda: COLUMNS,
    "dict of arrays": lambda: {name: np.array(values) for name, values in COLUMNS.items()},
    "dict of series": lambda: {"x": pl.Series(COLUMNS["x"]), "g": pd.Series(COLUMNS["g"])},
    "list of dicts": lambda: [{"x": x, "g": g} for x, g in RECORDS],
    "structured": lambda: np.array(RECORDS, dtype=[("x", float), ("g", "U1")]),
    "records": lambda: np.rec.array(np.array(RECORDS, dtype=[("x", float), ("g", "U1")])),
}


@pytest.mark.parametrize("make", HOLDERS.values(), ids=HOLDERS)
def test_columns_have_names_and_values(make: Callable[[], Any]) -> None:
    data = make()
    assert is_table(data)
    read = table(data)
    assert (read.names, read.rows) == (["x", "g"], 3)
    assert read.column("x").tolist() == [1.5, 2.5, 3.5]
    g = read.column("g")
    assert isinstance(g, Labels)
    assert (g.codes.tolist(), g.levels) == ([1, 0, 1], ["a", "b"])
    assert read.column("g") is g
    assert table(read) is read


@pytest.mark.parametrize("make", HOLDERS.values(), ids=HOLDERS)
@pytest.mark.parametrize("rows", [np.array([True, False, True]), np.array([0, 2])], ids=["mask", "index"])
def test_rows_can_be_taken(make: Callable[[], Any], rows: Any) -> None:
    taken = table(make()).take(rows)
    assert taken.rows == 2
    assert taken.column("x").tolist() == [1.5, 3.5]
    assert (taken.column("g").codes.tolist(), taken.column("g").levels) == ([0, 0], ["b"])
    assert is_table(taken.native)


def test_rows_of_a_pandas_frame_keep_their_index() -> None:
    assert table(HOLDERS["pandas"]()).take(np.array([False, True, False])).native.index.tolist() == [8]


MATRICES = {
    "array": np.array([[1, 2], [3, 4]]),
    "lists": [[1, 2], [3, 4]],
    "tuples": ((1, 2), (3, 4)),
    "arrays": [np.array([1, 2]), np.array([3, 4])],
    "tensor": torch.tensor([[1, 2], [3, 4]]),
}


@pytest.mark.parametrize("data", MATRICES.values(), ids=MATRICES)
def test_a_matrix_names_its_columns_by_place(data: Any) -> None:
    read = table(data)
    assert (read.names, read.rows) == (["x0", "x1"], 2)
    assert read.column("x1").tolist() == [2, 4]
    assert read.take(np.array([1])).column("x0").tolist() == [3]


def test_a_column_of_a_matrix_is_not_copied() -> None:
    data = np.zeros((3, 2))
    assert np.shares_memory(table(data).column("x0"), data)


def test_a_name_that_a_row_lacks_is_missing() -> None:
    read = table([{"x": 1}, {"x": 2, "g": "a"}])
    assert read.column("g").codes.tolist() == [-1, 0]


def test_names_are_text() -> None:
    read = table(pd.DataFrame([[1, 2]]))
    assert read.names == ["0", "1"]
    assert read.column("1").tolist() == [2]
    assert table({0: [1]}).column("0").tolist() == [1]


@pytest.mark.parametrize("make", HOLDERS.values(), ids=HOLDERS)
def test_an_unknown_name_suggests_the_nearest(make: Callable[[], Any]) -> None:
    with pytest.raises(UnknownName, match="no column is named 'gg'; did you mean 'g'"):
        table(make()).column("gg")
    with pytest.raises(KeyError):
        table(make()).key("gg")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "same name.*'a' 2 times"),
        (pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]), "same name.*'a' 2 times"),
        ({"1": [1], 1: [2]}, "two columns have the name '1'"),
        ({"a": [1], "b": [1, 2]}, "a has 1, b has 2"),
        ({"a": 3}, r"column 'a' has no length \(int\): pass a list"),
        ({"a": "b"}, "column 'a' is one text"),
        (torch.tensor(1.0), "0 dimensions"),
        ([[1, 2], [3]], "row 1 has 1 values, and row 0 has 2"),
        ([{"a": 1}, [2]], "row 1 is a list, and row 0 a dict"),
        ([{"a": 1}, 3], "row 1 is a int, and row 0 a dict"),
        ([[1], 3], "row 1 is a int, and row 0 a list"),
        ([1, 2], "rows are lists or dicts"),
        (np.zeros(3), "1 dimensions"),
        (np.zeros((3, 2, 1)), "3 dimensions"),
        (torch.zeros(3), "1 dimensions"),
        (pd.Series([1]), "a Series is not a table"),
        (3, "a int is not a table"),
        (pl.LazyFrame({"a": [1]}), r"pass data.collect\(\)"),
        (nw.from_native(pl.LazyFrame({"a": [1]})), r"pass data.collect\(\)"),
    ],
    ids=lambda v: type(v).__name__,
)
def test_what_is_no_table_says_what_to_do(data: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        table(data).column("a")


def test_a_relation_of_duckdb_is_a_table_that_has_to_be_collected() -> None:
    with duckdb.connect() as connection:
        data = connection.sql("select 1 as a")
        assert is_table(data)
        with pytest.raises(DataError, match=r"pass data.df\(\)"):
            table(data)


def test_an_error_in_a_column_names_it() -> None:
    with pytest.raises(DataError, match="column 'when' holds dates"):
        table(pd.DataFrame({"when": pd.to_datetime(["2020-01-01"])})).column("when")


def test_dates_are_keys() -> None:
    frame = table(pd.DataFrame({"when": pd.to_datetime(["2020-01-02", "2020-01-01"])}))
    assert frame.key("when").codes.tolist() == [1, 0]


@pytest.mark.parametrize(
    ("native", "kind"),
    [
        (pd.DataFrame({"a": [1]}), pd.DataFrame),
        (pl.DataFrame({"a": [1]}), pl.DataFrame),
        (pa.table({"a": [1]}), pa.Table),
        (table(pl.DataFrame({"a": [1]})), pl.DataFrame),
        (table({"a": [1]}), pd.DataFrame),
        (nw.from_native(pa.table({"a": [1]})), pa.Table),
        (pl.Series([1]), pl.DataFrame),
        (pa.array([1]), pa.Table),
        (pd.Series([1]), pd.DataFrame),
        ([1, 2], pd.DataFrame),
        (np.zeros(2), pd.DataFrame),
        (None, pd.DataFrame),
    ],
    ids=lambda v: type(v).__name__,
)
def test_results_are_in_the_library_of_the_data(native: Any, kind: type) -> None:
    columns = {
        "term": ["x", "y"],
        "estimate": np.array([1.5, np.nan]),
        "level": Labels(np.array([1, -1]), ["a", "b"], "sorted"),
        "day": list(np.array(["2020-01-01", "2020-01-02"], dtype="M8[s]")),
        "name": np.array(["u", "v"], dtype=object),
    }
    frame = like(native, columns)
    assert type(frame) is kind
    back = table(frame)
    assert back.names == list(columns)
    assert back.column("term").levels == ["x", "y"]
    np.testing.assert_array_equal(back.column("estimate"), [1.5, np.nan])
    assert (back.column("level").codes.tolist(), back.column("level").levels) == ([0, -1], ["b"])
    assert back.key("day").codes.tolist() == [0, 1]
    assert back.column("name").levels == ["u", "v"]


def written(folder: Path, text: str | bytes, name: str = "data.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_csv_file_is_a_table(tmp_path: Path) -> None:
    data = read(written(tmp_path, "x,g,ok,n\n1.5,b,True,1\n\n2.5,a,False,\n"))
    assert isinstance(data, Table)
    assert data.column("x").tolist() == [1.5, 2.5]
    assert data.column("g").levels == ["a", "b"]
    assert data.column("ok").tolist() == [True, False]
    np.testing.assert_array_equal(data.column("n"), [1, np.nan])
    assert read(str(tmp_path / "data.csv")).names == ["x", "g", "ok", "n"]


@pytest.mark.parametrize(
    ("text", "name", "names"),
    [
        ("\ufeffx,y\n1,2\n", "bom.csv", ["x", "y"]),
        ("x\ty\n1\t2\n", "tabs.tsv", ["x", "y"]),
        ("x,y\r\n1,2\r\n", "dos.csv", ["x", "y"]),
        ('"a, b","c\nd"\n1,2\n', "quoted.csv", ["a, b", "c\nd"]),
        ("x,y\n", "header.csv", ["x", "y"]),
        ("\nx,y\n1,2\n", "blank first line.csv", ["x", "y"]),
    ],
)
def test_csv_files_come_in_many_ways(tmp_path: Path, text: str, name: str, names: list[str]) -> None:
    assert read(written(tmp_path, text, name)).names == names


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n\n", "blank lines only"),
        ("x,x\n1,2\n", "two columns have the name 'x'"),
        ("x,y\n1,2\n3,4,5\n", "line 3: 3 values, and the header names 2 columns"),
        ("x,y\n1,2,3\n3,4,5\n", "line 2: 3 values, and the header names 2 columns"),
        ("x,y\n1,2\n3\n", "line 3: 1 values, and the header names 2 columns"),
        ("x,y\n1,2\n,\n3\n", "line 4: 1 values"),
        (b"x,y\n1,\xff\n", "not UTF-8 text"),
        (b"\xff\xfex\x00", "not UTF-8 text"),
        ('x,y\n1,"2\n', "not CSV|line 2"),
    ],
)
def test_a_bad_csv_file_says_where(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(written(tmp_path, text))


def test_a_field_that_is_too_long_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="field larger than"):
        read(written(tmp_path, "x" * 200_000 + "\n1\n"))


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no file"):
        read(tmp_path / "nosuch.csv")
    with pytest.raises(DataError, match="is a folder"):
        read(tmp_path)


def test_a_file_that_cannot_be_opened_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path, "x\n1\n")
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError, match="cannot be read: Permission denied"):
        read(path)


def test_a_parquet_file_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "data.parquet"
    pl.DataFrame(COLUMNS).write_parquet(path)
    assert read(path).column("x").tolist() == [1.5, 2.5, 3.5]
    assert type(read(path).native) is pa.Table


def test_polars_reads_parquet_where_pyarrow_is_missing(tmp_path: Path, without: Callable[..., None]) -> None:
    path = tmp_path / "data.parquet"
    pl.DataFrame(COLUMNS).write_parquet(path)
    without("pyarrow")
    assert type(read(path).native) is pl.DataFrame


def test_parquet_without_a_reader_says_what_to_install(tmp_path: Path, without: Callable[..., None]) -> None:
    path = written(tmp_path, "x", "data.parquet")
    without("pyarrow", "polars")
    with pytest.raises(MissingDependency, match=r"pip install 'mlekit\[cli\]'"):
        read(path)


def test_a_file_that_is_not_parquet_is_an_error(tmp_path: Path, without: Callable[..., None]) -> None:
    path = written(tmp_path, "x,y\n1,2\n", "data.parquet")
    with pytest.raises(DataError, match="not a Parquet file"):
        read(path)
    without("pyarrow")
    with pytest.raises(DataError, match="not a Parquet file"):
        read(path)


def test_a_parquet_file_that_cannot_be_opened_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    path = written(tmp_path, "x", "data.parquet")
    monkeypatch.setattr(nw, "read_parquet", refuse)
    with pytest.raises(DataError, match="cannot be read: Permission denied"):
        read(path)
