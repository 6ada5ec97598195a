"""The command line: results on standard output, messages on standard error, an exit code that says which."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mlekit
from mlekit import cli


@pytest.fixture
def sales(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with sales.csv, which is where the command is typed."""
    rng = np.random.default_rng(0)
    data = pd.DataFrame({"store": rng.choice(["a", "b", "c"], 90), "day": rng.integers(1, 3, 90)})
    data["amount"] = rng.gamma(2.0, 3.0, 90).round(3)
    data["yes"], data["tries"], data["w"] = rng.integers(0, 6, 90), 10, rng.integers(1, 4, 90)
    data["gap"] = data["amount"].where(data.index != 7)
    data["lonely"] = ["z", *["y"] * 89]
    data.to_csv(tmp_path / "sales.csv", index=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(sales: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Type a command line: (exit code, standard output, standard error)."""

    def typed(*argv: str) -> tuple[int, str, str]:
        code = cli.main(list(argv))
        return (code, *capsys.readouterr())

    return typed


FIT = ("fit", "sales.csv", "amount", "--family", "gamma")


def data() -> pd.DataFrame:
    return pd.read_csv("sales.csv")


def test_a_fit_prints_its_summary(run: Any) -> None:
    code, out, err = run(*FIT)
    assert (code, err) == (0, "")
    assert out == mlekit.fit(data(), "amount", family="gamma").summary() + "\n"


def test_json_is_one_object(run: Any) -> None:
    code, out, _ = run(*FIT, "--json")
    fit = mlekit.fit(data(), "amount", family="gamma")
    assert code == 0
    assert json.loads(out) == {
        "family": "gamma",
        "params": fit.params.to_dict(),
        "std_errors": fit.bse.to_dict(),
        "llf": fit.llf,
        "nobs": 90.0,
        "verdict": {"ok": True, "codes": ["converged"], "reasons": list(fit.verdict.reasons)},
    }


def test_json_of_groups_is_a_list_under_groups(run: Any) -> None:
    code, out, _ = run(*FIT, "--by", "store", "--by", "day", "--json")
    fits = mlekit.fit(data(), "amount", family="gamma", by=["store", "day"])
    groups = json.loads(out)["groups"]
    assert code == 0
    assert [(g["key"]["store"], g["key"]["day"]) for g in groups] == list(fits.params.index)
    assert [g["params"] for g in groups] == fits.params.to_dict("records")
    assert [g["std_errors"] for g in groups] == fits.bse.to_dict("records")
    assert [g["llf"] for g in groups] == fits.llf.tolist()
    assert [g["nobs"] for g in groups] == fits.nobs.tolist()
    assert all(g["family"] == "gamma" and g["verdict"]["ok"] for g in groups)


def test_json_has_null_for_what_is_not_finite(run: Any) -> None:
    code, out, _ = run("fit", "sales.csv", "amount", "--family", "normal", "--by", "lonely", "--json")
    bad = next(g for g in json.loads(out)["groups"] if g["key"] == {"lonely": "z"})
    assert code == 1
    assert bad["std_errors"] == {"mean": None, "sd": None}
    assert bad["verdict"]["codes"] == ["edge"]
    assert "one row" in bad["verdict"]["reasons"][0]


def test_every_option_does_what_the_argument_does(run: Any) -> None:
    for extra, options in [
        (["--weights", "w"], {"weights": "w"}),
        (["--fixed", "shape=2"], {"fixed": {"shape": 2.0}}),
        (["--by", "store"], {"by": "store"}),
    ]:
        _, out, _ = run(*FIT, *extra)
        assert out == mlekit.fit(data(), "amount", family="gamma", **options).summary() + "\n"
    _, out, _ = run("fit", "sales.csv", "gap", "--family", "gamma", "--missing", "drop")
    assert "1 dropped" in out


def test_a_formula_stands_for_the_column(run: Any) -> None:
    _, out, _ = run("fit", "sales.csv", "amount ~ day + C(store)", "--family", "gamma")
    assert out == mlekit.fit(data(), "amount ~ day + C(store)", family="gamma").summary() + "\n"


@pytest.mark.parametrize(("text", "n"), [("binomial(n=10)", 10), ("binomial( n = tries )", "tries")])
def test_a_family_takes_options(run: Any, text: str, n: Any) -> None:
    code, out, _ = run("fit", "sales.csv", "yes", "--family", text, "--json")
    assert code == 0
    assert json.loads(out)["params"]["p"] == mlekit.fit(data(), "yes", family=mlekit.families.Binomial(n=n))["p"]


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_out_is_the_tidy_table(run: Any, ending: str, sales: Path) -> None:
    read = {".csv": pd.read_csv, ".parquet": pd.read_parquet}[ending]
    for extra, options in [((), {}), (("--by", "store"), {"by": "store"})]:
        code, out, _ = run(*FIT, *extra, "--out", f"fits{ending}")
        fit = mlekit.fit(data(), "amount", family="gamma", **options)
        assert code == 0
        assert out == fit.summary() + "\n"
        pd.testing.assert_frame_equal(read(sales / f"fits{ending}"), fit.tidy(), check_exact=True, check_dtype=False)
    assert {p.name for p in sales.iterdir()} == {"sales.csv", f"fits{ending}"}


def test_a_parquet_file_is_read(run: Any, sales: Path) -> None:
    data().to_parquet(sales / "sales.parquet")
    assert run("fit", "sales.parquet", "amount", "--family", "gamma") == run(*FIT)


def test_the_families_are_listed(run: Any) -> None:
    code, out, err = run("families")
    lines = out.splitlines()
    assert (code, err) == (0, "")
    assert [line.split()[0] for line in lines[1:]] == mlekit.families.names()
    assert max(map(len, lines)) <= 80
    listed = json.loads(run("families", "--json")[1])
    assert [family["name"] for family in listed] == mlekit.families.names()


# -- exit codes -------------------------------------------------------------------------------------------------------


def test_no_arguments_are_help_and_exit_code_2(run: Any) -> None:
    code, out, err = run()
    assert code == 2
    assert "fit" in out
    assert "families" in out
    assert err == ""


@pytest.mark.parametrize("argv", [["--help"], ["fit", "--help"], ["families", "--help"]])
def test_help_is_exit_code_0(run: Any, argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run(*argv)
    assert end.value.code == 0
    assert "python -m mlekit" in capsys.readouterr().out


def test_a_failed_verdict_is_exit_code_1_without_a_warning(run: Any, sales: Path) -> None:
    pd.DataFrame({"y": np.linspace(-1, 1, 30)}).to_csv(sales / "flat.csv")
    code, out, err = run("fit", "flat.csv", "y", "--family", "student_t")
    assert (code, err) == (1, "")
    assert "VERDICT: NO" in out


@pytest.mark.parametrize(("allowed", "code"), [("0", 1), ("0.4", 1), ("0.5", 0), ("1", 0), ("7", 0)])
def test_so_many_groups_may_fail(run: Any, allowed: str, code: int) -> None:
    argv = ("fit", "sales.csv", "amount", "--family", "normal", "--by", "lonely", "--max-failed", allowed)
    assert run(*argv)[0] == code


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["fit", "sales.csv", "amuont", "--family", "gamma"], "did you mean 'amount'"),
        (["fit", "sales.csv", "amount", "--family", "gama"], "did you mean 'gamma'"),
        (["fit", "nosuch.csv", "amount", "--family", "gamma"], "no file nosuch.csv"),
        (["fit", "sales.csv", "amount"], "--family"),
        (["fit", "sales.csv"], "column"),
        (["nosuch"], "nosuch"),
        (["fit", "sales.csv", "amount", "--familly", "gamma"], "--family"),
        ([*FIT, "--nosuch"], "--nosuch"),
        ([*FIT, "--by", "shop"], "no column is named 'shop'"),
        ([*FIT, "--weights", "store"], "weights"),
        ([*FIT, "--fixed", "shape"], "name=value"),
        ([*FIT, "--fixed", "shape=two"], "'two' is not a number"),
        ([*FIT, "--fixed", "shap=2"], "did you mean 'shape'"),
        ([*FIT, "--fixed", "shape=-2"], "positive"),
        ([*FIT, "--missing", "keep"], "--missing"),
        ([*FIT, "--max-failed", "-1"], "--max-failed"),
        ([*FIT, "--max-failed", "few"], "--max-failed"),
        ([*FIT, "--out", "fits.xlsx"], ".parquet"),
        ([*FIT, "--out", "nosuch/fits.csv"], "there is no folder nosuch"),
        (["fit", "sales.csv", "gap", "--family", "gamma"], "missing='drop'"),
        (["fit", "sales.csv", "store", "--family", "gamma"], "not a number"),
        (["fit", "sales.csv", "amount ~ x +", "--family", "gamma"], "not the end"),
        (["fit", "sales.csv", "amount ~ __import__('os')", "--family", "gamma"], "__import__"),
        (["fit", "sales.csv", "yes", "--family", "binomial"], "number of trials"),
        (["fit", "sales.csv", "yes", "--family", "binomial(m=10)"], "no option 'm'"),
        (["fit", "sales.csv", "yes", "--family", "binomial(n=0)"], "n is 0"),
        (["fit", "sales.csv", "yes", "--family", "binomial(10)"], "name=value"),
        (["fit", "sales.csv", "yes", "--family", "binomial(n=10"], "binomial(n=10)"),
        (["fit", "sales.csv", "yes", "--family", "binomial(n=__import__('os').getcwd())"], "__import__"),
        (["fit", "sales.csv", "yes", "--family", ""], "--family"),
        (["fit", "sales.csv", "tries", "--family", "normal"], "same value"),
        ([], ""),
    ],
)
def test_a_mistake_is_a_sentence_and_exit_code_2(run: Any, argv: list[str], words: str, sales: Path) -> None:
    code, out, err = run(*argv)
    assert code == 2
    assert "Traceback" not in err
    if argv:
        assert out == ""
        assert err.startswith("mlekit: ")
        assert words in err
    assert [p.name for p in sales.iterdir()] == ["sales.csv"]


def test_a_missing_library_is_a_sentence(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: Any, **__: Any) -> None:
        raise ImportError

    monkeypatch.setattr(pd.DataFrame, "to_parquet", absent)
    code, _, err = run(*FIT, "--out", "fits.parquet")
    assert code == 2
    assert "pip install 'mlekit[cli]'" in err


# -- the shell --------------------------------------------------------------------------------------------------------


def shell(*argv: str, **options: Any) -> subprocess.Popen[bytes]:
    """The command in a process of its own."""
    return python("-m", "mlekit", *argv, **options)


def python(*argv: str, **options: Any) -> subprocess.Popen[bytes]:
    source = str(Path(mlekit.__file__).parents[1])
    path = os.pathsep.join([source, *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.Popen([sys.executable, *argv], env={**os.environ, "PYTHONPATH": path}, **options)


@pytest.mark.slow
def test_python_m_mlekit_is_the_command(sales: Path) -> None:
    process = shell(*FIT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, b"")
    assert out.decode() == mlekit.fit(data(), "amount", family="gamma").summary() + "\n"


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals and pipes are those of POSIX")
def test_a_closed_pipe_is_silent(sales: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    process = shell(*FIT, stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert process.communicate(timeout=60)[1] == b""
    assert process.returncode == 0


@pytest.mark.skipif(os.name != "posix", reason="signals and pipes are those of POSIX")
def test_ctrl_c_is_exit_code_130_and_writes_nothing(sales: Path) -> None:
    slow = (
        "import signal, sys, time, mlekit.api, mlekit.cli\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # who runs the tests may not hear it
        "mlekit.api.fit = lambda *a, **k: (print('fitting', flush=True), time.sleep(60))\n"
        f"sys.exit(mlekit.cli.main({[*FIT, '--out', 'fits.csv']!r}))"
    )
    process = python("-c", slow, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"fitting\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=60) == (b"", b"")
    assert process.returncode == 130
    assert [p.name for p in sales.iterdir()] == ["sales.csv"]


def test_ctrl_c_while_fitting_is_exit_code_130(run: Any, monkeypatch: pytest.MonkeyPatch, sales: Path) -> None:
    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mlekit.api.fit", interrupted)
    assert run(*FIT, "--out", "fits.csv") == (130, "", "")
    assert [p.name for p in sales.iterdir()] == ["sales.csv"]


class Terminal(io.StringIO):
    """Somebody looks."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_the_same_words(sales: Path, monkeypatch: pytest.MonkeyPatch, without: Any) -> None:
    summary = mlekit.fit(data(), "amount", family="gamma").summary()
    monkeypatch.setenv("TERM", "dumb")
    for hidden in (False, True):
        if hidden:
            without("rich")
        screen = Terminal()
        monkeypatch.setattr(sys, "stdout", screen)
        assert cli.main(list(FIT)) == 0
        assert screen.getvalue() == summary + "\n"


def test_a_file_may_have_another_delimiter(run: Any, sales: Path) -> None:
    data().to_csv("semicolons.csv", index=False, sep=";")
    command = ("fit", "semicolons.csv", "amount", "--family", "gamma")
    assert run(*command, "--delimiter", ";")[1] == mlekit.fit(data(), "amount", family="gamma").summary() + "\n"
    code, _, err = run(*command, "--delimiter", ";;")
    assert code == 2
    assert "the delimiter is ';;', but it has to be one character" in err
