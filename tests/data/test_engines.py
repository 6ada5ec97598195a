"""The same column comes out of every library, missing values and all."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch

import mlekit
from mlekit.data.columns import Labels, column, is_table, key
from mlekit.data.engines import backend
from mlekit.errors import DataError

NAN = float("nan")

NUMBERS: dict[str, Callable[[list[Any]], Any]] = {
    "pandas": pd.Series,
    "pandas index": pd.Index,
    "pandas array": pd.array,
    "pandas Int64": lambda v: pd.Series(v, dtype="Int64"),
    "pandas UInt8": lambda v: pd.Series(v, dtype="UInt8"),
    "pandas Float64": lambda v: pd.Series(v, dtype="Float64"),
    "pandas Float32": lambda v: pd.Series(v, dtype="Float32"),
    "pandas float16": lambda v: pd.Series(v, dtype="float16"),
    "pandas object": lambda v: pd.Series(v, dtype=object),
    "pandas arrow": lambda v: pd.Series(v, dtype="int64[pyarrow]"),
    "pandas arrow float": lambda v: pd.Series(v, dtype="double[pyarrow]"),
    "pandas sparse": lambda v: pd.Series(pd.arrays.SparseArray(np.array(v, dtype=float))),
    "polars": pl.Series,
    "polars Float32": lambda v: pl.Series(v, dtype=pl.Float32),
    "polars UInt8": lambda v: pl.Series(v, dtype=pl.UInt8),
    "polars Int128": lambda v: pl.Series(v, dtype=pl.Int128),
    "polars Decimal": lambda v: pl.Series(v, dtype=pl.Decimal(10, 2)),
    "polars Object": lambda v: pl.Series(v, dtype=pl.Object),
    "pyarrow": pa.array,
    "pyarrow chunks": lambda v: pa.chunked_array([v[:1], v[1:]], type=pa.int16()),
    "pyarrow uint64": lambda v: pa.array(v, pa.uint64()),
    "pyarrow half": lambda v: pa.array([None if x is None else np.float16(x) for x in v], pa.float16()),
    "pyarrow float": lambda v: pa.array(v, pa.float32()),
    "pyarrow decimal": lambda v: pa.array([None if x is None else Decimal(x) for x in v], pa.decimal128(10, 2)),
    "pyarrow decimal256": lambda v: pa.array([None if x is None else Decimal(x) for x in v], pa.decimal256(10, 2)),
    "narwhals": lambda v: nw.from_native(pl.Series(v), series_only=True),
}

TEXT: dict[str, Callable[[list[Any]], Any]] = {
    "pandas": pd.Series,
    "pandas index": pd.Index,
    "pandas object": lambda v: pd.Series(v, dtype=object),
    "pandas string": lambda v: pd.Series(v, dtype="string"),
    "pandas python string": lambda v: pd.Series(v, dtype=pd.StringDtype("python")),
    "pandas arrow": lambda v: pd.Series(v, dtype=pd.ArrowDtype(pa.string())),
    "polars": lambda v: pl.Series(v, dtype=pl.String),
    "polars Categorical": lambda v: pl.Series(v, dtype=pl.Categorical),
    "pyarrow": lambda v: pa.array(v, pa.string()),
    "pyarrow large": lambda v: pa.array(v, pa.large_string()),
    "pyarrow view": lambda v: pa.array(v, pa.string_view()),
    "pyarrow chunks": lambda v: pa.chunked_array([v[:1], v[1:]], type=pa.string()),
    "pyarrow dictionary": lambda v: pa.array(v, pa.string()).dictionary_encode(),
    "pyarrow dictionary chunks": lambda v: pa.chunked_array(
        [pa.array(v[:1], pa.string()).dictionary_encode(), pa.array(v[1:], pa.string()).dictionary_encode()]
    ),
    "narwhals": lambda v: nw.from_native(pl.Series(v, dtype=pl.String), series_only=True),
}

CATEGORIES: dict[str, Callable[[list[Any], list[str]], Any]] = {
    "pandas": lambda v, c: pd.Series(pd.Categorical(v, categories=c)),
    "pandas ordered": lambda v, c: pd.Series(pd.Categorical(v, categories=c, ordered=True)),
    "pandas categorical": lambda v, c: pd.Categorical(v, categories=c),
    "pandas index": lambda v, c: pd.CategoricalIndex(v, categories=c),
    "polars": lambda v, c: pl.Series(v, dtype=pl.Enum(c)),
    "pyarrow": lambda v, c: pa.DictionaryArray.from_arrays(
        pa.array([None if x is None else c.index(x) for x in v], pa.int8()), pa.array(c), ordered=True
    ),
}

BOOLS: dict[str, Callable[[list[Any]], Any]] = {
    "pandas boolean": lambda v: pd.Series(v, dtype="boolean"),
    "pandas object": lambda v: pd.Series(v, dtype=object),
    "polars": pl.Series,
    "pyarrow": pa.array,
    "pyarrow chunks": lambda v: pa.chunked_array([v]),
}

DAYS = [dt.date(2020, 1, 2), dt.date(2020, 1, 1), dt.date(2020, 1, 2)]
DATES: dict[str, Callable[[list[Any]], Any]] = {
    "pandas": lambda v: pd.Series(pd.to_datetime(v)),
    "pandas zone": lambda v: pd.Series(pd.to_datetime(v)).dt.tz_localize("UTC"),
    "pandas index": pd.to_datetime,
    "pandas period": lambda v: pd.Series(pd.PeriodIndex(pd.to_datetime(v), freq="D")),
    "pandas object": lambda v: pd.Series(v, dtype=object),
    "polars Date": pl.Series,
    "polars Datetime": lambda v: pl.Series(v, dtype=pl.Datetime),
    "pyarrow date": pa.array,
    "pyarrow timestamp": lambda v: pa.array(v).cast(pa.timestamp("us")),
    "pyarrow chunks": lambda v: pa.chunked_array([v[:1], v[1:]]),
}


@pytest.mark.parametrize("make", NUMBERS.values(), ids=NUMBERS)
def test_numbers_without_gaps(make: Callable[[list[Any]], Any]) -> None:
    read = column(make([3, 1, 2]))
    assert type(read) is np.ndarray
    assert read.dtype.kind in "iuf"
    assert read.tolist() == [3, 1, 2]


@pytest.mark.parametrize("make", NUMBERS.values(), ids=NUMBERS)
def test_a_missing_number_is_nan(make: Callable[[list[Any]], Any]) -> None:
    read = column(make([3, None, 2]))
    assert read.dtype.kind == "f"
    np.testing.assert_array_equal(read, [3, NAN, 2])


@pytest.mark.parametrize(
    "name", ["pandas Int64", "pandas arrow", "polars", "pyarrow", "pandas UInt8", "polars UInt8", "pyarrow uint64"]
)
def test_integers_stay_integers(name: str) -> None:
    assert column(NUMBERS[name]([3, 1])).dtype.kind in "iu"


@pytest.mark.parametrize("name", ["pandas Int64", "polars", "pyarrow", "pandas arrow", "polars Int128"])
def test_a_large_integer_beside_a_gap_is_an_error(name: str) -> None:
    with pytest.raises(DataError, match=f"row 1 is {2**53 + 1}"):
        column(NUMBERS[name]([1, 2**53 + 1, None]))
    assert column(NUMBERS[name]([1, 2**53 + 1])).tolist() == [1, 2**53 + 1]


@pytest.mark.parametrize("make", TEXT.values(), ids=TEXT)
def test_text_is_labels_in_sorted_order(make: Callable[[list[Any]], Any]) -> None:
    read = column(make(["pear", None, "apple", "pear", "Zoë"]))
    assert isinstance(read, Labels)
    assert read.codes.dtype == np.int64
    assert (read.codes.tolist(), read.levels) == ([2, -1, 1, 2, 0], ["Zoë", "apple", "pear"])
    assert read.ordered_by == "sorted"


@pytest.mark.parametrize("make", TEXT.values(), ids=TEXT)
def test_text_without_rows_or_values(make: Callable[[list[Any]], Any]) -> None:
    assert len(column(make(["b", "a"])[:0])) == 0
    assert column(make(["b", "a"])[1:]).levels == ["a"]


@pytest.mark.parametrize("make", CATEGORIES.values(), ids=CATEGORIES)
def test_categories_keep_their_order_and_all_levels(make: Callable[[list[Any], list[str]], Any]) -> None:
    read = column(make(["low", None, "high"], ["low", "mid", "high"]))
    assert isinstance(read, Labels)
    assert (read.codes.tolist(), read.levels) == ([0, -1, 2], ["low", "mid", "high"])
    assert read.codes.dtype == np.int64
    assert read.ordered_by == "category"


def test_categories_need_not_be_text() -> None:
    read = column(pd.Series([30, 10, 30], dtype="category"))
    assert (read.codes.tolist(), read.levels) == ([1, 0, 1], [10, 30])
    cut = column(pd.cut(pd.Series([0.5, 1.5]), [0, 1, 2]))
    assert cut.levels == [pd.Interval(0, 1), pd.Interval(1, 2)]
    assert column(cut_series := pd.Series(pd.interval_range(0, 2))).levels == cut_series.tolist()


def test_a_polars_categorical_has_no_levels_of_other_columns() -> None:
    other = pl.Series(["zebra", "b"], dtype=pl.Categorical)
    assert column(pl.Series(["b", "a"], dtype=pl.Categorical)).levels == ["a", "b"]
    assert column(other).levels == ["b", "zebra"]


def test_a_dictionary_may_hold_a_null_and_a_value_twice() -> None:
    data = pa.DictionaryArray.from_arrays(pa.array([0, 1, 2, None]), pa.array(["b", None, "b"]))
    read = column(data)
    assert (read.codes.tolist(), read.levels) == ([0, -1, 0, -1], ["b"])


@pytest.mark.parametrize("make", BOOLS.values(), ids=BOOLS)
def test_bools(make: Callable[[list[Any]], Any]) -> None:
    assert column(make([True, False])).dtype == bool
    np.testing.assert_array_equal(column(make([True, None, False])), [1.0, NAN, 0.0])


@pytest.mark.parametrize("make", DATES.values(), ids=DATES)
def test_dates_are_refused_as_data_and_good_as_keys(make: Callable[[list[Any]], Any]) -> None:
    with pytest.raises(DataError, match="dates or times"):
        column(make(DAYS))
    read = key(make([DAYS[0], None, *DAYS[1:]]))
    assert isinstance(read, Labels)
    assert read.codes.tolist() == [1, -1, 0, 1]
    assert [str(level)[:10] for level in read.levels] == ["2020-01-01", "2020-01-02"]


@pytest.mark.parametrize(
    "data",
    [
        pl.Series([dt.timedelta(1)]),
        pl.Series([dt.time(1)]),
        pd.Series([dt.timedelta(1)]),
        pa.array([dt.timedelta(1)]),
        pa.array([dt.time(1)]),
    ],
    ids=lambda data: type(data).__module__.split(".")[0],
)
def test_durations_and_times_of_day_are_refused(data: Any) -> None:
    with pytest.raises(DataError, match="dates or times"):
        column(data)


@pytest.mark.parametrize(
    "data", [pl.Series([None, None]), pa.nulls(2), pd.Series([None, None])], ids=["pl", "pa", "pd"]
)
def test_nulls_alone_are_missing_numbers(data: Any) -> None:
    np.testing.assert_array_equal(column(data), [NAN, NAN])


@pytest.mark.parametrize(
    "dtype",
    ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64", "float8_e4m3fn"],
)
def test_tensors(dtype: str) -> None:
    data = torch.tensor([1.0, 0.0, 1.0]).to(getattr(torch, dtype))
    read = column(data)
    assert type(read) is np.ndarray
    assert read.tolist() == [1, 0, 1]
    assert read.itemsize == data.element_size() or "bfloat" in dtype or "float8" in dtype


def test_a_tensor_with_a_gradient_is_read_without_it() -> None:
    assert column(torch.nn.Parameter(torch.tensor([1.5, 2.5]))).tolist() == [1.5, 2.5]
    assert column(torch.tensor([1j, 2j]).conj().imag).tolist() == [-1.0, -2.0]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (torch.zeros(2, 2), "shape"),
        (torch.tensor(1.0), "shape"),
        (torch.tensor([1j]), "complex64"),
        (torch.tensor([1.0]).to_sparse(), "cannot be read"),
        (torch.zeros(2, device="meta"), "cannot be read"),
        (pl.Series([[1, 2]]), "List"),
        (pl.Series([{"a": 1}]), "Struct"),
        (pa.array([[1, 2]]), "list<"),
        (pa.array([{"a": 1}]), "struct<"),
        (pd.Series([[1, 2]]), "row 0 is .1, 2. .list."),
        (pd.MultiIndex.from_tuples([(1, 2)]), "row 0 is .1, 2. .tuple."),
        (pd.Series([1j]), "complex128"),
        (pd.DataFrame({"x": [1]}), "name the column"),
        (pl.DataFrame({"x": [1]}), "name the column"),
        (pl.LazyFrame({"x": [1]}), "name the column"),
        (pa.table({"x": [1]}), "name the column"),
    ],
    ids=lambda value: value if isinstance(value, str) else type(value).__name__,
)
def test_what_is_no_column_of_an_engine_says_so(data: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        column(data)


@pytest.mark.parametrize("name", [n for n in NUMBERS if n.startswith(("pandas", "polars", "pyarrow"))])
def test_data_of_an_engine_are_never_changed(name: str) -> None:
    data = NUMBERS[name]([3, None, 2])
    before = str(list(data))
    column(data)
    assert str(list(data)) == before


def test_frames_are_tables_and_series_are_not() -> None:
    frame = pd.DataFrame({"x": [1]})
    for data in (
        frame,
        pl.from_pandas(frame),
        pa.table(frame),
        pl.LazyFrame(),
        nw.from_native(frame),
        torch.zeros(2, 2),
    ):
        assert is_table(data)
    for data in (frame.x, pl.Series([1]), pa.array([1]), torch.zeros(2)):
        assert not is_table(data)


MYLIB = """
class Column:
    def __init__(self, values):
        self.values = values

    def __len__(self):
        return len(self.values)

