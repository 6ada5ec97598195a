"""Priors in words: what they believed, what they are worth, and where the data alone would have been."""

from __future__ import annotations

from typing import Any

import numpy as np

from .laws import Words
from .page import Line
from .say import columns, combined, listed, many, name, num, span
from .view import View, attempt

SHOWN = 5
NAMES = {"norm": "Normal"}


def assumed(view: View, words: Words) -> list[str]:
    """What was believed before the data."""
    if not view.believed:
        return []
    said = [
        f"{_who(names)} {'was' if len(names) == 1 else 'were each'} believed, before these data, to follow "
        f"{belief.prior}."
        for belief, names in _groups(view)
    ]
    if view.flat:
        return [*said, "It is constant, and so weighs nothing: the answer is the maximum of the likelihood."]
    return [*said, *_worth(view, words)]


def _worth(view: View, words: Words) -> list[str]:
    """What a conjugate prior weighs, in rows or tries."""
    n = words.imagined()
    if view.extra is None or not n:
        return []
    if n < 0:
        return [
            (
                f"It counts against {words.unit[1]}: it takes {num(-n)} of them away, and so pulls towards the ends of "
                "the set."
            )
        ]
    weight = f"The belief weighs as much as {many(n, *words.unit)}, beside {many(words.size(), *words.unit)} of data"
    tops = [top for belief in view.beliefs if (top := _top(view, belief)) is not None]
    own = f", and alone would put {view.about(view.beliefs[0])} at {num(tops[0])}" if len(tops) == 1 else ""
    return [f"{weight}{own}."]


def objective(view: View, formula: list[str]) -> list[str]:
    """What was added to the log-likelihood."""
    said = [
        (
            "Not the likelihood alone was maximised but the log posterior, log-likelihood plus log prior. Its top is "
            "the posterior mode, or MAP."
        )
    ]
    if view.flat:
        return ["The log prior is a constant, so the log posterior is this curve, moved up or down as a whole."]
    if formula:
        return [*said, *formula]
    return [*said, *_penalties(view)]


def _penalties(view: View) -> list[str]:
    """Priors by the name that they have as penalties."""
    return [part for belief, names in _groups(view) for part in _penalty(view, belief, names)]


def _penalty(view: View, belief: Any, names: list[str]) -> list[str]:
    top, slope = _peak(belief.prior), belief.prior.slope
    factor = -(belief.prior.kernel() or {}).get("square", 0.0)
    if top is None or not (slope or factor):
        return [f"Added to the log-likelihood is the log density of {belief.prior} at {_who(names)}."]
    b, several = (name(names[0]), "") if len(names) == 1 else ("b", "sum of ")
    gone = f"{b} - {num(top)}" if top else b
    if slope:
        lasso = f": the lasso, with factor 1/scale = {num(slope)}" if belief.param is None else ""
        return [
            (
                f"{belief.prior} takes away {num(slope)} for each unit from {num(top)}{lasso}. Its kink holds a value "
                f"at exactly {num(top)} until the data pull harder than that."
            ),
            Line(f"log prior = {combined([(-slope, f'{several}|{gone}|')])} + a constant"),
        ]
    ridge = ": ridge, or weight decay." + _ridge(view, factor) if belief.param is None else "."
    return [
        (
            f"{belief.prior} takes away the squared distance from {num(top)} with the factor 1/(2 sd^2) = "
            f"{num(factor)}{ridge}"
        ),
        Line(
            f"log prior = {combined([(-factor, f'{several}({gone})^2' if top else f'{several}{gone}^2')])} + a constant"
        ),
    ]


def _ridge(view: View, factor: float) -> str:
    """The factor on the sum of squares, of a law that has one."""
    if not view.family.has_residuals or "sd" not in view.value:
        return ""
    sd = view.value["sd"]
    return (
        f" On the sum of squares it is sd^2 times twice that, {num(2 * factor * sd * sd)}, the lambda of ridge "
        "regression."
    )


def meaning(view: View) -> list[str]:
    """Where the data alone would have been, and what a mode is not."""
    if not view.believed:
        return []
    if view.flat:
        return _not_invariant(view)
    return [*_beside(view), *_zeros(view), *_not_invariant(view)]


def _beside(view: View) -> list[str]:
    alone = view.alone
    if alone is None:
        return (
            ["The data alone have no maximum that could be found; it is the prior that settles the answer."]
            if view.again
            else []
        )
    about = [n for n in dict.fromkeys(_named(view)) if n in alone]
    if len(about) == 1:
        return [_between(view, about[0], alone[about[0]])]
    shown = sorted(about, key=lambda n: -abs(alone[n] - view.value[n]))[:SHOWN]
    if not shown:
        return []
    rows = [["", "data alone", "with the prior"], *([name(n), num(alone[n]), num(view.value[n])] for n in shown)]
    closer = sum(abs(view.value[n]) < abs(alone[n]) for n in about)
    end = f"{closer} of {len(about)} are nearer to zero than the data alone would have them." if view.designs else ""
    return [
        "What the prior moved most:" if len(about) > SHOWN else "What the prior moved:",
        *map(Line, columns(rows)),
        end,
    ]


