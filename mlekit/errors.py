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

from abc import ABCMeta
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from types import FunctionType
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from inspect import Signature

P = ParamSpec("P")
R = TypeVar("R")


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

    named_row: tuple[str, int, str] | None = None  # the message before, at and after the number of a row


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
    ([6.6, nan], 'PredictionWarning')
    """


def outside_level() -> int:
    """Return the stacklevel of a warning that points at the line outside of mlekit and lm that asked.

    Examples
    --------
    >>> outside_level() > 0
    True
    """
    from inspect import currentframe

    frame = currentframe()
    frame, level = frame and frame.f_back, 1
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in ("mlekit", "lm", "functools"):
        level, frame = level + 1, frame.f_back
    return level


def in_row(row: int, after: str, before: str = "") -> DataError:
    """Return the error of one row, which can be renumbered.

    Parameters
    ----------
    row : int
        Position of the row.
    after : str
        Message after the number of the row.
    before : str, optional
        Message before it.

    Returns
    -------
    DataError
        An error to raise.

    Examples
    --------
    >>> import mlekit
    >>> print(mlekit.errors.in_row(3, " is -1"))
    row 3 is -1
    """
    error = DataError(f"{before}row {row}{after}")
    error.named_row = before, row, after
    return error


def renumber(error: DataError, positions: Sequence[int]) -> DataError:
    """Name a row by its position in the caller's data, where rows were left out of them.

    Parameters
    ----------
    error : DataError
        Error that may name a row of those that were kept.
    positions : sequence of int
        Positions of the rows that were kept.

    Returns
    -------
    DataError
        The same error.

    Examples
    --------
    >>> import mlekit
    >>> print(mlekit.errors.renumber(mlekit.errors.in_row(0, " is -1"), [2, 4]))
    row 2 is -1
    """
    if error.named_row is not None:
        before, row, after = error.named_row
        error.args = (f"{before}row {positions[row]}{after}",)
        error.named_row = None
    return error


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


def explained(function: Callable[P, R]) -> Callable[P, R]:
    """Return a function that raises an OptionError where a call does not fit its signature.

    Parameters
    ----------
    function : callable
        Function or method that users call.

    Returns
    -------
    callable

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit([1, 0], famly="bernoulli")
    Traceback (most recent call last):
        ...
    mlekit.errors.OptionError: fit has no argument 'famly': did you mean 'family'?
    """
    explain = _explain

    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except TypeError as error:
            explain(error, function, args, kwargs)
            raise

    # with the names of the function's own module, where its annotations are looked up
    names = function.__globals__  # pyright: ignore[reportFunctionMemberAccess]
    return wraps(function)(FunctionType(call.__code__, names, closure=call.__closure__))


class Explained(ABCMeta):
    """Metaclass of classes that raise an OptionError where a call does not fit the signature of their constructor.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.priors.Gamma(2, 2)
    Traceback (most recent call last):
        ...
    mlekit.errors.OptionError: Gamma takes its arguments by name: Gamma(shape=2, rate=2)
    """

    @property
    def __signature__(cls) -> Signature:
        """The arguments of the constructor, for `help` and editors: `__call__` would hide them."""
        from inspect import signature

        constructor = signature(cls.__init__)
        return constructor.replace(parameters=list(constructor.parameters.values())[1:])

    if not TYPE_CHECKING:  # type checkers take the constructor's own types

        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            try:
                return super().__call__(*args, **kwargs)
            except TypeError as error:
                _explain(error, cls, args, kwargs)
                raise


def _explain(
    error: TypeError, called: Callable[..., object], args: Sequence[object], kwargs: Mapping[str, object]
) -> None:
    """Raise an OptionError in place of an error of the call itself: one that was raised before the code was entered."""
    if error.__traceback__ is not None and error.__traceback__.tb_next is None:
        _refuse_call(called, args, kwargs)


def _refuse_call(called: Callable[..., object], args: Sequence[object], kwargs: Mapping[str, object]) -> None:
    """Raise an OptionError that says what is wrong with the arguments of a call, if something is."""
    from inspect import signature

    name = called.__qualname__
    own = [p for p in signature(called).parameters.values() if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    if own and own[0].name == "self":
        own, args = own[1:], args[1:]
    names = [p.name for p in own]
    ordered = [p.name for p in own if p.kind is not p.KEYWORD_ONLY]
    unknown = next((n for n in kwargs if n not in names), None)
    if unknown is not None:
        raise OptionError(f"{name} has no argument {unknown!r}: {nearest(unknown, names)}")
    if len(args) > len(names):
        raise OptionError(f"{name} takes at most {len(names)} arguments ({', '.join(names)}), not {len(args)}")
    if len(args) > len(ordered):
        given = [f"{value!r:.40}" for value in args[: len(ordered)]]
        given += [f"{n}={value!r:.40}" for n, value in zip(names[len(ordered) :], args[len(ordered) :], strict=False)]
        raise OptionError(f"{name} takes its arguments by name: {name}({', '.join(given)})")
    twice = next((n for n in ordered[: len(args)] if n in kwargs), None)
    if twice is not None:
        raise OptionError(
            f"{name} has {twice!r} twice, by position and by name: give the arguments in the order"
            f" {', '.join(ordered)}, or by name"
        )
    lacking = [p.name for p in own if p.default is p.empty and p.name not in (*ordered[: len(args)], *kwargs)]
    if lacking:
        raise OptionError(f"{name} needs {' and '.join(lacking)}: {name}({', '.join(names)})")
