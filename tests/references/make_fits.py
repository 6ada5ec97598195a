"""One-sample fits finished at 100 digits.   python make_fits.py [family ...]: r_fits.json  ->  fits_<family>.json"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from _distributions import DISTRIBUTIONS, NORMAL, Distribution
from _exact import clopper_pearson, exponential_interval, garwood, normal_intervals
from _mp import (
    Q95,
    Problem,
    covariance,
    criteria,
    delta,
    exact,
    maximise,
    profile_end,
    read_reference,
    rows_of,
    sample,
    versions,
    wald,
    write_reference,
)
from mpmath import mp, mpf

OPTIONS = {"binomial": {"n": 10}}


def total(problem: Problem) -> Any:
    return mp.fdot(problem.weights, problem.y)


EXACT: dict[str, Callable[[Problem, list[Any]], dict[str, list[Any]]]] = {
    "bernoulli": lambda p, _: {"p": clopper_pearson(total(p), p.nobs)},
    "binomial": lambda p, _: {"p": clopper_pearson(total(p), 10 * p.nobs)},
    "poisson": lambda p, _: {"rate": garwood(total(p), p.nobs)},
    "normal": lambda p, beta: normal_intervals(beta[0], beta[1], p.nobs),
    "exponential": lambda p, _: {"mean": exponential_interval(total(p), p.nobs)},
}


# ---- profiles ------------------------------------------------------------------------------------------------------


def t_end_at_normal(problem: Problem, top: Any, index: int, sign: int) -> Any:
    """An end of a student_t profile where the nuisance df is infinite: the normal profile below the t's maximum."""
    normal = replace(
        problem,
        log_density=NORMAL.log_density,
        designs=problem.designs[:2],
        links=problem.links[:2],
        sets=problem.sets[:2],
    )
    best = maximise(normal, moments(problem))
    room = Q95 / 2 - (top - normal.llf(best))
    return mp.inf if index == 2 or room < 0 else profile_end(normal, best, index, sign, room)


def moments(problem: Problem) -> list[Any]:
    mean = total(problem) / problem.nobs
    return [
        mean,
        mp.sqrt(mp.fsum(w * (y - mean) ** 2 for y, w in zip(problem.y, problem.weights, strict=True)) / problem.nobs),
    ]


def profile(family: str, problem: Problem, beta: list[Any], index: int) -> list[Any]:
    """Both ends; only a student_t may reach the normal distribution on the way up."""
    ends: list[Any] = []
    for sign in (-1, 1):
        end = profile_end(problem, beta, index, sign)
        if end is None and family == "student_t":
            end = t_end_at_normal(problem, problem.llf(beta), index, sign)
        assert end is not None, (family, index, sign)
        ends.append(end)
    return ends


# ---- a case --------------------------------------------------------------------------------------------------------


def describe(family: str, distribution: Distribution, case: dict[str, Any], start: Sequence[float]) -> dict[str, Any]:
    problem = sample(distribution, case["data"], case["weights"])
    beta = maximise(problem, start)
    cov = covariance(problem, beta)
    llf = problem.llf(beta)
    bse = [mp.sqrt(cov[i, i]) for i in range(len(beta))]
    elsewhere = [mpf(float(b + (-1) ** i * s / 2)) for i, (b, s) in enumerate(zip(beta, bse, strict=True))]
    value, score, hessian = problem.at(elsewhere)
    derived = {
        "mean": distribution.mean,
        "variance": distribution.variance,
        "sd": lambda *t: mp.sqrt(distribution.variance(*t)),
        **distribution.derived,
    }
    return {
        **head(case, problem),
        "params": dict(zip(distribution.names, beta, strict=True)),
        "bse": dict(zip(distribution.names, bse, strict=True)),
        "cov": rows_of(cov),
        "llf": llf,
        "n_params": len(beta),
        **criteria(llf, len(beta), problem.nobs),
        "conf_int": {
            "wald": {k: wald(b, s) for k, b, s in zip(distribution.names, beta, bse, strict=True)},
            "profile": {k: profile(family, problem, beta, i) for i, k in enumerate(distribution.names)},
            **({"exact": EXACT[family](problem, beta)} if family in EXACT else {}),
        },
        "derived": {
            k: delta(f, beta, cov) for k, f in derived.items() if k not in distribution.names and mp.isfinite(f(*beta))
        },
        "elsewhere": {
            "params": dict(zip(distribution.names, elsewhere, strict=True)),
            "llf": value,
            "score": score,
            "hessian": hessian,
        },
    }


