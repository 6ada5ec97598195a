"""Modes of posteriors in the parameters as named, without a Jacobian.   python make_priors.py  ->  priors.json"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from _distributions import DISTRIBUTIONS, Distribution, loggamma, softmax_log_density, xlog1my, xlogy
from _exact import beta_quantile, gamma_quantile
from _mp import Problem, covariance, exact, maximise, profile_end, rows_of, sample, versions, write_reference
from mpmath import mp, mpf

Json = dict[str, Any]
QUANTILES = (0.025, 0.5, 0.975)


# ---- log densities of beliefs --------------------------------------------------------------------------------------


def log_beta(*a: Any) -> Any:
    """The constant of a Dirichlet; with two numbers, of a beta."""
    return mp.fsum(loggamma(v) for v in a) - loggamma(mp.fsum(a))


PRIORS: dict[str, Callable[..., Any]] = {
    "Beta": lambda x, a, b: xlogy(a - 1, x) + xlog1my(b - 1, x) - log_beta(a, b),
    "Gamma": lambda x, shape, rate: shape * mp.log(rate) - loggamma(shape) + xlogy(shape - 1, x) - rate * x,
    "Normal": lambda x, mean, sd: -mp.log(2 * mp.pi) / 2 - mp.log(sd) - ((x - mean) / sd) ** 2 / 2,
    "Laplace": lambda x, loc, scale: -mp.log(2 * scale) - abs(x - loc) / scale,
    "HalfNormal": lambda x, scale: mp.log(2 / mp.pi) / 2 - mp.log(scale) - (x / scale) ** 2 / 2,
}


def prior(name: str, **args: float) -> Json:
    return {"name": name, "args": args}


def log_prior(belief: Json, x: Any) -> Any:
    return PRIORS[belief["name"]](x, *(exact(v) for v in belief["args"].values()))


# ---- posteriors known in closed form -------------------------------------------------------------------------------


def beta_posterior(a: Any, b: Any) -> Json:
    total = a + b
    return {
        "distribution": "beta",
        "params": {"a": a, "b": b},
        "mean": a / total,
        "sd": mp.sqrt(a * b / (total**2 * (total + 1))),
        "q": QUANTILES,
        "quantiles": [beta_quantile(exact(q), a, b) for q in QUANTILES],
    }


def gamma_posterior(shape: Any, rate: Any) -> Json:
    return {
        "distribution": "gamma",
        "params": {"shape": shape, "rate": rate},
        "mean": shape / rate,
        "sd": mp.sqrt(shape) / rate,
        "q": QUANTILES,
        "quantiles": [gamma_quantile(exact(q), shape) / rate for q in QUANTILES],
    }


def normal_posterior(mean: Any, sd: Any) -> Json:
    return {
        "distribution": "normal",
        "params": {"mean": mean, "sd": sd},
        "mean": mean,
        "sd": sd,
        "q": QUANTILES,
        "quantiles": [mean + sd * mp.sqrt(2) * mp.erfinv(2 * exact(q) - 1) for q in QUANTILES],
    }


# ---- a mode by Newton ----------------------------------------------------------------------------------------------


def holding(distribution: Distribution, fixed: dict[str, float]) -> Distribution:
    """The distribution with some parameters known."""

    def log_density(y: Any, *free: Any) -> Any:
        values = dict(zip((k for k in distribution.names if k not in fixed), free, strict=True))
        return distribution.log_density(y, *(exact(fixed[k]) if k in fixed else values[k] for k in distribution.names))

    return replace(
        distribution, sets={k: v for k, v in distribution.sets.items() if k not in fixed}, log_density=log_density
    )


def by_newton(problem: Problem, names: Sequence[str], start: Sequence[float]) -> Json:
    """Mode, curvature errors and the profile of the posterior."""
    beta = maximise(problem, start)
    cov = covariance(problem, beta)
    assert problem.log_prior is not None
    llf = problem.llf(beta)
    return {
        "params": dict(zip(names, beta, strict=True)),
        "bse": {k: mp.sqrt(cov[i, i]) for i, k in enumerate(names)},
        "cov": rows_of(cov),
        "llf": llf,
        "log_posterior": llf + problem.log_prior(*beta),
        "profile": {k: [profile_end(problem, beta, i, sign) for sign in (-1, 1)] for i, k in enumerate(names)},
    }


def rows(
    name: str,
    family: str,
    data: Sequence[float],
    priors: dict[str, Json],
    start: Sequence[float],
    *,
    weights: Sequence[float] | None = None,
    fixed: dict[str, float] | None = None,
    distribution: Distribution | None = None,
    posterior: dict[str, Json] | None = None,
    **options: int,
) -> Json:
    """Independent rows under priors by parameter."""
    print(name, flush=True)
    distribution = holding(distribution or DISTRIBUTIONS[family], fixed or {})

    def belief(*beta: Any) -> Any:
        return mp.fsum(log_prior(priors[k], b) for k, b in zip(distribution.names, beta, strict=True) if k in priors)

    found = by_newton(sample(distribution, data, weights, log_prior=belief), distribution.names, start)
    return {
        "name": name,
        "family": family,
        "options": options,
        "data": list(data),
        "weights": weights,
        "fixed": fixed or {},
        "priors": priors,
        **found,
        **({"posterior": posterior} if posterior else {}),
    }


# ---- samples -------------------------------------------------------------------------------------------------------

FLIPS = [1, 1, 1, 0, 1, 1, 0, 1, 1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 1, 0]  # 14 of 20
COUNTS = [3, 0, 2, 5, 1, 4, 2, 2]
TEMPERATURES = [72.0, 75.0, 71.0, 73.0, 74.0]
WAITS = [0.4, 2.1, 0.9, 3.3, 0.2, 1.6, 5.2, 0.7, 1.1, 2.4]
HEAVY = [0.12, -0.35, 0.41, 0.08, -0.22, 0.3, 2.6, -1.7, 0.9, -0.6, 0.05, -4.2]


def beta_cases() -> list[Json]:
    cases: list[Json] = []
    for name, data, weights, a, b in (
        ("beta_bernoulli", FLIPS, None, 2.0, 2.0),
        ("beta_bernoulli_uniform", FLIPS, None, 1.0, 1.0),
        ("beta_bernoulli_strong", FLIPS, None, 30.0, 50.5),
        ("beta_bernoulli_weights", [0, 1], [880.0, 120.0], 5.0, 20.0),
        ("beta_bernoulli_all_heads", [1] * 20, None, 2.0, 2.0),
    ):
        heads = sum(y * w for y, w in zip(data, weights or [1.0] * len(data), strict=True))
        tails = sum(weights or [1.0] * len(data)) - heads
        known = {"p": beta_posterior(exact(a + heads), exact(b + tails))}
        cases.append(
            rows(name, "bernoulli", data, {"p": prior("Beta", a=a, b=b)}, [0.6], weights=weights, posterior=known)
        )
    tens = [7, 5, 9, 6, 8]
    known = {"p": beta_posterior(mpf(3 + 35), mpf("1.5") + 15)}
    cases.append(
        rows("beta_binomial", "binomial", tens, {"p": prior("Beta", a=3.0, b=1.5)}, [0.6], posterior=known, n=10)
    )
    return cases


def gamma_cases() -> list[Json]:
    belief = {"rate": prior("Gamma", shape=3.0, rate=2.0)}
    rate_law = replace(
        DISTRIBUTIONS["exponential"],
        sets={"rate": "positive"},
        log_density=lambda y, rate: mp.log(rate) - rate * y,
        mean=lambda rate: 1 / rate,
        variance=lambda rate: 1 / rate**2,
    )
    known = {"rate": gamma_posterior(3 + mpf(len(WAITS)), 2 + mp.fsum(map(exact, WAITS)))}
    return [
        rows("gamma_poisson", "poisson", COUNTS, belief, [2.0], posterior={"rate": gamma_posterior(mpf(22), mpf(10))}),
        rows(
            "gamma_poisson_all_zero",
            "poisson",
            [0] * 12,
            belief,
            [0.2],
            posterior={"rate": gamma_posterior(mpf(3), mpf(14))},
        ),
        rows("gamma_exponential_rate", "exponential", WAITS, belief, [0.6], distribution=rate_law, posterior=known),
        rows("gamma_on_exponential_mean", "exponential", WAITS, {"mean": prior("Gamma", shape=4.0, rate=3.0)}, [1.8]),
    ]


def dirichlet_case(name: str, counts: dict[str, int], alpha: float | list[float]) -> Json:
    """Closed form: counts + alpha - 1 as shares; levels are marginally beta."""
    print(name, flush=True)
    a = [exact(v) for v in (alpha if isinstance(alpha, list) else [alpha] * len(counts))]
    weight = [c + v - 1 for c, v in zip(counts.values(), a, strict=True)]
    total = mp.fsum(weight)
    p = [w / total for w in weight]
    llf = mp.fsum(c * mp.log(v) for c, v in zip(counts.values(), p, strict=True) if c)
    names = [f"p[{k}]" for k in counts]
    inside = [v > 0 for v in p]
    belief = mp.fsum(xlogy(v - 1, s) for v, s in zip(a, p, strict=True)) - log_beta(*a)
    posterior_total = mp.fsum(a) + sum(counts.values())
    return {
        "name": name,
        "family": "categorical",
        "options": {},
        "data": list(counts),
        "weights": list(counts.values()),
        "fixed": {},
        "priors": {"p": {"name": "Dirichlet", "args": {"alpha": alpha}}},
        "params": dict(zip(names, p, strict=True)),
        "bse": {k: mp.sqrt(v * (1 - v) / total) if ok else None for k, v, ok in zip(names, p, inside, strict=True)},
        "llf": llf,
        "log_posterior": llf + belief,
        "posterior": {
            k: beta_posterior(c + v, posterior_total - c - v) for k, c, v in zip(names, counts.values(), a, strict=True)
        },
    }


def normal_cases() -> list[Json]:
    n, sd, total = mpf(5), mpf(2), mp.fsum(map(exact, TEMPERATURES))

    def known(mean: float, spread: float) -> dict[str, Json]:
        precision = n / sd**2 + 1 / exact(spread) ** 2
        return {
            "mean": normal_posterior(
                (total / sd**2 + exact(mean) / exact(spread) ** 2) / precision, 1 / mp.sqrt(precision)
            )
        }

    weak, strong = prior("Normal", mean=0.0, sd=10.0), prior("Normal", mean=70.0, sd=0.5)
    two = {"fixed": {"sd": 2.0}}
    return [
        rows("normal_mean_known_sd", "normal", TEMPERATURES, {"mean": weak}, [73.0], posterior=known(0.0, 10.0), **two),
        rows(
            "normal_mean_known_sd_strong",
            "normal",
            TEMPERATURES,
            {"mean": strong},
            [73.0],
            posterior=known(70.0, 0.5),
            **two,
        ),
        rows("normal_mean_free_sd", "normal", TEMPERATURES, {"mean": strong}, [72.0, 2.0]),
        rows("half_normal_on_sd", "normal", TEMPERATURES, {"sd": prior("HalfNormal", scale=0.5)}, [73.0, 1.0]),
        rows(
            "normal_both",
            "normal",
            TEMPERATURES,
            {"mean": strong, "sd": prior("Gamma", shape=2.0, rate=2.0)},
            [72.0, 1.5],
        ),
    ]


def shape_cases() -> list[Json]:
    belief = prior("Gamma", shape=2.0, rate=0.5)
    return [
        rows("gamma_on_gamma_shape", "gamma", WAITS, {"shape": belief}, [1.8, 1.2]),
        rows(
            "gamma_on_gamma_both",
            "gamma",
            WAITS,
            {"mean": prior("Gamma", shape=5.0, rate=2.5), "shape": belief},
            [1.8, 1.2],
        ),
        rows("gamma_on_weibull_shape", "weibull", WAITS, {"shape": prior("Gamma", shape=9.0, rate=6.0)}, [1.8, 1.2]),
        rows("half_normal_on_weibull_scale", "weibull", WAITS, {"scale": prior("HalfNormal", scale=1.0)}, [1.8, 1.2]),
        rows("gamma_on_t_df", "student_t", HEAVY, {"df": prior("Gamma", shape=2.0, rate=0.1)}, [0.1, 0.5, 2.0]),
    ]


def laplace_case(name: str, data: Sequence[float], sd: float, scale: float) -> Json:
    """A Laplace prior at 0 on a normal mean: the average, drawn to 0 by sd^2 / (n scale), and 0 if that is more."""
    print(name, flush=True)
    values = [exact(v) for v in data]
    n, pull = len(values), exact(sd) ** 2 / (len(values) * exact(scale))
    average = mp.fsum(values) / n
    mode = mp.sign(average) * max(mpf(0), abs(average) - pull)
    llf = mp.fsum(DISTRIBUTIONS["normal"].log_density(v, mode, exact(sd)) for v in values)
    belief = prior("Laplace", loc=0.0, scale=scale)
    return {
        "name": name,
        "family": "normal",
        "options": {},
        "data": list(data),
        "weights": None,
        "fixed": {"sd": sd},
        "priors": {"mean": belief},
        "params": {"mean": mode},
        "bse": {"mean": None if mode == 0 else exact(sd) / mp.sqrt(n)},
        "llf": llf,
        "log_posterior": llf + log_prior(belief, mode),
    }


# ---- regressions ---------------------------------------------------------------------------------------------------


def columns(seed: int, n: int, k: int) -> tuple[np.ndarray, np.random.Generator]:
    generator = np.random.default_rng(seed)
    return np.round(generator.standard_normal((n, k)), 3), generator


def data_of(family: str) -> tuple[np.ndarray, list[Any]]:
    """40 rows of four columns, of which two matter."""
    x, generator = columns({"normal": 11, "bernoulli": 12, "poisson": 13, "categorical": 14}[family], 40, 4)
    linear = 0.5 + 1.2 * x[:, 0] - 0.7 * x[:, 2]
    if family == "normal":
        return x, np.round(linear + generator.standard_normal(40), 3).tolist()
    if family == "bernoulli":
        return x, (generator.random(40) < 1 / (1 + np.exp(-linear))).astype(int).tolist()
    if family == "poisson":
        return x, generator.poisson(np.exp(linear)).tolist()
    return x, np.array(["a", "b", "c"])[
        np.argmax(generator.gumbel(size=(40, 3)) + np.c_[0 * linear, linear, -linear], axis=1)
    ].tolist()


NAMES = ["x1", "x2", "x3", "x4"]
LINK = {"normal": "identity", "bernoulli": "logit", "poisson": "log"}


def bind(family: str, fixed: dict[str, float], keep: Sequence[int] = range(4)) -> tuple[Problem, list[str]]:
    """y on an intercept and the kept columns, without its prior."""
    x, y = data_of(family)
    design = [[mpf(1), *(exact(float(row[j])) for j in keep)] for row in x]
    terms = ["Intercept", *(NAMES[j] for j in keep)]
    weights = [mpf(1)] * len(y)
    if family == "categorical":
        names = [f"{level}: {term}" for level in "bc" for term in terms]
        return Problem(
            softmax_log_density,
            ["abc".index(v) for v in y],
            weights,
            [design] * 2,
            ["identity"] * 2,
            ["real"] * len(names),
        ), names
    distribution = holding(DISTRIBUTIONS[family], fixed)
    others = distribution.names[1:]
    problem = Problem(
        distribution.log_density,
        [exact(v) for v in y],
        weights,
        [design] + [[[mpf(1)]] * len(y)] * len(others),
        [LINK[family]] + ["identity"] * len(others),
        ["real"] * len(terms) + [distribution.sets[k] for k in others],
    )
    return problem, [*terms, *others]


def is_slope(name: str) -> bool:
    return name.rpartition(": ")[2] in NAMES


def regression(name: str, family: str, belief: Json, fixed: dict[str, float]) -> Json:
    x, y = data_of(family)
    return {
        "name": name,
        "family": family,
        "options": {},
        "formula": "y ~ x1 + x2 + x3 + x4",
        "data": {"y": y, **{k: x[:, j].tolist() for j, k in enumerate(NAMES)}},
        "fixed": fixed,
        "prior": belief,
    }


def ridge(name: str, family: str, belief: Json, **fixed: float) -> Json:
    """One Normal prior for all coefficients but the intercept."""
    print(name, flush=True)
    problem, names = bind(family, fixed)
    slopes = [i for i, k in enumerate(names) if is_slope(k)]
    problem = replace(problem, log_prior=lambda *beta: mp.fsum(log_prior(belief, beta[i]) for i in slopes))
    return regression(name, family, belief, fixed) | by_newton(
        problem, names, [0.1 if s == "real" else 1.0 for s in problem.sets]
    )


def lasso(name: str, family: str, scale: float, **fixed: float) -> Json:
    """A Laplace prior at 0 on the slopes, by active sets.

    Within the orthant of the signs the prior is linear, so Newton is exact there. Zeros are optimal while the score of
    the likelihood is below 1 / scale in size (Karush, Kuhn and Tucker); the worst offender enters,
    a sign that turns leaves.
    """
    print(name, flush=True)
    pull = 1 / exact(scale)
    signs: dict[int, int] = {}
    while True:
        keep = sorted(signs)
        problem, names = bind(family, fixed, keep)
        problem = replace(
            problem,
            log_prior=lambda *beta, keep=keep: -pull * mp.fsum(signs[j] * beta[1 + i] for i, j in enumerate(keep)),
        )
        beta = maximise(problem, [0.1 * signs[keep[i - 1]] if 0 < i <= len(keep) else 1.0 for i in range(len(names))])
        turned = [j for i, j in enumerate(keep) if beta[1 + i] * signs[j] <= 0]
        whole, every = bind(family, fixed)
        full = dict.fromkeys(every, mpf(0)) | dict(zip(names, beta, strict=True))
        score = whole.at(list(full.values()))[1][1:5]
        outside = [j for j in range(4) if j not in signs and abs(score[j]) > pull]
        if not turned and not outside:
            break
        for j in turned:
            del signs[j]
        if not turned:
            worst = max(outside, key=lambda j: abs(score[j]))
            signs[worst] = int(mp.sign(score[worst]))
    cov = covariance(problem, beta)
    belief = prior("Laplace", loc=0.0, scale=scale)
    llf = whole.llf(list(full.values()))
    return regression(name, family, belief, fixed) | {
        "params": full,
        "bse": dict.fromkeys(every) | {k: mp.sqrt(cov[i, i]) for i, k in enumerate(names)},
        "llf": llf,
        "log_posterior": llf + mp.fsum(log_prior(belief, full[k]) for k in NAMES),
        "score_over_pull": dict(zip(NAMES, [s / pull for s in score], strict=True)),
    }


def main() -> None:
    cases = [
        *beta_cases(),
        *gamma_cases(),
        dirichlet_case("dirichlet", {"a": 5, "b": 12, "c": 83}, 2.0),
        dirichlet_case("dirichlet_by_level", {"a": 5, "b": 12, "c": 0}, [1.5, 1.0, 4.0]),
        dirichlet_case("dirichlet_flat", {"a": 4, "b": 6, "c": 0}, 1.0),
        *normal_cases(),
        *shape_cases(),
        laplace_case("laplace_on_mean", TEMPERATURES, 2.0, 0.1),
        laplace_case("laplace_on_mean_at_kink", [0.3, -0.5, 0.9, 0.1], 1.0, 0.5),
        ridge("ridge_linear_known_sd", "normal", prior("Normal", mean=0.0, sd=0.3), sd=1.0),
        ridge("ridge_linear", "normal", prior("Normal", mean=0.0, sd=0.3)),
        ridge("ridge_logistic", "bernoulli", prior("Normal", mean=0.0, sd=0.5)),
        ridge("ridge_poisson", "poisson", prior("Normal", mean=0.0, sd=0.2)),
        ridge("ridge_softmax", "categorical", prior("Normal", mean=0.0, sd=0.7)),
        lasso("lasso_linear_weak", "normal", 1.0, sd=1.0),
        lasso("lasso_linear", "normal", 0.1, sd=1.0),
        lasso("lasso_linear_strong", "normal", 0.01, sd=1.0),
        lasso("lasso_linear_free_sd", "normal", 0.1),
        lasso("lasso_logistic", "bernoulli", 0.3),
        lasso("lasso_poisson", "poisson", 0.05),
    ]
    write_reference(
        {"made_by": "make_priors.py", "versions": versions() | {"numpy": np.__version__}, "cases": cases}, "priors.json"
    )


if __name__ == "__main__":
    main()
