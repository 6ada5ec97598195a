"""The reference has every public name once, and what it shows has an example."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import public

from mlekit.models import Model, Problem

PAGES = Path(__file__).parents[1] / "docs" / "reference"
WRITTEN = r"^\.\. auto(class|function|module|property|method):: ([\w.]+).*\n((?:   :.*\n)*)"
DIRECTIVE = re.compile(rf"{WRITTEN}|^```\{{package\}} ([\w.]+)", re.MULTILINE)


def test_the_reference_has_every_public_name_once() -> None:
    times, names = Counter(map(id, reference())), public.names()
    assert not [name for name, thing in names.items() if not times[id(thing)]], "in no page of docs/reference"
    assert not [name for name, thing in names.items() if times[id(thing)] > 1], "twice"


def test_what_the_reference_shows_beside_these_has_an_example_too() -> None:
    """But the methods that a model or problem of your own has to have: those show nothing without one."""
    yours = [*public.members(Model).values(), *public.members(Problem).values(), *public.names().values()]
    assert not [thing for thing in reference() if thing not in yours and not public.examples(thing)]


def reference() -> list[Any]:
    """What all pages show."""
    pages = "\n".join(page.read_text("utf-8") for page in sorted(PAGES.glob("*.md")))
    return [thing for match in DIRECTIVE.finditer(pages) for thing in shown(*match.groups())]


def shown(kind: str | None, name: str, options: str | None, package: str | None) -> Iterator[Any]:
    """What Sphinx writes where a directive stands."""
    if package is not None:
        classes = filter(inspect.isclass, public.handed_out(import_module(package)).values())
        yield from (
            c for c in classes if not inspect.isabstract(c) and c.__module__ != package
        )  # as docs/_ext/packages.py
    elif kind == "module":
        yield from () if ":no-members:" in str(options) else public.handed_out(import_module(name)).values()
    else:
        thing = pkgutil.resolve_name(name)
        yield thing
        excluded = re.split(r",\s*", "".join(re.findall(r":exclude-members: (.*)", str(options))))
        if kind == "class" and ":no-members:" not in str(options):
            yield from (member for name, member in public.members(thing).items() if name not in excluded)
