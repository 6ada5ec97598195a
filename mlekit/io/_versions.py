"""Files of older versions: each function takes the content of one version to that of the next."""

from __future__ import annotations

from .documents import Content, Json

FOUND_BY_NAME = {"Closed", "Newton", "Scipy", "Torch"}  # the solvers that version 1 could find again


def from_1(content: Content) -> Content:
    """Version 1 had no groups, and other words for a family, a form and the parameters as named."""
    family, problem, solution = content["law"], dict(content["problem"]), dict(content["solution"])
    problem["form"], solution["params"] = problem.pop("kind"), solution.pop("natural")
    options = {**content["options"], "solver": _solver(content["options"]["solver"])}
    kept = {name: content[name] for name in ("designs", "known", "rows")}
    return {"family": family, "options": options, "groups": None, "problem": problem, "solution": solution, **kept}


def _solver(saved: Json) -> Json:
    """A solver that was only there to report its steps is forgotten."""
    match saved:
        case {"object": ["solvers", name]} if name not in FOUND_BY_NAME:
            return None
        case _:
            return saved
