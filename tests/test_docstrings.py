"""Every public name has an example, every example holds, and every argument is documented."""

from __future__ import annotations

import doctest
import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import public
import pytest

import mlekit

SOURCE = Path(__file__).parents[1]
NAMES = [
    ".".join(p.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    for package in ("mlekit", "lm")
    for p in SOURCE.glob(f"{package}/**/*.py")
]
MODULES = sorted(n for n in NAMES if not n.endswith("__main__"))


@pytest.mark.slow
@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    torch = sys.modules.get("torch")
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    with nullcontext() if torch is None else torch.random.fork_rng():  # a bare module draws its weights from it
        for test in collected(import_module(name)):
            runner.run(test)
    assert runner.failures == 0, "see the captured output"


def collected(module: ModuleType) -> Iterator[doctest.DocTest]:
    """What doctest finds, and the properties that are worked out once, which it does not look at."""
    finder = doctest.DocTestFinder()
    yield from finder.find(module)
    for cls in vars(module).values():
        if inspect.isclass(cls) and cls.__module__ == module.__name__:
            for name, member in vars(cls).items():
                if isinstance(member, cached_property):
                    yield from finder.find(member.func, f"{module.__name__}.{cls.__name__}.{name}", module)


def test_properties_that_are_worked_out_once_are_collected() -> None:
    found = {test.name for test in collected(import_module("mlekit.registry")) if test.examples}
    assert {"mlekit.registry.Registry.names", "mlekit.registry.Registry.public"} <= found


def test_every_public_name_has_an_example_that_is_run() -> None:
    assert not [name for name, thing in public.names().items() if not public.has_example(name, thing)]


NUMPYDOC = ("mlekit.api", "mlekit.errors", "mlekit.estimator", "mlekit.fits")


def test_every_argument_is_documented() -> None:
    functions = {name: thing for name, thing in public.names().items() if inspect.isfunction(inspect.unwrap(thing))}
    ours = {name: function for name, function in functions.items() if function.__module__.startswith(NUMPYDOC)}
    assert len(ours) > 40
    assert not [f"{name}({missing})" for name, function in ours.items() for missing in undocumented(function)]


def test_every_class_documents_its_own_arguments() -> None:
    assert not undocumented(mlekit.Estimator)
    assert not undocumented(mlekit.fits.SolvedFit)


def undocumented(function: Any) -> list[str]:
    """Parameters that the section "Parameters" of the docstring lacks."""
    section = re.search(r"Parameters\n-+\n(.*?)(\n\n\w+\n-+\n|\Z)", inspect.getdoc(function) or "", re.DOTALL)
    found = re.findall(r"^\**(\w+)", section[1] if section else "", re.MULTILINE)
    return [name for name in inspect.signature(function).parameters if name not in ("self", *found)]
