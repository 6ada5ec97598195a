"""Fits as tables: a row a term, a row a fit, a row an observation.

    tidy(fit)           term, parameter, estimate, std_error, statistic, p_value, conf_low, conf_high
    glance(fit)         family, nobs, n_params, llf, aic, bic ..., verdict
    augment(fit)        the rows with fitted, residual, log_density
    tidy_groups(fits)   a row a group and term, in the library of the caller's frame

A table about rows or groups is in the library that the rows came in, the others are pandas'.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..data.frames import Table, like, table
from ..errors import NoStandardError, OptionError
from ..inference.information import delta, p_values, standard_errors
from ..inference.intervals import conf_int

Array = Any


def tidy(fit: Any, derived: bool = False, level: float = 0.95, method: str = "auto") -> Any:
    """A row a fitted value, and with `derived` a row for each function of them.

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


def _derived(fit: Any, name: str, level: float, method: str) -> tuple[float, float, float, float]:
    """Value, error and interval of a derived parameter; no interval where the method has none for it."""
    try:
        found = fit.estimate(name, level=level, method=method)
    except (OptionError, NoStandardError):
        value, error = delta(fit.solution, fit.family.derived[name])
        return float(value[0]), float(error[0]), np.nan, np.nan
    return found.value, found.std_error, found.lower, found.upper


def _numbers(solution: Any, estimate: Array, error: Array, low: Array, high: Array) -> dict[str, Array]:
    """The columns of numbers; the ratio against zero, and its two-sided chance."""
    with np.errstate(all="ignore"):
        z = estimate / error
        p = p_values(solution, z)
    return {"estimate": estimate, "std_error": error, "statistic": z, "p_value": p, "conf_low": low, "conf_high": high}


def glance(fit: Any) -> Any:
    """One row about the whole fit; AIC and BIC are NaN where there is a prior."""
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


def augment(fit: Any) -> Any:
    """The rows, in the library they came in, with what the fit has to say of each."""
    rows = columns_of(fit)
    taken = set(rows.names)
    fitted = np.asarray(fit.predict())
    levels = fit.family.levels(next(iter(fit.family.params)))
    shares = {f"fitted[{level}]": fitted[:, k] for k, level in enumerate(levels)} if fitted.ndim > 1 else {}
    said = shares or {"fitted": fitted}
    said |= {"residual": fit.residuals("quantile" if fit.family.codes else "response"), "log_density": fit.log_prob()}
    extra = {next(n for n in (name, f"{name}_", f"{name}__") if n not in taken): v for name, v in said.items()}
    out, index = like(rows, {**{name: rows.key(name) for name in rows.names}, **extra}), fit.problem.rows.row_index
    return out if index is None else out.set_axis(index)


def columns_of(fit: Any) -> Table:
    """The caller's table with the response, or one of y and the columns of X."""
    rows = fit.problem.rows
    if rows.table is not None and rows.target in rows.table.names:
        return rows.table
    columns = given_columns(fit.problem)
    if rows.table is None:
        return table(columns)
    everything = {name: rows.table.key(name) for name in rows.table.names}
    return table(like(rows.table, {rows.target: columns[rows.target], **everything}))


def given_columns(problem: Any) -> dict[str, Any]:
    """The columns that the fit was made of: the response, what the formulas need, tries and offset."""
    rows, family = problem.rows, problem.family
    response = {rows.target: family.as_given(rows.y)}
    if rows.table is None:
        return response | _of_matrices(rows.designs)
    names = [rows.target, rows.offset_from, *(o for o in family.options().values() if type(o) is str)]
    names += [name for design in rows.designs.values() for name in _needed(design.state())]
    known = {name: rows.table.column(name) for name in names if name in rows.table.names}
    return known if rows.target in known else response | known


def _of_matrices(designs: Any) -> dict[str, Array]:
    """The columns of matrices that had no table."""
    columns: dict[str, Array] = {}
    for design in designs.values():
        first = int(design.has_intercept)
        columns |= dict(zip(design.names[first:], design.block(0, design.rows)[:, first:].T, strict=True))
    return columns


def _needed(state: Any) -> list[str]:
    """The columns that the terms of a design are made of."""
    from ..data.formula import parse

    return [column.column for column in parse(state["formula"]).columns] + list(state["dot"])


def tidy_groups(grouped: Any, level: float = 0.95) -> Any:
    """A row a group and term: the key, the numbers, nobs and status."""
    solution, groups = grouped.problem, grouped.solution, grouped.groups
    coefficients = problem.coefficients
    estimate, error = solution.values, standard_errors(solution)
    low, high, _ = conf_int(solution, coefficients.names, level, "auto")
    count, width = estimate.shape
    keys = {name: _each(key, width) for name, key in zip(groups.names, groups.keys, strict=True)}
    return like(
        problem.rows.table,
        {
            **keys,
            "term": coefficients.names * count,
            "parameter": coefficients.parameters * count,
            **_numbers(solution, *(np.ravel(part) for part in (estimate, error, low, high))),
            "nobs": np.repeat(grouped.nobs.to_numpy(), width),
            "status": _each(grouped.status.to_list(), width),
        },
    )


def _each(column: Any, times: int) -> Any:
    """Every entry that many times."""
    return np.repeat(column, times) if type(column) is np.ndarray else [v for v in column for _ in range(times)]
