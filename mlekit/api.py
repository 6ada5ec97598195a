"""Functions of the package: fit, counted, load and merge."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from os import PathLike
from os.path import isdir
from typing import TYPE_CHECKING, Any, TypeVar, Unpack, overload

import numpy as np

from . import fits, solvers
from .data.rows import Counted
from .errors import OptionError, explained
from .estimator import Estimator
from .fits import Fit
from .models.base import Model

if TYPE_CHECKING:
    from numpy.typing import ArrayLike
    from torch import nn

    from .arguments import Column, Data, FamilyLike, LinkLike, Options, PriorLike, Seed, Target
    from .fits import GroupedFit
    from .solvers._base import Solver

F = TypeVar("F")
_EXAMPLES = "mlekit.fit(x, family='gamma') for a column, mlekit.fit(df, 'y ~ x', family='poisson') for a regression"


@overload
def fit(
    data: Data, target: Target | None = None, *, family: Model[F], by: None = None, **options: Unpack[Options]
) -> F: ...
@overload
def fit(
    data: Data, target: Target | None = None, *, family: FamilyLike, by: None = None, **options: Unpack[Options]
) -> Fit: ...
@overload
def fit(
    data: Data, target: Target | None = None, *, family: FamilyLike, by: object, **options: Unpack[Options]
) -> GroupedFit: ...
@explained
def fit(
    data: Data,
    target: Target | None = None,
    *,
    family: FamilyLike | Model[Any] | None = None,
    prior: PriorLike | None = None,
    by: Any = None,
    weights: Column | None = None,
    offset: Column | None = None,
    link: LinkLike | None = None,
    fixed: Mapping[str, float] | None = None,
    tied: Mapping[str, str] | None = None,
    start: Mapping[str, float] | None = None,
    solver: str | Solver = "auto",
    missing: str = "error",
    on_failure: str = "warn",
    intercept: bool = True,
    seed: Seed | None = 0,
    progress: bool | Callable[[int, float], object] | None = None,
) -> Any:
    """Fit a distribution or a regression to data by maximum likelihood, or with a prior by maximum a posteriori.

    Parameters
    ----------
    data : column, table or model-specific data
        One column: a list, range, NumPy array, tensor, or a column of pandas, polars or pyarrow. Or a table: a dict of
        columns, a matrix, or a frame of these libraries. Or distinct values with their counts, `mlekit.counted`.
        Models of your own read what they like: those of `lm` read words.
    target : str, dict or array-like, optional
        - Of a table the name of a column, or a formula such as `"y ~ x + C(z)"`.
        - What censored rows are made of, such as `"Surv(time, event)"`, alone or on the left of a formula.
        - A dict of formulas by parameter, as in `{"mean": "y ~ x", "sd": "~ x"}`.
        - The response `y` of a regression on the columns of `data`, as in `mlekit.fit(X, y, ...)`.
    family : str, Family, scipy distribution or Model
        Distribution of the observations, or of the response given the columns: a name of `mlekit.families.names()`,
        a family with options such as `mlekit.families.Binomial(n=10)`, one of your own by `mlekit.custom`, a
        distribution of `scipy.stats`, a torch module by `mlekit.network`, or another model. A formula models its first
        parameter.
    prior : Prior or dict, optional
        Prior of the first parameter (in a regression, of its coefficients other than the intercept), or a dict of
        priors by parameter, coefficient or term. A frozen scipy distribution is a prior, too. Without one the fit is
        by maximum likelihood.
    by : str, list of str or array-like, optional
        Columns, or an array of keys, that divide the rows into groups: one fit per group, solved together.
    weights : str or array-like, optional
        Frequencies: a column of the table or an array. A row of weight 2 counts as two rows, one of weight 0 not at
        all.
    offset : str or array-like, optional
        A column of the table or an array, added to the linear predictor of the first parameter, on the scale of its
        link.
    link : str, Link or dict, optional
        Link of the first parameter, such as `"probit"`, or a dict of links by parameter. By default identity for a real
        parameter, log for a positive one, logit for a probability and softmax for probabilities of levels.
    fixed : dict, optional
        Values at which parameters or coefficients are kept, by name, as in `{"sd": 2.0}`.
    tied : dict, optional
        Parameters that are equal to others, as in `{"b": "a"}`.
    start : dict, optional
        Values at which the search begins, by name.
    solver : str or Solver, default "auto"
        `"auto"` takes a formula where there is one, else Newton's method, and trains a network by torch. Others are
        `"closed"`, `"newton"`, `"scipy"` and `"torch"`, or one with options, such as
        `mlekit.solvers.Torch(seconds=60)`.
    missing : {"error", "drop"}, default "error"
        Whether missing values are an error, or their rows are left out.
    on_failure : {"warn", "raise", "ignore"}, default "warn"
        Reaction to estimates that are not proved to be a maximum: a ConvergenceWarning, a ConvergenceError, or nothing.
        The verdict of the fit says so in any case.
    intercept : bool, default True
        Whether the regression `mlekit.fit(X, y, ...)` has an intercept; a formula says it itself.
    seed : int, numpy.random.Generator or None, default 0
        Seed of what a solver draws, such as minibatches; None draws afresh. The global generators are never used.
    progress : bool or callable, optional
        Called as `progress(step, loss)` while a network is trained; True prints a line now and then.

    Returns
    -------
    Fit, GroupedFit, NetworkFit or another
        A `Fit`; with `by` a `GroupedFit`; of `mlekit.network` a `NetworkFit`; of another model its own kind of fit.

    Raises
    ------
    DataError
        If the data are not in the support of the family, or have missing values.
    OptionError
        If an argument is not valid; the message names the nearest valid one.
    FormulaError
        If the formula cannot be read.
    IdentifiabilityError
        If no unique maximum exists, as with collinear columns.
    ConvergenceError
        If the maximum is not proved and `on_failure` is `"raise"`.

    Examples
    --------
    >>> import mlekit
    >>> coin = mlekit.fit([1, 1, 1, 0, 1, 0, 1, 1, 0, 1], family="bernoulli")
    >>> coin["p"]
    0.7

    >>> table = {"x": [0, 1, 2, 3], "shop": ["a", "a", "b", "b"], "sold": [1, 3, 4, 8]}
    >>> line = mlekit.fit(table, "sold ~ x", family="poisson")
    >>> line.params.round(3).to_dict()
    {'Intercept': 0.261, 'x': 0.605}
    >>> shops = mlekit.fit(table, "sold", family="poisson", by="shop")
    >>> shops["b"]["rate"]
    6.0
    """
    if family is None:
        raise OptionError(f"family= is missing: {_corrected(data, target)}")
    if isinstance(data, str) and not isinstance(family, Model):
        raise OptionError(f"the data come first: {_corrected(target, data, family)}")
    if progress:
        solver = solvers.telling(solver, _print_progress if progress is True else progress)
    options = (family, prior, solver, link, fixed or {}, tied or {}, start, on_failure, seed)
    estimator: Estimator[Any] = type.__call__(Estimator, *options)  # its arguments are those of this function
    return estimator.fit(data, target, by=by, weights=weights, offset=offset, missing=missing, intercept=intercept)


def _print_progress(step: int, loss: float) -> None:
    """Write a line at steps 1, 2, 5, 10, 20, 50 and so on."""
    if step / 10 ** (len(str(step)) - 1) in (1, 2, 5):
        sys.stderr.write(f"step {step:,}: {loss:.4f} per row\n")


def _corrected(data: Any, target: Any, family: Any = None) -> str:
    """The call that was probably meant, in words."""
    from .families import known

    text = next((given for given in (data, target) if isinstance(given, str)), None)
    if text is not None and known(text):
        return f"say mlekit.fit(x, family={text!r})"
    if text is not None:
        return f"say mlekit.fit(df, {text!r}, family={family or 'normal'!r})"
    return f"say {_EXAMPLES}" if target is None else f"say mlekit.fit(X, y, family={family or 'normal'!r})"


def counted(values: Data, counts: ArrayLike) -> Counted:
    """Give data as distinct values with their counts.

    Parameters
    ----------
    values : column
        Distinct values.
    counts : array-like
        Number of times that each value was observed.

    Returns
    -------
    Counted
        Data for `mlekit.fit`.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.fit(mlekit.counted([0, 1], [3, 7]), family="bernoulli")["p"]
    0.7
    """
    return Counted(values, counts)


def load(path: str | PathLike[str], *, family: FamilyLike | None = None, module: nn.Module | None = None) -> Any:
    """Load a fit that its method `save` wrote.

    Parameters
    ----------
    path : str or path
        File of a fit, or folder of a network or a language model.
    family : Family, optional
        Family of a fit by `mlekit.custom`: no file holds its code.
    module : torch.nn.Module, optional
        Module like that of the network: no file holds its code. Its weights do not matter.

    Returns
    -------
    Fit, NetworkFit or lm.fit.Fit
        The fit, equal to the last bit.

    Raises
    ------
    LoadError
        If the file is not one that `save` wrote, or is damaged.
    OptionError
        If `family` or `module` is needed.

    Examples
    --------
    >>> import mlekit, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "coin.json"
    >>> mlekit.fit([1, 0, 1, 1], family="bernoulli").save(path)
    >>> mlekit.load(path)["p"]
    0.75
    """
    _check_path(path)
    if isdir(path):
        return _load_folder(path, module)
    from .io.fits import load_fit

    saved = load_fit(path, family)
    return (fits.GroupedFit if saved.grouped else Fit)(Estimator(**saved.options), saved.solution)


def _check_path(path: object) -> None:
    if not isinstance(path, (str, PathLike)):
        raise OptionError(f"path is {path!r}: give the name of a file or folder that save wrote")


def _load_folder(path: str | PathLike[str], module: nn.Module | None) -> Any:
    """The fit of a folder: that of another program, or else of a network."""
    from .io.folders import load_registered

    found = load_registered(path)
    if found is not None:
        return found
    from .fits.network import NetworkFit
    from .io.networks import load_network

    saved = load_network(path, module, NetworkFit)
    return NetworkFit(Estimator(**saved.options), saved.solution, saved.known)


def merge(*fits: Fit) -> Fit:
    """Fit the rows of several fits together, from their sufficient statistics.

    Parameters
    ----------
    *fits : Fit
        Fits of the same family with the same options.

    Returns
    -------
    Fit
        The fit of all rows; the data are not read again.

    Raises
    ------
    OptionError
        If the family has no sufficient statistics, or the fits differ in more than their rows.

    Examples
    --------
    >>> import mlekit
    >>> monday, tuesday = (mlekit.fit(day, family="poisson") for day in ([2, 0, 1], [5]))
    >>> mlekit.merge(monday, tuesday)["rate"]
    2.0
    """
    from .estimator import conclude
    from .inference.merge import merge

    _check_fits(fits)
    problem, estimator = merge([fit.problem for fit in fits]), fits[0].estimator
    with np.errstate(all="ignore"):  # overflow in between is handled by the solver
        solution = estimator.solve(problem)
    return conclude(Fit(estimator, solution), estimator.on_failure)


def _check_fits(fits: tuple[object, ...]) -> None:
    if not fits or not all(isinstance(fit, Fit) for fit in fits):
        raise OptionError("merge takes fits: mlekit.merge(fit_a, fit_b)")
