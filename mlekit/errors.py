"""The errors of mlekit.

    MlekitError
    DataError(ValueError)                 a row that is not in the support of the family
    OptionError(ValueError)               an argument that is not valid
    UnknownName(OptionError, KeyError)    a name that does not exist
    UnknownAttribute(UnknownName, AttributeError)   the same, of a package: mlekit.families.Gama
    FormulaError(ValueError)              a formula that cannot be read
    IdentifiabilityError(ValueError)      no unique maximum: collinear columns, one distinct value for a scale
    NoStandardError(ArithmeticError)      no Wald standard error, as at a boundary
    ConvergenceError(RuntimeError)        a maximum that is not proved, with on_failure="raise"
    MissingDependency(ImportError)        an optional library that is not installed
    LoadError(ValueError)                 a file that save did not write

    ConvergenceWarning(UserWarning)       a maximum that is not proved, by default
    PredictionWarning(UserWarning)        rows whose prediction does not exist

Each message names the problem, its place and the remedy.
"""

from __future__ import annotations

from collections.abc import Iterable


class MlekitError(Exception):
    """Base class of all errors of mlekit.

    Examples
    --------
    >>> import mlekit
    >>> try:
    ...     mlekit.fit([1, 0, 2], family="bernoulli")
    ... except mlekit.errors.MlekitError as error:
    ...     print(type(error).__name__)
    DataError
    """


class DataError(MlekitError, ValueError):
    """The data do not suit the family or the call: the message names the row, its value and the valid set.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit([3, -1], family="poisson")
    Traceback (most recent call last):
        ...
    mlekit.errors.DataError: row 1 is -1, but poisson requires non-negative integers: drop the row ...
    """


class OptionError(MlekitError, ValueError):
    """An argument is not valid: the message names the nearest valid one.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit([1.0, 2.0], family="nromal")
    Traceback (most recent call last):
        ...
    mlekit.errors.OptionError: there is no family 'nromal': did you mean 'normal' or 'binomial' or 'norm'?
    """


class UnknownName(OptionError, KeyError):
    """A name does not exist: the message names the nearest one.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit([1, 0], family="bernoulli")["od"]
    Traceback (most recent call last):
        ...
    mlekit.errors.UnknownName: this fit has no 'od'; did you mean 'odds'?
    """

    __str__ = Exception.__str__


class UnknownAttribute(UnknownName, AttributeError):
    """A package has no object of that name.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.priors.Betta
    Traceback (most recent call last):
        ...
    mlekit.errors.UnknownAttribute: mlekit.priors has no 'Betta': did you mean 'Beta'?
    """


class FormulaError(MlekitError, ValueError):
    """A formula cannot be read: the message shows the place and what was expected there.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit({"x": [1, 2], "y": [3, 4]}, "y ~ x +", family="normal")
    Traceback (most recent call last):
        ...
    mlekit.errors.FormulaError: expected a column, ...
        y ~ x +
               ^
    """


class IdentifiabilityError(MlekitError, ValueError):
    """The data determine no unique maximum.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit([2.0, 2.0, 2.0], family="normal")
    Traceback (most recent call last):
        ...
    mlekit.errors.IdentifiabilityError: all rows have the same value, ...
    """


class NoStandardError(MlekitError, ArithmeticError):
    """There is no Wald standard error: the message names a method that gives an interval.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit([1, 1, 1], family="bernoulli").estimate("p", method="wald")
    Traceback (most recent call last):
        ...
    mlekit.errors.NoStandardError: p has no Wald standard error, because ...
    """


class ConvergenceError(MlekitError, RuntimeError):
    """The estimates are not proved to be a maximum, and `on_failure` is `"raise"`.

    Examples
    --------
    >>> import mlekit
    >>> separated = {"x": [0, 1, 2, 3], "y": [0, 0, 1, 1]}
    >>> mlekit.fit(separated, "y ~ x", family="bernoulli", on_failure="raise")
    Traceback (most recent call last):
        ...
    mlekit.errors.ConvergenceError: bernoulli: ...
    """


class MissingDependency(MlekitError, ImportError):
    """An optional library is needed for this call.

    Examples
    --------
    >>> import mlekit
    >>> raise mlekit.errors.needs("matplotlib", "plot")
    Traceback (most recent call last):
        ...
    mlekit.errors.MissingDependency: this needs matplotlib, which is not installed: pip install 'mlekit[plot]'
    """


class LoadError(MlekitError, ValueError):
    """A file is not one that `save` wrote, or is damaged.

    Examples
    --------
    >>> import mlekit, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "fit.json"
    >>> _ = path.write_text('{"half": ')
    >>> mlekit.load(path)
    Traceback (most recent call last):
        ...
    mlekit.errors.LoadError: ...fit.json ... line 1 column 10 (char 9)
    """


class ConvergenceWarning(UserWarning):
    """The estimates are not proved to be a maximum; the verdict of the fit has the reasons.

    Examples
    --------
    >>> import mlekit, warnings
    >>> separated = {"x": [0, 1, 2, 3], "y": [0, 0, 1, 1]}
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     fit = mlekit.fit(separated, "y ~ x", family="bernoulli")
    >>> caught[0].category.__name__, fit.converged
    ('ConvergenceWarning', False)
    """


class PredictionWarning(UserWarning):
    """Some rows have no prediction, because a link leaves the set of the parameter there.

    Examples
    --------
    >>> import mlekit, warnings
    >>> line = mlekit.fit({"x": [1, 2, 3, 4], "y": [9, 6, 5, 1]}, "y ~ x", family="poisson", link="identity")
    >>> with warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always")
    ...     mean = line.predict({"x": [2, 20]})
    >>> mean.round(2).tolist(), caught[0].category.__name__
    ([6.38, nan], 'PredictionWarning')
    """


def outside_level() -> int:
    """Return the stacklevel of a warning that points at the line outside of mlekit and lm that asked.

    Examples
    --------
    >>> outside_level()
    1
    """
    from inspect import currentframe

    frame = currentframe()
    frame, level = frame and frame.f_back, 1
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in ("mlekit", "lm", "functools"):
        level, frame = level + 1, frame.f_back
    return level


def nearest(name: object, valid: Iterable[str]) -> str:
    """Return the end of a message: the nearest valid names, or all of them.

    Parameters
    ----------
    name : object
        Name that does not exist.
    valid : iterable of str
        Names that exist.

    Returns
    -------
    str
        Part of a sentence, without a full stop.

    Examples
    --------
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
    """Return the error for a missing optional library.

    Parameters
    ----------
    library : str
        Name of the library.
    extra : str
        Extra of mlekit that installs it.

    Returns
    -------
    MissingDependency
        An error to raise, with the command that installs the library.

    Examples
    --------
    >>> import mlekit
    >>> print(mlekit.errors.needs("PyTorch", "torch"))
    this needs PyTorch, which is not installed: pip install 'mlekit[torch]'
    """
    return MissingDependency(f"this needs {library}, which is not installed: pip install 'mlekit[{extra}]'")
