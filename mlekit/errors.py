"""Every error that mlekit raises on purpose.

    MlekitError
    DataError(ValueError)                 the row, the value, the set it should be in, and what to do
    OptionError(ValueError)               an argument; the nearest valid names
    UnknownName(OptionError, KeyError)    a name that was looked up and is not there
    UnknownAttribute(UnknownName, AttributeError)   the same, of a package: mlekit.families.Gama
    FormulaError(ValueError)              where in the text, what was expected
    IdentifiabilityError(ValueError)      no unique maximum: collinear columns, one distinct value for a scale
    NoStandardError(ArithmeticError)      asked for a Wald error where none exists; names an interval that is valid
    ConvergenceError(RuntimeError)        only with on_failure="raise"
    MissingDependency(ImportError)        the pip line to type
    LoadError(ValueError)                 a file that is not what was saved

    ConvergenceWarning(UserWarning)       the default voice of a fit whose verdict says no

A message says what is wrong, where, and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable


class MlekitError(Exception):
    """What every error of this library is.

    >>> import mlekit
    >>> try:
    ...     mlekit.fit([1, 0, 2], family="bernoulli")
    ... except mlekit.errors.MlekitError as error:
    ...     print(type(error).__name__)
    DataError
    """


class DataError(MlekitError, ValueError):
    """The data are not what the law or the call needs.

    >>> import mlekit
    >>> mlekit.fit([3, -1], family="poisson")
    Traceback (most recent call last):
        ...
    mlekit.errors.DataError: row 1 is -1, but poisson needs a whole number from 0 up: leave such rows out ...
    """


class OptionError(MlekitError, ValueError):
    """An argument is not what it may be.

    >>> import mlekit
    >>> mlekit.fit([1.0, 2.0], family="nromal")
    Traceback (most recent call last):
        ...
    mlekit.errors.OptionError: there is no family 'nromal': did you mean 'normal' or 'binomial' or 'norm'?
    """


class UnknownName(OptionError, KeyError):
    """A name was looked up and is not there.

    >>> import mlekit
    >>> mlekit.fit([1, 0], family="bernoulli")["od"]
    Traceback (most recent call last):
        ...
    mlekit.errors.UnknownName: this fit has no 'od'; did you mean 'odds'?
    """

    __str__ = Exception.__str__


class UnknownAttribute(UnknownName, AttributeError):
    """A package was asked for an object that it does not have.

    >>> import mlekit
    >>> mlekit.priors.Betta
    Traceback (most recent call last):
        ...
    mlekit.errors.UnknownAttribute: mlekit.priors has no 'Betta': did you mean 'Beta'?
    """


class FormulaError(MlekitError, ValueError):
    """A formula does not say what a formula may say.

    >>> import mlekit
    >>> mlekit.fit({"x": [1, 2], "y": [3, 4]}, "y ~ x +", family="normal")
    Traceback (most recent call last):
        ...
    mlekit.errors.FormulaError: expected a column, a function, 0, 1, . or (, not the end
        y ~ x +
               ^
    """


class IdentifiabilityError(MlekitError, ValueError):
    """The data leave no unique maximum.

    >>> import mlekit
    >>> mlekit.fit([2.0, 2.0, 2.0], family="normal")
    Traceback (most recent call last):
        ...
    mlekit.errors.IdentifiabilityError: all rows have the same value, ... the likelihood grows without bound ...
    """


class NoStandardError(MlekitError, ArithmeticError):
    """The Wald standard error does not exist here.

    >>> import mlekit
    >>> mlekit.fit([1, 1, 1], family="bernoulli").estimate("p", method="wald")
    Traceback (most recent call last):
        ...
    mlekit.errors.NoStandardError: p has no Wald standard error, because p = 1 is at an end of its set ...
    """


class ConvergenceError(MlekitError, RuntimeError):
    """The maximum was not proved, and the caller asked to be stopped then.

    >>> import mlekit
    >>> apart = {"x": [0, 1, 2, 3], "y": [0, 0, 1, 1]}
    >>> mlekit.fit(apart, "y ~ x", family="bernoulli", on_failure="raise")
    Traceback (most recent call last):
        ...
    mlekit.errors.ConvergenceError: bernoulli: the likelihood still rises towards infinity in x: ...
    """


class MissingDependency(MlekitError, ImportError):
    """An optional library is needed for this call.

    >>> import mlekit
    >>> raise mlekit.errors.needs("matplotlib", "plot")
    Traceback (most recent call last):
        ...
    mlekit.errors.MissingDependency: this needs matplotlib, which is not installed: pip install 'mlekit[plot]'
    """


class LoadError(MlekitError, ValueError):
    """A file is not what was saved.

    >>> import mlekit, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "fit.json"
    >>> _ = path.write_text('{"half": ')
    >>> mlekit.load(path)
    Traceback (most recent call last):
        ...
    mlekit.errors.LoadError: ...fit.json is cut off, or no JSON: Expecting value: line 1 column 10 (char 9)
    """


class ConvergenceWarning(UserWarning):
    """A fit whose verdict says no.

    >>> import mlekit, warnings
    >>> apart = {"x": [0, 1, 2, 3], "y": [0, 0, 1, 1]}
    >>> with warnings.catch_warnings(record=True) as heard:
    ...     warnings.simplefilter("always")
    ...     fit = mlekit.fit(apart, "y ~ x", family="bernoulli")
    >>> heard[0].category.__name__, fit.converged
    ('ConvergenceWarning', False)
    """


def nearest(name: object, valid: Iterable[str]) -> str:
    """The end of a sentence that helps: the nearest valid names, else all of them.

    >>> import mlekit
    >>> mlekit.errors.nearest("nromal", ["normal", "gamma"])
    "did you mean 'normal'?"
    """
    from difflib import get_close_matches

    valid = [str(v) for v in valid]
    close = get_close_matches(str(name), valid, n=3, cutoff=0.6)
    if close:
        return "did you mean " + " or ".join(repr(c) for c in close) + "?"
    return "valid names: " + ", ".join(valid) if valid else "there are no names to choose from"


def needs(library: str, extra: str) -> MissingDependency:
    """The error for a missing optional library, with the line to type.

    >>> import mlekit
    >>> print(mlekit.errors.needs("PyTorch", "torch"))
    this needs PyTorch, which is not installed: pip install 'mlekit[torch]'
    """
    return MissingDependency(f"this needs {library}, which is not installed: pip install 'mlekit[{extra}]'")
