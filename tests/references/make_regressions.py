"""Regressions finished at 100 digits.   python make_regressions.py [name ...]: r_regressions.json  ->  regressions.json

Names without arguments make all and write the file; with arguments the named cases are made and printed, not written.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from _distributions import DISTRIBUTIONS, Distribution, loggamma, softmax_log_density, student_t_tail, xlog1my, xlogy
from _exact import t_quantile_975
from _mp import (
    INVERSE_LINKS,
    Problem,
    covariance,
    criteria,
    delta,
    exact,
    maximise,
    profile_end,
    read_reference,
    rows_of,
    versions,
    wald,
    write_reference,
)
from mpmath import mp, mpf

FIRST_LINK = {
    "normal": "identity",
    "student_t": "identity",
    "bernoulli": "logit",
    "binomial": "logit",
    "categorical": "identity",
}


# ---- from R's columns to a problem ---------------------------------------------------------------------------------


def pair_log_density(y: tuple[Any, Any], p: Any) -> Any:
    """Binomial with a number of trials of its own: y is (successes, trials)."""
    k, n = y
    return loggamma(n + 1) - loggamma(k + 1) - loggamma(n - k + 1) + xlogy(k, p) + xlog1my(n - k, p)


def response(case: dict[str, Any]) -> list[Any]:
    data = case["data"]
    if case["family"] == "categorical":
        levels = sorted(set(data["y"]))
        return [levels.index(v) for v in data["y"]]
    if "yes" in data:
        return [(exact(k), exact(k + m)) for k, m in zip(data["yes"], data["no"], strict=True)]
    if case["family"] == "binomial":
        return [(exact(k), exact(case["trials"])) for k in data["y"]]
    return [exact(v) for v in data["y"]]


def column(case: dict[str, Any], role: str, part: str = "data") -> list[Any] | None:
    return [exact(v) for v in case[part][case[role]]] if case[role] else None


def numbers(rows: list[list[float]]) -> list[list[Any]]:
    return [[exact(v) for v in row] for row in rows]


def bind(case: dict[str, Any]) -> tuple[Problem, list[str]]:
    """The problem and the names of its coefficients."""
    family = case["family"]
    y = response(case)
    weights = column(case, "weights") or [mpf(1)] * len(y)
    terms = case["designs"][0]["names"]
    design = numbers(case["designs"][0]["rows"])
    if family == "categorical":
        levels = sorted(set(case["data"]["y"]))[1:]
        names = [f"{level}: {term}" for level in levels for term in terms]
        many = len(levels)
        return Problem(
            softmax_log_density, y, weights, [design] * many, ["identity"] * many, ["real"] * len(names)
        ), names
    distribution = DISTRIBUTIONS[family]
    names, designs, links, sets = list(terms), [design], [FIRST_LINK.get(family, "log")], ["real"] * len(terms)
    for j, parameter in enumerate(distribution.names[1:], start=1):
        if j < len(case["designs"]):
            own = case["designs"][j]["names"]
            names += [f"{parameter}: {term}" for term in own]
            designs.append(numbers(case["designs"][j]["rows"]))
            links.append("log")
            sets += ["real"] * len(own)
        else:
            names.append(parameter)
            designs.append([[mpf(1)]] * len(y))
            links.append("identity")
            sets.append(distribution.sets[parameter])
    density = pair_log_density if family == "binomial" else distribution.log_density
    return Problem(density, y, weights, designs, links, sets, column(case, "offset")), names


def start(case: dict[str, Any]) -> list[float]:
    """R's estimates in the order and units of mlekit."""
    r = case["r"]
    if "free" in r:
        return [*r["free"][:-2], *(mp.exp(v) for v in r["free"][-2:])] if case["family"] == "student_t" else r["free"]
    if case["family"] == "categorical":
        return [v for row in r["coef"] for v in row]
    second = {"normal": "sd", "gamma": "shape", "weibull": "shape"}.get(case["family"])
    return [*r["coef"].values(), *([r[second]] if second else [])]


# ---- robust errors, residuals, predictions -------------------------------------------------------------------------


def sandwich(problem: Problem, beta: list[Any], cov: Any, inflate: list[Any] | None = None) -> Any:
    """cov (sum w s s' c) cov, with s the scores of the rows in all coefficients and c the inflation of hc2 and hc3."""
    k = len(beta)
    meat = mp.matrix(k, k)
    for i, (w, s) in enumerate(zip(problem.weights, problem.row_scores(beta), strict=True)):
        factor = w * (inflate[i] if inflate else 1)
        for a in range(k):
            for b in range(k):
                meat[a, b] += factor * s[a] * s[b]
    return cov * meat * cov


