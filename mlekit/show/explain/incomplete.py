"""Sentences about rows that were not seen exactly, or that are in the data only because of their value."""

from __future__ import annotations

import numpy as np

from ...data.observations import Observations
from .facts import Facts
from .families import Words
from .formatting import many, num
from .page import Line

UNRELATED = (
    "Censoring is assumed to be non-informative: that a row is censored says no more about its value than its bounds "
    "do."
)
SELECTED = (
    "A row with a value outside its window would not be in the data, and the number of such rows is unknown. The "
    "distribution is that of all values, not of those that were seen."
)

CENSORED = (
    "A censored row contributes the log probability of all values that it may have: log P(Y >= lower) if it is "
    "right-censored, log P(Y <= upper) if it is left-censored, and log P(lower <= Y <= upper) between two bounds."
)
WINDOWED = (
    "A row with a window contributes this less the log probability of its window, log P(lower <= Y <= upper): it is a "
    "draw from the distribution within the window."
)


def assumed(facts: Facts) -> list[str]:
    """Return how the rows were observed, and what that assumes; nothing of exact rows."""
    described = facts.rows.observations.describe()
    if not described:
        return []
    text = [f"How the rows were observed: {described}."]
    if facts.rows.kept:
        seen = facts.rows.observations
        text += [UNRELATED] * is_censored(seen) + [SELECTED] * is_windowed(seen)
    return text


def objective(facts: Facts, words: Words) -> list[str]:
    """Return what each row adds to the log-likelihood."""
    seen, kept = facts.rows.observations, facts.rows.kept
    return [
        f"An exact row contributes its log density{f', {words.row}' if words.row else ''}.",
        CENSORED if not kept or is_censored(seen) else "",
        WINDOWED if not kept or is_windowed(seen) else "",
        Line(f"log L = sum of these over {many(facts.n, 'row')} = {num(facts.fit.llf)}"),
    ]


def checks(facts: Facts) -> list[str]:
    """Return how the fit can be compared with the rows."""
    if not facts.rows.kept:
        return []
    picture = 'fit.plot("qq")' if facts.designs else 'fit.plot("fit")'
    what = "quantile residuals" if facts.designs else "the fitted survival function beside one without a model"
    return [f"{picture} draws {what}, in which censored rows are allowed for: compare them before you trust the fit."]


def is_censored(seen: Observations) -> bool:
    """Return True if a row is censored."""
    exact = seen.density_rows()
    return exact is not None and not bool(np.all(exact))


def is_windowed(seen: Observations) -> bool:
    """Return True if a row would not be in the data if its value were another one."""
    lower, upper = seen.windows
    return bool((np.asarray(lower) > -np.inf).any() or (np.asarray(upper) < np.inf).any())
