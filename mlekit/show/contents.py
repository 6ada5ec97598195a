"""Contents of a summary; `text` and `html` lay them out.

    title       the family, and what was maximised
    facts       rows, model, solver, priors
    figures     log-likelihood, AIC, BIC
    tables      coefficients; derived parameters
    notes       the type of the standard errors, which label is the success, why a standard error is missing
    verdict     whether a maximum is proved, last

Cells are texts already, so that both layouts show the same digits. `contents_of_groups` does the same for many fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..data.formula import split
from ..errors import MlekitError
from ..families._sufficient import sufficient
from ..inference.information import delta, resting
from ..numerics.arrays import Floats
from .numbers import aligned, count, number, p_value, ratio

if TYPE_CHECKING:
    from ..data.design import Design
    from ..fits import Fit
    from ..models.posterior import LogPosterior

MOST = 60  # coefficients that are shown
METHODS = {"wald": "Wald"}
ML_ERRORS = "Standard errors are from the observed information"
LM_ERRORS = "Standard errors are maximum-likelihood errors: the sd divides by n"
LM_REMEDY = ' with_cov("unbiased") divides by n - p and uses t, as lm in R does.'
MAP_ERRORS = "Standard errors are from the curvature of the log posterior at its mode"
NO_MAXIMUM = "Standard errors and intervals are not valid here, because no maximum is proved."
NO_AIC = "AIC and BIC are for fits without a prior."
NOTHING = "nothing was estimated, so there is no maximum to prove"
AT_BOUNDARY = {
    "exact": "the exact interval above is valid all the same",
    "profile": "the profile interval above needs none, but its coverage there is approximate",
    "posterior": "the posterior interval above needs none, but leaves out 2.5% on either side and so the mode",
}
OTHER_INTERVAL = "fit.conf_int(method='profile') needs none, but its coverage there is approximate"
SOLVED = "one equation in one unknown, solved by a search"


@dataclass(frozen=True)
class Table:
    """Columns of cells; the cells of the first column are names, which may be shortened.

    Parameters
    ----------
    title : str
        Title above the table; empty for none.
    header : list of str
        Name of each column.
    columns : list of list of str
        Cells of each column, as texts of one width.
    optional : tuple of int, default ()
        Columns that may be left out where there is no room, the first to go first.

    Examples
    --------
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
    optional: tuple[int, ...] = ()


@dataclass(frozen=True)
class Contents:
    """Contents of a summary, before they are laid out.

    Parameters
    ----------
    title : str
        First line.
    facts : list of (str, str)
        Labels and texts, one pair per line.
    figures : list of (str, str)
        Labels and numbers that stand side by side, such as the log-likelihood and AIC.
    tables : list of Table
        Tables of estimates.
    notes : list of str
        Sentences below the tables.
    ok : bool
        True if a maximum is proved.
    verdict : list of str
        Reasons for the verdict.

    Examples
    --------
    >>> from mlekit.show import Contents, as_text
    >>> contents = Contents("a coin", [("rows", "10")], [("llf", "-6.11")], [], [], True, ["a formula"])
    >>> print(as_text(contents).splitlines()[0])
    a coin
    """

    title: str
    facts: list[tuple[str, str]]
    figures: list[tuple[str, str]]
    tables: list[Table]
    notes: list[str]
    ok: bool
    verdict: list[str]


def contents(fit: Fit) -> Contents:
    """Return the contents of the summary of one fit."""
    problem = fit.problem
    table, method, notes = _coefficients(fit)
    derived = _derived(fit)
    return Contents(
        title=f"{fit.family!r}: " + ("posterior mode (MAP)" if problem.priors else "maximum likelihood"),
        facts=[*model_facts(problem), ("rows", _rows(fit)), ("solver", _solver(fit)), *prior_facts(problem)],
        figures=_figures(fit),
        tables=[table, *([derived] if derived else [])],
        notes=[*fit.family.remarks(), *_errors(fit, table, method), *_tied(fit), *_missing_errors(fit, method), *notes],
        ok=fit.verdict.ok,
        verdict=list(fit.verdict.reasons) if problem.size else [NOTHING],
    )


# -- facts ------------------------------------------------------------------------------------------------------------


def model_facts(problem: LogPosterior) -> list[tuple[str, str]]:
    """Return the response and the linear predictors, each on the scale of its link."""
    facts: list[tuple[str, str]] = []
    for param, design in problem.coefficients.designs.items():
        link = problem.family.link(param).name
        left = param if link == "identity" else f"{link} of {param}"
        facts.append(("model", f"{left} ~ {_right_side(design)}"))
    if facts:
        facts.insert(0, ("response", problem.rows.target))
    return facts


