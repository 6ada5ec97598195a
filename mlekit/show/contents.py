"""What a summary says; `text` and `html` say how it looks.

    title       the law, and what was maximised
    facts       rows, model, solver, priors
    figures     log-likelihood, AIC, BIC
    tables      coefficients; derived parameters
    notes       what the errors are, which label is the success, why a standard error is absent
    verdict     whether to believe it, last

Cells are texts already: both rooms show the same digits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..data.formula import split
from ..errors import MlekitError
from ..inference.information import delta, resting
from .numbers import aligned, chance, count, number, ratio

Array = Any
MOST = 60  # coefficients that are shown
METHODS = {"wald": "Wald"}
ML_ERRORS = "Errors are maximum-likelihood errors, from the observed information: z, not t."
LM_ERRORS = (
    "Errors are maximum-likelihood errors: the sd divides by n; z, not t. "
    'with_cov("unbiased") divides by n - p and uses t, as lm does.'
)
MAP_ERRORS = "Errors are the curvature of the log posterior at its mode. AIC and BIC are for fits without a prior."


@dataclass(frozen=True)
class Table:
    """Columns of cells of one width; the first are names, which may be shortened.

    >>> from mlekit.show import Contents, Table, as_text
    >>> table = Table("", ["", "estimate"], [["p"], ["0.7"]])
    >>> print(as_text(Contents("a coin", [("rows", "10")], [], [table], [], True, ["a formula"])))
    a coin
    ================================================================================
    rows  10
    <BLANKLINE>
    --------------------------------------------------------------------------------
       estimate
    p       0.7
    --------------------------------------------------------------------------------
    VERDICT: ok, a formula
    """

    title: str
    header: list[str]
    columns: list[list[str]]
    optional: tuple[int, ...] = ()  # columns that may go where there is no room


@dataclass(frozen=True)
class Contents:
    """What is said, before it is drawn.

    >>> from mlekit.show import Contents, as_text
    >>> said = Contents("a coin", [("rows", "10")], [("llf", "-6.11")], [], [], True, ["a formula"])
    >>> print(as_text(said).splitlines()[0])
    a coin
    """

    title: str
    facts: list[tuple[str, str]]
    figures: list[tuple[str, str]]
    tables: list[Table]
    notes: list[str]
    ok: bool
    verdict: list[str]


def contents(fit: Any) -> Contents:
    """What the summary of a fit says."""
    problem = fit.problem
    table, method, notes = _coefficients(fit)
    derived = _derived(fit)
    return Contents(
        title=f"{fit.family!r}: " + ("posterior mode (MAP)" if problem.priors else "maximum likelihood"),
        facts=[*_model(problem), ("rows", _rows(fit)), ("solver", _solver(fit)), *_priors(problem)],
        figures=_figures(fit),
        tables=[table, *([derived] if derived else [])],
        notes=[*fit.family.remarks(), _errors(fit), *_tied(fit), *_absent(fit, method), *notes],
        ok=fit.verdict.ok,
        verdict=list(fit.verdict.reasons),
    )


# -- facts ------------------------------------------------------------------------------------------------------------


def _model(problem: Any) -> list[tuple[str, str]]:
    """The linear predictors, with the link they stand on."""
    facts: list[tuple[str, str]] = []
    for param, design in problem.coefficients.designs.items():
        link = problem.family.link(param).name
        left = param if link == "identity" else f"{link} of {param}"
        facts.append(("model", f"{left} ~ {_right_side(design)}"))
    if facts:
        facts.insert(0, ("response", problem.rows.target))
    return facts


def _right_side(design: Any) -> str:
    """The formula as it was written; of a matrix its columns."""
    text = split(design.state()["formula"])[1]
    return text if text != "." else " + ".join(design.names[design.has_intercept :]) or "1"


def _rows(fit: Any) -> str:
    rows = fit.problem.rows
    said = count(fit.nobs) + (" (the sum of weights)" if rows.weighted else "")
    return said + (f"; {rows.dropped} left out, where a value is missing" if rows.dropped else "")


def _solver(fit: Any) -> str:
    """The solver that was taken and, in a few words, why."""
    asked = fit.estimator.solver != "auto"
    steps = f", {fit.solution.iterations} steps" if fit.solution.iterations > 1 else ""
    return f"{fit.solver} ({'as asked' if asked else _why(fit)}{steps})"


def _why(fit: Any) -> str:
    if fit.solution.params is None and fit.solver != "closed":
        return "no formula gives this maximum"
    if fit.problem.priors:
        return "the prior is conjugate: imaginary rows"
    return "one equation in one unknown" if "converged" in fit.verdict.codes else "a formula gives the maximum"


def _priors(problem: Any) -> list[tuple[str, str]]:
    """Each belief, and what it is worth in rows."""
    said: list[tuple[str, str]] = []
    names = problem.coefficients.names
    beliefs, worth = problem.priors.terms, _worth(problem)
    for belief in beliefs[:6]:
        about = belief.param or names[_place(problem, belief.positions[0])]
        said.append(("prior", f"{about} ~ {belief.prior}{worth}"))
    return said + ([("", f"and {len(beliefs) - 6} more")] if len(beliefs) > 6 else [])


def _place(problem: Any, coordinate: int) -> int:
    coefficients = problem.coefficients
    name = next(name for name, k in coefficients.coordinate.items() if k == coordinate)
    return coefficients.names.index(name)


def _worth(base: Any) -> str:
    """How many imaginary rows a conjugate prior adds; nothing where it is not conjugate for this law."""
    extra = base.family.pseudo_stats(base.priors.by_name, base.fixed) if base.form.summed and base.priors else None
    if extra is None:
        return ""
    rows = float(np.ravel(extra.n)[0])
    return f", worth {count(rows)} row{'s' * (rows != 1)}"


def _figures(fit: Any) -> list[tuple[str, str]]:
    if fit.problem.priors:
        return [("log posterior", number(fit.log_posterior)), ("log-likelihood", number(fit.llf))]
    return [("log-likelihood", number(fit.llf)), ("AIC", number(fit.aic)), ("BIC", number(fit.bic))]


# -- tables -----------------------------------------------------------------------------------------------------------


def _coefficients(fit: Any) -> tuple[Table, str, list[str]]:
    """(estimates with their errors and intervals, the method of these, what there is to say of them)."""
    names = list(fit.params.index[:MOST])
    low, high, method, notes = _intervals(fit, names)
    value, error = fit.params.to_numpy()[: len(names)], fit.bse.to_numpy()[: len(names)]
    z, p = fit.tvalues.to_numpy()[: len(names)], fit.pvalues.to_numpy()[: len(names)]
    zero = [_may_be_zero(fit, k) for k in range(len(names))]
    still = fit.problem.fixed_names
    words = ["fixed" if n in still else "none" if np.isnan(e) else number(e) for n, e in zip(names, error, strict=True)]
    columns = [names, aligned(map(number, value, error)), aligned(words)]
    header = ["", "estimate", "std error"]
    if any(zero):
        columns += [aligned(ratio(v) if k else "" for v, k in zip(z, zero, strict=True))]
        columns += [aligned(chance(v) if k else "" for v, k in zip(p, zero, strict=True))]
        header += ["z" if fit.solution.errors is None or np.isinf(fit.solution.errors.df) else "t", "p"]
    columns.append(_pairs(low, high, error))
    header.append(f"95% interval ({METHODS.get(method, method)})")
    if len(fit.params) > MOST:
        notes.append(f"The first {MOST} of {len(fit.params)} coefficients are shown: fit.tidy() has them all.")
    return Table("", header, columns, (3, 4) if any(zero) else ()), method, notes


def _intervals(fit: Any, names: Sequence[str]) -> tuple[Array, Array, str, list[str]]:
    """The intervals of `auto`; where these cannot be had, Wald's, with the reason."""
    try:
        table, notes = fit.conf_int(names), []
    except MlekitError as wrong:
        table, notes = fit.conf_int(names, method="wald"), [f"Intervals are Wald's: {wrong}."]
    return table["lower"].to_numpy(), table["upper"].to_numpy(), table.attrs["method"], notes


