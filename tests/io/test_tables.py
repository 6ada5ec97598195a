"""Frames of any library are written as CSV or Parquet by the ending of the path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pytest

from mlekit.errors import OptionError
from mlekit.io import check_table_path, write_table

COLUMNS = {"shop": ["a", "b"], "sold": [2, 5]}


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".parquet", ".pq"])
@pytest.mark.parametrize("make", [dict, pd.DataFrame, pl.DataFrame])
def test_a_frame_is_written_and_read_again(make: Any, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"sales{ending}"
    write_table(make(COLUMNS), path)
    read = {".csv": pd.read_csv, ".tsv": lambda p: pd.read_csv(p, sep="\t")}.get(ending, pd.read_parquet)
    assert read(path).to_dict("list") == COLUMNS
    assert list(tmp_path.iterdir()) == [path]


def test_another_ending_or_folder_is_an_option_error(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"one of \.csv, \.tsv, \.parquet, \.pq"):
        write_table(COLUMNS, tmp_path / "sales.xlsx")
    with pytest.raises(OptionError, match="there is no folder"):
        check_table_path(tmp_path / "new" / "sales.csv")
    with pytest.raises(OptionError, match="is a folder"):
        check_table_path(_folder(tmp_path / "sales.csv"))


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
