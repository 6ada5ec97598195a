"""Files of older versions: each function takes the content of one version to that of the next."""

from __future__ import annotations

from .documents import Content, Json

FOUND_BY_NAME = {"Closed", "Newton", "Scipy", "Torch"}  # the solvers that version 1 could find again
FORMS = {"gram": "cross_products"}


def from_1(content: Content) -> Content:
    """Version 1 had no groups, and other words for a family, a form and the parameters as named."""
    family, problem, solution = content["law"], dict(content["problem"]), dict(content["solution"])
    form = problem.pop("kind")
    problem["form"], solution["params"] = FORMS.get(form, form), solution.pop("natural")
    if "standard" in problem:
        problem["units"] = problem.pop("standard")
    rows = None if content["rows"] is None else dict(content["rows"])
    if rows is not None:
        rows["observations"] = {"array": rows.pop("y")}
    options = {**content["options"], "solver": _solver(content["options"]["solver"])}
    return {
        "family": family,
        "options": options,
        "designs": content["designs"],
        "known": content["known"],
        "groups": None,
        "problem": problem,
        "solution": solution,
        "rows": rows,
    }


def _solver(saved: Json) -> Json:
    """A solver that was only there to report its steps is forgotten."""
    match saved:
        case {"object": ["solvers", name]} if name not in FOUND_BY_NAME:
            return None
        case _:
            return saved
