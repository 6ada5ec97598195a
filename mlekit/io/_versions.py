"""Files of older versions: each function takes the content of one version to that of the next."""

from __future__ import annotations

from .documents import Content, Json

FOUND_BY_NAME = {"Closed", "Newton", "Scipy", "Torch"}  # the solvers that version 1 could find again
FORMS, STATISTICS = {"gram": "cross_products"}, {"tries": "trials"}  # of their names then, and now


def from_1(content: Content) -> Content:
    """Version 1 had no groups, and other words for a family, a form and the parameters as named."""
    family, problem, solution = content["law"], dict(content["problem"]), dict(content["solution"])
    solution["params"] = solution.pop("natural")
    rows = None if content["rows"] is None else dict(content["rows"])
    if rows is not None:
        rows["observations"] = {"map": {"array": rows.pop("y")}}
    options = {**content["options"], "solver": _solver(content["options"]["solver"])}
    return {
        "family": family,
        "options": options,
        "designs": content["designs"],
        "known": content["known"],
        "groups": None,
        "problem": _form(problem),
        "solution": solution,
        "rows": rows,
    }


def _form(saved: dict[str, Json]) -> Json:
    """The form of the data with the names that its parts have now."""
    kind = saved.pop("kind")
    if "stats" in saved:
        state = dict(saved["stats"]["map"])
        sums = {STATISTICS.get(name, name): value for name, value in state["sums"]["map"].items()}
        return {"form": kind, "map": {**state, "sums": {"map": sums}}}
    units = saved.pop("standard")
    return {"form": FORMS.get(kind, kind), "map": {**saved, "units": units}}


def _solver(saved: Json) -> Json:
    """A solver that was only there to report its steps is forgotten."""
    match saved:
        case {"object": ["solvers", name]} if name not in FOUND_BY_NAME:
            return None
        case _:
            return saved
