"""A net: what its summary says, and the folder that it is kept in.

The weights are kept as safetensors, everything else as JSON; the code of the module is in no file, and whoever loads
the fit gives one like it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from .. import families
from ..errors import LoadError, MlekitError, OptionError
from ..models.network import Network, Rows, trained
from ..models.network.inputs import restored
from ..models.solution import Solution
from . import folders
from .contents import Contents, Table
from .packing import pack, unpack

Array = Any
WEIGHTS, ROWS = "learned.", "rows."
SOLVED = ("value", "status", "solver", "iterations", "history")


def contents(fit: Any) -> Contents:
    """What the summary says."""
    beliefs, shapes = fit.problem.priors, {n: a.shape for n, a in fit.params.items() if a.ndim}
    figures = [("log-likelihood", f"{fit.llf:.2f}"), ("nats a row", f"{-fit.llf / fit.nobs:.4f}")]
    sizes = ["x".join(map(str, shape)) for shape in shapes.values()]
    spreads = [f"{np.sqrt(np.mean(np.square(fit[name], dtype=float))):.4g}" for name in shapes]
    others = {name: f"{fit[name]:.6g}" for name in fit.params if name not in shapes}
    return Contents(
        title=f"{fit.family!r} network: " + ("posterior mode (MAP)" if beliefs else "maximum likelihood"),
        facts=[
            ("module", type(fit.problem.model.module).__name__),
            ("rows", f"{fit.nobs:,.10g}"),
            ("parameters", f"{fit.n_params:,}"),
            ("solver", f"{fit.solver}, {fit.solution.iterations} steps"),
            *[("prior", f"{name} ~ {prior}") for name, prior in beliefs.terms[:6]],
        ],
        figures=[*figures, *([("log posterior", f"{fit.log_posterior:.2f}")] if beliefs else [])],
        tables=[
            Table("", ["weights", "shape", "root mean square"], [list(shapes), sizes, spreads]),
            *([Table("", ["beside the net", "estimate"], [list(others), list(others.values())])] if others else []),
        ],
        notes=["Weights have no standard errors: see fit.evaluate(X, y) for rows that the net has not seen."],
        ok=fit.verdict.ok,
        verdict=list(fit.verdict.reasons),
    )


def save(fit: Any, path: Any, data: bool) -> None:
    """The fit and, with `data`, its rows."""
    model, solution, family, estimator = fit.problem.model, fit.solution, fit.family, fit.estimator
    if family.origin != "mlekit":
        raise OptionError(f"a net of a law of your own ({family.name}) cannot be saved: no file holds its code")
    links = {param: link.name for param, link in family.given_links.items()}
    content = {
        "law": {"name": family.name, "options": pack(family.options()), "links": pack(links)},
        "module": type(model.module).__name__,
        "inputs": pack(model.inputs.state()),
        "target": model.target,
        "options": {name: pack(getattr(estimator, name)) for name in ("prior", "on_failure")},
        "fixed": pack(dict(estimator.fixed)),
        "known": {"llf": pack(fit.llf), "nobs": pack(fit.nobs)},
        "solution": {name: pack(getattr(solution, name)) for name in SOLVED},
    }
    rows = _kept(model.rows) if data and model.rows is not None else {}
    folders.write(path, content, trained.packed({**{WEIGHTS + n: a for n, a in solution.params.items()}, **rows}))


def load(path: Any, module: Any, fit: Callable[..., Any]) -> tuple[dict[str, Any], Bound, Solution, dict[str, float]]:
    """What makes the fit again: the estimator's options, the problem, its solution, and what is known of the rows."""
    content, packed = folders.read(path)
    if module is None:
        raise OptionError(
            f"this is a net ({content.get('module')}), and no file holds the code of a module: "
            "say mlekit.load(path, module=...) with one like that which was fitted"
        )
    arrays = trained.unpacked(packed)
    try:
        return _assembled(content, arrays, trained.copied(module), fit)
    except (LoadError, OptionError):
        raise
    except (MlekitError, AttributeError, KeyError, TypeError, ValueError) as wrong:
        raise LoadError(f"{path} holds no net that this version can read ({type(wrong).__name__}: {wrong})") from wrong


def _assembled(content: Any, arrays: dict[str, Array], module: Any, fit: Callable[..., Any]) -> Any:
    law = content["law"]
    family = type(families.get(law["name"]))(**unpack(law["options"])).with_links(unpack(law["links"]))
    weights, rows = (_under(prefix, arrays) for prefix in (WEIGHTS, ROWS))
    trained.restored(module, weights)  # another module is told now, not at the first prediction
    model = Network(module, family, fit, None, restored(unpack(content["inputs"])), content["target"])
    model = replace(model, rows=Rows(**rows) if rows else None)
    options = {name: unpack(value) for name, value in content["options"].items()}
    options |= {"family": model, "fixed": unpack(content["fixed"])}
    problem = model.problem(options["prior"], options["fixed"], {}, imagine=False)
    solution = Solution(z=None, natural=weights, **{n: unpack(v) for n, v in content["solution"].items()})
    return options, solution, {name: float(unpack(v)) for name, v in content["known"].items()}


def _kept(rows: Rows) -> dict[str, Array]:
    parts = {"x": rows.x, "y": rows.y, "weights": rows.weights, "offset": rows.offset}
    return {ROWS + name: part for name, part in parts.items() if part is not None}


def _under(prefix: str, arrays: dict[str, Array]) -> dict[str, Array]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
