"""Arguments of the command line."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from inspect import signature
from typing import NoReturn, TypeAlias

from .. import families
from ..errors import OptionError, nearest
from ..families import Family

Result: TypeAlias = tuple[int, str]  # the exit code, and the text to print
AddParser: TypeAlias = Callable[..., ArgumentParser]  # makes the parser of a command, by its name


class Parser(ArgumentParser):
    """A parser that raises an OptionError for a mistake.

    Examples
    --------
    >>> Parser(prog="coin").parse_args(["--side"])
    Traceback (most recent call last):
        ...
    mlekit.errors.OptionError: unrecognized arguments: --side (see coin --help)
    """

    def error(self, message: str) -> NoReturn:
        raise OptionError(f"{message} (see {self.prog} --help)")


def parse_family(text: str) -> Family:
    """Return the family of a text such as `gamma` or `binomial(n=10)`.

    Parameters
    ----------
    text : str
        Name of a family, with options whose values are numbers or names of columns.

    Returns
    -------
    Family
        The family.

    Raises
    ------
    OptionError
        If there is no such family or option.

    Examples
    --------
    >>> parse_family("binomial(n=10)")
    binomial(n=10)
    """
    match = re.fullmatch(r"\s*(\w+)\s*(?:\((.*)\))?\s*", text)
    if match is None:
        raise OptionError(f"--family is {text!r}: write a name, or a name with options, as in binomial(n=10)")
    name, options = match.groups()
    found = families.get(name)
    return found if not options else _with_options(found, options)


def _with_options(family: Family, options: str) -> Family:
    given = dict(_assigned(part, "--family") for part in options.split(","))
    known = list(signature(type(family)).parameters)
    for name in given:
        if name not in known:
            raise OptionError(f"--family: {family.name} has no option {name!r}; {nearest(name, known)}")
    return type(family)(**{name: _value(text) for name, text in given.items()})


def _assigned(text: str, option: str) -> tuple[str, str]:
    """Both sides of `name=value`."""
    name, sign, value = (part.strip() for part in text.partition("="))
    if not (name and sign and value):
        raise OptionError(f"{option}: {text.strip()!r} has to be name=value, as in sd=2")
    return name, value


def _value(text: str) -> int | float | str:
    """A number, or else the name of a column."""
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text


def parse_fixed(texts: Iterable[str]) -> dict[str, float]:
    """Return the values of texts such as `sd=2`, by name.

    Parameters
    ----------
    texts : iterable of str
        Texts of the form `name=value`.

    Returns
    -------
    dict
        Values by name.

    Raises
    ------
    OptionError
        If a text is not of this form, or its value is not a number.

    Examples
    --------
    >>> parse_fixed(["sd=2"])
    {'sd': 2.0}
    """
    fixed: dict[str, float] = {}
    for text in texts:
        name, value = _assigned(text, "--fixed")
        try:
            fixed[name] = float(value)
        except ValueError:
            raise OptionError(f"--fixed: {value!r} is not a number, but the value of {name!r} has to be one") from None
    return fixed