def _may_be_zero(fit: Any, k: int) -> bool:
    """Whether it makes sense to ask if a value is zero: of coefficients, and of parameters that may be negative."""
    coefficients = fit.problem.coefficients
    param = coefficients.parameters[k]
    return param in coefficients.designs or bool(fit.family.params[param].low < 0)


def _pairs(low: Array, high: Array, error: Array) -> list[str]:
    """Both ends of an interval in one cell."""
    ends = [aligned(map(number, end, error)) for end in (low, high)]
    return [f"{a}  {b}" if a.strip() or b.strip() else "" for a, b in zip(*ends, strict=True)]


def _derived(fit: Any) -> Table | None:
    """Functions of the parameters, with delta-method errors; a law with a formula has them row by row, not here."""
    functions = fit.family.derived if fit.problem.coefficients.constant else {}
    if not functions:
        return None
    both = [delta(fit.solution, function) for function in functions.values()]
    value, error = (np.array([float(part[k][0]) for part in both]) for k in (0, 1))
    columns = [list(functions), aligned(map(number, value, error)), aligned(number(e) or "none" for e in error)]
    title = f'derived, with errors by the delta method (intervals: fit.estimate("{next(iter(functions))}"))'
    return Table(title, ["", "estimate", "std error"], columns)


# -- notes ------------------------------------------------------------------------------------------------------------