def robust(case: dict[str, Any], problem: Problem, beta: list[Any], cov: Any) -> dict[str, Any]:
    """hc0 and hc1 = hc0 n / (n - k), k the first parameter's coefficients; hc2 and hc3 of the normal's coefficients."""
    first = len(problem.designs[0][0])
    hc0 = sandwich(problem, beta, cov)
    if case["family"] == "categorical":
        return {"hc0": rows_of(hc0)}
    out = {"hc0": rows_of(hc0), "hc1": rows_of(hc0 * problem.nobs / (problem.nobs - first))}
    if case["family"] == "normal" and len(case["designs"]) == 1:
        for name, power in (("hc2", 1), ("hc3", 2)):
            full = sandwich(problem, beta, cov, [(1 - h) ** -power for h in leverages(problem)])
            out[name] = rows_of(full[:first, :first])
    return out


def leverages(problem: Problem) -> list[Any]:
    """x' (X' W X)^-1 x: of one of the w equal rows."""
    x = mp.matrix(problem.designs[0])
    w = mp.diag(problem.weights)
    bread = mp.inverse(x.T * w * x)
    return [(x[i, :] * bread * x[i, :].T)[0] for i in range(x.rows)]


def unit_deviance(family: str, y: Any, mu: Any) -> Any:
    """Twice the log-likelihood lost against mu = y, at dispersion 1."""

    def y_log_ratio(a: Any, b: Any) -> Any:
        return a * mp.log(a / b) if a > 0 else mpf(0)

    if family == "binomial":
        (k, n), m = y, mu
        return 2 * (y_log_ratio(k, m) + y_log_ratio(n - k, n - m))
    return {
        "normal": lambda: (y - mu) ** 2,
        "bernoulli": lambda: 2 * (y_log_ratio(y, mu) + y_log_ratio(1 - y, 1 - mu)),
        "poisson": lambda: 2 * (y_log_ratio(y, mu) - (y - mu)),
        "exponential": lambda: 2 * ((y - mu) / mu - mp.log(y / mu)),
        "gamma": lambda: 2 * ((y - mu) / mu - mp.log(y / mu)),
    }[family]()


def dispersion(family: str, theta: list[Any]) -> Any:
    return {"normal": lambda: theta[1] ** 2, "gamma": lambda: 1 / theta[1]}.get(family, lambda: mpf(1))()


def residuals(
    case: dict[str, Any], distribution: Distribution, problem: Problem, beta: list[Any]
) -> dict[str, list[Any]]:
    """By row, without weights; pearson and deviance of the distribution, *_glm at dispersion 1 as R's glm has them."""
    family = case["family"]
    out: dict[str, list[Any]] = {"response": [], "pearson": []}
    if family not in ("weibull", "student_t"):
        out |= {"deviance": [], "pearson_glm": [], "deviance_glm": []}
    for i, y in enumerate(problem.y):
        eta = problem.theta(beta, i)
        theta = [INVERSE_LINKS[link](e) for link, e in zip(problem.links, eta, strict=True)]
        if family == "binomial":
            mean, variance, raw = y[1] * theta[0], y[1] * theta[0] * (1 - theta[0]), y[0] - y[1] * theta[0]
        else:
            mean, variance, raw = (
                distribution.mean(*theta),
                distribution.variance(*theta),
                y - distribution.mean(*theta),
            )
        out["response"].append(raw)
        out["pearson"].append(raw / mp.sqrt(variance))
        if "deviance" in out:
            phi = dispersion(family, theta)
            deviance = mp.sign(raw) * mp.sqrt(abs(unit_deviance(family, y, mean)))
            out["deviance"].append(deviance / mp.sqrt(phi))
            out["pearson_glm"].append(raw / mp.sqrt(variance / phi))
            out["deviance_glm"].append(deviance)
    return out