def _right_side(design: Design) -> str:
    """Right side of a formula as it was written; for a matrix the names of its columns."""
    text = split(design.state()["formula"])[1]
    return text if text != "." else " + ".join(design.names[design.has_intercept :]) or "1"


def _rows(fit: Fit) -> str:
    rows = fit.problem.rows
    total = count(fit.nobs) + (" (the sum of weights)" if rows.weighted else "")
    return total + observed_as(rows.observations.describe()) + dropped(rows.dropped)


def observed_as(described: str) -> str:
    """Return the numbers of exact and censored rows as the end of a phrase; empty if all are exact.

    >>> observed_as("2 exact, 1 right-censored"), observed_as("")
    (': 2 exact, 1 right-censored', '')
    """
    return f": {described}" if described else ""


def dropped(rows: int) -> str:
    """Return how many rows were dropped, as the end of a phrase; empty for none.

    >>> dropped(2), dropped(0)
    ('; 2 dropped because of missing values', '')
    """
    return f"; {count(rows)} dropped because of missing values" if rows else ""


def _solver(fit: Fit) -> str:
    """The solver and, in a few words, why it was chosen."""
    asked = fit.estimator.solver != "auto"
    steps = f", {fit.solution.iterations} steps" if fit.solution.iterations > 1 else ""
    return f"{fit.solver} ({'as requested' if asked else _reason_for_solver(fit)}{steps})"


def _reason_for_solver(fit: Fit) -> str:
    if not fit.problem.size:
        return "there is nothing to estimate"
    if fit.solution.params is None and fit.solver != "closed":
        return "mlekit has no closed form for this maximum"
    if fit.problem.priors:
        return "the prior is conjugate"
    return SOLVED if "converged" in fit.verdict.codes else "the maximum has a closed form"


def prior_facts(problem: LogPosterior) -> list[tuple[str, str]]:
    """Return each prior, with the number of rows that it is worth where it is conjugate."""
    facts: list[tuple[str, str]] = []
    priors, worth = problem.priors.terms, _worth(problem)
    facts += [("prior", f"{prior.name} ~ {prior.prior}{worth}") for prior in priors[:6]]
    return facts + ([("", f"and {len(priors) - 6} more")] if len(priors) > 6 else [])


def _worth(problem: LogPosterior) -> str:
    """Number of imaginary rows that a conjugate prior adds; empty where it is not conjugate to the family."""
    family, priors = problem.family, problem.priors
    if not (problem.form.summed and priors and sufficient(family)):
        return ""
    extra = family.pseudo_stats(priors.by_name, problem.fixed)
    if extra is None:
        return ""
    rows = float(np.ravel(extra.n)[0])
    return f", worth {count(rows)} row{'s' * (rows != 1)}"


def _figures(fit: Fit) -> list[tuple[str, str]]:
    if fit.problem.priors:
        return [("log posterior", number(fit.log_posterior)), ("log-likelihood", number(fit.llf))]
    return [("log-likelihood", number(fit.llf)), ("AIC", number(fit.aic)), ("BIC", number(fit.bic))]


# -- tables -----------------------------------------------------------------------------------------------------------


def _coefficients(fit: Fit) -> tuple[Table, str, list[str]]:
    """(table of estimates with standard errors and intervals, method of the intervals, notes about them)."""
    names = list(fit.params.index[:MOST])
    low, high, method, notes = _intervals(fit, names)
    value, error = fit.params.to_numpy()[: len(names)], fit.bse.to_numpy()[: len(names)]
    z, p = fit.tvalues.to_numpy()[: len(names)], fit.pvalues.to_numpy()[: len(names)]
    fixed = fit.problem.fixed_names
    tested = [name not in fixed and _may_be_zero(fit, k) for k, name in enumerate(names)]
    words = ["fixed" if n in fixed else "none" if np.isnan(e) else number(e) for n, e in zip(names, error, strict=True)]
    columns = [names, aligned(map(number, value, error)), aligned(words)]
    header = ["", "estimate", "std error"]
    if any(tested):
        columns += [aligned(ratio(v) if k else "" for v, k in zip(z, tested, strict=True))]
        columns += [aligned(p_value(v) if k else "" for v, k in zip(p, tested, strict=True))]
        header += ["z" if fit.solution.errors is None or np.isinf(fit.solution.errors.df) else "t", "p"]
    columns.append(_pairs(low, high, error))
    header.append(f"95% interval ({METHODS.get(method, method)})")
    notes += _outside(fit, names, low, high) if method == "wald" and fit.verdict.ok else []
    if len(fit.params) > MOST:
        notes.append(f"The first {MOST} of {len(fit.params)} coefficients are shown; fit.tidy() has all of them.")
    return Table("", header, columns, (3, 4) if any(tested) else ()), method, notes


