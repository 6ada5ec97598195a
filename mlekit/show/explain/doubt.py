"""What would make it wrong: what was checked, what these rows can show, and what they cannot."""

from __future__ import annotations

from . import belief, terms
from .laws import Words
from .say import listed, many, num, span
from .view import FEW, View

SHOWN = 4


def doubts(view: View, words: Words) -> list[str]:
    """The section."""
    return [
        _verdict(view),
        *(words.doubts() if view.ok else []),
        *([] if view.rows.kept else [_no_rows(view)]),
        *(_regression(view) if view.designs and view.ok else []),
        *_weights(view),
        *_dropped(view),
        *belief.weight(view, words),
        _rest(view),
    ]


def _verdict(view: View) -> str:
    reasons = "; ".join(view.fit.verdict.reasons)
    if not view.free:
        return "Nothing was fitted, so there is no maximum to prove; what is left to doubt is the law and its numbers."
    if not view.ok:
        return (
            "The answer is not proved, for the reasons at the top of the page. Mend that first: all else rests on it."
        )
    return f"Checked: {reasons}. That proves the top of the curve, not that the law is right."


def _no_rows(view: View) -> str:
    return (
        f"The fit was loaded or merged without its {many(view.n, 'row')}, so nothing could be checked against them: "
        "fit.save(path, data=True) keeps them."
    )


def _regression(view: View) -> list[str]:
    k = view.problem.size
    said: list[str] = []
    if view.crowded:
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
    if not left:
        return []
    were = "was" if left == 1 else "were"
    return [
        f"{many(left, 'row')} with a missing value {were} left out: harmless if only chance decided what is missing."
    ]


def _rest(view: View) -> str:
    if view.n == 1:
        return "What no number here can show: whether the next rows come from where this one came."
    return (
        f"What no number here can show: whether the {many(view.n, 'row')} came independently (days in a "
        "row, people in one house and repeated measurements do not; errors are then too small), and whether the next "
        "rows come from where these came."
    )
