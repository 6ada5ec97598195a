"""Every public name says what it is by an example, and every example in a docstring gives what it says."""

from __future__ import annotations

import doctest
import inspect
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType

import public
import pytest

SOURCE = Path(__file__).parents[1]
NAMES = [
    ".".join(p.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    for package in ("mlekit", "lm")
    for p in SOURCE.glob(f"{package}/**/*.py")
]
MODULES = sorted(n for n in NAMES if not n.endswith("__main__"))


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
