"""The one-line roads: fit, and what goes with it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from . import solvers
from .data.rows import Counted
from .errors import OptionError
from .estimator import Estimator
from .models.base import Model

_HOW = "mlekit.fit(x, family='gamma') for a column, mlekit.fit(df, 'y ~ x', family='poisson') for a regression"


def fit(
    data: Any,
    target: Any = None,
    *,
    family: Any = None,
    prior: Any = None,
    by: Any = None,
    weights: Any = None,
    offset: Any = None,
    link: Any = None,
    fixed: Mapping[str, float] | None = None,
    tied: Mapping[str, str] | None = None,
    start: Mapping[str, float] | None = None,
    solver: Any = "auto",
    missing: str = "error",
    on_failure: str = "warn",
    intercept: bool = True,
    seed: Any = 0,
    progress: Any = None,
) -> Any:
    """The parameters of a law under which the data are least surprising, and all that follows.

    `progress` is called as progress(step, loss) while a net is trained; True prints a line now and then.

    >>> import mlekit
    >>> coin = mlekit.fit([1, 1, 1, 0, 1, 0, 1, 1, 0, 1], family="bernoulli")
    >>> coin["p"]
    0.7
    """
    if family is None:
        raise OptionError(f"family= is missing: {_corrected(data, target)}")
    if isinstance(data, str) and not isinstance(family, Model):
        raise OptionError(f"the data come first: {_corrected(target, data, family)}")
    if progress:
        solver = solvers.telling(solver, _told if progress is True else progress)
    estimator = Estimator(family, prior, solver, link, fixed or {}, tied or {}, start, on_failure, seed)
    return estimator.fit(data, target, by=by, weights=weights, offset=offset, missing=missing, intercept=intercept)


def _told(step: int, loss: float) -> None:
    """A line at steps 1, 2, 5, 10, 20, 50 and so on."""
    if step / 10 ** (len(str(step)) - 1) in (1, 2, 5):
        sys.stderr.write(f"step {step:,}: {loss:.4f} a row\n")


def _corrected(data: Any, target: Any, family: Any = None) -> str:
    """The call that was probably meant."""
    from .families import known

    text = next((given for given in (data, target) if isinstance(given, str)), None)
    if text is not None and known(text):
        return f"say mlekit.fit(x, family={text!r})"
    if text is not None:
        return f"say mlekit.fit(df, {text!r}, family={family or 'normal'!r})"
    return f"say {_HOW}" if target is None else f"say mlekit.fit(X, y, family={family or 'normal'!r})"


def counted(values: Any, counts: Any) -> Counted:
    """Data as a table of distinct values and their counts.

    >>> import mlekit
    >>> mlekit.fit(mlekit.counted([0, 1], [3, 7]), family="bernoulli")["p"]
    0.7
    """
    return Counted(values, counts)


def load(path: Any, *, family: Any = None, module: Any = None) -> Any:
    """The fit that `fit.save(path)` wrote.

    `family` is the law where it is one of your own, `module` that of a net: no file holds their code.

    >>> import mlekit, pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "coin.json"
    >>> mlekit.fit([1, 0, 1, 1], family="bernoulli").save(path)
    >>> mlekit.load(path)["p"]
    0.75
    """
    from .result import Fit
    from .show.files import load, load_folder

    folder = load_folder(path)
    if folder is not None:
        return folder
    from pathlib import Path

    if Path(path).is_dir():
        from .result_network import load as load_net

        return load_net(path, module)
    options, solution = load(path, family)
    return Fit(Estimator(**options), solution)


def merge(*fits: Any) -> Any:
    """The fit of all rows of several fits of one law: their sums add, and the data are not asked again.

    >>> import mlekit
    >>> monday, tuesday = (mlekit.fit(day, family="poisson") for day in ([2, 0, 1], [5]))
    >>> mlekit.merge(monday, tuesday)["rate"]
    2.0
    """
    from .estimator import conclude
    from .inference.merge import merge
    from .result import Fit

    if not fits or not all(isinstance(fit, Fit) for fit in fits):
        raise OptionError("merge takes fits: mlekit.merge(fit_a, fit_b)")
    problem, estimator = merge([fit.problem for fit in fits]), fits[0].estimator
    with np.errstate(all="ignore"):  # as in a fit: what overflows on the way is looked at
        solution = estimator.solve(problem)
    return conclude(Fit(estimator, solution), estimator.on_failure)
