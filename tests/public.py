"""The public names of mlekit and lm, found and not listed: what packages export, and what methods return."""

from __future__ import annotations

import doctest
import inspect
import pkgutil
import re
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from types import ModuleType
from typing import Any

import lm
import lm.fit
import mlekit
import mlekit.fits

FITS = tuple(getattr(mlekit.fits, name) for name in mlekit.fits.__all__)
OPEN = (*FITS, lm.fit.Fit, mlekit.Estimator, mlekit.Verdict, lm.Vocabulary)


def names() -> dict[str, Any]:
    """Every public class, function, method and property, by its name."""
    packages = [mlekit, lm, *(package for name in mlekit.__all__ if inspect.ismodule(package := getattr(mlekit, name)))]
    found = {f"{package.__name__}.{name}": thing for package in packages for name, thing in handed_out(package).items()}
    known = {id(thing) for thing in found.values()}
    for cls in answered(OPEN):
        found |= {} if id(cls) in known else {named(cls): cls}
        found |= {f"{named(cls)}.{name}": member for name, member in members(cls).items()}
    return found


def named(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


def handed_out(package: ModuleType) -> dict[str, Any]:
    """Classes and functions in `__all__`, or defined by a file of the package and exported under the same name."""
    listed = {name: getattr(package, name) for name in getattr(package, "__all__", ())}
    own = {
        name: thing
        for file in files(package)
        for name, thing in vars(file).items()
        if getattr(thing, "__module__", "") == file.__name__ and getattr(package, name, None) is thing
        if file is not package or not listed
    }
    return {name: thing for name, thing in {**own, **listed}.items() if name[0] != "_" and documented(thing)}


def files(package: ModuleType) -> list[ModuleType]:
    """The package itself, and of a folder that is a package all files in it."""
    below = (
        []
        if package in (mlekit, lm)
        else pkgutil.walk_packages(getattr(package, "__path__", ()), f"{package.__name__}.")
    )
    return [package, *(import_module(file.name) for file in below)]


def documented(thing: Any) -> bool:
    """Whether a name has a place for a docstring: what is no class and no function is data."""
    routine = callable(thing) and inspect.isfunction(inspect.unwrap(thing))
    return inspect.isclass(thing) or routine or isinstance(thing, property | cached_property)


def members(cls: type) -> dict[str, Any]:
    """Its own public methods and properties; not those that a base class documents for it."""
    fields = getattr(cls, "__dataclass_fields__", {})
    plain = {name: getattr(member, "__func__", member) for name, member in vars(cls).items() if name not in fields}
    public = {name: member for name, member in plain.items() if name[0] != "_" and documented(member)}
    return {name: member for name, member in public.items() if member.__doc__ or not inherited(cls, name)}


def inherited(cls: type, name: str) -> bool:
    """Whether a base class has a docstring for this member."""
    return any(getattr(vars(base).get(name), "__doc__", None) for base in cls.__mro__[1:])


def answered(classes: tuple[type, ...]) -> list[type]:
    """The classes, and those of what their methods answer, as far as `inference` or they themselves declare it."""
    found, new = [], list(classes)
    while new:
        cls = new.pop()
        found.append(cls)
        declared = {base for base in cls.__mro__[1:-1] if base.__module__ == cls.__module__}
        declared |= {answer for member in members(cls).items() for answer in answers(*member)}
        new += [c for c in sorted(declared, key=named) if c not in found + new]
    return found


def answers(name: str, member: Any) -> Iterator[type]:
    """What a method is declared to answer: by its own words, or by those of the function that it forwards to."""
    own = getattr(member, "fget", getattr(member, "func", member))
    functions = [own, *(vars(file).get(name) for file in files(import_module("mlekit.inference")))]
    for function in filter(inspect.isfunction, functions):
        answer = vars(import_module(function.__module__)).get(function.__annotations__.get("return", ""))
        if inspect.isclass(answer) and answer.__module__.startswith(("mlekit.inference", "lm.")):
            yield answer


def examples(thing: Any) -> list[doctest.Example]:
    """The examples of its docstring that are run."""
    found = doctest.DocTestParser().get_examples(getattr(thing, "__doc__", None) or "")
    return [example for example in found if doctest.SKIP not in example.options]


def has_example(name: str, thing: Any) -> bool:
    """Whether a public name has an example: in its own docstring, or, of a member, in one of its class that uses it."""
    owner, _, member = name.rpartition(".")
    used = re.compile(rf"\.{member}\b")
    return bool(examples(thing)) or any(used.search(example.source) for example in examples(owner_of(owner)))


def owner_of(name: str) -> Any:
    """The class of that name; None of a module."""
    found = pkgutil.resolve_name(name)
    return found if inspect.isclass(found) else None
