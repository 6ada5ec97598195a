"""The link of a simplex: log(p_l / p_0) of every level but the first."""

from __future__ import annotations

from dataclasses import dataclass

from ._base import Array, Link, Namespace


@dataclass(frozen=True)
class Softmax(Link):
    """L probabilities that sum to one as L - 1 real numbers; the first level is the reference."""

    name = "softmax"

    def forward(self, xp: Namespace, value: list[Array]) -> list[Array]:
        logs = [xp.log(v) for v in value]
        return [log - logs[0] for log in logs[1:]]

    def inverse(self, xp: Namespace, z: list[Array]) -> list[Array]:
        return softmax(xp, z)


def softmax(xp: Namespace, z: list[Array]) -> list[Array]:
    """Return [1, exp z_1, exp z_2, ...] divided by their sum; [1] where there is no z."""
    if not z:
        return [1.0]
    top = xp.value(z[0]) * 0.0
    for v in z:
        top = xp.maximum(top, xp.value(v))
    weights = [xp.exp(v - top) for v in z]
    first = xp.exp(-top)
    total = sum(weights, first)
    return [w / total for w in (first, *weights)]