def _errors(fit: Any) -> str:
    errors = fit.solution.errors
    if errors is not None:
        ratio = "z is not t" if np.isinf(errors.df) else f"t has {errors.df:g} degrees of freedom"
        return f"Errors are of the kind {errors.kind!r}, not those of the likelihood's curvature; {ratio}."
    if fit.problem.priors:
        return MAP_ERRORS
    plain = set(fit.problem.coefficients.designs) <= {fit.family.location} and not fit.estimator.fixed
    return LM_ERRORS if plain and fit.family.has_residuals else ML_ERRORS


def _tied(fit: Any) -> list[str]:
    return [f"{name} is tied to {other}: one number for both." for name, other in fit.estimator.tied.items()]


def _absent(fit: Any, method: str) -> list[str]:
    """Why a standard error is absent, and which interval is valid all the same."""
    error = fit.bse
    still = fit.problem.fixed_names
    names = [n for n in error.index[:MOST] if np.isnan(error[n]) and n not in still]
    if not names:
        return []
    who = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    if resting(fit.solution) is not None:
        return [f"{who}: no standard error, because the posterior has a corner there, the kink of the prior."]
    if "boundary" not in fit.verdict.codes:
        return [f"{who}: no standard error, because the likelihood has no curvature of a peak there."]
    use = f"the {method} interval above is" if method != "wald" else "fit.conf_int(method='profile') is"
    why = "because the maximum is at an end of the set, where the likelihood has a slope and no curvature"
    return [f"{who}: no standard error, {why}; {use} valid there."]


# -- groups -----------------------------------------------------------------------------------------------------------

SHOWN = 5
QUANTILES: dict[str, Callable[[Array], Array]] = {
    "least": lambda v: np.min(v, axis=0),
    "25%": lambda v: np.quantile(v, 0.25, axis=0),
    "median": lambda v: np.median(v, axis=0),
    "75%": lambda v: np.quantile(v, 0.75, axis=0),
    "greatest": lambda v: np.max(v, axis=0),
}