def head(case: dict[str, Any], problem: Problem) -> dict[str, Any]:
    return {"name": case["name"], "data": case["data"], "weights": case["weights"], "nobs": problem.nobs}


def describe_boundary(family: str, distribution: Distribution, case: dict[str, Any]) -> dict[str, Any]:
    """All heads, all tails, no counts: the maximum is an end of the set with log-likelihood 0, and no Wald error."""
    problem = sample(distribution, case["data"], case["weights"])
    (name,) = distribution.names
    trials = problem.nobs * (10 if family == "binomial" else 1)
    fall = mp.exp(-Q95 / (2 * trials))  # log-likelihood n log p: the fall of a half chi-square
    estimate, ends = mpf(0), [mpf(0), Q95 / (2 * trials) if family == "poisson" else 1 - fall]
    if total(problem) == trials:
        estimate, ends = mpf(1), [fall, mpf(1)]
    return {
        **head(case, problem),
        "boundary": True,
        "params": {name: estimate},
        "bse": {name: None},
        "cov": [[None]],
        "llf": mpf(0),
        "n_params": 1,
        **criteria(mpf(0), 1, problem.nobs),
        "conf_int": {"profile": {name: ends}, "exact": EXACT[family](problem, [estimate])},
    }


def describe_categorical(case: dict[str, Any]) -> dict[str, Any]:
    """Closed form: shares of the counts; the profile of one level is that of its count against the rest."""
    levels = sorted(set(case["data"]))
    weights = [exact(w) for w in case["weights"] or [1] * len(case["data"])]
    counts = [mp.fsum(w for v, w in zip(case["data"], weights, strict=True) if v == level) for level in levels]
    n = mp.fsum(counts)
    p = [c / n for c in counts]
    names = [f"p[{level}]" for level in levels]
    inside = [0 < v < 1 for v in p]
    cov = [
        [((v if i == j else 0) - v * u) / n if inside[i] and inside[j] else None for j, u in enumerate(p)]
        for i, v in enumerate(p)
    ]
    bse = [mp.sqrt(cov[i][i]) if inside[i] else None for i in range(len(p))]
    llf = mp.fsum(c * mp.log(c / n) for c in counts if c > 0)

    def level_profile(count: Any) -> list[Any]:
        if count == 0:
            return [mpf(0), 1 - mp.exp(-Q95 / (2 * n))]
        row = sample(DISTRIBUTIONS["bernoulli"], [1, 0], [count, n - count])
        return profile("bernoulli", row, [count / n], 0)

    return {
        "name": case["name"],
        "data": case["data"],
        "weights": case["weights"],
        "nobs": n,
        "boundary": not all(inside),
        "params": dict(zip(names, p, strict=True)),
        "bse": dict(zip(names, bse, strict=True)),
        "cov": cov,
        "llf": llf,
        "n_params": len(p) - 1,
        **criteria(llf, len(p) - 1, n),
        "conf_int": {
            "wald": {k: wald(v, s) for k, v, s in zip(names, p, bse, strict=True) if s is not None},
            "profile": {k: level_profile(c) for k, c in zip(names, counts, strict=True)},
            "exact": {k: clopper_pearson(c, n) for k, c in zip(names, counts, strict=True)},
        },
    }


def the_t_that_scipy_misses() -> tuple[dict[str, Any], list[float]]:
    """2,000 draws at 1e6, where scipy.stats.t.fit stops at -30,472 and says nothing; started at the truth."""
    data = 1e6 + np.random.default_rng(0).standard_t(4, 2000)
    return {"name": "scipy_misses", "data": data.tolist(), "weights": None}, [1e6, 1.0, 4.0]


def one(family: str, case: dict[str, Any]) -> dict[str, Any]:
    print(family, case["name"], flush=True)
    if family == "categorical":
        return describe_categorical(case)
    distribution = DISTRIBUTIONS[family]
    start = [case["r"]["estimate"][k] for k in distribution.names]
    at_end = start == [0] or (family in ("bernoulli", "binomial") and start == [1])
    return describe_boundary(family, distribution, case) if at_end else describe(family, distribution, case, start)


def main(families: Sequence[str]) -> None:
    source = read_reference("r_fits.json")
    for family in families or source["fits"]:
        cases = [one(family, case) for case in source["fits"][family]]
        if family == "student_t":
            cases.append(describe(family, DISTRIBUTIONS[family], *the_t_that_scipy_misses()))
        made = {"made_by": "make_fits.R, make_fits.py", "versions": source["versions"] | versions()}
        write_reference(
            {**made, "family": family, "options": OPTIONS.get(family, {}), "cases": cases}, f"fits_{family}.json"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
