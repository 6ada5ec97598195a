"""The summary of a network."""

from __future__ import annotations

from typing import Any

import numpy as np

from .contents import Contents, Table


def contents(fit: Any) -> Contents:
    """Return the contents of the summary."""
    priors, shapes = fit.problem.priors, {n: a.shape for n, a in fit.params.items() if a.ndim}
    figures = [("log-likelihood", f"{fit.llf:.2f}"), ("loss", f"{-fit.llf / fit.nobs:.4f} nats per row")]
    sizes = ["x".join(map(str, shape)) for shape in shapes.values()]
    spreads = [f"{np.sqrt(np.mean(np.square(fit[name], dtype=float))):.4g}" for name in shapes]
    others = {name: f"{fit[name]:.6g}" for name in fit.params if name not in shapes}
    return Contents(
        title=f"{fit.family!r} network: {_method(fit)}",
        facts=[
            ("module", type(fit.problem.model.module).__name__),
            ("rows", f"{fit.nobs:,.10g}"),
            ("parameters", f"{fit.n_params:,}"),
            ("solver", f"{fit.solver}, {fit.solution.iterations} steps"),
            *[("prior", f"{name} ~ {prior}") for name, prior in priors.terms[:6]],
        ],
        figures=[*figures, *([("log posterior", f"{fit.log_posterior:.2f}")] if priors else [])],
        tables=[
            Table("", ["weights", "shape", "root mean square"], [list(shapes), sizes, spreads]),
            *([Table("", ["other parameters", "estimate"], [list(others), list(others.values())])] if others else []),
        ],
        notes=["Weights have no standard errors: fit.evaluate(X, y) is the loss on held-out rows."],
        ok=fit.verdict.ok,
        verdict=list(fit.verdict.reasons),
    )


def _method(fit: Any) -> str:
    """The method: what was maximised, and whether training stopped before a maximum was proved."""
    decay = ", with weight decay" if fit.solution.notes.get("decay") else ""
    likelihood = "penalised likelihood" if decay else "maximum likelihood"
    method = "posterior mode (MAP)" if fit.problem.priors else likelihood
    return f"{method}{decay}{'' if fit.converged else ' (stopped early)'}"
