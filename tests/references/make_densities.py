"""Log densities, their derivatives and distribution functions at ordinary and extreme points.   -> densities.json"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from _distributions import DISTRIBUTIONS, POISSON, Distribution, binomial, softmax_log_density
from _mp import derivatives, exact, versions, write_reference
from mpmath import mp, mpf

mp.dps = 600  # squares of 1e150 and a step of 1e-100 are to stay apart

TIMES = [0.0, 1e-300, 1e-10, 0.1, 0.5, 1.0, 2.0, 10.0, 30.0]  # of the mean or scale


def times(unit: float) -> list[float]:
    return [unit * t for t in TIMES]


# family, options, parameters, points
GRID: list[tuple[str, dict[str, int], list[float], list[float]]] = [
    *(("bernoulli", {}, [p], [0.0, 1.0]) for p in (0.0, 1e-300, 1e-12, 0.3, 1 - 1e-12, 1.0)),
    *(("binomial", {"n": 10}, [p], [0.0, 1.0, 5.0, 10.0]) for p in (0.0, 1e-300, 1e-9, 0.62, 1.0)),
    ("binomial", {"n": 1000}, [0.3], [0.0, 250.0, 300.0, 420.0, 1000.0]),
    ("poisson", {}, [0.0], [0.0, 1.0]),
    ("poisson", {}, [1e-300], [0.0, 1.0, 2.0]),
    ("poisson", {}, [1e-6], [0.0, 1.0, 3.0]),
    ("poisson", {}, [3.7], [0.0, 1.0, 4.0, 30.0, 170.0, 1000.0]),
    ("poisson", {}, [1e6], [0.0, 990000.0, 1e6, 1003000.0, 1100000.0]),
    ("normal", {}, [0.0, 1.0], [0.0, 1e-20, 1.0, -1.0, 5.0, -8.5, 40.0, -40.0, -1e5, 1e150]),
    ("normal", {}, [1e9, 1e-3], [1e9, 1e9 + 0.002, 1e9 - 0.03]),
    ("normal", {}, [-3e-6, 1e-6], [-3e-6, 0.0, 1e-5]),
    *(("exponential", {}, [m], [*times(m), 800 * m]) for m in (1.0, 1e-6, 1e6)),
    *(
        ("gamma", {}, [mean, shape], times(mean))
        for mean, shape in ((1.0, 1.0), (2.5, 0.05), (3e-6, 2.5), (1e6, 0.7), (20.0, 2000.0))
    ),
    ("gamma", {}, [1.0, 1e6], [0.99, 0.999, 1.0, 1.001, 1.02]),
    ("gamma", {}, [1.0, 1e-3], [1e-300, 1e-10, 0.5, 1.0, 100.0]),
    *(
        ("weibull", {}, [scale, shape], times(scale))
        for scale, shape in ((1.0, 1.0), (2.0, 0.2), (1e-6, 2.2), (1e6, 1.3), (10.0, 60.0))
    ),
    *(
        ("student_t", {}, [0.0, 1.0, df], [0.0, 1e-8, 1.0, -1.0, 10.0, -1e3, 1e6, 1e150])
        for df in (0.5, 1.0, 4.0, 30.0, 1000.0)
    ),
    *(("student_t", {}, [0.0, 1.0, df], [0.0, 1.0, -2.5, 10.0, 30.0]) for df in (1e5, 1e8, 1e12)),
    ("student_t", {}, [1e6, 2.0, 3.0], [1e6, 1e6 + 3, 1e6 - 50]),
    ("student_t", {}, [5e-6, 1e-6, 2.2], [5e-6, 0.0, 1e-3]),
]

LINEAR = (-800.0, -60.0, -20.0, -1e-9, 0.0, 2.5, 20.0, 60.0, 800.0)
LOGITS = ([0.0, 1.0, -2.0], [800.0, 0.0], [-800.0, -900.0], [60.0, 59.0, 58.0], [1e-12, -1e-12])


def distribution_of(family: str, options: dict[str, int]) -> Distribution:
    return binomial(options["n"]) if options else DISTRIBUTIONS[family]


def inside(distribution: Distribution, theta: Sequence[Any]) -> bool:
    """Whether a derivative can be taken: not at an end of a parameter's set."""
    return all(
        s == "real" or (v > 0 and (s == "positive" or v < 1))
        for s, v in zip(distribution.sets.values(), theta, strict=True)
    )


