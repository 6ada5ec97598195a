"""A file is JSON that says what it is; whatever is not what was saved is an error that names the file."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mlekit
from mlekit.errors import LoadError
from mlekit.io import Format


def rates() -> Any:
    return mlekit.fit([2, 0, 1, 5], family="poisson")


def amounts() -> Any:
    return mlekit.fit(np.random.default_rng(1).gamma(2.0, 3.0, 50), family="gamma")


def test_the_file_is_json_without_what_json_does_not_have(tmp_path: Path) -> None:
    mlekit.fit([1] * 20, family="bernoulli").save(tmp_path / "fit.json")
    text = (tmp_path / "fit.json").read_text()
    document = json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert (document["format"], document["version"]) == ("mlekit fit", 2)


def signed(content: Any, **more: Any) -> str:
    """A document whose checksum is right."""
    checksum = hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    return json.dumps({"format": "mlekit fit", "version": 2, "sha256": {"fit": checksum}, "fit": content, **more})


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: "name,value\na,1\n",
        lambda text: "[" * 100_000,
        lambda text: "{}",
        lambda text: "[1, 2]",
        lambda text: text.replace("mlekit fit", "another format"),
        lambda text: text.replace('"poisson"', '"geometric"'),
        lambda text: text.replace("8.0", "9.0"),
        lambda text: text.replace('"version": 2', '"version": 3'),
        lambda text: text.replace('"version": 2', '"version": "2"'),
        lambda text: text.replace('"version": 2', '"version": 1'),
        lambda text: text.replace('"version": 2', '"version": true'),
        lambda text: text.replace('"sha256": {', '"sha256": [], "other": {'),
        lambda text: signed({}),
        lambda text: signed({**json.loads(text)["fit"], "family": {"origin": "mlekit", "name": "no_such_family"}}),
        lambda text: signed({**json.loads(text)["fit"], "family": []}),
        lambda text: signed({**json.loads(text)["fit"], "problem": {"form": "unknown"}}),
        lambda text: signed({**json.loads(text)["fit"], "options": {"prior": {"object": ["os", "System"]}}}),
    ],
)
def test_whatever_is_not_what_was_saved_is_a_load_error(damage: Any, tmp_path: Path) -> None:
    path = tmp_path / "fit.json"
    rates().save(path)
    text = path.read_text()
    assert damage(text) != text
    path.write_text(damage(text))
    with pytest.raises(LoadError, match=r"fit\.json"):
        mlekit.load(path)


def test_bytes_that_are_no_text_and_files_that_are_not_there(tmp_path: Path) -> None:
    path = tmp_path / "fit.json"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(LoadError):
        mlekit.load(path)
    with pytest.raises(LoadError, match="nosuch"):
        mlekit.load(tmp_path / "nosuch.json")


def test_a_file_that_was_only_laid_out_anew_is_read(tmp_path: Path) -> None:
    path = tmp_path / "fit.json"
    amounts().save(path)
    path.write_text(json.dumps(json.loads(path.read_text()), indent=2, sort_keys=True))
    assert mlekit.load(path)["mean"] == amounts()["mean"]


def test_an_older_version_is_taken_through_each_upgrade() -> None:
    steps = {1: lambda c: {"n": c["count"]}, 2: lambda c: {"n": [c["n"]]}}
    first = Format("notes", 1).document({"count": 4})
    assert Format("notes", 3, upgrades=steps).content(first, "notes.json") == {"n": [4]}


def test_an_older_version_that_holds_something_else_is_an_error() -> None:
    first = Format("notes", 1).document({})
    with pytest.raises(LoadError, match=r"notes\.json holds nothing that version 1 wrote \(KeyError: 'count'\)"):
        Format("notes", 2, upgrades={1: lambda c: {"n": c["count"]}}).content(first, "notes.json")


def test_versions_that_cannot_be_read_say_so() -> None:
    for older in (1, 5):
        with pytest.raises(LoadError, match=rf"version {older}, and .* reads version 3\. Upgrade mlekit"):
            Format("notes", 3, upgrades={2: dict}).content(Format("notes", older).document({}), "notes.json")


def test_numbers_that_json_has_no_words_for_are_refused_unless_the_format_takes_them() -> None:
    with pytest.raises(ValueError, match="JSON"):
        Format("notes", 1).document({"best": float("inf")})
    loose = Format("notes", 1, strict=False)
    assert loose.content(loose.document({"best": float("inf")}), "notes.json") == {"best": float("inf")}