class Frame:
    def __init__(self, columns):
        self.columns = columns

class Query:
    pass
"""
ENGINE = """
import numpy as np

READERS = {"mylib.Column": lambda data, what: np.array(data.values)}
FRAMES = {"mylib.Frame": lambda data: data.columns}
LAZY = {"mylib.Query": "data.run()"}
"""
USE = """
import mlekit, mylib

class Own(mylib.Column):
    pass

for kind in (mylib.Column, Own):
    print(mlekit.fit(kind([1.0, 2.0, 6.0]), family="normal")["mean"])
frame = mylib.Frame({"x": mylib.Column([0, 1, 2, 3]), "y": [1, 2, 4, 4]})
print(round(mlekit.fit(frame, "y ~ x", family="normal", on_failure="ignore")["x"], 9))
for wrong in (frame, mylib.Query()):
    try:
        mlekit.fit(wrong, "y" if wrong is not frame else None, family="normal")
    except mlekit.errors.MlekitError as error:
        print(error)
"""


def test_a_library_that_nobody_has_heard_of_is_one_new_file(tmp_path: Path) -> None:
    package = Path(mlekit.__file__).parent
    shutil.copytree(package, tmp_path / "mlekit", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "mylib.py").write_text(MYLIB)
    (tmp_path / "mlekit" / "data" / "engines" / "mylib.py").write_text(ENGINE)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    run = subprocess.run([sys.executable, "-c", USE], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    first, second, slope, several, lazy = run.stdout.splitlines()
    assert (first, second, slope) == ("3.0", "3.0", "1.1")
    assert several.startswith("the data have 2 columns (x, y)")
    assert lazy == "a Query is not summed where it is yet: pass data.run()"


def test_an_engine_file_imports_no_library() -> None:
    code = "import sys, mlekit.data.engines._lookup as l; [vars(l.ENGINES.attribute(n)) for n in l.ENGINES.names]"
    libraries = "{'pandas', 'polars', 'pyarrow', 'torch', 'narwhals', 'duckdb', 'dask', 'ibis', 'pyspark'}"
    code += f"; print(*sorted({{m.split('.')[0] for m in sys.modules}} & {libraries}))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.split()) == (0, []), run.stderr


def test_tables_go_back_in_the_library_of_the_data() -> None:
    kinds = {pl.Series: "polars", pl.DataFrame: "polars", pa.Table: "pyarrow", pd.DataFrame: None, list: None}
    assert {kind: backend(kind) for kind in kinds} == kinds
