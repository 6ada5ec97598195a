"""Maximum likelihood at 100 digits: row derivatives by central differences, Newton, profiles, and JSON that keeps 17.

Nothing here is clever: a central difference with h = 1e-30 is right to 60 digits when the arithmetic has 100.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mpmath
from mpmath import mp, mpf

mp.dps = 100
H = mpf("1e-30")
HERE = Path(__file__).parent
Z95 = mp.sqrt(2) * mp.erfinv(mpf("0.95"))  # 1.959963984540054
Q95 = Z95**2  # chi-square with one degree of freedom

INVERSE_LINKS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda e: e,
    "log": mp.exp,
    "logit": lambda e: 1 / (1 + mp.exp(-e)),
}

# set -> free to named, its first and its second derivative as functions of the named value; named to free
COORDINATES: dict[str, tuple[Callable[[Any], Any], ...]] = {
    "real": (lambda z: z, lambda v: mpf(1), lambda v: mpf(0), lambda v: v),
    "positive": (mp.exp, lambda v: v, lambda v: v, mp.log),
    "unit": (
        lambda z: 1 / (1 + mp.exp(-z)),
        lambda v: v * (1 - v),
        lambda v: v * (1 - v) * (1 - 2 * v),
        lambda v: mp.log(v / (1 - v)),
    ),
}


# ---- derivatives ---------------------------------------------------------------------------------------------------


def derivatives(f: Callable[..., Any], x: Sequence[Any], h: Any = H) -> tuple[Any, list[Any], list[list[Any]]]:
    """Value, gradient and Hessian of f(*x)."""
    k = len(x)
    steps = [h * max(1, abs(v)) for v in x]

    def moved(*moves: tuple[int, int]) -> Any:
        at = list(x)
        for i, sign in moves:
            at[i] += sign * steps[i]
        return f(*at)

    value = f(*x)
    up, down = [moved((i, 1)) for i in range(k)], [moved((i, -1)) for i in range(k)]
    gradient = [(up[i] - down[i]) / (2 * steps[i]) for i in range(k)]
    hessian = [[mpf(0)] * k for _ in range(k)]
    for i in range(k):
        hessian[i][i] = (up[i] - 2 * value + down[i]) / steps[i] ** 2
        for j in range(i):
            corners = moved((i, 1), (j, 1)) - moved((i, 1), (j, -1)) - moved((i, -1), (j, 1)) + moved((i, -1), (j, -1))
            hessian[i][j] = hessian[j][i] = corners / (4 * steps[i] * steps[j])
    return value, gradient, hessian


def gradient(f: Callable[..., Any], x: Sequence[Any]) -> list[Any]:
    """The gradient of f(*x), without a Hessian."""
    out: list[Any] = []
    for i, v in enumerate(x):
        h = H * max(1, abs(v))
        out.append((f(*x[:i], v + h, *x[i + 1 :]) - f(*x[:i], v - h, *x[i + 1 :])) / (2 * h))
    return out


# ---- the likelihood of rows ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Problem:
    """Independent rows whose parameters are theta_j = inverse_link_j(X_j beta_j + offset), weighted by frequency.

    Coefficients lie one predictor after the other. ``sets`` says in which set each lives, so that Newton can walk in
    free coordinates; everything reported is in the coefficients as named. A log prior is added without a Jacobian.
    """

    log_density: Callable[..., Any]
    y: Sequence[Any]
    weights: Sequence[Any]
    designs: Sequence[Sequence[Sequence[Any]]]  # by predictor, by row, by column
    links: Sequence[str]
    sets: Sequence[str]
    offset: Sequence[Any] | None = None  # of the first predictor
    log_prior: Callable[..., Any] | None = None  # (*beta)

    @property
    def nobs(self) -> Any:
        return mp.fsum(self.weights)

    def theta(self, beta: Sequence[Any], row: int) -> list[Any]:
        """The linear predictors of one row."""
        out: list[Any] = []
        at = 0
        for j, design in enumerate(self.designs):
            x = design[row]
            shift = self.offset[row] if self.offset is not None and j == 0 else mpf(0)
            out.append(mp.fdot(x, beta[at : at + len(x)]) + shift)
            at += len(x)
        return out

    def row_density(self, row: int) -> Callable[..., Any]:
        """The log density of one row as a function of its linear predictors."""
        inverse = [INVERSE_LINKS[name] for name in self.links]
        return lambda *eta: self.log_density(self.y[row], *(g(e) for g, e in zip(inverse, eta, strict=True)))

    def llf(self, beta: Sequence[Any]) -> Any:
        """The log-likelihood, the prior left out."""
        rows = [i for i, w in enumerate(self.weights) if w != 0]
        return mp.fsum(self.weights[i] * self.row_density(i)(*self.theta(beta, i)) for i in rows)

    def row_scores(self, beta: Sequence[Any]) -> list[list[Any]]:
        """d log density / d beta by row, unweighted."""
        return [
            [
                g * x
                for g, design in zip(gradient(self.row_density(i), self.theta(beta, i)), self.designs, strict=True)
                for x in design[i]
            ]
            for i in range(len(self.y))
        ]

    def at(self, beta: Sequence[Any]) -> tuple[Any, list[Any], list[list[Any]]]:
        """Log posterior, score and Hessian in the coefficients as named."""
        k = len(beta)
        value, score, hessian = mpf(0), [mpf(0)] * k, [[mpf(0)] * k for _ in range(k)]
        owner = [j for j, design in enumerate(self.designs) for _ in design[0]]
        for i, w in enumerate(self.weights):
            if w == 0:
                continue
            f, g, h = derivatives(self.row_density(i), self.theta(beta, i))
            x = [v for design in self.designs for v in design[i]]
            value += w * f
            for a in range(k):
                score[a] += w * g[owner[a]] * x[a]
                for b in range(k):
                    hessian[a][b] += w * h[owner[a]][owner[b]] * x[a] * x[b]
        if self.log_prior is not None:
            f, g, h = derivatives(self.log_prior, beta)
            value += f
            score = [s + t for s, t in zip(score, g, strict=True)]
            hessian = [[s + t for s, t in zip(r, q, strict=True)] for r, q in zip(hessian, h, strict=True)]
        return value, score, hessian

    def to_free(self, beta: Sequence[Any]) -> list[Any]:
        return [COORDINATES[s][3](v) for s, v in zip(self.sets, beta, strict=True)]

    def to_named(self, z: Sequence[Any]) -> list[Any]:
        return [COORDINATES[s][0](v) for s, v in zip(self.sets, z, strict=True)]

    def at_free(self, z: Sequence[Any]) -> tuple[Any, Any, Any]:
        """The same in free coordinates: the chain rule, and still no Jacobian."""
        beta = self.to_named(z)
        value, score, hessian = self.at(beta)
        first = [COORDINATES[s][1](v) for s, v in zip(self.sets, beta, strict=True)]
        second = [COORDINATES[s][2](v) for s, v in zip(self.sets, beta, strict=True)]
        k = len(beta)
        g = mp.matrix([score[i] * first[i] for i in range(k)])
        h = mp.matrix(k, k)
        for i in range(k):
            for j in range(k):
                h[i, j] = hessian[i][j] * first[i] * first[j] + (score[i] * second[i] if i == j else 0)
        return value, g, h


def sample(distribution: Any, y: Sequence[Any], weights: Sequence[Any] | None = None, **extra: Any) -> Problem:
    """Independent rows of one distribution: the constant design, each parameter on its natural scale."""
    ones = [[mpf(1)]] * len(y)
    return Problem(
        distribution.log_density,
        [exact(v) for v in y],
        [mpf(1)] * len(y) if weights is None else [exact(w) for w in weights],
        [ones] * len(distribution.sets),
        ["identity"] * len(distribution.sets),
        list(distribution.sets.values()),
        **extra,
    )


def exact(x: float) -> Any:
    """The number that the double is, not the decimals it was typed with."""
    return mpf(x)


# ---- the maximum ---------------------------------------------------------------------------------------------------


def is_definite(h: Any) -> bool:
    """Whether -h is positive definite."""
    try:
        mp.cholesky(-h)
    except ValueError:
        return False
    return True


def maximise(problem: Problem, start: Sequence[Any]) -> list[Any]:
    """Newton in free coordinates, damped, until the step is 1e-45 standard errors."""
    z = mp.matrix(problem.to_free([mpf(v) for v in start]))
    value, g, h = problem.at_free(z)
    for _ in range(100):
        ridge = mpf(0)
        while not is_definite(h - ridge * mp.diag([1] * len(z))):
            ridge = 2 * ridge + mp.mnorm(h) / 1000
        step = -mp.lu_solve(h - ridge * mp.diag([1] * len(z)), g)
        if (g.T * step)[0] < mpf("1e-90"):
            return problem.to_named(list(z))
        length = mpf(1)
        while True:
            trial = z + length * step
            new = problem.at_free(trial)
            if new[0] >= value - mpf("1e-60") * max(1, abs(value)):
                break
            length /= 2
        z, (value, g, h) = trial, new
    raise RuntimeError("Newton did not arrive")


def covariance(problem: Problem, beta: Sequence[Any]) -> Any:
    """The inverse of the observed information in the coefficients as named."""
    _, _, hessian = problem.at(beta)
    return mp.inverse(-mp.matrix(hessian))


# ---- profile likelihood --------------------------------------------------------------------------------------------


def crossing(problem: Problem, z: Any, index: int, target: Any, widths: Sequence[Any], tol: Any) -> Any | None:
    """Venzon and Moolgavkar: log posterior = target and the other scores 0, by Newton from z; None if it wanders."""
    k = len(z)
    for _ in range(25):
        value, g, h = problem.at_free(z)
        wanted = mp.matrix([value - target if i == index else g[i] for i in range(k)])
        jacobian = mp.matrix([[g[j] if i == index else h[i, j] for j in range(k)] for i in range(k)])
        step = -mp.lu_solve(jacobian, wanted)
        size = max(abs(s) / w for s, w in zip(step, widths, strict=True))
        if not size < 10:
            return None
        z = z + step
        if size < tol:
            return z
    return None


def profile_end(problem: Problem, beta: Sequence[Any], index: int, sign: int, drop: Any = Q95 / 2) -> Any | None:
    """Where the profile of one coefficient has fallen by ``drop``, followed from the maximum in small falls."""
    best = mp.matrix(problem.to_free(beta))
    top, _, h = problem.at_free(best)
    inverse = mp.inverse(-h)
    widths = [mp.sqrt(inverse[i, i]) for i in range(len(best))]
    direction = sign * inverse[:, index] / widths[index]
    done, fall, z = mpf(0), mpf("0.25"), best
    while done < 1:
        after = min(mpf(1), done + fall)
        guess = best + (direction * mp.sqrt(2 * drop * after) if done == 0 else (z - best) * mp.sqrt(after / done))
        tol = mpf("1e-3") if after < 1 else mpf("1e-25")  # the last step squares it
        found = crossing(problem, guess, index, top - drop * after, widths, tol)
        if found is None or sign * (found[index] - z[index]) <= 0:
            fall /= 2
            if fall < mpf("1e-3"):
                return None
            continue
        done, z = after, found
    h = problem.at_free(z)[2]
    others = [i for i in range(len(best)) if i != index]
    assert not others or is_definite(mp.matrix([[h[i, j] for j in others] for i in others])), "a saddle, not a profile"
    return problem.to_named(list(z))[index]


# ---- what follows from a maximum -----------------------------------------------------------------------------------


def wald(value: Any, std_error: Any) -> list[Any]:
    """estimate -+ z SE, its ends not cut."""
    return [value - Z95 * std_error, value + Z95 * std_error]


def criteria(llf: Any, n_params: int, nobs: Any) -> dict[str, Any]:
    """AIC, AICc and BIC; AICc is null where n - k - 1 is not above 0."""
    aic = 2 * n_params - 2 * llf
    room = nobs - n_params - 1
    return {
        "aic": aic,
        "aicc": aic + mpf(2) * n_params * (n_params + 1) / room if room > 0 else None,
        "bic": n_params * mp.log(nobs) - 2 * llf,
    }


def delta(f: Callable[..., Any], beta: Sequence[Any], cov: Any) -> dict[str, Any]:
    """A function of the coefficients with its delta-method error."""
    g = mp.matrix(gradient(f, list(beta)))
    return {"value": f(*beta), "std_error": mp.sqrt((g.T * cov * g)[0])}


def rows_of(cov: Any) -> list[list[Any]]:
    """The matrix as lists; a correlation under 1e-25 is the dust of differences, and 0."""
    size = [mp.sqrt(cov[i, i]) for i in range(cov.rows)]
    return [
        [v if abs(v) > mpf("1e-25") * a * b else mpf(0) for v, b in zip(cov[i, :], size, strict=True)]
        for i, a in enumerate(size)
    ]


# ---- JSON ----------------------------------------------------------------------------------------------------------


def _number(x: Any) -> str:
    """An mpf with 17 digits; what JSON lacks as the strings "inf", "-inf"; nan as null; under 1e-600 0."""
    if mp.isnan(x):
        return "null"
    if mp.isinf(x):
        return '"inf"' if x > 0 else '"-inf"'
    return "0.0" if x == 0 or mp.mag(x) < -2000 else mp.nstr(x, 17, min_fixed=-5, max_fixed=17)


def _flat(x: Any) -> str:
    if isinstance(x, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {_flat(v)}" for k, v in x.items()) + "}"
    if isinstance(x, list | tuple):
        return "[" + ", ".join(map(_flat, x)) + "]"
    return _number(x) if isinstance(x, mpf) else json.dumps(x)


def _tall(x: Any, indent: int) -> str:
    """Dictionaries and lists of dictionaries one entry a line, as long as that line would be long."""
    flat = _flat(x)
    if (
        len(flat) <= 110
        or not isinstance(x, dict | list)
        or (isinstance(x, list) and not isinstance(x[0], dict | list))
    ):
        return flat
    pad = " " * (indent + 1)
    if isinstance(x, dict):
        inner = [f"{json.dumps(k)}: {_tall(v, indent + 1)}" for k, v in x.items()]
        return "{\n" + pad + f",\n{pad}".join(inner) + "}"
    return "[\n" + pad + f",\n{pad}".join(_tall(v, indent + 1) for v in x) + "]"


def write_reference(x: dict[str, Any], name: str) -> None:
    text = _tall(x, 0) + "\n"
    json.loads(text)
    (HERE / name).write_text(text, encoding="utf-8")
    print(name, len(text), "bytes", flush=True)


def read_reference(name: str) -> dict[str, Any]:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def versions() -> dict[str, str]:
    return {"mpmath": mpmath.__version__, "digits": str(mp.dps)}
