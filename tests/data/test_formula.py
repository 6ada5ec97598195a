"""What a formula may say, what it is called, and that nothing in it is ever run."""

from __future__ import annotations

import builtins
import copy
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import mlekit
from mlekit.data.columns import Labels, column
from mlekit.data.design import Design, bind
from mlekit.data.formula import parse, split
from mlekit.data.formula.text import tokens
from mlekit.errors import DataError, FormulaError, IdentifiabilityError


class Frame:
    """A table of columns, for tests."""

    def __init__(self, columns: Any) -> None:
        self.columns = columns
        self.names = list(columns)
        self.rows = len(columns[self.names[0]])

    def column(self, name: str) -> np.ndarray | Labels:
        return column(self.columns[name])

    def take(self, rows: np.ndarray) -> Frame:
        raise NotImplementedError


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    rng, n = np.random.default_rng(0), 24
    return pd.DataFrame(
        {
            "x": rng.normal(size=n),
            "t": rng.uniform(1, 2, size=n),
            "k": np.tile([3, 1, 2], n // 3),
            "b": rng.random(n) < 0.5,
            "f": np.r_[1.5, 2.5, 1.5, 2.5, np.ones(n - 4)],
            "z": list("abc" * (n // 3)),
            "w": list("ppqq" * (n // 4)),
            "my col": rng.normal(size=n),
            "ordered": pd.Categorical(list("ppqq" * (n // 4)), categories=["q", "p"]),
        }
    )


def terms(text: str, *names: str, intercept: bool = True) -> list[str]:
    found = parse(text).terms(names, intercept=intercept)
    return [":".join(factor.name for factor in term) or "1" for term in found]


# --- the grammar ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("y ~ x", ["1", "x"]),
        ("~ x", ["1", "x"]),
        ("x", ["1", "x"]),
        ("y ~ 1", ["1"]),
        ("y~x-1", ["x"]),
        ("y ~ 0 + x", ["x"]),
        ("y ~ x + 0", ["x"]),
        ("y ~ x - 0", ["1", "x"]),
        ("y ~ x + -1", ["x"]),
        ("y ~ 0 + x + 1", ["1", "x"]),
        ("y ~ x + x", ["1", "x"]),
        ("y ~ a:b + b:a", ["1", "a:b"]),
        ("y ~ a:b + a", ["1", "a", "a:b"]),
        ("y ~ a*b", ["1", "a", "b", "a:b"]),
        ("y ~ a*b:c", ["1", "a", "b:c", "a:b:c"]),
        ("y ~ (a + b):c", ["1", "a:c", "b:c"]),
        ("y ~ (a + b)*c - a:c", ["1", "a", "b", "c", "b:c"]),
        ("y ~ (1 + a):c", ["1", "c", "a:c"]),
        ("y ~ a:a", ["1", "a"]),
        ("y ~ ((a))", ["1", "a"]),
        ("y ~ a - (a + 1) + b", ["b"]),
        ("y ~ `a b` + `a-b`:c", ["1", "a b", "a-b:c"]),
        ("y ~ `a` + log(`a`)", ["1", "a", "log(a)"]),
        ("y ~ größe + класс + class + lambda", ["1", "größe", "класс", "class", "lambda"]),
        ("y ~ C + log + I", ["1", "C", "log", "I"]),
        ("\n  y\t~\n x ", ["1", "x"]),
    ],
)
def test_terms_are_added_crossed_and_taken_away(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_an_intercept_that_the_call_leaves_out_can_be_asked_for() -> None:
    assert terms("x", intercept=False) == ["x"]
    assert terms("1 + x", intercept=False) == ["1", "x"]


def test_a_dot_is_every_column_but_the_response_and_those_excluded() -> None:
    formula = parse("log(y) ~ . - b")
    assert formula.dot(["y", "a", "b", "w"], exclude=["w"]) == ["a", "b"]
    assert terms("y ~ . - b", "a", "b", "c d") == ["1", "a", "c d"]
    assert terms("y ~ .:g", "a", "b") == ["1", "a:g", "b:g"]
    assert parse("y ~ a").dot(["a", "b"]) == []


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("I(x**2)", "I(x ** 2)"),
        ("I( (x+1)/ t*-2 )", "I((x + 1) / t * -2)"),
        ("I(x*(2+t)**-2)", "I(x * (2 + t) ** (-2))"),
        ("I(x+1e3+.50)", "I(x + 1000.0 + 0.5)"),
        ("I((x**2)**t**2)", "I((x ** 2) ** t ** 2)"),
        ("I(-(x+1)-(t-x))", "I(-(x + 1) - (t - x))"),
        ("I(-x**2 + (-x)**2)", "I(-x ** 2 + (-x) ** 2)"),
        ("I(+x)", "I(x)"),
        ("I((x))", "I(x)"),
        ("log(`my col`**2)", "log(`my col` ** 2)"),
        ("bs( x,df = 4 )", "bs(x, df=4)"),
        ("bs(x, knots=(-1,.5), degree=2)", "bs(x, knots=(-1, 0.5), degree=2)"),
        ("bs(x, knots=(0,))", "bs(x, knots=(0,))"),
        ("poly(x,2)", "poly(x, 2)"),
        ("poly(x, 2, True)", "poly(x, 2, True)"),
        ("cr(x, df=4, constraints='center')", "cr(x, df=4, constraints='center')"),
        ('C(z, ref="b")', 'C(z, ref="b")'),
        ("C(k, ref=-2)", "C(k, ref=-2)"),
        ("scale(x, ddof=0)", "scale(x, ddof=0)"),
        ("I(center(x)**2)", "I(center(x) ** 2)"),
    ],
)
def test_a_factor_has_one_spelling_which_reads_back_as_itself(text: str, spelt: str) -> None:
    assert parse(text).terms()[-1][0].text == spelt
    assert parse(spelt).terms()[-1][0].text == spelt


def test_a_formula_is_split_at_its_tilde_and_not_at_one_in_backticks() -> None:
    assert split("y ~ x + z") == ("y", "x + z")
    assert split("~ x") == (None, "x")
    assert split("x") == (None, "x")
    assert split("`a~b` ~ x") == ("`a~b`", "x")


@pytest.mark.parametrize(
    ("text", "function", "spelt", "names"),
    [
        ("y ~ x", "", ["y"], ["y"]),
        ("`my y` ~ x", "", ["`my y`"], ["my y"]),
        ("log(y + 1) ~ x", "", ["log(y + 1)"], ["y"]),
        ("Surv(time, event) ~ x", "Surv", ["time", "event"], ["time", "event"]),
        ("censored(lo, hi) ~ x", "censored", ["lo", "hi"], ["lo", "hi"]),
        ("Surv(entry, time, event) ~ x", "Surv", ["entry", "time", "event"], ["entry", "time", "event"]),
        ("windowed(y, 0, 2 * hi) ~ x", "windowed", ["y", "0", "2 * hi"], ["y", "hi"]),
        ("cbind(yes, n - yes) ~ x", "cbind", ["yes", "n - yes"], ["yes", "n"]),
        ("Surv ~ x", "", ["Surv"], ["Surv"]),
    ],
)
def test_the_response_is_a_column_arithmetic_or_a_function_of_several(
    text: str, function: str, spelt: list[str], names: list[str]
) -> None:
    response = parse(text).response
    assert response is not None
    assert (response.function, [a.text for a in response.arguments], response.names) == (function, spelt, names)


def test_a_response_has_its_columns_as_they_are_and_arithmetic_as_floats(frame: pd.DataFrame) -> None:
    table = Frame(frame)
    (z,) = parse("z ~ x").response.values(table)
    assert isinstance(z, Labels)
    k, rest = parse("cbind(k, 10 - k) ~ x").response.values(table)
    assert k is table.column("k") or np.array_equal(k, frame.k)
    assert rest.dtype == np.float64
    assert np.array_equal(rest, 10.0 - frame.k)
    with pytest.raises(FormulaError, match="no column 'kk'"):
        parse("kk ~ x").response.values(table)
    with pytest.raises(DataError, match=r"column 'z' holds labels \(such as 'a'\), but log\(z\) needs numbers"):
        parse("log(z) ~ x").response.values(table)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The formulas that are tokenised while a test runs."""
    seen: list[str] = []

    def counted(text: str) -> Any:
        seen.append(text)
        return tokens(text)

    monkeypatch.setattr("mlekit.data.formula.expressions.tokens", counted)
    monkeypatch.setattr("mlekit.data.formula.tokens", counted)
    return seen


def test_a_fit_parses_each_formula_once(frame: pd.DataFrame, parsed: list[str]) -> None:
    fit = mlekit.fit(frame, "k ~ x + z", family="poisson")
    assert parsed == ["k ~ x + z"]
    fit.predict(frame)
    mlekit.fit(frame.assign(x=[np.nan, *frame.x[1:]]), "k ~ x * b", family="poisson", missing="drop")
    assert parsed == ["k ~ x + z", "k ~ x * b"]
    mlekit.fit(frame, {"mean": "x ~ t", "sd": "~ b"}, family="normal", on_failure="ignore")
    assert parsed[2:] == ["x ~ t", "~ b"]
    fit = mlekit.fit(frame[["x", "t"]].to_numpy(), frame.k, family="poisson")
    assert len(parsed) == 4


def test_a_design_from_a_state_parses_once(frame: pd.DataFrame, parsed: list[str]) -> None:
    design = Design.from_state(bind("x * z", Frame(frame)).state())
    for _ in range(3):
        design.on(Frame(frame))
    assert parsed == ["x * z", "x * z"]


def test_a_design_can_be_pickled_and_copied(frame: pd.DataFrame) -> None:
    design = bind("x * z + bs(t, df=4) + offset(log(t))", Frame(frame))
    for again in (pickle.loads(pickle.dumps(design)), copy.deepcopy(design)):
        assert np.array_equal(again.on(Frame(frame)).block(0, 24), design.block(0, 24))


# --- what is refused, and where ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "at", "message"),
    [
        ("", 0, "expected a column, a function"),
        ("y ~", 3, "expected a column, a function"),
        ("y ~ x +", 7, "expected a column"),
        ("y ~ x ** 2", 6, r"a power stands inside I\(\): write I\(x \*\* 2\)"),
        ("y ~ x^2", 5, r"a power stands inside I\(\): write I\(x \*\* 2\)"),
        ("y ~ (x + z)**2", 11, r"a power stands inside I\(\)"),
        ("y ~ I(x^2)", 7, r"a power is written \*\*"),
        ("y ~ x / z", 6, r"a division stands inside I\(\): write I\(x / 2\)"),
        ("y ~ 2*x", 4, r"a number other than 0 and 1 stands inside I\(\)"),
        ("y ~ x.1", 5, "expected"),
        ("y ~ x . z", 6, "x has no parts: a column with a dot in its name stands in backticks"),
        ("y ~ x z", 6, r"expected \+ - : \* or the end, not 'z'"),
        ("y ~ x ~ z", 6, "not '~'"),
        ("y + 1 x ~ z", 6, "expected ~ after the response, not 'x'"),
        ("y ~ (x", 6, r"expected \+ - : \* or \)"),
        ("y ~ x)", 5, "not '\\)'"),
        ("y ~ 0:x", 4, "0 stands alone, as in 0 \\+ x"),
        ("y ~ x*0", 4, "0 stands alone"),
        ("y ~ (x - 1)", 9, "the intercept is taken away outside of brackets"),
        ("y ~ (0 + x):z", 5, "the intercept is taken away outside of brackets"),
        ("y ~ lgo(x)", 4, r"a formula has no function 'lgo'; did you mean 'log'\?"),
        ("y ~ Surv(a, b)", 4, r"Surv\(\) stands on the left"),
        ("y ~ log(Surv(a, b))", 8, r"Surv\(\) stands on the left"),
        ("y ~ log()", 8, "expected a number, a column"),
        ("y ~ log(2)", 4, r"log\(2\) names no column"),
        ("y ~ log(x, 2)", 11, "there is no option for what stands here: log"),
        ("y ~ log(bs(x, df=4))", 8, r"bs\(\) is not a single column of numbers"),
        ("y ~ I(C(z))", 6, r"C\(\) is not a single column of numbers"),
        ("y ~ C(x + 1)", 8, "as in C\\(z, ref="),
        ('y ~ C(z, "b")', 9, 'ref= takes a level, as in "b"'),
        ("y ~ C(z, Treatment('b'))", 9, "expected a literal, as in C\\(z, ref="),
        ("y ~ C(z, contrast=2)", 9, "no option 'contrast'"),
        ("y ~ C(z, ref=(1, 2))", 9, "ref= takes a level"),
        ("y ~ C(z, ref='b', ref='a')", 18, "ref= was given already"),
        ("y ~ bs(x, dff=4)", 10, r"there is no option 'dff'; did you mean 'df'\?"),
        ("y ~ bs(x, df=4.5)", 10, "df= takes an integer from 1 to 1000"),
        ("y ~ bs(x, df=0)", 10, "df= takes an integer"),
        ("y ~ bs(x, df=10000000)", 10, "df= takes an integer"),
        ("y ~ bs(x, df=x)", 13, "expected a literal, as in bs"),
        ("y ~ bs(x, knots=3)", 10, "knots= takes numbers in brackets"),
        ("y ~ bs(x, df=4, 3)", 16, "degree= takes|knots= takes|no option"),
        ("y ~ bs(x, degree=2, 3)", 20, "there is no option for what stands here"),
        ("y ~ poly(x, 2, raw=1)", 15, "raw= takes True or False"),
        ("y ~ poly(x, 2", 13, "expected , or \\) as in poly"),
        ("y ~ cr(x, df=4, constraints='evil')", 16, 'constraints= takes the text "center"'),
        ("y ~ bs(x, df='4')", 10, "df= takes an integer"),
        ("y ~ I(1e999 * x)", 6, "a number beyond float64"),
        ("y ~ I(x:z)", 7, "expected an operator or \\)"),
        ("y ~ I((x)", 9, "expected an operator or \\)"),
        ("y ~ I(x y)", 8, "expected an operator"),
        ("y ~ I(*x)", 6, "expected a number, a column"),
        ("y ~ offset(1)", 4, "names no column"),
        ("Surv(a) ~ x", 6, r"expected a comma, as in Surv\(time, event\)"),
        ("Surv(a, b, c, d) ~ x", 12, r"as in Surv\(time, event\) or Surv\(entry, time, event\)"),
        ("cbind(a, b, c) ~ x", 10, r"expected \) as in cbind\(yes, no\)"),
        ("windowed(y, a) ~ x", 13, r"expected a comma, as in windowed\(y, lo, hi\)"),
        ("censored(1, 2) ~ x", 0, r"censored\(\) names no column here"),
        ("Surv(center(a), b) ~ x", 0, "is not a response"),
        ("center(y) ~ x", 0, "is not a response"),
        ("C(y) ~ x", 0, r"C\(\) is not a single column"),
        ("1 ~ x", 0, "is not a response"),
        ("y ~ ``", 4, "is empty, or does not end"),
        ("y ~ `x", 4, "is empty, or does not end"),
        ("y ~ C(z, ref='b)", 13, "is empty, or does not end"),
        ("y ~ ²", 4, "is not part of the language"),
        ("y ~ (x | g)", 7, "'|' is not part of the language".replace("|", r"\|")),
    ],
)
def test_a_mistake_is_pointed_at(text: str, at: int, message: str) -> None:
    with pytest.raises(FormulaError, match=message) as caught:
        parse(text)
    *_, line, caret = str(caught.value).split("\n")
    assert line == f"    {text}"
    assert caret == " " * (4 + at) + "^"


def test_the_caret_stays_under_its_place_in_a_long_formula() -> None:
    text = "y ~ " + " + ".join(f"x{i}" for i in range(100)) + " + lgo(x) + " + " + ".join("abcdefgh" * 10)
    with pytest.raises(FormulaError) as caught:
        parse(text)
    *_, line, caret = str(caught.value).split("\n")
    assert line[caret.index("^") :].startswith("lgo(x)")
    assert len(line) < 110


@pytest.mark.parametrize(
    "text",
    [
        "I(" * 500 + "x" + ")" * 500,
        "(" * 5000 + "x" + ")" * 5000,
        "I(" + "-" * 5000 + "x)",
        "I(" + "**".join(["x"] * 5000) + ")",
        "I(" + "+".join(["x"] * 5000) + ")",
        "log(" * 5000 + "x",
        "*".join(f"x{i}" for i in range(40)),
        ":".join(f"x{i}" for i in range(40)),
        "*".join(["(" + "+".join(f"x{i}" for i in range(30)) + ")"] * 9),
        "I(x * " + "9" * 10000 + ")",
    ],
)
def test_a_formula_that_explodes_is_refused_at_once(text: str) -> None:
    with pytest.raises(FormulaError):
        parse(text).terms()


def test_long_formulas_are_read() -> None:
    names = [f"x{i}" for i in range(3000)]
    assert terms("y ~ " + " + ".join(names)) == ["1", *names]


# --- nothing is run ---------------------------------------------------------------------------------------------------

ATTACKS = [
    "__import__('os').system('true')",
    "__import__('os')",
    "I(__import__('os').getcwd())",
    "x.__class__",
    "x.__class__.__mro__[1].__subclasses__()",
    "I(x.sum())",
    "np.log(x)",
    "log(x).real",
    "pd.read_pickle('evil')",
    "lambda x: x",
    "I((lambda: x)())",
    "(lambda y: y)(x)",
    "{x}",
    "{__import__('os').system('true')}",
    "I({x: 1})",
    "[x]",
    "x[0]",
    "I(x[0])",
    "I([i for i in x])",
    "`x`()",
    "`__import__('os').system('true')`()",
    "`x`.y",
    "eval('x')",
    "exec('x')",
    "open('x')",
    "Q('x')",
    "I('x')",
    "'x'",
    '"x"',
    "f'{x}'",
    "log('x')",
    "log(f'{x}')",
    "b'x'",
    "bs(x, df=__import__('os').getpid())",
    "bs(x, df=(lambda: 4)())",
    "bs(x, df=4, extrapolation='clip')",
    "bs(x, _state=(1,))",
    "bs(x, **x)",
    "bs(*x)",
    "poly(x, 2, _state=4)",
    "C(z, contr.treatment('b'))",
    "C(z, ref=x)",
    "C(z, ref=x.y)",
    "C(z, ref='b'.upper())",
    "C(z, ref=f'b')",
    "C(z, ref='b' 'c')",
    "hashed(z)",
    "lag(x)",
    "standardize(x)",
    "x == 1",
    "I(x == 1)",
    "I(x > 1)",
    "I(x if x else x)",
    "I(x and x)",
    "I(not x)",
    "I(x := 1)",
    "x = 1",
    "x; y",
    "x # y",
    "x @ z",
    "I(x @ z)",
    "I(x % 2)",
    "I(x // 2)",
    "I(x << 2)",
    "I(~x)",
    "I(x & 1)",
    "I(x | 1)",
    "x % z",
    "x %in% z",
    "x || z",
    "x | z",
    "x & z",
    "!x",
    "$x",
    "@x",
    "\\x",
    "x\x00",
    "x\\\nz",
    "x\u200b",
    "１ + x２()",
    "I(1_000 * x)",
    "I(0x10 * x)",
    "I(1j * x)",
    "print(x)",
    "log(x, out=x)",
    "log.__call__(x)",
    "I(True.real)",
    "yield x",
    "await x",
    "import os",
    "I(...)",
    "...",
    "x ~ y ~ z",
]


@pytest.mark.parametrize("text", ATTACKS)
@pytest.mark.parametrize("side", ["y ~ {}", "y ~ x + {}", "{}", "{} ~ x"])
def test_code_is_refused(text: str, side: str) -> None:
    with pytest.raises(FormulaError):
        parse(side.replace("{}", text)).terms(["a", "b"])


def test_a_keyword_of_python_is_a_column_like_any_other(frame: pd.DataFrame) -> None:
    with pytest.raises(FormulaError, match="there is no column 'lambda'"):
        bind("y ~ lambda: x", Frame(frame))
    assert bind("lambda:x", Frame({"lambda": frame.t, "x": frame.x})).names == ["Intercept", "lambda:x"]


@pytest.mark.parametrize("name", ["__import__('os').system('true')", "x + 1", "{x}", "lambda: x", "x.real", "I(x)"])
def test_backticks_only_ever_name_a_column(name: str, frame: pd.DataFrame) -> None:
    with pytest.raises(FormulaError, match="there is no column"):
        bind(f"`{name}`", Frame(frame))
    assert bind(f"`{name}`", Frame({name: frame.x, "x": frame.t})).names == ["Intercept", name]
    assert bind(f"bs(`{name}`, df=4)", Frame({name: frame.x, "x": frame.t})).names[1] == f"bs(`{name}`, df=4)[1]"
    assert bind(".", Frame({name: frame.x})).names == ["Intercept", name]


def test_no_text_reaches_eval_exec_or_compile(frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    every = (
        "`my col` * C(z, ref='b') + I(x ** 2) + log(t) + bs(x, df=4) + cr(t, df=4) + poly(x, 2) + scale(x) + offset(t)"
    )
    bind(every, Frame(frame), check=False)  # imports first: they compile

    def forbidden(*_: Any, **__: Any) -> None:
        raise AssertionError("text was run")

    for name in ("eval", "exec", "compile"):
        monkeypatch.setattr(builtins, name, forbidden)
    design = bind(every, Frame(frame), check=False)
    assert design.on(Frame(frame)).names == design.names


def test_plain_formulas_do_not_import_the_formula_library() -> None:
    code = """
import sys
import numpy as np
from mlekit.data.columns import Labels
from mlekit.data.design import bind
class Frame:
    names, rows = ["x", "z"], 3
    def column(self, name):
        return np.array([1.0, 2.0, 4.0]) if name == "x" else Labels(np.array([0, 1, 1]), ["a", "b"], "sorted")
bind("y ~ x + C(z) + I(x**2) + log(x) + exp(x) + sqrt(x) + scale(x):z + offset(x)", Frame(), check=False).block(0, 3)
print(sorted({"formulaic", "pandas", "scipy", "narwhals"} & set(sys.modules)))
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "[]", run.stderr


LANGUAGE = st.lists(
    st.sampled_from(
        "x t k z w `my\u0020col` y . 0 1 2 1e3 + - * : / ** ^ ( ) ~ , = == I( log( C( bs( poly( center( offset( "
        "df=4 ref='b' 'b' True __import__ lambda [ ] { } ` ' @ # \\ Surv( cbind( |".split(" ")
    ),
    max_size=12,
).map(" ".join)


@pytest.mark.slow
@settings(max_examples=300)
@given(st.one_of(st.text(max_size=40), LANGUAGE))
@example("\ud800")
@example("y ~ `\ud800`")
@example("x" * 100_000)
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    try:
        formula = parse(text)
        spelt = [[factor.text for factor in term] for term in formula.terms(["a", "b"])]
    except FormulaError:
        return
    for term in spelt:
        for factor in term:
            assert parse(factor).terms()[-1][0].text == factor


@settings(max_examples=100)
@given(LANGUAGE)
def test_any_formula_is_bound_or_refused_by_name(text: str) -> None:
    rng = np.random.default_rng(0)
    table = Frame(
        {
            "x": rng.normal(size=12),
            "t": rng.uniform(1, 2, 12),
            "k": np.arange(12) % 3,
            "z": list("abcabcabcabc"),
            "w": list("ppqqppqqppqq"),
            "my col": rng.normal(size=12),
            "y": rng.normal(size=12),
        }
    )
    try:
        design = bind(text, table)
    except (FormulaError, DataError, IdentifiabilityError):
        return
    block = design.block(0, 12)
    assert block.shape == (12, len(design.names))
    assert np.isfinite(block).all()


# --- names and values are those of the formula library ----------------------------------------------------------------

SAME = """
x|b|C(b)|C(k)|C(f)|z|C(z)|ordered|C(ordered)|0+z|0+z+w|z:w|w:z|z*w|w*z|x:z|z:x|0+x:z|x:z+z|x+x:z|0+x+z:x|C(k)*z|0+C(k)*z
`my col`|`my col`:x|C(`my col`)|I(`my col`**2)|log(`my col`**2)
I(x**2)|I((x+1)/t*-2)|I(x+1e3)|I(x+.50)|I(x*(2+t)**-2)|I(-x**2)|I(t**2**2)|I(-(x+1)-(t-x))|I(k/2)|I(b*2)
log(t)|log(t+1)|exp(x)|center(x)|scale(x)|scale(x,ddof=0)|scale(x,center=False)|I(center(x)**2)|center(log(t))|scale(log(t)):z
bs(x,df=4)|bs(x,df=4):z|bs(x,knots=(-0.1,0.3))|bs(x,degree=2,df=4)|bs(log(t),df=4)|bs(x,lower_bound=-9,upper_bound=9,df=5)
0+bs(x,df=5,include_intercept=True)|bs(x,df=5,include_intercept=True)|bs(x,df=5,include_intercept=True)*z
0+bs(x,df=5,include_intercept=True):z|poly(x,2)|poly(x,2)*z|poly(x,3)*C(k)|poly(t,4)|poly(x,degree=2,raw=True)|poly(x)
cr(x,df=4)|cr(x,df=4,constraints='center')|cr(x,df=3):w|cr(x,knots=(-0.1,0.3))
z:w+z|w:z+z|0+z:w+w|w*z*C(k)|z*x*t|z*w*x|0+x:z:w|z:w:x|0+z:w:x|x:t+x|t:x+x:t|(x+t):z|(x+t)*z|(z+w)*x|(z+x)*(w+t)
z:x+w:x|0+z:x+w:x|x:z+x:w+x|C(k):x+C(k)|b:z|0+b:z|0+b*z|C(k)+C(k):w|C(k):C(b)|C(f)*x|0+C(k)*z*x|0+x*z|0+w:z+x:w:z
x - 1|x+0+1|x*t-x|1:x|x:1|(1+x):z|x-t|-1+x|+x|x+z-z|x:x|x+x|z+C(z)|1|0+1|w*z*ordered
"""


@pytest.mark.parametrize("text", SAME.strip().replace("\n", "|").split("|"))
def test_names_and_values_are_those_of_formulaic(text: str, frame: pd.DataFrame) -> None:
    import formulaic

    expected = formulaic.model_matrix(text, frame)
    design = bind(text, Frame(frame), check=False)
    assert design.names == list(expected.columns)
    np.testing.assert_array_equal(design.block(0, design.rows), expected.to_numpy(np.float64))


def test_ref_moves_the_reference_and_is_part_of_the_name(frame: pd.DataFrame) -> None:
    design = bind('x + C(z, ref="b")', Frame(frame))
    assert design.names == ["Intercept", "x", 'C(z, ref="b")[T.a]', 'C(z, ref="b")[T.c]']
    assert np.array_equal(design.block(0, 24)[:, 3], frame.z == "c")
    assert bind("C(k, ref=2)", Frame(frame)).names == ["Intercept", "C(k, ref=2)[T.1]", "C(k, ref=2)[T.3]"]
    assert bind("0 + C(k, ref=2)", Frame(frame)).names == [f"C(k, ref=2)[{k}]" for k in (1, 2, 3)]
    with pytest.raises(FormulaError, match=r"'q' is not a level of 'z'") as caught:
        bind("x + C(z, ref='q')", Frame(frame))
    assert str(caught.value).endswith("^")


CATEGORIES = st.lists(
    st.sampled_from(["z", "w", "C(k)", "x", "t", "z:w", "z:x", "w:C(k)", "z:w:C(k)", "w:x:t"]), max_size=6
)


@given(CATEGORIES, st.booleans())
def test_the_columns_of_any_terms_are_independent(chosen: list[str], intercept: bool) -> None:
    rng = np.random.default_rng(0)
    z, w, k, _ = (a.ravel() for a in np.meshgrid([*"abc"], [*"pq"], [1, 2], range(6), indexing="ij"))
    table = Frame({"z": z, "w": w, "k": k, "x": rng.normal(size=len(z)), "t": rng.normal(size=len(z))})
    design = bind(" + ".join(["1" if intercept else "0 + x", *chosen]), table)
    assert np.linalg.matrix_rank(design.block(0, design.rows)) == len(design.names)
