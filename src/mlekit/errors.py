"""Every error that mlekit raises on purpose.

MlekitError
DataError(ValueError)               the row, the value, the set it should be in, and what to do
OptionError(ValueError)             an argument; the nearest valid names
UnknownName(OptionError, KeyError)    a name that was looked up and is not there
FormulaError(ValueError)            where in the text, what was expected
IdentifiabilityError(ValueError)    no unique maximum: collinear columns, one distinct value for a scale
NoStandardError(ArithmeticError)    asked for a Wald error where none exists; names an interval that is valid
ConvergenceError(RuntimeError)      only with on_failure="raise"
MissingDependency(ImportError)      the pip line to type
LoadError(ValueError)               a file that is not what was saved

ConvergenceWarning(UserWarning)       the default voice of a fit whose verdict says no
"""

from __future__ import annotations

from collections.abc import Iterable


class MlekitError(Exception):
    """What every error of this library is."""


class DataError(MlekitError, ValueError):
    """The data are not what the law or the call needs."""


class OptionError(MlekitError, ValueError):
    """An argument is not what it may be."""


class UnknownName(OptionError, KeyError):
    """A name was looked up and is not there."""

    __str__ = Exception.__str__


class FormulaError(MlekitError, ValueError):
    """A formula does not say what a formula may say."""


class IdentifiabilityError(MlekitError, ValueError):
    """The data leave no unique maximum."""


class NoStandardError(MlekitError, ArithmeticError):
    """The Wald standard error does not exist here."""


class ConvergenceError(MlekitError, RuntimeError):
    """The maximum was not proved, and the caller asked to be stopped then."""


class MissingDependency(MlekitError, ImportError):
    """An optional library is needed for this call."""


class LoadError(MlekitError, ValueError):
    """A file is not what was saved."""


class ConvergenceWarning(UserWarning):
    """A fit whose verdict says no."""


def nearest(name: object, valid: Iterable[str]) -> str:
    """The end of a sentence that helps: the nearest valid names, else all of them.

    >>> nearest("nromal", ["normal", "gamma"])
    "did you mean 'normal'?"
    """
    from difflib import get_close_matches

    valid = [str(v) for v in valid]
    close = get_close_matches(str(name), valid, n=3, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(repr(c) for c in close) + "?"
    return "valid names: " + ", ".join(valid) if valid else "there are no names to choose from"


def needs(library: str, extra: str) -> MissingDependency:
    """The error for a missing optional library, with the line to type."""
    return MissingDependency(f"this needs {library}, which is not installed: pip install 'mlekit[{extra}]'")
