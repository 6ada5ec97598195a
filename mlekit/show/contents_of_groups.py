"""Contents of the summary of a grouped fit: how the estimates vary over the groups, and which groups failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from ..numerics.arrays import Floats
from .contents import MOST, SOLVED, Contents, Table, dropped, model_facts, observed_as, prior_facts
from .numbers import aligned, count, number

if TYPE_CHECKING:
    from collections.abc import Hashable

    from ..fits import GroupedFit

SHOWN = 5
QUANTILES: dict[str, Callable[[Floats], Floats]] = {
    "min": lambda v: np.min(v, axis=0),
    "25%": lambda v: np.quantile(v, 0.25, axis=0),
    "median": lambda v: np.median(v, axis=0),
    "75%": lambda v: np.quantile(v, 0.75, axis=0),
    "max": lambda v: np.max(v, axis=0),
}


def contents_of_groups(grouped: GroupedFit) -> Contents:
    """Return the contents of the summary of many fits."""
    failed = len(grouped.failed)
    problem = grouped.problem
    return Contents(
        title=f"{grouped.family!r} by {', '.join(grouped.groups.names)}: "
        + ("posterior modes (MAP)" if problem.priors else "maximum likelihood"),
        facts=[
            *model_facts(problem),
            ("groups", count(len(grouped))),
            ("rows", _rows(grouped)),
            *prior_facts(problem),
            ("solver", _solver(grouped)),
            ("status", _statuses(grouped)),
        ],
        figures=[_total(grouped, failed)],
        tables=[_quantiles(grouped), _first(grouped)],
        notes=[
            *grouped.family.remarks(),
            "fit.tidy() has one row per group and parameter; fit[key] is the fit of one group.",
        ],
        ok=not failed,
        verdict=_failures(grouped) if failed else ["each group's maximum is proved"],
    )


def _rows(grouped: GroupedFit) -> str:
    rows, nobs = grouped.problem.rows, grouped.nobs.to_numpy()
    total = count(float(nobs.sum())) + (" (the sum of weights)" if rows.weighted else "")
    each = f"{count(float(nobs.min()))} to {count(float(nobs.max()))} per group"
    return f"{total}, {each}{observed_as(rows.observations.describe())}{dropped(rows.dropped)}"


def _solver(grouped: GroupedFit) -> str:
    """The solver; the search is named where one equation is solved in place of a formula."""
    found = bool((grouped.status == "converged").any()) and grouped.solution.params is not None
    return f"{grouped.solution.solver} ({SOLVED})" if found else grouped.solution.solver


def _statuses(grouped: GroupedFit) -> str:
    counts = grouped.status.value_counts()
    return ", ".join(f"{count(n)} {code}" for code, n in counts.items() if n)


def _total(grouped: GroupedFit, failed: int) -> tuple[str, str]:
    """The sum of the log-likelihoods that are finite."""
    llf = grouped.llf.to_numpy()
    label = "total log-likelihood of the groups with a maximum" if failed else "total log-likelihood"
    return label, number(float(llf[np.isfinite(llf)].sum()))


def _quantiles(grouped: GroupedFit) -> Table:
    """Quantiles of each parameter over the groups with finite estimates."""
    values = grouped.params.to_numpy()
    values = values[np.isfinite(values).all(axis=1)]
    names = list(grouped.params.columns[:MOST])
    whole = len(values) == len(grouped)
    title = (
        "quantiles over the groups" if whole else f"quantiles over the {count(len(values))} groups with finite values"
    )
    if not len(values):
        return Table(title, [""], [names])
    columns = [aligned(map(number, take(values)[: len(names)])) for take in QUANTILES.values()]
    return Table(title, ["", *QUANTILES], [names, *columns])


def _first(grouped: GroupedFit) -> Table:
    """The first groups, with as many parameters as there is room for."""
    top = min(SHOWN, len(grouped))
    keys = [_key(key) for key in grouped.index[:top]]
    params = [aligned(map(number, grouped.params[n].to_numpy()[:top])) for n in grouped.params.columns[:MOST]]
    rows, status = aligned(map(count, grouped.nobs.to_numpy()[:top])), [str(s) for s in grouped.status[:top]]
    header = [", ".join(grouped.groups.names), "rows", "status", *grouped.params.columns[:MOST]]
    optional = tuple(range(len(header) - 1, 3, -1))
    title = "the first groups" if top < len(grouped) else "the groups"
    return Table(title, header, [keys, rows, status, *params], optional)


def _key(key: Hashable) -> str:
    """The key of a group as text."""
    return ", ".join(map(str, key)) if type(key) is tuple else str(key)


def _failures(grouped: GroupedFit) -> list[str]:
    """The first groups without a proved maximum, each with its reason."""
    from ..inference.verdict import verdict

    failed = grouped.failed
    places = np.flatnonzero(grouped.index.isin(failed))[:SHOWN]
    have = "has" if len(failed) == 1 else "have"
    lines = [f"{count(len(failed))} of {count(len(grouped))} groups {have} no proved maximum"]
    lines += [f"{_key(grouped.index[g])}: {verdict(grouped.solution, int(g)).reasons[0]}" for g in places]
    more = f"and {count(len(failed) - SHOWN)} more: see fit.failed and fit.reasons"
    return lines + ([more] if len(failed) > SHOWN else [])
