"""The fit of a run: the model and the solver of its plan, and what is kept of it on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import mlekit
from lm import find, runs
from lm.command import tell
from lm.corpus import tally
from lm.fit import Fit
from lm.progress import Progress
from lm.record import Record
from lm.runs import FITTED, Run
from mlekit.errors import OptionError

BATCH = 256


def trained(this: Run, folder: Path | None, device: str, stopped: Callable[[], bool]) -> Fit:
    """The fit of the words to learn from, saved in the folder on the way and at the end; without one nothing is."""
    plan, model = this.plan, made(this)
    progress = Progress(plan, plan["batch"] or learns(model).get("batch", BATCH), stopped, quiet=folder is None)
    keeper = Keeper(this, folder, progress)
    by = solver(this, device, progress, keeper)
    if folder is not None:
        told = [f"train {len(this.parts[FITTED]):,}", *(f"{k} {len(w):,}" for k, w in this.held_out.items())]
        tell(f"{plan['model']}: words to {', '.join(told)}; {tally(w for part in this.parts.values() for w in part)}")
    fit: Fit = mlekit.fit(this.parts[FITTED], family=model, prior=keeper.prior, solver=by, on_failure="ignore")
    progress.end()
    fit.held_out = this.held_out
    ended = not (progress.stopped_it and "budget" in fit.verdict.codes)
    fit.run = {**plan, "finished": ended, "taken": progress.taken()}
    if folder is not None and (ended or not keeper.kept):
        fit.save(folder)
    return fit


def made(this: Run) -> Any:
    """The model of a run, with the options that were asked for."""
    known = find.options(this.plan["model"])
    given = {name: this.plan[name] for name in (*runs.MODEL, "seed") if name in known and this.plan[name] is not None}
    watch = {"watch": this.parts["watch"]} if "watch" in known else {}
    return find.model(this.plan["model"])(vocabulary=this.vocabulary, **given, **watch)


def solver(this: Run, device: str, progress: Progress, keeper: Keeper) -> Any:
    """Torch for what has to be trained, with the budget of the run."""
    plan = this.plan
    if not find.model(plan["model"]).trains:
        if any(plan[name] is not None for name in runs.BUDGET):
            tell(f"a {plan['model']} is counted at once: --steps and --seconds are for nets")
        return "auto"
    budget = {name: plan[name] for name in (*runs.BUDGET, *runs.SOLVER, "seed")}
    return mlekit.solvers.Torch(
        **budget,
        device=device,
        callback=progress,
        watched=progress.watched,
        keep=keeper if keeper.folder is not None and plan["model"] in find.nets() else None,
        resume=this.training,
    )


def belief(model: str, alpha: float | None, sd: float | None = None) -> Any:
    """The prior of a run: Dirichlet on what comes next, or Normal on the weights."""
    if alpha is not None and sd is not None:
        raise OptionError("--prior and --weight-sd are two beliefs: give one of them")
    if sd is not None:
        return mlekit.priors.Normal(0, sd)
    alpha = getattr(find.model(model), "alpha", None) if alpha is None else alpha
    return None if alpha is None else mlekit.priors.Dirichlet(alpha)


def learns(model: Any) -> dict[str, Any]:
    """What suits a net, where nothing is said."""
    return getattr(model, "learns", {})


class Keeper:
    """Saves where a training stands, so that it can go on from there."""

    def __init__(self, this: Run, folder: Path | None, progress: Progress) -> None:
        self.run, self.folder, self.progress, self.kept = this, folder, progress, False
        self.prior = belief(this.plan["model"], this.plan["prior"], this.plan["weight_sd"])

    def __call__(self, state: dict[str, Any]) -> None:
        assert self.folder is not None
        plan = self.run.plan
        Record(
            model=plan["model"],
            settings={name: plan[name] for name in runs.MODEL if plan[name] is not None},
            vocabulary=self.run.vocabulary,
            learned={name.removeprefix("best/"): a for name, a in state.items() if name.startswith("best/")},
            words=self.run.codes,
            prior=None if self.prior is None else repr(self.prior),
            run={**plan, "finished": False, "taken": self.progress.taken()},
            training=state,
        ).save(self.folder)
        self.kept = True