def _between(view: View, about: str, alone: float) -> str:
    here = view.value[about]
    belief = next(b for b in view.beliefs if about in (view.about(b), *_levels(view, b)))
    top = _top(view, belief)
    said = f"The data alone would put {name(about)} at {num(alone)}; with the prior it is {num(here)}."
    if top is None:
        return said
    low, high = sorted((alone, top))
    return (
        f"The data alone would put {name(about)} at {num(alone)}, the prior alone at {num(top)}. The answer, "
        f"{num(here)}, "
        + ("lies between." if low < here < high else "is the same." if low == high else f"{_end(here, top)}.")
    )


def _end(here: float, top: float) -> str:
    return "stays where the prior has its top" if here == top else "is beyond both"


def _zeros(view: View) -> list[str]:
    """Coefficients on the kink."""
    rests = view.rests
    if not rests:
        return []
    kinks = [b.prior.kink for b in view.beliefs if b.prior.kink is not None]
    start = f"{len(rests)} of {many(len(kinks), 'coefficient')} stand{'s' * (len(rests) == 1)} exactly on the kink"
    if any(kinks):
        return [f"{start}, where the prior has its top: {_who(rests)}. The data did not pull hard enough to move them."]
    return [
        (
            f"{start}, and so {'is' if len(rests) == 1 else 'are'} left out: {_who(rests)}. "
            "A coefficient at zero was not worth its price; that is no proof that the column has no effect."
        )
    ]


def _not_invariant(view: View) -> list[str]:
    if view.flat:
        return [
            "Flat is flat on one scale alone: a prior that is flat in the logarithm of a parameter is not flat in it."
        ]
    return [
        (
            "A mode is the top of a density, and a density has another top on another scale: the MAP of a logarithm "
            "is not the logarithm of the MAP. A maximum likelihood estimate moves along; this one does not."
        )
    ]


def posterior(view: View) -> list[str]:
    """The posterior as a law, where it is a known one."""
    found = attempt(view.fit.posterior)
    if found is None:
        return []
    about, law = next(iter(found.marginals.items()))
    told = (
        f"Given the prior and the law, {name(about)} itself has a law, {_law(law)}: mean {num(law.mean())}, sd "
        f"{num(law.std())}"
    )
    if len(found.marginals) == 1:
        return [f"{told}, and its top is the estimate."]
    return [f"{told}, and the others likewise. The estimate is the top of their joint law, not of each by itself."]


def _law(law: Any) -> str:
    given = [num(value) for value in law.args] + [f"{key} {num(value)}" for key, value in law.kwds.items()]
    return f"{NAMES.get(law.dist.name, law.dist.name.capitalize())}({', '.join(given)})"


def credible(low: float, high: float, about: str) -> str:
    """What a posterior interval says."""
    return (
        f"{name(about)} lies in {span(low, high)} with probability 95%, given the data, the law and this prior. That "
        "is a statement about the parameter, which only a prior allows; another prior gives another interval."
    )


def weight(view: View, words: Words) -> list[str]:
    """Whether the prior drowns the data."""
    n, seen = words.imagined(), words.size()
    if view.extra is None or n <= 0:
        return []
    share = n / (n + seen)
    if share > 0.5:
        return [
            (
                f"The prior outweighs the data here, {many(n, *words.unit)} against {num(seen)}: whoever does not "
                "share the belief need not share the answer. Fit again with another prior and see how far it moves."
            )
        ]
    return [
        f"The prior is {num(100 * share, 3)}% of all that counted. As rows are added it fades; with few, try another."
    ]


# -- which -------------------------------------------------------------------------------------------------------------


def _groups(view: View) -> list[tuple[Any, list[str]]]:
    """(a belief, what it is about) for each that is different."""
    found: dict[str, tuple[Any, list[str]]] = {}
    for belief in view.beliefs:
        found.setdefault(repr(belief.prior), (belief, []))[1].append(view.about(belief))
    return list(found.values())[:SHOWN]


def _who(names: list[str]) -> str:
    shown = [name(n) for n in names[:SHOWN]]
    return listed(shown) if len(names) <= SHOWN else f"{', '.join(shown)} and {len(names) - SHOWN} more"


def _named(view: View) -> list[str]:
    return [about for belief in view.beliefs for about in _levels(view, belief)]


def _levels(view: View, belief: Any) -> list[str]:
    about = view.about(belief)
    return view.family.names(about) if about in view.family.params and about not in view.designs else [about]


def _top(view: View, belief: Any) -> float | None:
    """Where the prior alone has its top; None where it has none that is known."""
    prior = belief.prior
    if view.extra is not None and not prior.many:
        found = attempt(lambda: view.family.estimate(view.extra, view.base.fixed))
        value = None if found is None else float(np.ravel(found[belief.param])[0])
        return value if value is not None and np.isfinite(value) and view.added("n") > 0 else None
    return _peak(prior)


def _peak(prior: Any) -> float | None:
    """Where a density that falls from a kink, or with a square, has its top."""
    kernel = prior.kernel() or {}
    if "square" not in kernel:
        return prior.kink
    return float(np.clip(kernel.get("linear", 0.0) / (-2 * kernel["square"]), prior.low, prior.high))