def contents_of_groups(grouped: Any) -> Contents:
    """What the summary of many fits says."""
    failed = len(grouped.failed)
    problem = grouped.problem
    return Contents(
        title=f"{grouped.family!r} by {', '.join(grouped.groups.names)}: "
        + ("posterior modes (MAP)" if problem.priors else "maximum likelihood"),
        facts=[
            *_model(problem),
            ("groups", count(len(grouped))),
            ("rows", _rows_of_groups(grouped)),
            *_priors(problem),
            ("solver", grouped.solution.solver),
            ("found", _statuses(grouped)),
        ],
        figures=[_total(grouped, failed)],
        tables=[_spread(grouped), _first(grouped)],
        notes=[*grouped.family.remarks(), "A row a group and parameter: .tidy(); one group as a fit: fit[key]."],
        ok=not failed,
        verdict=_failures(grouped) if failed else ["each group's maximum is proved"],
    )


def _rows_of_groups(grouped: Any) -> str:
    rows, nobs = grouped.problem.rows, grouped.nobs.to_numpy()
    said = count(float(nobs.sum())) + (" (the sum of weights)" if rows.weighted else "")
    said += f", {count(float(nobs.min()))} to {count(float(nobs.max()))} a group"
    return said + (f"; {rows.dropped} left out, where a value is missing" if rows.dropped else "")


def _statuses(grouped: Any) -> str:
    counts = grouped.status.value_counts()
    return ", ".join(f"{count(n)} {code}" for code, n in counts.items() if n)


def _total(grouped: Any, failed: int) -> tuple[str, str]:
    """The log-likelihoods together, of the groups that have one."""
    llf = grouped.llf.to_numpy()
    whose = "log-likelihood of those proved" if failed else "log-likelihood of all"
    return whose, number(float(llf[np.isfinite(llf)].sum()))


def _spread(grouped: Any) -> Table:
    """Quantiles of each parameter over the groups that have one."""
    values = grouped.params.to_numpy()
    values = values[np.isfinite(values).all(axis=1)]
    names = list(grouped.params.columns[:MOST])
    some = "" if len(values) == len(grouped) else f"{count(len(values))} "
    title = f"over the {some}groups" + (" with finite values" if some else "")
    if not len(values):
        return Table(title, [""], [names])
    columns = [aligned(map(number, take(values)[: len(names)])) for take in QUANTILES.values()]
    return Table(title, ["", *QUANTILES], [names, *columns])


def _first(grouped: Any) -> Table:
    """The first groups, as many parameters as fit."""
    top = min(SHOWN, len(grouped))
    keys = [_key(key) for key in grouped.index[:top]]
    params = [aligned(map(number, grouped.params[n].to_numpy()[:top])) for n in grouped.params.columns[:MOST]]
    rows, status = aligned(map(count, grouped.nobs.to_numpy()[:top])), [str(s) for s in grouped.status[:top]]
    header = [", ".join(grouped.groups.names), "rows", "status", *grouped.params.columns[:MOST]]
    optional = tuple(range(len(header) - 1, 3, -1))
    title = "the first groups" if top < len(grouped) else "the groups"
    return Table(title, header, [keys, rows, status, *params], optional)


def _key(key: Any) -> str:
    """The key of a group as words."""
    return ", ".join(map(str, key)) if type(key) is tuple else str(key)


def _failures(grouped: Any) -> list[str]:
    """The first groups whose verdict is no, each with its reason."""
    from ..inference.verdict import verdict

    failed = grouped.failed
    places = np.flatnonzero(grouped.index.isin(failed))[:SHOWN]
    have = "has" if len(failed) == 1 else "have"
    said = [f"{count(len(failed))} of {count(len(grouped))} groups {have} no proved maximum"]
    said += [f"{_key(grouped.index[g])}: {verdict(grouped.solution, int(g)).reasons[0]}" for g in places]
    return said + ([f"and {count(len(failed) - SHOWN)} more: .failed, .reasons"] if len(failed) > SHOWN else [])
