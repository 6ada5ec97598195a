"""What could be wrong: what was checked, what these rows can show, and what they cannot."""

from __future__ import annotations

from . import incomplete, prior, terms
from .facts import FEW, Facts
from .families import Words
from .formatting import listed, many, num, span

SHOWN = 4


def caveats(facts: Facts, words: Words) -> list[str]:
    """Return the section about what could be wrong."""
    return [
        _verdict(facts),
        *(incomplete.checks(facts) if not facts.exact else words.checks() if facts.ok else []),
        *([] if facts.rows.kept else [_no_rows(facts)]),
        *(_regression(facts) if facts.designs and facts.ok else []),
        *_weights(facts),
        *_dropped(facts),
        *prior.weight(facts, words),
        _assumptions(facts),
    ]


def _verdict(facts: Facts) -> str:
    if not facts.free:
        return "Nothing was fitted, so there is no maximum to prove; the family or the fixed values could be wrong."
    if not facts.ok:
        return "No maximum is proved, for the reasons at the top of the page. Solve this first: all else depends on it."
    reasons = "; ".join(facts.fit.verdict.reasons)
    local = "" if facts.by_formula else "local "
    return f"Checked: {reasons}. This proves a {local}maximum, but not that the family is right."


def _no_rows(facts: Facts) -> str:
    return (
        f"The fit was loaded or merged without its {many(facts.n, 'row')}, so nothing could be checked against them: "
        "fit.save(path, data=True) keeps them."
    )


def _regression(facts: Facts) -> list[str]:
    k = facts.problem.size
    text: list[str] = []
    if facts.overfitted:
        remedy = "; the prior reduces this" if facts.has_prior else ", or give the coefficients a prior"
        text.append(
            f"There are {num(facts.n / k, 3)} rows per parameter, for {k} parameters. With fewer than about {FEW} a "
            f"regression may overfit: keep some rows aside and use fit.evaluate(new){remedy}."
        )
    seen = [(column, ends) for column, ends in terms.ranges(facts).items() if ends != (0.0, 1.0)]
    if seen:
        ranges = [f"{column} from {span(*ends)}" for column, ends in seen[:SHOWN]]
        more = [f"{len(seen) - SHOWN} more"] if len(seen) > SHOWN else []
        text.append(
            f"The rows have {listed([*ranges, *more])}. Beyond these values the formula extrapolates, and its "
            "intervals do not allow for that."
        )
    return text


def _weights(facts: Facts) -> list[str]:
    if not facts.rows.weighted:
        return []
    return [
        (
            "The rows have weights or counts, which were taken as frequencies: a weight of 2 is the same row twice, "
            f"and the number of rows is the sum, {num(facts.n)}. If they mean anything else, the estimates may be "
            "right but the standard errors are not."
        )
    ]


def _dropped(facts: Facts) -> list[str]:
    rows = facts.rows.dropped
    if not rows:
        return []
    text = "1 row with a missing value was" if rows == 1 else f"{num(rows)} rows with missing values were"
    return [f"{text} dropped, which is harmless if values are missing completely at random."]


def _assumptions(facts: Facts) -> str:
    if facts.n == 1:
        return "These numbers cannot show whether new rows come from the same distribution."
    return (
        f"These numbers cannot show whether the {many(facts.n, 'row')} are independent (successive days, people in one "
        "household and repeated measurements often are not, and the standard errors are then usually too small), or "
        "whether new rows come from the same distribution."
    )
