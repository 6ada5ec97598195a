"""Whether one fit is a special case of another: the linear predictors it can have are among those of the larger.

    eta = o + D v        of all rows and all free coordinates of the law, with v the free numbers of a fit

so the smaller is nested where each column of D_small, and o_small - o_large, is a combination of those of D_large.
Rows enter by the triangular factor R of all columns [designs of both, 1, offsets] = Q R: Q keeps every length.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..data.layout import blocks
from ..data.unsaved import UnsavedRows
from ..errors import OptionError
from ..models.base import Bound
from ..solvers._base import Array

CLOSE = 1e-8  # what may be left of a column, as a share of it
WITHIN: Mapping[tuple[str, str], Mapping[str, str]] = {  # laws that are another one at shape 1, and what is what
    ("exponential", "gamma"): {"mean": "mean"},
    ("exponential", "weibull"): {"mean": "scale"},
}


class Predictions(NamedTuple):
    """All linear predictors of a fit, o + D v, in the coordinates of the larger law."""

    origin: Array  # [coordinates * p]
    directions: Array  # [coordinates * p, free numbers]
    names: list[str]


def refuse_not_nested(small: Bound, large: Bound) -> None:
    """An OptionError that says what the smaller fit has and the larger one has not."""
    renamed = _renamed(small, large)
    if renamed is None:
        return
    columns = _columns(small, large)
    inner, outer = _predictions(small, large, columns, renamed), _predictions(large, large, columns, {})
    for name, direction in zip(inner.names, inner.directions.T, strict=True):
        if not _within(direction, outer.directions):
            raise OptionError(
                f"{name!r} of the smaller model is not in the larger model, so they are not nested: a likelihood ratio "
                "needs one law that is a special case of the other; compare their AIC, fit.aic"
            )
    if not _within(inner.origin - outer.origin, outer.directions, float(np.linalg.norm(inner.origin))):
        raise OptionError(
            "the offset or the values held with fixed= differ, so that the smaller model is not in the larger model: "
            "compare their AIC, fit.aic"
        )


def _renamed(small: Bound, large: Bound) -> Mapping[str, str] | None:
    """What the larger law calls the parameters of the smaller one; None: nested as they stand."""
    a, b = small.model.family, large.model.family
    known = WITHIN.get((a.name, b.name), {} if _same_law(a, b) else None)
    free = large.matrix is None and not large.base.coefficients.designs
    if known == {} and list(a.params) != list(b.params):  # other parameters of one law
        if free and not small.base.coefficients.designs:
            return None
        known = None
    if known is None:
        raise OptionError(f"{a!r} is no special case of {b!r} that is known to be one: compare their AIC, fit.aic")
    for param in a.params:
        mine, other = a.link(param).name, b.link(known.get(param, param)).name
        if mine != other and (not free or small.base.coefficients.designs):
            raise OptionError(
                f"{param} has the link {mine!r} in one fit and {other!r} in the other, so neither is a special case "
                "of the other: compare their AIC, fit.aic"
            )
    return known


def _same_law(a: Any, b: Any) -> bool:
    return a.signature() == b.signature()


def _columns(small: Bound, large: Bound) -> dict[Any, Array]:
    """R of the rows: by design [p, k], by None [p, 1] of ones, by a fit's number [p, 1] of its offset."""
    fits = (small, large)
    designs = {id(d): d for fit in fits for d in fit.base.coefficients.designs.values()}
    moved = {id(fit): fit.model.rows.offset for fit in fits if fit.model.rows.offset is not None}
    if any(isinstance(fit.model.rows, UnsavedRows) for fit in fits):
        return _by_name(designs, moved)
    widths = [*(len(d.names) for d in designs.values()), 1, *(1 for _ in moved)]
    r = np.zeros((0, sum(widths)))
    for start, stop in blocks(len(small.model.rows)):
        parts = [d.block(start, stop) for d in designs.values()]
        parts += [np.ones((stop - start, 1)), *(np.asarray(o[start:stop])[:, None] for o in moved.values())]
        r = np.linalg.qr(np.vstack([r, np.hstack(parts)]), mode="r")
    return dict(zip([*designs, None, *moved], np.split(r, np.cumsum(widths)[:-1], axis=1), strict=True))


def _by_name(designs: Mapping[int, Any], moved: Mapping[int, Array]) -> dict[Any, Array]:
    """The same without rows: columns of one name are one column, and an offset cannot be told."""
    for offset in moved.values():
        np.asarray(offset)  # an error where the file does not hold it
    names = list(dict.fromkeys(["Intercept", *(n for d in designs.values() for n in d.names)]))
    unit = np.eye(len(names))
    return {
        None: unit[:, :1],
        **{key: unit[:, [names.index(n) for n in d.names]] for key, d in designs.items()},
        **{key: np.zeros((len(names), 1)) for key in moved},
    }


def _predictions(fit: Bound, large: Bound, columns: Mapping[Any, Array], renamed: Mapping[str, str]) -> Predictions:
    base, runs = fit.base, fit.base.coefficients.runs
    size, places = len(columns[None]), [(r.param, r.position) for r in large.base.coefficients.runs]
    maps = np.zeros((len(places), size, base.size))  # from coefficients to linear predictors
    for run in runs:
        at = places.index((renamed.get(run.param, run.param), run.position))
        maps[at][:, run.where] = columns[None if run.design is None else id(run.design)]
    matrix = base.user_matrix()[0] @ (np.eye(base.size) if fit.matrix is None else fit.matrix)
    origin = maps @ fit.user(np.zeros((1, matrix.shape[1])))[0]
    if id(fit) in columns:
        origin[places.index((renamed.get(runs[0].param, runs[0].param), 0))] += columns[id(fit)][:, 0]
    return Predictions(np.ravel(origin), (maps @ matrix).reshape(origin.size, matrix.shape[1]), _names(fit, matrix))


def _names(fit: Bound, matrix: Array) -> list[str]:
    """What people call the value that moves most with each free number."""
    coefficients = fit.base.coefficients
    called = {k: name for name, k in coefficients.coordinate.items()}
    params = [run.param for run in coefficients.runs for _ in range(run.where.start, run.where.stop)]
    lead = np.arange(len(params)) if fit.matrix is None else np.argmax(np.abs(fit.matrix), axis=0)
    return [called.get(int(k), params[int(k)]) for k in lead]


def _within(target: Array, columns: Array, size: float = 0.0) -> bool:
    """Whether least squares leaves nothing of the target."""
    lengths = np.linalg.norm(columns, axis=0)
    scaled = columns[:, lengths > 0] / lengths[lengths > 0]
    left = target - scaled @ np.linalg.lstsq(scaled, target, rcond=1e-13)[0] if scaled.size else target
    return bool(np.linalg.norm(left) <= CLOSE * max(float(np.linalg.norm(target)), size))
