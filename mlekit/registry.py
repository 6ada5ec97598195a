"""The one way in which a name becomes the object of one file.

A package from which users choose holds one object per file. The name of the file is the name that users type, and the
object is the one in it that is spelled with the same letters:

    families/student_t.py      StudentT          networks/mlp.py      MLP          links/logit.py      LOGIT

Files and folders whose names begin with an underscore are helpers. Nothing is imported until it is asked for, and no
list of names is kept anywhere: a new object is one new file.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from functools import cached_property
from importlib import import_module
from os.path import isfile
from types import ModuleType
from typing import Any, Generic, TypeVar

from .errors import OptionError, UnknownAttribute, nearest

T = TypeVar("T")


class Registry(Generic[T]):
    """The objects of a package, found by the names of its files.

    Parameters
    ----------
    package : str
        Dotted name of the package; its ``__init__`` makes the registry, with ``__name__``.
    noun : str
        What one of its objects is called in error messages, such as ``"family"``.

    Examples
    --------
    >>> from mlekit.registry import Registry
    >>> priors = Registry("mlekit.priors", "prior")
    >>> "half_normal" in priors.names, priors.get("half_normal").__name__
    (True, 'HalfNormal')
    """

    def __init__(self, package: str, noun: str) -> None:
        self.package, self.noun = package, noun

    @cached_property
    def names(self) -> list[str]:
        """The names users may type, sorted: files, and folders that define their namesake, but no helpers.

        >>> "half_normal" in Registry("mlekit.priors", "prior").names
        True
        """
        found: set[str] = set()
        for folder in self._module.__path__:
            for entry in os.scandir(folder):
                stem, _, ending = entry.name.partition(".")
                if entry.name[:1].isalpha() and (ending == "py" or (entry.is_dir() and self._spellings(entry.name))):
                    found.add(stem)
        return sorted(found)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def get(self, name: str, aliases: Iterable[str] = ()) -> T:
        """Import the file of a name and return its object.

        Parameters
        ----------
        name : str
            Name of a file.
        aliases : iterable of str, default ()
            Other spellings, suggested beside the names where there is no such file.

        Raises
        ------
        OptionError
            If there is no such file; the message suggests the nearest name.

        Examples
        --------
        >>> Registry("mlekit.solvers", "solver").get("newtn")
        Traceback (most recent call last):
            ...
        mlekit.errors.OptionError: there is no solver 'newtn': did you mean 'newton'?
        """
        if name not in self.names:
            raise OptionError(f"there is no {self.noun} {name!r}: {nearest(name, [*self.names, *aliases])}")
        return namesake(import_module(f"{self.package}.{name}"))

    def attribute(self, name: str) -> Any:
        """The object or module of an attribute of the package: what its ``__getattr__`` returns.

        >>> Registry("mlekit.priors", "prior").attribute("HalfNormal").__name__
        'HalfNormal'
        """
        for stem in self.names:
            if stem == name:
                return import_module(f"{self.package}.{stem}")
            if letters(stem) == letters(name) and name in self._spellings(stem):
                return self.get(stem)
        raise UnknownAttribute(f"{self.package} has no {name!r}: {nearest(name, self.public)}")

    @cached_property
    def public(self) -> list[str]:
        """The objects as Python spells them, read from the files without importing them.

        >>> "HalfNormal" in Registry("mlekit.priors", "prior").public
        True
        """
        return [spelling for stem in self.names for spelling in self._spellings(stem)[:1]]

    @cached_property
    def functions(self) -> list[str]:
        """The functions that are named exactly as their files, sorted, read without importing the files.

        >>> "truncated" in Registry("mlekit.families.composite", "composite family").functions
        True
        """
        return [stem for stem in self.names if stem in self._spellings(stem)]

    def function(self, name: str) -> Any:
        """Import a file and return the function of its name.

        >>> Registry("mlekit.families.composite", "composite family").function("truncated").__name__
        'truncated'
        """
        return getattr(import_module(f"{self.package}.{name}"), name)

    def directory(self) -> list[str]:
        """The public names of the package: what its ``__dir__`` returns.

        >>> "Beta" in Registry("mlekit.priors", "prior").directory()
        True
        """
        own = [name for name in vars(self._module).get("__all__", ()) if name[:1] != "_"]
        return sorted({*own, *self.public})

    def _spellings(self, stem: str) -> list[str]:
        """The spellings of the object of a file in it."""
        for folder in self._module.__path__:
            for path in (f"{folder}/{stem}.py", f"{folder}/{stem}/__init__.py"):
                if isfile(path):
                    with open(path, encoding="utf-8") as file:
                        defined = re.findall(r"^(?:class |def )?(\w+)", file.read(), re.MULTILINE)
                    return [name for name in dict.fromkeys(defined) if letters(name) == letters(stem)]
        return []

    @property
    def _module(self) -> ModuleType:
        return sys.modules.get(self.package) or import_module(self.package)


def namesake(module: ModuleType) -> Any:
    """The object of a module that is spelled like its file; one that the module defines comes first.

    >>> from mlekit.priors import half_normal
    >>> namesake(half_normal).__name__
    'HalfNormal'
    """
    stem = letters(module.__name__.rpartition(".")[2])
    found = [value for name, value in vars(module).items() if letters(name) == stem]
    own = [value for value in found if getattr(value, "__module__", None) == module.__name__]
    if not found:
        raise OptionError(f"{module.__name__} defines nothing that is spelled like the file")
    return (own or found)[0]


def letters(name: str) -> str:
    """The letters that the name of a file and the name of its object have in common.

    >>> letters("student_t") == letters("StudentT")
    True
    """
    return name.replace("_", "").lower()
