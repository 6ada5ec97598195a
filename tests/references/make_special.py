"""Special functions at 50 digits, and the ratio of polynomials in gammaln.   python make_special.py  ->  special.json

Arguments are doubles, values the doubles nearest to the truth. What cancels at a huge argument gets more digits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import mpmath
from mpmath import mp, mpf

mp.dps = 50
HERE = Path(__file__).parent

TINY_TO_HUGE = [1e-300, 1e-200, 1e-100, 1e-30, 1e-16, 1e-8, 1e100, 1e200, 1e300]
DECADES = [m * 10.0**e for e in range(-5, 16) for m in (1.0, 2.7)]
ROOTS = [1 - 1e-9, 1 + 1e-9, 2 - 1e-9, 2 + 1e-9, 1.4616321449683622, 1.46, 1.47, 0.999, 1.001, 1.999, 2.001]
EDGES = [
    0.25,
    0.5,
    0.75,
    1.0,
    1.5,
    2.0,
    3.0,
    4.5,
    6.0,
    7.75,
    8.5,
    8.999999,
    9.0,
    9.000001,
    9.5,
    12.0,
    17.9,
    18.0,
    18.1,
    25.0,
]
POSITIVE = sorted({*TINY_TO_HUGE, *DECADES, *ROOTS, *EDGES})
REAL = [
    0.0,
    *(s * m for m in (1e-300, 1e-20, 1e-8, 0.01, 0.3, 0.5, 1.0, 2.0, 5.0, 20.0, 36.5, 60.0, 700.0) for s in (-1, 1)),
]
SHARES = [1e-300, 1e-20, 1e-5, 0.01, 0.2, 0.25, 0.3, 0.4999, 0.5, 0.5001, 0.7, 0.75, 0.9, 0.999999, 1 - 2**-53]
PAIRS = [
    (1e-300, 2.0),
    (1e-8, 1e-8),
    (1e-8, 1e8),
    (0.5, 0.5),
    (1.0, 1.0),
    (1.0, 7.0),
    (2.0, 3.0),
    (7.0, 7.5),
    (8.9, 9.1),
]
PAIRS += [
    (0.5, 1e10),
    (5.0, 1e15),
    (10.0, 10.0),
    (17.0, 13.0),
    (710.0, 310.0),
    (30.0, 1e12),
    (1e8, 1e8),
    (1e15, 3e15),
    (1e200, 1e300),
]
CHOICES = [
    (0.0, 0.0),
    (1.0, 0.0),
    (1.0, 1.0),
    (20.0, 14.0),
    (20.0, 20.0),
    (52.0, 5.0),
    (1000.0, 500.0),
    (1e6, 3.0),
    (1e6, 5e5),
]
CHOICES += [(1e15, 2.0), (1e15, 5e14), (1e15, 0.0), (2.5, 1.5)]
TERMS = [(0.0, 3.0), (2.0, 3.0), (1e-300, 1e-300), (5.0, 1e-5), (0.5, 1.0), (1e10, 1e10)]
LOGITS = [[0.0, 0.0], [60.0, 0.0], [-1000.0, -1001.0, -999.5], [1.0, 2.0, 3.0, 4.0], [800.0, 0.0, 799.0]]


def stirling(a: Any, order: int) -> Any:
    """The derivative of that order of log G(a) - (a - 1/2) log a + a - log(2 pi)/2."""
    with mp.extradps(extra(a)):
        values = [
            lambda: mp.loggamma(a) - (a - mpf(1) / 2) * mp.log(a) + a - mp.log(2 * mp.pi) / 2,
            lambda: mp.psi(0, a) - mp.log(a) + 1 / (2 * a),
            lambda: mp.psi(1, a) - 1 / a - 1 / (2 * a * a),
        ]
        return values[order]()


def gamma_ratio(v: Any, order: int) -> Any:
    """The derivative of that order of log G((v + 1)/2) - log G(v/2) - log(v/2)/2."""
    with mp.extradps(extra(v)):
        a = v / 2
        b = a + mpf(1) / 2
        values = [
            lambda: mp.loggamma(b) - mp.loggamma(a) - mp.log(a) / 2,
            lambda: (mp.psi(0, b) - mp.psi(0, a) - 1 / (2 * a)) / 2,
            lambda: (mp.psi(1, b) - mp.psi(1, a) + 1 / (2 * a * a)) / 4,
        ]
        return values[order]()


def beta(a: Any, b: Any) -> Any:
    with mp.extradps(extra(a) + extra(b)):
        return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(a + b)


def choose(n: Any, k: Any) -> Any:
    with mp.extradps(extra(n + 1)):
        return mp.loggamma(n + 1) - mp.loggamma(k + 1) - mp.loggamma(n - k + 1)


def digamma_minus_log(x: Any) -> Any:
    with mp.extradps(extra(x)):
        return mp.psi(0, x) - mp.log(x)


def extra(x: Any) -> int:
    """Digits that a difference of logs of gammas loses at x, thrice over."""
    return 40 + 4 * int(abs(mp.log10(x)))


def with_extra(f: Callable[..., Any]) -> Callable[..., Any]:
    """The same, where 1 + x, 1 - x or a tail would lose x."""

    def much(*x: Any) -> Any:
        with mp.workdps(700):
            return f(*x)

    return much


def normal_quantile(p: Any) -> Any:
    with mp.extradps(30):
        guess = mpf(-37) if p < 1e-200 else mp.sqrt(2) * mp.erfinv(2 * p - 1) if p > 1e-40 else -mp.sqrt(-2 * mp.log(p))
        return mp.findroot(lambda z: mp.log(mp.ncdf(z)) - mp.log(p), guess)


FUNCTIONS: dict[str, tuple[Callable[..., Any], Sequence[Any]]] = {
    "gammaln": (mp.loggamma, POSITIVE),
    "digamma": (lambda x: mp.psi(0, x), POSITIVE),
    "trigamma": (lambda x: mp.psi(1, x), POSITIVE),
    "tetragamma": (lambda x: mp.psi(2, x), POSITIVE),
    "digamma_minus_log": (digamma_minus_log, POSITIVE),
    "gammaln_minus_stirling": (lambda a: stirling(a, 0), POSITIVE),
    "gammaln_minus_stirling_1": (lambda a: stirling(a, 1), POSITIVE),
    "gammaln_minus_stirling_2": (lambda a: stirling(a, 2), POSITIVE),
    "log_gamma_ratio": (lambda v: gamma_ratio(v, 0), POSITIVE),
    "log_gamma_ratio_1": (lambda v: gamma_ratio(v, 1), POSITIVE),
    "log_gamma_ratio_2": (lambda v: gamma_ratio(v, 2), POSITIVE),
    "log_factorial": (lambda n: mp.loggamma(n + 1), [0.0, 1.0, 2.0, 3.0, 10.0, 170.0, 171.0, 1e6, 1e15]),
    "betaln": (beta, PAIRS),
    "log_choose": (choose, CHOICES),
    "expit": (with_extra(lambda x: 1 / (1 + mp.exp(-x))), REAL),
    "logit": (with_extra(lambda p: mp.log(p / (1 - p))), SHARES),
    "softplus": (with_extra(lambda x: mp.log(1 + mp.exp(x))), REAL),
    "log1mexp": (with_extra(lambda x: mp.log(1 - mp.exp(-x))), [x for x in REAL if x > 0]),
    "erf": (mp.erf, [x for x in REAL if abs(x) < 50]),
    "ndtr": (mp.ncdf, [x for x in REAL if abs(x) < 37]),
    "log_ndtr": (with_extra(lambda x: mp.log(mp.ncdf(x))), [x for x in REAL if abs(x) < 70]),
    "ndtri": (normal_quantile, SHARES),
    "xlogy": (lambda x, y: x * mp.log(y) if x else mpf(0), TERMS),
    "xlog1py": (with_extra(lambda x, y: x * mp.log(1 + y)), TERMS),
    "logsumexp": (with_extra(lambda *a: mp.log(mp.fsum(map(mp.exp, a)))), LOGITS),
    "log_softmax": (with_extra(lambda *a: [x - mp.log(mp.fsum(map(mp.exp, a))) for x in a]), LOGITS),
}


def rational(f: Callable[[Any], Any], low: int, high: int, degrees: tuple[int, int]) -> list[list[float]]:
    """Two polynomials, highest power first, whose ratio is f: least squares in relative terms, reweighted."""
    n, m = degrees
    at = [mpf(low + high) / 2 + mpf(high - low) / 2 * mp.cos(mp.pi * (2 * i + 1) / 800) for i in range(400)]
    values, below = [f(z) for z in at], [mpf(1)] * 400
    for _ in range(6):
        rows = [
            [z**j / (v * q) for j in range(n + 1)] + [-(z**j) / q for j in range(1, m + 1)]
            for z, v, q in zip(at, values, below, strict=True)
        ]
        left, right = mp.matrix(rows), mp.matrix([1 / q for q in below])
        c = list(mp.lu_solve(left.T * left, left.T * right))
        top, bottom = c[n::-1], [*c[:n:-1], mpf(1)]
        below = [mp.polyval(bottom, z) for z in at]
    return [[float(v) for v in top], [float(v) for v in bottom]]


def gammaln_over_roots(z: Any) -> Any:
    """log G(z) without its roots."""
    return mp.loggamma(z) / ((z - 1) * (z - 2))


def value(f: Callable[..., Any], arguments: Any) -> Any:
    exact = f(*(mpf(a) for a in (arguments if isinstance(arguments, (list, tuple)) else [arguments])))
    return [float(v) for v in exact] if isinstance(exact, list) else float(exact)


def main() -> None:
    table = {
        "made_by": "make_special.py",
        "versions": {"mpmath": mpmath.__version__, "digits": mp.dps},
        "rational": rational(gammaln_over_roots, 1, 9, (9, 10)),
        **{name: [[x, value(f, x)] for x in arguments] for name, (f, arguments) in FUNCTIONS.items()},
    }
    lines = [f" {json.dumps(name)}: {json.dumps(content)}" for name, content in table.items()]
    (HERE / "special.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
