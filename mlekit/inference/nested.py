"""Nesting of two fits: the linear predictors that the smaller can have are among those of the larger.

    eta = o + D v        of all rows and all free coordinates of the family, with v the free coordinates of a fit

so the smaller is nested if each column of D_small, and o_small - o_large, is a combination of those of D_large.
Rows enter by the triangular factor R of all columns [designs of both, 1, offsets] = Q R: Q keeps every length.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ..data.design import Design
from ..data.layout import blocks
from ..data.unsaved import UnsavedRows
from ..errors import OptionError
from ..families import Family
from ..models.posterior import LogPosterior
from ..numerics.arrays import Floats

CLOSE = 1e-8  # what may be left of a column, as a fraction of it


class Factor(NamedTuple):
    """R of the rows: the columns of ones, of each side's designs by parameter, and of each side's offset."""

    ones: Floats  # [p, 1]
    designs: Mapping[tuple[int, str], Floats]  # (0 or 1, parameter) -> [p, k]
    offsets: Mapping[int, Floats]  # 0 or 1 -> [p, 1]


class Predictions(NamedTuple):
    """All linear predictors of a fit, o + D v, in the coordinates of the larger family."""

    origin: Floats  # [coordinates * p]
    directions: Floats  # [coordinates * p, parameters]
    names: list[str]


def refuse_not_nested(small: LogPosterior, large: LogPosterior) -> None:
    """Raise an OptionError that names the part of the smaller model that the larger one does not have."""
    renamed = _renamed(small, large)
    if renamed is None:
        return
    factor = _factor(small, large)
    inner, outer = _predictions(0, small, large, factor, renamed), _predictions(1, large, large, factor, {})
    for name, direction in zip(inner.names, inner.directions.T, strict=True):
        if not _within(direction, outer.directions):
            raise OptionError(
                f"{name!r} of the smaller model is not in the larger model, so they are not nested: a likelihood ratio "
                "needs one model that is a special case of the other; compare their AIC, fit.aic"
            )
    if not _within(inner.origin - outer.origin, outer.directions, float(np.linalg.norm(inner.origin))):
        raise OptionError(
            "the offset or the values given with fixed= differ, so that the smaller model is not in the larger model: "
            "compare their AIC, fit.aic"
        )


# ---- families ------------------------------------------------------------------------------------------------------


def _renamed(small: LogPosterior, large: LogPosterior) -> Mapping[str, str] | None:
    """The names of the smaller family's parameters in the larger one; None: nested as they are."""
    a, b = small.family, large.family
    constants = large.restriction is None and not large.coefficients.designs and not small.coefficients.designs
    names = {} if _same_family(a, b) else b.nests.get(a.name)
    other_params = names is not None and any(names.get(param, param) not in b.params for param in a.params)
    if other_params and constants:
        return None
    if names is None or other_params:
        raise OptionError(f"{a!r} is not known to be a special case of {b!r}: compare their AIC, fit.aic")
    for param in a.params:
        own, other = a.link(param).name, b.link(names.get(param, param)).name
        if own != other and not constants:
            raise OptionError(
                f"{param} has the link {own!r} in one fit and {other!r} in the other, so neither is a special case "
                "of the other: compare their AIC, fit.aic"
            )
    return names


def _same_family(a: Family, b: Family) -> bool:
    return a.signature() == b.signature()


# ---- rows ------------------------------------------------------------------------------------------------------------


def _factor(small: LogPosterior, large: LogPosterior) -> Factor:
    """R of the rows of both fits, or a stand-in for it if they are not here."""
    fits = {0: small, 1: large}
    designs = {(k, p): d for k, fit in fits.items() for p, d in fit.coefficients.designs.items()}
    offsets = {k: fit.rows.offset for k, fit in fits.items() if fit.rows.offset is not None}
    if any(isinstance(fit.rows, UnsavedRows) for fit in fits.values()):
        return _by_name(designs, offsets)
    widths = [1, *(len(d.names) for d in designs.values()), *(1 for _ in offsets)]
    r = np.zeros((0, sum(widths)))
    for start, stop in blocks(len(small.rows)):
        parts = [np.ones((stop - start, 1)), *(d.block(start, stop) for d in designs.values())]
        parts += [np.asarray(offset[start:stop])[:, None] for offset in offsets.values()]
        r = np.asarray(np.linalg.qr(np.vstack([r, np.hstack(parts)]), mode="r"), dtype=float)
    ones, *columns = np.split(r, np.cumsum(widths)[:-1], axis=1)
    return Factor(
        ones,
        dict(zip(designs, columns[: len(designs)], strict=True)),
        dict(zip(offsets, columns[len(designs) :], strict=True)),
    )


def _by_name(designs: Mapping[tuple[int, str], Design], offsets: Mapping[int, Floats]) -> Factor:
    """The same without rows: columns of one name are one column, and an offset is not known."""
    for offset in offsets.values():
        np.asarray(offset)  # an error if the file does not hold it
    names = list(dict.fromkeys(["Intercept", *(n for d in designs.values() for n in d.names)]))
    unit = np.eye(len(names))
    return Factor(
        unit[:, :1],
        {key: unit[:, [names.index(n) for n in d.names]] for key, d in designs.items()},
        {key: np.zeros((len(names), 1)) for key in offsets},
    )


def _predictions(
    side: int, fit: LogPosterior, large: LogPosterior, factor: Factor, renamed: Mapping[str, str]
) -> Predictions:
    runs, size = fit.coefficients.runs, fit.coefficients.size
    coordinates = [(r.param, r.position) for r in large.coefficients.runs]
    maps = np.zeros((len(coordinates), len(factor.ones), size))  # from coefficients to linear predictors
    for run in runs:
        at = coordinates.index((renamed.get(run.param, run.param), run.position))
        maps[at][:, run.where] = factor.ones if run.design is None else factor.designs[side, run.param]
    matrix = fit.free_directions[0]
    origin = maps @ fit.to_original(np.zeros((1, matrix.shape[1])))[0]
    if side in factor.offsets:
        origin[coordinates.index((renamed.get(runs[0].param, runs[0].param), 0))] += factor.offsets[side][:, 0]
    return Predictions(np.ravel(origin), (maps @ matrix).reshape(origin.size, matrix.shape[1]), _names(fit))


def _names(fit: LogPosterior) -> list[str]:
    """The name of the value that moves most with each free coordinate."""
    coefficients = fit.coefficients
    called = {k: name for name, k in coefficients.coordinate.items()}
    params = [run.param for run in coefficients.runs for _ in range(run.width)]
    lead = np.arange(len(params)) if fit.restriction is None else np.argmax(np.abs(fit.restriction.matrix), axis=0)
    return [called.get(int(k), params[int(k)]) for k in lead]


def _within(target: Floats, columns: Floats, size: float = 0.0) -> bool:
    """True if least squares leaves nothing of the target."""
    lengths = np.linalg.norm(columns, axis=0)
    scaled = columns[:, lengths > 0] / lengths[lengths > 0]
    left = target - scaled @ np.linalg.lstsq(scaled, target, rcond=1e-13)[0] if scaled.size else target
    return bool(np.linalg.norm(left) <= CLOSE * max(float(np.linalg.norm(target)), size))
