"""What would make it wrong: what was checked, what these rows can show, and what they cannot."""

from __future__ import annotations

from . import belief, terms
from .laws import Words
from .say import listed, many, num, span
from .view import View

FEW = 10  # rows a number, below which a regression follows noise
SHOWN = 4


def doubts(view: View, words: Words) -> list[str]:
    """The section."""
    law = words.doubts() if view.ok else []
    return [
        _verdict(view),
        *(law if law or view.rows.kept else [_no_rows(view)]),
        *(_regression(view) if view.designs and view.ok else []),
        *_weights(view),
        *_dropped(view),
        *belief.weight(view),
        _rest(view),
    ]


def _verdict(view: View) -> str:
    reasons = "; ".join(view.fit.verdict.reasons)
    if not view.ok:
        return (
            "The answer is not proved, for the reasons at the top of the page. Mend that first: all else rests on it."
        )
    return f"Checked: {reasons}. That proves the top of the curve, not that the law is right."


def _no_rows(view: View) -> str:
    return (
        f"The fit does not hold its {many(view.n, 'row')}, so nothing could be checked against them: save it with "
        "data=True, or explain it before it is saved."
    )


def _regression(view: View) -> list[str]:
    k = view.bound.problem.size
    said: list[str] = []
    if view.n < FEW * k:
        cure = "the prior is what holds them" if view.believed else "or give the coefficients a prior"
        said.append(
            f"There are {num(view.n / k, 3)} rows for each of the {k} numbers. With fewer than about {FEW} a formula "
            f"learns the accidents of its rows: hold some back and ask fit.evaluate(new); {cure}."
        )
    seen = [(column, ends) for column, ends in terms.ranges(view).items() if ends != (0.0, 1.0)]
    if seen:
        told = listed(f"{column} from {span(*ends)}" for column, ends in seen[:SHOWN])
        said.append(
            f"The rows have {told}{' and so on' if len(seen) > SHOWN else ''}. Beyond that the formula is drawn "
            "on without a row to hold it, and its intervals do not know."
        )
    return said


def _weights(view: View) -> list[str]:
    if not view.rows.weighted:
        return []
    return [
        (
            "Rows came with weights or counts, which were taken as how often each was seen: 2 is the same row twice, "
            f"and their sum, {num(view.n)}, the number of rows. If they mean anything else, the estimates stand and "
            "the errors do not."
        )
    ]


def _dropped(view: View) -> list[str]:
    left = view.rows.dropped
    return (
        [f"{many(left, 'row')} with a missing value left out: harmless if they are missing by chance alone."]
        if left
        else []
    )


def _rest(view: View) -> str:
    what = f"the {many(view.n, 'row')}" if view.n >= 2 else "the row"
    return (
        f"What no number here can show: whether {what} came independently (days in a row, people in one house and "
        "repeated measurements do not; errors are then too small), and whether the next rows come from where these "
        "came."
    )