def _intervals(fit: Fit, names: Sequence[str]) -> tuple[Floats, Floats, str, list[str]]:
    """Intervals by the method "auto"; where it fails, Wald intervals and a note with the reason."""
    try:
        table, notes = fit.conf_int(names), []
    except MlekitError as reason:
        table, notes = fit.conf_int(names, method="wald"), [f"Intervals are Wald intervals: {reason}."]
    return table["lower"].to_numpy(), table["upper"].to_numpy(), table.attrs["method"], notes


def _outside(fit: Fit, names: Sequence[str], low: Floats, high: Floats) -> list[str]:
    """The parameters whose Wald interval has an end outside their set."""
    sets = fit.family.params
    ends = {n: (a, b) for n, a, b in zip(names, low, high, strict=True) if n in sets}
    out = [n for n, (a, b) in ends.items() if a < sets[n].low or b > sets[n].high]
    if not out:
        return []
    use = f"fit.conf_int({out[0]!r}, method='profile') does not"
    return [f"The Wald interval of {', '.join(out)} goes beyond its set, so it is not accurate: {use}."]


def _may_be_zero(fit: Fit, k: int) -> bool:
    """Return True for a value that can be tested against zero: a coefficient, or a parameter that may be negative."""
    coefficients = fit.problem.coefficients
    param = coefficients.parameters[k]
    return param in coefficients.designs or bool(fit.family.params[param].low < 0)


def _pairs(low: Floats, high: Floats, error: Floats) -> list[str]:
    """Both ends of an interval in one cell."""
    ends = [aligned(map(number, end, error)) for end in (low, high)]
    return [f"{a}  {b}" if a.strip() or b.strip() else "" for a, b in zip(*ends, strict=True)]


def _derived(fit: Fit) -> Table | None:
    """Functions of the parameters, with delta-method errors; in a regression they differ from row to row."""
    functions = fit.family.derived if fit.problem.coefficients.constant else {}
    if not functions:
        return None
    both = [delta(fit.solution, function) for function in functions.values()]
    value, error = (np.array([float(part[k][0]) for part in both]) for k in (0, 1))
    columns = [list(functions), aligned(map(number, value, error)), aligned(number(e) or "none" for e in error)]
    title = f'derived, with delta-method errors (intervals: fit.estimate("{next(iter(functions))}"))'
    return Table(title, ["", "estimate", "std error"], columns)


# -- notes ------------------------------------------------------------------------------------------------------------


def _errors(fit: Fit, table: Table, method: str) -> list[str]:
    """Sentences about the standard errors, if there are any, and the distribution behind tests and intervals."""
    if np.isnan(fit.bse.to_numpy()).all():
        return [NO_AIC] if fit.problem.priors else []
    if not fit.verdict.ok:
        return [NO_MAXIMUM]
    tested = "p" in table.header
    errors = fit.solution.errors
    if errors is not None:
        test = "z, not t" if np.isinf(errors.df) else f"t with {errors.df:g} degrees of freedom"
        tests = f"; tests use {test}" * tested
        return [f"Standard errors are of type {errors.kind!r}, not from the observed information{tests}."]
    if fit.problem.priors:
        tests = "; with a prior, p is not a valid p-value" * tested
        return [f"{MAP_ERRORS}{tests}. {NO_AIC}"]
    plain = _is_plain(fit)
    tests = "; tests use z, not t" * tested
    exact = " The exact intervals use Student's t and the chi-squared distribution." * (method == "exact")
    return [f"{LM_ERRORS}{tests}.{exact}{LM_REMEDY}" if plain else f"{ML_ERRORS}{tests}."]


def _is_plain(fit: Fit) -> bool:
    """Return True for a normal distribution or least squares, of which the sd could be divided by n - p."""
    exact, designs = fit.problem.rows.observations.exact, set(fit.problem.coefficients.designs)
    return exact and fit.family.has_residuals and designs <= {fit.family.location} and not fit.estimator.fixed


def _tied(fit: Fit) -> list[str]:
    return [f"{name} is tied to {other}: the two are one parameter." for name, other in fit.estimator.tied.items()]


def _missing_errors(fit: Fit, method: str) -> list[str]:
    """The reason why a standard error is missing, and the interval that there is all the same."""
    error = fit.bse
    fixed = fit.problem.fixed_names
    names = [str(n) for n in error.index[:MOST] if np.isnan(error[n]) and n not in fixed]
    if not names:
        return []
    who = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    if resting(fit.solution) is not None:
        return [f"{who}: no standard error, because the estimate is at the kink of its prior."]
    if "boundary" not in fit.verdict.codes:
        return [f"{who}: no standard error, because the curvature of the log-likelihood is not that of a maximum."]
    why = "because the maximum is on the boundary of the parameter space, where the score need not be zero"
    return [f"{who}: no standard error, {why}; {AT_BOUNDARY.get(method, OTHER_INTERVAL)}."]
