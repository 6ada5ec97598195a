"""Logarithms of distribution and survival functions with their derivatives, also 40 sd out.   -> tails.json"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from _distributions import DISTRIBUTIONS
from _mp import derivatives, exact, versions, write_reference
from mpmath import mp, mpf

mp.dps = 120
STEP = mpf("1e-40")
SD = (-40.0, -12.0, -6.0, -1.5, 0.0, 0.7, 6.0, 12.0, 40.0)


def around(mean: float, sd: float) -> list[float]:
    return [mean + k * sd for k in SD]


def counts(rate: float) -> list[float]:
    """Counts about the mean, as far as 40 sd to either side where there are any."""
    return sorted({float(max(0, round(point))) for point in around(rate, rate**0.5)})


# family, parameters, points
GRID: list[tuple[str, list[float], list[float]]] = [
    ("normal", [0.0, 1.0], [*around(0.0, 1.0), -1e4, 1e4]),
    ("normal", [-3e-6, 1e-6], around(-3e-6, 1e-6)),
    ("exponential", [2.5], [1e-300, 1e-12, 0.3, 2.0, 20.0, 100.0, 2000.0]),
    ("weibull", [1.0, 1.0], [1e-300, 1e-12, 0.3, 2.0, 20.0, 800.0]),
    ("weibull", [2.0, 0.3], [1e-300, 1e-30, 0.3, 2.0, 1e4, 1e6]),
    ("weibull", [10.0, 20.0], [1e-30, 0.01, 5.0, 10.0, 11.0, 20.0]),
    ("poisson", [1e-6], [0.0, 1.0, 5.0, 100.0]),
    ("poisson", [0.3], [0.0, 1.0, 2.0, 20.0, 200.0]),
    ("poisson", [3.7], [0.0, 1.0, 4.0, 9.0, 30.0, 170.0]),
    ("poisson", [60.0], counts(60.0)),
    ("poisson", [2500.0], counts(2500.0)),
    ("poisson", [1e6], counts(1e6)),
    *(("bernoulli", [p], [0.0]) for p in (1e-12, 0.3, 1 - 1e-9)),
]


def scaled(f: Callable[..., Any], theta: Sequence[Any]) -> tuple[Any, list[Any], list[list[Any]]]:
    """Value, gradient and Hessian by differences in the parameters over their own size."""
    size = [abs(v) if v != 0 else mpf(1) for v in theta]
    unit = [v / s for v, s in zip(theta, size, strict=True)]
    value, score, hessian = derivatives(lambda *u: f(*(a * s for a, s in zip(u, size, strict=True))), unit, STEP)
    k = range(len(size))
    return value, [score[i] / size[i] for i in k], [[hessian[i][j] / (size[i] * size[j]) for j in k] for i in k]


def describe(family: str, parameters: list[float], points: list[float]) -> dict[str, Any]:
    print(family, parameters, flush=True)
    distribution, theta = DISTRIBUTIONS[family], [exact(v) for v in parameters]
    columns: dict[str, list[Any]] = {}
    for point in points:
        y = exact(point)

        def log_cdf(*at: Any, y: Any = y) -> Any:
            below, above = distribution.cdf(y, *at), distribution.survival(y, *at)
            return mp.log(below) if below < 0.5 else mp.log1p(-above)

        def log_survival(*at: Any, y: Any = y) -> Any:
            below, above = distribution.cdf(y, *at), distribution.survival(y, *at)
            return mp.log(above) if above < 0.5 else mp.log1p(-below)

        for name, f in (("log_cdf", log_cdf), ("log_survival", log_survival)):
            for part, found in zip(("", "_score", "_hessian"), scaled(f, theta), strict=True):
                columns.setdefault(f"{name}{part}", []).append(found)
    return {"family": family, "params": dict(zip(distribution.names, parameters, strict=True)), "y": points, **columns}


if __name__ == "__main__":
    cases = [describe(*row) for row in GRID]
    write_reference({"made_by": "make_tails.py", "versions": versions(), "cases": cases}, "tails.json")
