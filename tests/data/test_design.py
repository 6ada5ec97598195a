"""A design: its blocks, its checks, what it keeps for new data."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.interpolate import BSpline

from mlekit.data import design as module
from mlekit.data.columns import Labels, column
from mlekit.data.design import Design, bind, constant, from_matrix
from mlekit.data.frames import table
from mlekit.errors import DataError, FormulaError, IdentifiabilityError, LoadError

N = 60
EVERY = (
    "x + k + b + C(z, ref='b')*x + w:k + C(k) + log(t) + I(x**2 / t) + center(t) + scale(x):w + bs(x, df=5)"
    " + cr(t, df=4) + poly(x, 3):t + offset(log(t)) + offset(x)"
)


class Frame:
    """A table of columns, for tests."""

    def __init__(self, columns: Any) -> None:
        self.columns = columns
        self.names = list(columns)
        self.rows = len(columns[self.names[0]])

    def column(self, name: str) -> np.ndarray | Labels:
        return column(self.columns[name])

    def take(self, rows: np.ndarray) -> Frame:
        return Frame(pd.DataFrame(self.columns)[rows])


def columns(rows: int = N, seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {
        "x": rng.uniform(-1, 1, rows),
        "t": rng.uniform(1, 2, rows),
        "k": (np.arange(rows) * 7 % 3).astype(np.int8),
        "b": rng.random(rows) < 0.5,
        "z": list("abc" * (rows // 3)),
        "w": list("ppqq" * (rows // 4)),
    }


def new_columns() -> dict[str, Any]:
    rows = {"x": [0.5, -0.25, 0.75], "t": [1.5, 1.75, 1.25], "k": [2, 0, 1], "b": [True, False, True]}
    return {**rows, "z": ["c", "a", "b"], "w": ["q", "q", "p"]}


def whole(design: Design) -> np.ndarray:
    return design.block(0, design.rows)


@pytest.fixture
def every() -> Design:
    return bind(EVERY, Frame(columns()), check=False)


# --- blocks -----------------------------------------------------------------------------------------------------------


@given(st.integers(0, N), st.integers(0, N))
def test_a_block_is_those_rows_of_the_whole(a: int, b: int) -> None:
    design = bind(EVERY, Frame(columns()), check=False)
    start, stop = min(a, b), max(a, b)
    block = design.block(start, stop)
    assert block.flags.c_contiguous
    assert block.dtype == np.float64
    np.testing.assert_array_equal(block, whole(design)[start:stop])


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_block_fills_the_first_rows_of_a_buffer(order: Any, every: Design) -> None:
    out = np.full((20, len(every.names)), -7.0, order=order)
    block = every.block(5, 17, out)
    assert np.shares_memory(block, out)
    np.testing.assert_array_equal(block, whole(every)[5:17])
    assert (out[12:] == -7.0).all()


def test_panels_and_single_columns_make_the_same_block(every: Design, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = whole(every)
    monkeypatch.setattr(module, "NARROW", 1000)
    np.testing.assert_array_equal(whole(every), expected)
    monkeypatch.setattr(module, "NARROW", 1)
    wide = bind(EVERY, Frame(columns(6000)), check=False)
    monkeypatch.setattr(module, "PANEL", 1)  # the fewest rows in a panel
    by_panels = whole(wide)
    monkeypatch.setattr(module, "NARROW", 1000)
    np.testing.assert_array_equal(whole(wide), by_panels)


def test_values_are_what_the_words_say() -> None:
    data = columns()
    x, t, z = data["x"], data["t"], np.array(data["z"])
    design = bind("x*C(z, ref='b') + I(x**2 / t) + center(t) + scale(x) + offset(log(t)) + offset(2*x)", Frame(data))
    expected = {
        "Intercept": np.ones(N),
        "x": x,
        "C(z, ref='b')[T.a]": z == "a",
        "C(z, ref='b')[T.c]": z == "c",
        "I(x ** 2 / t)": x**2 / t,
        "center(t)": t - t.mean(),
        "scale(x)": (x - x.mean()) / x.std(ddof=1),
        "x:C(z, ref='b')[T.a]": x * (z == "a"),
        "x:C(z, ref='b')[T.c]": x * (z == "c"),
    }
    assert design.names == list(expected)
    np.testing.assert_allclose(whole(design), np.stack(list(expected.values()), axis=1), rtol=1e-14, atol=1e-15)
    assert design.offset is not None
    np.testing.assert_allclose(design.offset, np.log(t) + 2 * x, rtol=1e-15)


def test_a_b_spline_is_that_of_scipy() -> None:
    x = columns()["x"]
    inner = np.quantile(x, [1 / 3, 2 / 3])
    knots = np.r_[[x.min()] * 4, inner, [x.max()] * 4]
    expected = BSpline.design_matrix(np.sort(x), knots, 3).toarray()[:, 1:]
    found = whole(bind("0 + bs(x, df=5)", Frame(columns())))[np.argsort(x)]
    np.testing.assert_allclose(found, expected, atol=1e-14)


def test_polynomials_are_orthonormal_and_span_the_powers() -> None:
    x = columns()["x"]
    p = whole(bind("poly(x, 3)", Frame(columns())))
    np.testing.assert_allclose(p[:, 1:].T @ p[:, 1:], np.eye(3), atol=1e-13)
    np.testing.assert_allclose(p[:, 1:].sum(axis=0), 0, atol=1e-13)
    powers = np.vander(x, 4)
    np.testing.assert_allclose(p @ np.linalg.lstsq(p, powers)[0], powers, atol=1e-12)


def test_whole_numbers_and_booleans_do_not_overflow_in_arithmetic() -> None:
    data = {
        "k": np.array([100, 120, 3], np.int8),
        "b": np.array([True, False, True]),
        "u": np.array([1, 2, 3], np.uint8),
    }
    design = bind("0 + I(k**2) + I(b - 1) + I(-u) + k:u", Frame(data))
    np.testing.assert_array_equal(whole(design), [[1e4, 0, -1, 100], [14400, -1, -2, 240], [9, 0, -3, 9]])


def test_single_precision_is_multiplied_in_double() -> None:
    data = {"x": np.array([1.1, 2.3], np.float32), "y": np.array([3.3, 4.7], np.float32)}
    exact = data["x"].astype(float) * data["y"].astype(float)
    np.testing.assert_array_equal(whole(bind("0 + x:y", Frame(data)))[:, 0], exact)


def test_levels_keep_the_order_of_a_category_and_are_sorted_otherwise() -> None:
    frame = pd.DataFrame({"z": list("bca"), "k": [10, 9, 100]})
    frame["ordered"] = pd.Categorical(frame.z, categories=["c", "a", "b"])
    assert bind("z", table(frame)).names == ["Intercept", "z[T.b]", "z[T.c]"]
    assert bind("ordered", table(frame)).names == ["Intercept", "ordered[T.a]", "ordered[T.b]"]
    assert bind("C(k)", table(frame)).names == ["Intercept", "C(k)[T.10]", "C(k)[T.100]"]
    assert bind("C(k) + ordered", table(frame), check=False).levels == {
        "C(k)": [9, 10, 100],
        "ordered": ["c", "a", "b"],
    }


def test_numbers_are_never_copied() -> None:
    rows = 200_000
    rng = np.random.default_rng(0)
    data = {f"x{i}": rng.normal(size=rows) for i in range(8)}
    data["k"] = rng.integers(0, 9, rows)
    frame, out = Frame(data), np.empty((4096, 13))
    bind("x0", frame)
    tracemalloc.start()
    design = bind(" + ".join(data) + " + x0:x1 + I(x2**2) + log(exp(x3))", frame)
    for start in range(0, rows, 4096):
        design.block(start, min(start + 4096, rows), out)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.5e6  # one column has 1.6 MB
    assert all(np.array_equal(data[f"x{i}"], frame.column(f"x{i}")) for i in range(8))


# --- matrices ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int16, np.uint8, bool])
@pytest.mark.parametrize("order", ["C", "F", "list"])
@pytest.mark.parametrize("intercept", [True, False])
@pytest.mark.parametrize("width", [1, 3, 20])
def test_a_matrix_of_any_type_and_order_is_kept_and_read_by_blocks(
    dtype: Any, order: str, intercept: bool, width: int
) -> None:
    X = (np.random.default_rng(0).normal(size=(50, width)) * 10 + 20).astype(dtype)
    X = np.asfortranarray(X) if order == "F" else X
    names = [f"x{i}" for i in range(width)]
    design = from_matrix(list(X.T) if order == "list" else X, names, intercept)
    assert design.names == ["Intercept", *names][not intercept :]
    assert design.has_intercept is intercept
    assert design.rows == 50
    assert design.matrix is (None if order == "list" else X)
    expected = np.column_stack([*([np.ones(50)] if intercept else []), X.astype(float)])
    block = design.block(7, 41)
    assert block.flags.c_contiguous
    np.testing.assert_array_equal(block, expected[7:41])
    np.testing.assert_array_equal(design.take(np.arange(0, 50, 3)).block(0, 17), expected[::3])
    np.testing.assert_array_equal(whole(design.on(Frame(dict(zip(names, X[:9].T, strict=True))))), expected[:9])


def test_a_constant_is_an_intercept() -> None:
    design = constant(5)
    assert (design.names, design.has_intercept, design.rows, design.offset) == (["Intercept"], True, 5, None)
    np.testing.assert_array_equal(design.check().block(1, 4), np.ones((3, 1)))
    np.testing.assert_array_equal(whole(design.on(Frame({"x": [1, 2]}))), np.ones((2, 1)))
    assert repr(design) == "Design(5 rows: Intercept)"


@pytest.mark.parametrize(
    ("X", "names", "message"),
    [
        (np.ones(3), ["a"], "two dimensions"),
        (np.ones((3, 2)), ["a"], "2 columns, and there are 1 names"),
        (np.ones((3, 2)), ["a", "a"], "two columns of the design have the name 'a'"),
        ([np.ones(3), np.array([1, 1, 1], bool), np.ones(3)], ["a", "b", "a"], "the name 'a'"),
        (np.ones((3, 1)), ["Intercept"], "two columns of the design have the name 'Intercept'"),
        (np.ones((3, 1), complex), ["a"], "complex128"),
        ([np.ones(3), np.ones(2)], ["a", "b"], "b has 2 rows"),
        ([column(["p", "q"]), np.ones(2)], ["z", "x"], "column 'z' holds labels, but a matrix has numbers"),
        ([np.ones(3), np.array(["a"] * 3)], ["a", "b"], "b has 3 rows of type <U1"),
        (np.ones((0, 1)), ["a"], "no rows"),
    ],
)
def test_what_is_no_matrix_is_refused(X: Any, names: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        from_matrix(X, names)


def test_a_matrix_without_columns_is_an_intercept_or_nothing() -> None:
    assert from_matrix(np.ones((3, 0)), []).names == ["Intercept"]
    with pytest.raises(DataError, match="give a column, or intercept=True"):
        from_matrix(np.ones((3, 0)), [], intercept=False)


# --- checks -----------------------------------------------------------------------------------------------------------


def with_values(name: str, at: Any, value: Any) -> Frame:
    data = columns()
    values = list(data[name])
    for row in np.atleast_1d(at):
        values[row] = value
    return Frame({**data, name: values})


@pytest.mark.parametrize(
    ("formula", "name", "at", "value", "message"),
    [
        ("x", "x", [4, 9], np.nan, r"column 'x' has 2 missing values, in row 4, 9: say missing='drop'"),
        ("x", "x", range(10, 20), np.nan, "10 missing values, in row 10, 11, 12, 13, 14, ...:"),
        ("log(t)", "t", 7, None, "column 't' has 1 missing value, in row 7"),
        ("z", "z", [3], None, "the category z has 1 missing value, in row 3"),
        ("C(k)", "k", [3], np.nan, r"the category C\(k\) has 1 missing value, in row 3"),
        ("x:w", "w", [0], None, "the category w has 1 missing value, in row 0"),
        ("bs(x, df=4)", "x", [5], np.nan, "column 'x' has 1 missing value, in row 5"),
        ("x", "x", [8, 9], np.inf, r"column 'x' is inf in row 8 \(and in 1 more\)"),
        ("log(t)", "t", [6], 0.0, r"log\(t\) is -inf in row 6, where t = 0"),
        ("sqrt(t):x", "t", [6], -1.0, r"sqrt\(t\):x is nan in row 6, where t = -1 and x = "),
        ("I(1/t)", "t", [6], 0, r"I\(1 / t\) is inf in row 6, where t = 0"),
        ("exp(t)", "t", [6], 1e4, r"exp\(t\) is inf in row 6, where t = 10000"),
        ("x + offset(log(t))", "t", [6], 0, "the offset is -inf in row 6"),
    ],
)
def test_a_value_that_is_missing_or_infinite_is_counted_and_placed(
    formula: str, name: str, at: Any, value: Any, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        bind(formula, with_values(name, at, value))


@pytest.mark.parametrize("order", ["C", "F", "list"])
@pytest.mark.parametrize("row", [3, 20_000, 39_999])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_a_matrix_is_checked_to_its_last_row(order: str, row: int, dtype: Any) -> None:
    X = np.ones((40_000, 3), dtype, order="F" if order == "F" else "C")
    X[row, 1] = np.nan
    with pytest.raises(DataError, match=rf"column 'b' has 1 missing value, in row {row}:"):
        from_matrix(list(X.T) if order == "list" else X, ["a", "b", "c"])
    X[row, 1] = np.inf
    with pytest.raises(DataError, match=rf"column 'b' is inf in row {row}, but"):
        from_matrix(list(X.T) if order == "list" else X, ["a", "b", "c"])
    X[:, 1] = 0
    with pytest.raises(IdentifiabilityError, match="column 'b' is zero in every row"):
        from_matrix(list(X.T) if order == "list" else X, ["a", "b", "c"])
    X[row, 1] = 1e-30
    from_matrix(list(X.T) if order == "list" else X, ["a", "b", "c"])
    from_matrix(np.zeros_like(X), ["a", "b", "c"], check=False).check(fitting=False)


def test_large_numbers_are_not_taken_for_infinite_ones() -> None:
    assert from_matrix(np.full((1000, 2), 1e308), ["a", "b"]).rows == 1000
    assert from_matrix([np.full(1000, 3e38, np.float32)], ["a"]).rows == 1000
    assert bind("I(x * 1)", Frame({"x": np.full(1000, 1e308)})).rows == 1000
    assert from_matrix(np.full((1000, 2), 1e308), ["a", "b"]).missing() is None


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("zero", "column 'zero' is zero in every row"),
        ("x + zero:x", "'zero:x' is zero in every row"),
        ("I(x - x)", r"'I\(x - x\)' is zero"),
        ("center(same)", r"'center\(same\)' is zero"),
        ("scale(same)", r"scale\(same\) divides by a scale of zero"),
        ("poly(k, 3)", r"poly\(k, 3\) needs more than 3 distinct values, and has 3"),
        ("one", "one is 'u' in every row"),
        ("unused", "no row has the level 'r' of unused"),
        ("unused:x", "no row has the level 'r' of unused"),
        ("C(unused, ref='r')", "no row has the level 'r'"),
        ("z:nested", r"'z\[T.b\]:nested\[m\]' is zero in every row"),
    ],
)
def test_a_column_or_level_that_says_nothing_is_named(formula: str, message: str) -> None:
    data = columns()
    data |= {"zero": np.zeros(N), "same": np.full(N, 2.5), "one": ["u"] * N}
    data["unused"] = pd.Categorical(data["w"], categories=["p", "q", "r"])
    data["nested"] = ["m" if v == "a" else "n" for v in data["z"]]
    with pytest.raises(IdentifiabilityError, match=message):
        bind(formula, Frame(data))


def test_without_the_check_nothing_is_said_until_it_is_asked() -> None:
    design = bind("x + bs(x, df=4) + center(x)", with_values("x", [4], np.nan), check=False)
    with pytest.raises(DataError, match="in row 4"):
        design.check()
    fine = bind("x", Frame(columns()), check=False)
    assert fine.check() is fine


def test_text_where_numbers_are_needed_is_an_error() -> None:
    for formula in ("log(z)", "I(z + 1)", "bs(z, df=4)", "x:center(z)", "offset(z) + x"):
        with pytest.raises(DataError, match=r"column 'z' holds labels \(such as 'a'\), but .* needs numbers"):
            bind(formula, Frame(columns()))


def test_very_many_levels_have_to_be_asked_for() -> None:
    names = Frame({"id": [f"i{j:05d}" for j in range(2002)], "x": np.arange(2002.0)})
    with pytest.raises(DataError, match=r"column 'id' is text with 2,002 levels: write C\(id\)"):
        bind(".", names)
    assert len(bind("C(id)", names).names) == 2002
    assert bind(". - id", names).names == ["Intercept", "x"]
    with pytest.raises(DataError, match="columns: join levels"):
        bind("C(id):C(x)", names)


def test_unknown_columns_are_pointed_at_with_the_nearest() -> None:
    with pytest.raises(FormulaError, match=r"there is no column 'xx'; did you mean 'x'\?") as caught:
        bind("y ~ t + log(xx)", Frame(columns()))
    assert str(caught.value).endswith("\n    y ~ t + log(xx)\n" + " " * 16 + "^")
    with pytest.raises(FormulaError, match="no column 'q'"):
        bind("x - q", Frame(columns()))


def test_a_formula_without_terms_and_a_crossed_offset_are_refused() -> None:
    for formula in ("0", "x - x - 1", "0 + offset(x)"):
        with pytest.raises(FormulaError, match="leaves no term"):
            bind(formula, Frame(columns()))
    with pytest.raises(FormulaError, match=r"offset\(\) is added to the terms and has no interactions"):
        bind("x*offset(t)", Frame(columns()))


def test_a_basis_that_cannot_be_made_is_a_data_error() -> None:
    for formula in ("bs(x, df=2)", "bs(x, df=4, knots=(0, 1))", "cr(x)", "cr(x, df=4, knots=(0.1, 0.2))"):
        with pytest.raises(DataError, match=formula.split("(")[0]):
            bind(formula, Frame(columns()))
    with pytest.raises(DataError, match="x has no finite value"):
        bind("center(x)", Frame({"x": np.full(3, np.nan)}), check=False)
    with pytest.raises(DataError, match=r"row 0: .* lies outside \[0, 1\]"):
        bind("bs(k, df=4, lower_bound=0, upper_bound=1)", Frame({"k": np.array([5.0, 0.2, 0.5, 0.7, 0.9, 1.0])}))


# --- missing rows -----------------------------------------------------------------------------------------------------


def test_missing_rows_are_those_that_lack_any_value() -> None:
    data = columns()
    data["x"] = data["x"].copy()
    data["x"][[3, 50]] = np.nan
    data["z"][7] = None
    data["k"] = [None, *data["k"][1:].tolist()]
    design = bind("x + z + C(k) + log(t) + poly(x, 2)", Frame(data), check=False)
    lacking = design.missing()
    assert lacking is not None
    assert np.flatnonzero(lacking).tolist() == [0, 3, 7, 50]
    kept = design.take(~lacking).check()
    assert kept.rows == N - 4
    np.testing.assert_array_equal(whole(kept), whole(design)[~lacking])
    assert bind("x + z", Frame(columns())).missing() is None
    assert bind("x", Frame({"x": np.array([-1, 2])})).missing() is None
    assert bind("x", Frame({"x": np.array([np.inf, 2])}), check=False).missing() is None


def test_kept_rows_are_learned_from_as_if_there_had_been_no_others() -> None:
    frame = pd.DataFrame(columns())
    frame.loc[frame.z == "c", "x"] = np.nan  # the rows that lack x are all that have the level c
    frame.loc[0, "x"] = np.nan
    design = bind("z + center(x) + bs(t, df=4) + C(k)", table(frame), check=False)
    lacking = design.missing()
    assert lacking is not None
    kept = design.keep(~lacking)
    alone = bind("z + center(x) + bs(t, df=4) + C(k)", table(frame[~lacking]))
    assert kept.names == alone.names
    assert "z[T.c]" not in kept.names
    np.testing.assert_array_equal(whole(kept), whole(alone))
    assert kept.state() == alone.state() != design.state()
    with pytest.raises(IdentifiabilityError, match="no row has the level 'c' of z"):
        design.take(~lacking).check()
    X = np.array([[1.0], [np.nan], [2.0]])
    matrix = from_matrix(X, ["x"], check=False)
    assert whole(matrix.keep(np.array([True, False, True]))).tolist() == [[1, 1], [1, 2]]


def test_missing_rows_of_a_matrix() -> None:
    X = np.ones((40_000, 3))
    X[[5, 39_000], [0, 2]] = np.nan
    lacking = from_matrix(X, ["a", "b", "c"], check=False).missing()
    assert lacking is not None
    assert np.flatnonzero(lacking).tolist() == [5, 39_000]


# --- other rows, other data, a file -----------------------------------------------------------------------------------


def test_rows_are_taken_by_mask_and_by_index(every: Design) -> None:
    mask = np.arange(N) % 3 == 1
    index = np.array([5, 5, 0, 59])
    for rows in (mask, index):
        taken = every.take(rows)
        np.testing.assert_array_equal(whole(taken), whole(every)[rows])
        assert taken.names == every.names
        assert taken.offset is not None
        assert every.offset is not None
        np.testing.assert_array_equal(taken.offset, every.offset[rows])


def test_new_rows_get_the_columns_that_the_same_rows_had(every: Design) -> None:
    data = columns()
    some = [7, 0, 59, 13]
    new = every.on(Frame({name: [values[i] for i in some] for name, values in data.items()}))
    assert new.names == every.names
    np.testing.assert_array_equal(whole(new), whole(every)[some])
    assert new.offset is not None
    assert every.offset is not None
    np.testing.assert_array_equal(new.offset, every.offset[some])


def test_new_data_are_centred_scaled_and_coded_as_the_old(every: Design) -> None:
    data, new = columns(), new_columns()
    found = dict(zip(every.names, whole(every.on(Frame(new))).T, strict=True))
    np.testing.assert_allclose(found["center(t)"], np.array(new["t"]) - data["t"].mean(), rtol=1e-14)
    np.testing.assert_array_equal(found["C(z, ref='b')[T.c]"], [1, 0, 0])
    np.testing.assert_array_equal(found["C(k)[T.2]"], [1, 0, 0])
    one = every.on(Frame({name: values[:1] for name, values in new.items()}))  # fewer levels than were learned
    np.testing.assert_array_equal(whole(one)[0], [found[name][0] for name in every.names])
    assert every.on(Frame({name: [] for name in new} | {"z": pd.Categorical([]), "w": pd.Categorical([])})).rows == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"z": ["c", "d", "d"]},
            r"column 'z': row 1 is 'd' \(and 1 more rows like it\), a level that the fit has not seen",
        ),
        ({"k": [2, 0, 5]}, "column 'k': row 2 is 5, a level that the fit has not seen"),
        ({"w": ["q", None, "p"]}, "the category w has 1 missing value, in row 1: a prediction needs every column"),
        ({"x": [0.5, np.nan, 0.1]}, "column 'x' has 1 missing value, in row 1: a prediction needs every column"),
        ({"t": [1.5, 0.0, 1.2]}, r"log\(t\) is -inf in row 1|the offset is -inf in row 1"),
        ({"x": [0.5, 0.1, 9.0]}, r"row 2: 9 lies outside \[.*\], where bs\(x, df=5\) is defined"),
        ({"x": ["a", "b", "c"]}, "column 'x' holds labels"),
        ({"t": None}, r"there is no column 't', which .* needs; valid names"),
    ],
)
def test_new_data_that_do_not_fit_are_refused(every: Design, change: dict[str, Any], message: str) -> None:
    new = {name: values for name, values in (new_columns() | change).items() if values is not None}
    with pytest.raises(DataError, match=message):
        every.on(Frame(new))


def test_a_misspelt_column_of_new_data_suggests_the_nearest() -> None:
    design = bind("weight", Frame({"weight": [1.0, 2.0]}))
    with pytest.raises(DataError, match=r"no column 'weight', which weight needs; did you mean 'wieght'\?"):
        design.on(Frame({"wieght": [1.0]}))


def test_the_dot_stands_for_the_columns_it_stood_for() -> None:
    design = bind("x ~ .", Frame(columns()))
    new = design.on(Frame({"more": [1, 2, 3], **new_columns()}))
    assert new.names == design.names == ["Intercept", "t", "k", "b", "z[T.b]", "z[T.c]", "w[T.q]"]


def test_a_state_goes_through_json_to_the_last_bit(every: Design) -> None:
    state = every.state()
    again = Design.from_state(json.loads(json.dumps(state)))
    assert again.state() == state
    assert again.names == every.names
    assert again.has_intercept
    assert again.levels == every.levels
    new = Frame(new_columns())
    np.testing.assert_array_equal(whole(again.on(new)), whole(every.on(new)))
    np.testing.assert_array_equal(again.on(new).offset, every.on(new).offset)


@pytest.mark.parametrize(
    "formula",
    [
        "cr(x, df=4, constraints='center')",
        "bs(x, df=6, include_intercept=True):z",
        "poly(x, 3, raw=True)",
        "0 + C(b):x",
        ".",
    ],
)
def test_every_kind_of_state_comes_back(formula: str) -> None:
    design = bind(formula, Frame(columns()), check=False)
    again = Design.from_state(json.loads(json.dumps(design.state())))
    np.testing.assert_array_equal(whole(again.on(Frame(new_columns()))), whole(design.on(Frame(new_columns()))))


def test_a_matrix_has_a_state_whatever_its_columns_are_called() -> None:
    names = ["a b", "`", "x + y", "Ж", "log(x)"]
    design = from_matrix(np.arange(10.0).reshape(2, 5), names)
    again = Design.from_state(json.loads(json.dumps(design.state())))
    assert again.names == ["Intercept", *names]
    new = Frame(dict(zip(names, np.eye(5), strict=True)))
    np.testing.assert_array_equal(whole(again.on(new))[:, 1:], np.eye(5))


@pytest.mark.parametrize(
    "state", [{}, {"formula": "x"}, {"formula": "x.y", "dot": [], "intercept": True, "learned": {}}, {"formula": 3}, 3]
)
def test_a_state_that_is_none_is_a_load_error(state: Any) -> None:
    with pytest.raises(LoadError, match="not the state of a design"):
        Design.from_state(state)
