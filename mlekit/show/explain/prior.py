"""Sentences about priors: their weight, the penalty that they amount to, and the estimates without them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...families._sufficient import sufficient
from .facts import Facts, attempt
from .families import Words
from .formatting import columns, combined, listed, many, name, num, span
from .page import Line

if TYPE_CHECKING:
    from ...models.prior_terms import PriorTerm
    from ...numerics.frozen import FrozenScipy
    from ...priors._base import Prior

SHOWN = 5
NAMES = {"norm": "Normal"}


def assumed(facts: Facts, words: Words) -> list[str]:
    """Return the priors and their weight."""
    if not facts.has_prior:
        return []
    text = [f"The prior of {_who(names, 'each of ')} is {prior.prior}." for prior, names in _distinct(facts)]
    if facts.flat:
        return [*text, "It is constant, so the posterior mode is the maximum of the likelihood."]
    return [*text, *_worth(facts, words)]


def _worth(facts: Facts, words: Words) -> list[str]:
    """The weight of a conjugate prior, in rows or trials."""
    n = words.imaginary()
    if facts.imaginary is None or not n:
        return []
    if n < 0:
        fewer = f"{many(-n, *words.unit)} fewer"
        return [f"It acts like {fewer}, and so favours values near the boundary of the parameter space."]
    weight = (
        f"The prior has the weight of {many(n, *words.unit)}, compared with {many(words.size(), *words.unit)} of data"
    )
    modes = [mode for prior in facts.priors if (mode := _mode(facts, prior)) is not None]
    own = f", and its own mode is {facts.priors[0].name} = {num(modes[0])}" if len(modes) == 1 else ""
    return [f"{weight}{own}."]


def objective(facts: Facts, terms: list[str]) -> list[str]:
    """Return what the priors add to the log-likelihood."""
    if facts.flat:
        return ["The log prior is constant, so the log posterior is this log-likelihood plus a constant."]
    text = (
        "With a prior, the log posterior is maximised: the log-likelihood plus the log prior. Its maximum is the "
        "posterior mode, also called the maximum a posteriori (MAP) estimate."
    )
    return [text, *(terms or _penalties(facts))]


def _penalties(facts: Facts) -> list[str]:
    """The priors as penalties, by the names that these have."""
    return [part for prior, names in _distinct(facts) for part in _penalty(facts, prior, names)]


def _penalty(facts: Facts, prior: PriorTerm, names: list[str]) -> list[str]:
    peak, slope = _peak(prior.prior), prior.prior.slope
    factor = -(prior.prior.kernel() or {}).get("square", 0.0)
    if peak is None or not (slope or factor):
        return [f"The log density of {prior.prior} at {_who(names)} is added to the log-likelihood."]
    b, several = (name(names[0]), "") if len(names) == 1 else ("b", "sum of ")
    distance = f"{b} - {num(peak)}" if peak else b
    if slope:
        lasso = f": this is the lasso, with factor 1/scale = {num(slope)}" if prior.param is None else ""
        return [
            (
                f"{prior.prior} subtracts {num(slope)} times the distance from {num(peak)}{lasso}. Because of its "
                f"kink, an estimate is exactly {num(peak)} unless the log-likelihood is steeper than that there."
            ),
            Line(f"log prior = {combined([(-slope, f'{several}|{distance}|')])} + a constant"),
        ]
    ridge = f": this is ridge regression, or weight decay.{_ridge(facts, factor)}" if prior.param is None else "."
    square = f"{several}({distance})^2" if peak else f"{several}{distance}^2"
    return [
        (
            f"{prior.prior} subtracts the squared distance from {num(peak)} with the factor 1/(2 sd^2) = "
            f"{num(factor)}{ridge}"
        ),
        Line(f"log prior = {combined([(-factor, square)])} + a constant"),
    ]


def _ridge(facts: Facts, factor: float) -> str:
    """The factor relative to the sum of squares, for a family that has one."""
    if not facts.family.has_residuals or "sd" not in facts.value:
        return ""
    factor = 2 * factor * facts.value["sd"] ** 2
    return f" Relative to the sum of squares it is 2 sd^2 times that, {num(factor)}, the lambda of ridge regression."


def meaning(facts: Facts) -> list[str]:
    """Return the estimates without the prior, and a remark about posterior modes."""
    if not facts.has_prior:
        return []
    return _not_invariant(facts) if facts.flat else [*_effect(facts), *_zeros(facts), *_not_invariant(facts)]


def _effect(facts: Facts) -> list[str]:
    """The estimates with and without the prior."""
    without = facts.without_prior
    if without is None:
        return ["Without the prior no maximum was found: the estimate depends on the prior."] if facts.can_refit else []
    about = [n for n in dict.fromkeys(_named(facts)) if n in without]
    if len(about) == 1:
        return [_between(facts, about[0], without[about[0]])]
    shown = sorted(about, key=lambda n: -abs(without[n] - facts.value[n]))[:SHOWN]
    if not shown:
        return []
    rows = [["", "without prior", "with prior"], *([name(n), num(without[n]), num(facts.value[n])] for n in shown)]
    closer = sum(abs(facts.value[n]) < abs(without[n]) for n in about)
    shrunk = (
        f"{closer} of {len(about)} coefficients are closer to zero than without the prior." if facts.designs else ""
    )
    largest = "The largest effects of the prior are:" if len(about) > SHOWN else "The effects of the prior are:"
    return [largest, *map(Line, columns(rows)), shrunk]


def _between(facts: Facts, about: str, without: float) -> str:
    here = facts.value[about]
    prior = next(b for b in facts.priors if about in _levels(facts, b))
    mode = _mode(facts, prior)
    start = f"The maximum-likelihood estimate of {name(about)} is {num(without)}"
    if mode is None:
        return f"{start}; with the prior it is {num(here)}."
    low, high = sorted((without, mode))
    where = "lies between the two" if low < here < high else "is the same" if low == high else _outside(here, mode)
    return f"{start}, and the mode of the prior is {num(mode)}. The posterior mode, {num(here)}, {where}."


def _outside(here: float, mode: float) -> str:
    return "is that of the prior" if here == mode else "is beyond both"


def _zeros(facts: Facts) -> list[str]:
    """Coefficients at the kink."""
    names = facts.at_kink
    if not names:
        return []
    kinks = [prior.prior.kink for prior in facts.priors if prior.prior.kink is not None]
    start = (
        f"{len(names)} of {many(len(kinks), 'coefficient')} {'is' if len(names) == 1 else 'are'} exactly at the kink"
    )
    if any(kinks):
        return [f"{start} of the prior, which is also its mode: {_who(names)}. The data are too weak to move them."]
    them, columns = ("it", "the column has") if len(names) == 1 else ("them", "the columns have")
    return [
        f"{start}, which removes {them} from the model: {_who(names)}. This does not prove that {columns} no effect."
    ]


def _not_invariant(facts: Facts) -> list[str]:
    if facts.flat:
        return [
            (
                "A prior is flat on one scale only: a prior that is flat for the logarithm of a parameter is not flat "
                "for the parameter."
            )
        ]
    return [
        (
            "A posterior mode depends on the scale of the parameter: the posterior mode of a logarithm is not the "
            "logarithm of the posterior mode. Maximum likelihood does not depend on it."
        )
    ]


def posterior(facts: Facts) -> list[str]:
    """Return the posterior distribution, where it is a known one."""
    found = attempt(facts.fit.posterior)
    if found is None:
        return []
    about, first = next(iter(found.marginals.items()))
    text = (
        f"The posterior distribution of {name(about)} is {_distribution(first)}, with mean {num(first.mean())} and sd "
        f"{num(first.std())}"
    )
    if len(found.marginals) == 1:
        return [f"{text}; its mode is the estimate."]
    return [
        (
            f"{text}, and the others are of the same kind. The estimate is the mode of their joint distribution, not "
            "of each marginal distribution."
        )
    ]


def _distribution(frozen: FrozenScipy) -> str:
    given = [num(value) for value in frozen.args] + [f"{key} {num(value)}" for key, value in frozen.kwds.items()]
    return f"{NAMES.get(frozen.dist.name, frozen.dist.name.capitalize())}({', '.join(given)})"


def credible(low: float, high: float, about: str) -> str:
    """Return the meaning of a posterior interval."""
    return (
        f"Given the data, the family and the prior, {name(about)} is in {span(low, high)} with probability 95%. This "
        "is a statement about the parameter, which requires a prior; another prior gives another interval."
    )


def weight(facts: Facts, words: Words) -> list[str]:
    """Return the weight of the prior relative to that of the data."""
    n, size = words.imaginary(), words.size()
    if facts.imaginary is None or n <= 0:
        return []
    if n > size:
        return [
            (
                f"The prior outweighs the data, {many(n, *words.unit)} to {num(size)}: the estimate convinces only "
                "those who accept the prior. Fit again with another prior and see how far the estimate moves."
            )
        ]
    return [
        (
            f"The prior has {num(100 * n / (n + size), 3)}% of the total weight. It matters less as rows are added; "
            "with few rows, try another."
        )
    ]


# -- names of what the priors are about ------------------------------------------------------------------------------


def _distinct(facts: Facts) -> list[tuple[PriorTerm, list[str]]]:
    """(prior, names of what it is about) for each different prior."""
    found: dict[str, tuple[PriorTerm, list[str]]] = {}
    for prior in facts.priors:
        found.setdefault(repr(prior.prior), (prior, []))[1].append(prior.name)
    return list(found.values())[:SHOWN]


def _who(names: list[str], several: str = "") -> str:
    shown = [name(n) for n in names[:SHOWN]]
    more = [f"{len(names) - SHOWN} more"] if len(names) > SHOWN else []
    return (several if len(names) > 1 else "") + listed([*shown, *more])


def _named(facts: Facts) -> list[str]:
    return [about for prior in facts.priors for about in _levels(facts, prior)]


def _levels(facts: Facts, prior: PriorTerm) -> list[str]:
    return facts.problem.priors.names(prior)


def _mode(facts: Facts, prior: PriorTerm) -> float | None:
    """The mode of the prior alone; None where it is not known."""
    family, imaginary = facts.family, facts.imaginary
    if imaginary is None or prior.prior.many or not sufficient(family):
        return _peak(prior.prior)
    found = attempt(lambda: family.estimate(imaginary, facts.problem.fixed))
    value = None if found is None or prior.param is None else float(np.ravel(found[prior.param])[0])
    return value if value is not None and np.isfinite(value) and facts.added("n") > 0 else None


def _peak(prior: Prior) -> float | None:
    """The mode of a density that falls from a kink, or with a square."""
    kernel = prior.kernel() or {}
    if "square" not in kernel:
        return prior.kink
    return float(np.clip(kernel.get("linear", 0.0) / (-2 * kernel["square"]), prior.low, prior.high))
