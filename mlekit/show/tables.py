"""Fits as tables: one row per term, one row per fit, one row per observation.

    tidy(fit)           term, parameter, estimate, std_error, statistic, p_value, conf_low, conf_high
    glance(fit)         family, nobs, n_params, llf, aic, bic ..., verdict
    augment(fit)        the rows with fitted, residual, log_density
    tidy_groups(fits)   one row per group and term, in the library of the caller's frame

A table of observations or groups is in the library that the data came in; the others are pandas tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from ..data.frames import Table, like, table
from ..errors import NoStandardError, OptionError
from ..inference.information import delta, p_values, standard_errors
from ..inference.intervals import conf_int
from ..numerics.arrays import Floats

if TYPE_CHECKING:
    import pandas as pd

    from ..data.design import Design, State
    from ..data.labels import Column
    from ..fits import Fit, GroupedFit
    from ..fits.rows import FittedRows
    from ..models.posterior import LogPosterior
    from ..models.solution import Solution


def tidy(fit: Fit, derived: bool = False, level: float = 0.95, method: str = "auto") -> pd.DataFrame:
    """Return one row per fitted value, and with `derived` one row per derived parameter.

    >>> import mlekit
    >>> mlekit.fit([72, 75, 71, 73, 74], family="normal").tidy()["term"].tolist()
    ['mean', 'sd']
    """
    interval = fit.conf_int(level=level, method=method)
    terms, parameters = list(fit.params.index), list(fit.problem.coefficients.parameters)
    estimate, error = fit.params.to_numpy(), fit.bse.to_numpy()
    low, high = interval["lower"].to_numpy(), interval["upper"].to_numpy()
    if derived and fit.problem.coefficients.constant:
        names = list(fit.family.derived)
        more = np.array([_derived(fit, name, level, method) for name in names]).reshape(-1, 4)
        terms, parameters = terms + names, parameters + names
        estimate, error, low, high = np.hstack([[estimate, error, low, high], more.T])
    return like(None, {"term": terms, "parameter": parameters, **_numbers(fit.solution, estimate, error, low, high)})


def _derived(fit: Fit, name: str, level: float, method: str) -> tuple[float, float, float, float]:
    """Value, standard error and interval of a derived parameter; NaN where the method has no interval for it."""
    try:
        found = fit.estimate(name, level=level, method=method)
    except (OptionError, NoStandardError):
        value, error = delta(fit.solution, fit.family.derived[name])
        return float(value[0]), float(error[0]), np.nan, np.nan
    return found.value, found.std_error, found.lower, found.upper


def _numbers(solution: Solution, estimate: Floats, error: Floats, low: Floats, high: Floats) -> dict[str, Floats]:
    """The numeric columns; the statistic tests whether the value is zero."""
    with np.errstate(all="ignore"):
        z = estimate / error
        p = p_values(solution, z)
    return {"estimate": estimate, "std_error": error, "statistic": z, "p_value": p, "conf_low": low, "conf_high": high}


def glance(fit: Fit) -> pd.DataFrame:
    """Return one row about the whole fit; AIC and BIC are NaN where there is a prior."""
    mode = bool(fit.problem.priors)
    return like(
        None,
        {
            "family": [fit.family.name],
            "nobs": [fit.nobs],
            "n_params": [fit.n_params],
            "df_resid": [fit.df_resid],
            "llf": [fit.llf],
            "log_posterior": [fit.log_posterior],
            "aic": [np.nan if mode else fit.aic],
            "bic": [np.nan if mode else fit.bic],
            "solver": [fit.solver],
            "verdict": [", ".join(fit.verdict.codes)],
            "ok": [fit.verdict.ok],
        },
    )


def augment(fit: FittedRows) -> Any:
    """Return the rows, in the library they came in, with fitted value, residual and log density of each."""
    rows = columns_of(fit)
    taken = set(rows.names)
    fitted = np.asarray(fit.predict())
    levels = fit.family.levels(next(iter(fit.family.params)))
    by_level = {f"fitted[{level}]": fitted[:, k] for k, level in enumerate(levels)} if fitted.ndim > 1 else {}
    added: dict[str, Floats] = by_level or {"fitted": fitted}
    added |= {"residual": fit.residuals("quantile" if fit.family.codes else "response"), "log_density": fit.log_prob()}
    extra = {next(n for n in (name, f"{name}_", f"{name}__") if n not in taken): v for name, v in added.items()}
    out, index = like(rows, {**{name: rows.key(name) for name in rows.names}, **extra}), fit.problem.rows.row_index
    return out if index is None else out.set_axis(index)


def columns_of(fit: FittedRows) -> Table:
    """Return the caller's table with the response, or one of y and the columns of X."""
    given = fit.problem.rows.table
    if given is None:
        return table(given_columns(fit.problem))
    response = {name: c for name, c in response_columns(fit.problem).items() if name not in given.names}
    return table(like(given, {**response, **{name: given.key(name) for name in given.names}})) if response else given


def response_columns(problem: LogPosterior) -> dict[str, Column]:
    """Return the columns of the response: one of exact values, or those of the bounds, windows and events."""
    rows = problem.rows
    if not rows.observations.exact:
        return rows.observations.as_columns(rows.target)
    if rows.table is not None and rows.target in rows.table.names:
        return {rows.target: rows.table.column(rows.target)}
    return {rows.target: problem.family.as_given(rows.y)}


def given_columns(problem: LogPosterior) -> dict[str, Column]:
    """Return the columns that were used: the response, those of the formulas, numbers of trials and offset."""
    rows, family = problem.rows, problem.family
    if rows.table is None:
        return {**response_columns(problem), **_of_matrices(rows.designs)}
    names = [rows.target, rows.offset_from, *(o for o in family.options().values() if type(o) is str)]
    names += [name for design in rows.designs.values() for name in _needed(design.state())]
    known = {name: rows.table.column(name) for name in names if name in rows.table.names}
    return response_columns(problem) | known


def _of_matrices(designs: Mapping[str, Design]) -> dict[str, Floats]:
    """The columns of matrices that did not come from a table."""
    columns: dict[str, Floats] = {}
    for design in designs.values():
        first = int(design.has_intercept)
        columns |= dict(zip(design.names[first:], design.block(0, design.rows)[:, first:].T, strict=True))
    return columns


def _needed(state: State) -> list[str]:
    """The columns that occur in the terms of a design."""
    from ..data.formula import parse

    return [column.column for column in parse(state["formula"]).columns] + list(state["dot"])


def tidy_groups(grouped: GroupedFit, level: float = 0.95) -> Any:
    """Return one row per group and term: the key, the numbers, nobs and status."""
    problem, solution, groups = grouped.problem, grouped.solution, grouped.groups
    coefficients = problem.coefficients
    estimate, error = solution.values, standard_errors(solution)
    low, high, _ = conf_int(solution, coefficients.names, level, "auto")
    count, width = estimate.shape
    keys = {name: _repeated(key, width) for name, key in zip(groups.names, groups.keys, strict=True)}
    return like(
        problem.rows.table,
        {
            **keys,
            "term": coefficients.names * count,
            "parameter": coefficients.parameters * count,
            **_numbers(solution, *(np.ravel(part) for part in (estimate, error, low, high))),
            "nobs": np.repeat(grouped.nobs.to_numpy(), width),
            "status": _repeated(grouped.status.to_list(), width),
        },
    )


def _repeated(column: Any, times: int) -> Any:
    """Each entry of an array or list repeated so many times."""
    return np.repeat(column, times) if type(column) is np.ndarray else [v for v in column for _ in range(times)]
