"""The references, as fits."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import mlekit

FAMILIES = "bernoulli binomial categorical poisson normal exponential gamma weibull student_t".split()
REFERENCES = Path(__file__).parents[1] / "references"


@cache
def load(name):
    return json.loads((REFERENCES / name).read_text(encoding="utf-8"))


def family_of(family, options):
    return mlekit.families.Binomial(**options) if family == "binomial" else family


SAMPLES = {
    f"{family} {case['name']}": (family_of(family, load(f"fits_{family}.json")["options"]), case)
    for family in FAMILIES
    for case in load(f"fits_{family}.json")["cases"]
}
REGRESSIONS = {case["name"]: case for case in load("regressions.json")["cases"]}


@cache
def sample(name):
    """(fit, reference) of a case of independent rows."""
    family, case = SAMPLES[name]
    return mlekit.fit(case["data"], family=family, weights=case["weights"]), case


@cache
def regression(name):
    """(fit, reference) of a regression."""
    case = REGRESSIONS[name]
    family = family_of(case["family"], case["options"])
    fit = mlekit.fit(case["data"], case["formula"], family=family, weights=case["weights"], offset=case["offset"])
    return fit, case