def predictions(
    case: dict[str, Any], distribution: Distribution | None, problem: Problem, beta: list[Any], cov: Any
) -> dict[str, Any]:
    """At the new rows: the first linear predictor and the distribution's mean, each with its delta-method error."""
    offset = column(case, "offset", "new")
    trials = case["trials"] or 1
    designs = [numbers(rows) for rows in case["new_designs"]]
    many = len(problem.designs)

    def linear(i: int, *b: Any) -> list[Any]:
        """All linear predictors of new row i."""
        out: list[Any] = []
        at = 0
        for j in range(many):
            x = designs[0][i] if distribution is None else designs[j][i] if j < len(designs) else [mpf(1)]
            out.append(mp.fdot(x, b[at : at + len(x)]) + (offset[i] if offset and j == 0 else 0))
            at += len(x)
        return out

    def mean(i: int, *b: Any) -> Any:
        theta = [INVERSE_LINKS[link](e) for link, e in zip(problem.links, linear(i, *b), strict=True)]
        if case["family"] == "binomial":
            return trials * theta[0]
        assert distribution is not None
        return distribution.mean(*theta)

    def table(f: Callable[..., Any]) -> dict[str, list[Any]]:
        cells = [delta(lambda *b, i=i: f(i, *b), beta, cov) for i in range(len(designs[0]))]
        return {key: [cell[key] for cell in cells] for key in ("value", "std_error")}

    if distribution is None:
        levels = sorted(set(case["data"]["y"]))
        return {
            "mean": {
                v: table(lambda i, *b, y=y: mp.exp(softmax_log_density(y, *linear(i, *b))))
                for y, v in enumerate(levels)
            }
        }
    return {"linear": table(lambda i, *b: linear(i, *b)[0]), "mean": table(mean)}


def unbiased(problem: Problem, names: list[str], beta: list[Any], cov: Any) -> dict[str, Any]:
    """What lm reports: the sum of squares over n - k, and t."""
    k = len(problem.designs[0][0])
    df = problem.nobs - k
    factor = mp.sqrt(problem.nobs / df)
    bse = [mp.sqrt(cov[i, i]) * factor for i in range(k)]
    t = t_quantile_975(df)
    tvalues = [b / s for b, s in zip(beta[:k], bse, strict=True)]
    pvalues = [2 * student_t_tail(abs(v), df) for v in tvalues]
    ends = [[b - t * s, b + t * s] for b, s in zip(beta[:k], bse, strict=True)]
    every = {"bse": bse, "tvalues": tvalues, "pvalues": pvalues, "conf_int": ends}
    return {
        "sd": beta[k] * factor,
        "df_resid": df,
        **{key: dict(zip(names[:k], v, strict=True)) for key, v in every.items()},
    }


# ---- a case --------------------------------------------------------------------------------------------------------


def describe(case: dict[str, Any]) -> dict[str, Any]:
    print(case["name"], flush=True)
    distribution = DISTRIBUTIONS.get(case["family"])
    problem, names = bind(case)
    beta = maximise(problem, start(case))
    cov = covariance(problem, beta)
    bse = [mp.sqrt(cov[i, i]) for i in range(len(beta))]
    tvalues = [b / s for b, s in zip(beta, bse, strict=True)]
    llf = problem.llf(beta)
    ends = [[profile_end(problem, beta, i, sign) for sign in (-1, 1)] for i in range(len(beta))]
    by_name: dict[str, list[Any]] = {
        "params": beta,
        "bse": bse,
        "tvalues": tvalues,
        "pvalues": [mp.erfc(abs(t) / mp.sqrt(2)) for t in tvalues],
    }
    plain_lm = case["family"] == "normal" and len(case["designs"]) == 1
    return {
        **{key: case[key] for key in ("name", "family", "formula", "data", "weights", "offset")},
        "options": {"n": case["trials"]} if case["trials"] else {},
        "nobs": problem.nobs,
        **{key: dict(zip(names, values, strict=True)) for key, values in by_name.items()},
        "cov": rows_of(cov),
        "llf": llf,
        "n_params": len(beta),
        **criteria(llf, len(beta), problem.nobs),
        "conf_int": {
            "wald": {k: wald(b, s) for k, b, s in zip(names, beta, bse, strict=True)},
            "profile": dict(zip(names, ends, strict=True)),
        },
        "hc": robust(case, problem, beta, cov),
        **({"unbiased": unbiased(problem, names, beta, cov)} if plain_lm else {}),
        **({"residuals": residuals(case, distribution, problem, beta)} if distribution else {}),
        "predict": {"new": case["new"], **predictions(case, distribution, problem, beta, cov)},
    }


def main(wanted: list[str]) -> None:
    source = read_reference("r_regressions.json")
    cases = [describe(case) for case in source["regressions"] if not wanted or case["name"] in wanted]
    if wanted:
        print(cases)
    else:
        made = {"made_by": "make_regressions.R, make_regressions.py", "versions": source["versions"] | versions()}
        write_reference({**made, "cases": cases}, "regressions.json")


if __name__ == "__main__":
    main(sys.argv[1:])