def scaled_derivatives(distribution: Distribution, y: Any, theta: Sequence[Any]) -> tuple[list[Any], list[list[Any]]]:
    """Score and Hessian by central differences in the parameters over their own size: p = 1e-300 has neighbours too."""
    size = [abs(v) if v != 0 else mpf(1) for v in theta]
    unit = [v / s for v, s in zip(theta, size, strict=True)]

    def scaled(*u: Any) -> Any:
        return distribution.log_density(y, *(a * s for a, s in zip(u, size, strict=True)))

    value, score, hessian = derivatives(scaled, unit, mpf("1e-100"))
    dust = mpf("1e-180") * abs(value)  # what is left of a difference of 0
    k = range(len(size))
    clean = (
        [v if abs(v) > dust else mpf(0) for v in score],
        [[v if abs(v) > dust else mpf(0) for v in row] for row in hessian],
    )
    return [clean[0][i] / size[i] for i in k], [[clean[1][i][j] / (size[i] * size[j]) for j in k] for i in k]


def student_t_integral(distribution: Distribution, y: Any, theta: Sequence[Any]) -> tuple[Any, Any]:
    """cdf and survival by quadrature: at df 1e5 and more the incomplete beta function does not come back."""
    with mp.workdps(50):
        at = distribution.log_density(y, *theta)  # taken out, as quad's tolerance is absolute
        ratio = mp.quad(
            lambda t: mp.exp(distribution.log_density(t, *theta) - at),
            [abs(y) + k for k in (0, 0.5, 1, 2, 4, 8, 16, 32, 64)],
        )
        far = mp.exp(at) * ratio
    return (1 - far, far) if y >= 0 else (far, 1 - far)


def describe(family: str, options: dict[str, int], parameters: list[float], points: list[float]) -> dict[str, Any]:
    print(family, parameters, flush=True)
    distribution = distribution_of(family, options)
    theta = [exact(v) for v in parameters]
    columns: dict[str, list[Any]] = {
        k: [] for k in ("log_density", "cdf", "survival", "log_cdf", "log_survival", "score", "hessian")
    }
    for point in points:
        y = exact(point)
        value = distribution.log_density(y, *theta)
        large = family == "student_t" and theta[2] >= 1e5
        below, above = (
            student_t_integral(distribution, y, theta)
            if large
            else (distribution.cdf(y, *theta), distribution.survival(y, *theta))
        )
        smooth = inside(distribution, theta) and mp.isfinite(value) and not (y == 0 and "shape" in distribution.sets)
        score, hessian = scaled_derivatives(distribution, y, theta) if smooth else (None, None)
        log_cdf = mp.log(below) if below < 0.5 else mp.log1p(-above)
        log_survival = mp.log(above) if above < 0.5 else mp.log1p(-below)
        found = (value, below, above, log_cdf, log_survival, score, hessian)
        for column, entry in zip(columns.values(), found, strict=True):
            column.append(entry)
    return {
        "family": family,
        "options": options,
        "params": dict(zip(distribution.names, parameters, strict=True)),
        "y": points,
        **columns,
    }


def on_links() -> list[dict[str, Any]]:
    """Log densities at linear predictors where a probability written as p would be 0 or 1 and nothing else."""
    bernoulli = [
        {
            "family": "bernoulli",
            "linear": e,
            "log_density": [-mp.log1p(mp.exp(exact(e))), -mp.log1p(mp.exp(-exact(e)))],
            "y": [0, 1],
        }
        for e in LINEAR
    ]
    poisson = [
        {
            "family": "poisson",
            "linear": e,
            "y": [0, 3],
            "log_density": [POISSON.log_density(mpf(y), mp.exp(exact(e))) for y in (0, 3)],
        }
        for e in LINEAR
    ]
    softmax = [
        {
            "family": "categorical",
            "linear": [0.0, *e],
            "y": list(range(len(e) + 1)),
            "log_density": [softmax_log_density(y, *map(exact, e)) for y in range(len(e) + 1)],
        }
        for e in LOGITS
    ]
    return [*bernoulli, *poisson, *softmax]


if __name__ == "__main__":
    cases = [describe(*row) for row in GRID]
    write_reference(
        {"made_by": "make_densities.py", "versions": versions(), "cases": cases, "on_links": on_links()},
        "densities.json",
    )
