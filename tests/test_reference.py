"""The reference has every public name once, and what it shows has an example."""

from __future__ import annotations

import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import public
import pytest

DOCS = Path(__file__).parents[1] / "docs"
WRITTEN = r"^\.\. auto(class|function|module):: ([\w.]+).*\n((?:   :.*\n)*)"
DIRECTIVE = re.compile(rf"{WRITTEN}|^```\{{room\}} ([\w.]+)", re.MULTILINE)


def test_the_reference_has_every_public_name_once() -> None:
    pages = "\n".join(page.read_text("utf-8") for page in sorted((DOCS / "reference").glob("*.md")))
    times = Counter(id(thing) for match in DIRECTIVE.finditer(pages) for thing in shown(*match.groups()))
    names = public.names()
    assert not [name for name, thing in names.items() if not times[id(thing)]], "in no page of docs/reference"
    assert not [name for name, thing in names.items() if times[id(thing)] > 1], "twice"


def shown(kind: str | None, name: str, options: str | None, room: str | None) -> Iterator[Any]:
    """What Sphinx writes where a directive stands."""
    if room is not None:
        yield from (getattr(import_module(room), name) for name in classes_of(room))
    elif kind == "module":
        yield from () if ":no-members:" in str(options) else public.handed_out(import_module(name)).values()
    else:
        thing = found(name)
        yield thing
        excluded = re.split(r",\s*", "".join(re.findall(r":exclude-members: (.*)", str(options))))
        if kind == "class" and ":no-members:" not in str(options):
            yield from (member for name, member in public.members(thing).items() if name not in excluded)


def found(name: str) -> Any:
    home, _, last = name.rpartition(".")
    return getattr(import_module(home), last)


def classes_of(room: str) -> list[str]:
    """As docs/_ext/rooms.py lists them."""
    pytest.importorskip("sphinx")
    sys.path.insert(0, str(DOCS / "_ext"))
    try:
        return import_module("rooms").classes(import_module(room))
    finally:
        sys.path.remove(str(DOCS / "_ext"))


@pytest.mark.parametrize("room", ["families", "priors", "solvers"])
def test_the_list_of_a_room_is_its_public_classes(room: str) -> None:
    home = import_module(f"mlekit.{room}")
    public_ones = {n for n, c in public.handed_out(home).items() if inspect.isclass(c) and not inspect.isabstract(c)}
    assert set(classes_of(home.__name__)) == {n for n in public_ones if not issubclass(getattr(home, n), Exception)}
