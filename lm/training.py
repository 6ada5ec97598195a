"""The fit of a run: its model and solver, and the states that are saved during the training."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import mlekit
from lm import find, runs
from lm.aliases import Settings
from lm.checkpoint import Arrays
from lm.command import report
from lm.corpus import tally
from lm.fit import Fit
from lm.model import LanguageModel
from lm.progress import Progress
from lm.record import FITTED, Record
from lm.runs import Run
from mlekit.errors import OptionError
from mlekit.priors import Prior
from mlekit.solvers import Solver

BATCH = 256


def fit_run(this: Run, folder: Path | None, device: str, stopped: Callable[[], bool]) -> Fit:
    """Fit the model of a run, and save it during the training and at the end.

    Parameters
    ----------
    this : Run
    folder : Path or None
        Folder to save to; None to save nothing.
    device : str
        Device of a network.
    stopped : callable
        Function without arguments that returns True if the training should stop.

    Returns
    -------
    Fit
    """
    plan, model = this.plan, build_model(this)
    batch = plan["batch"] or int(model.advice.get("batch", BATCH))
    progress = Progress(plan, batch, stopped, quiet=folder is None)
    saver = Saver(this, folder, progress)
    solver = build_solver(this, device, progress, saver)
    if folder is not None:
        _report_words(this)
    fit: Fit = mlekit.fit(this.parts[FITTED], family=model, prior=saver.prior, solver=solver, on_failure="ignore")
    progress.end()
    fit.held_out = this.held_out
    finished = not (progress.interrupted and "budget" in fit.verdict.codes)
    fit.run = {**plan, "finished": finished, "taken": progress.taken()}
    if folder is not None and (finished or not saver.saved):
        fit.save(folder)
    return fit


def _report_words(this: Run) -> None:
    """Report the numbers of words."""
    parts = {"train": this.parts[FITTED], **this.held_out}
    sizes = ", ".join(f"{name} {len(words):,}" for name, words in parts.items())
    every = tally(word for part in this.parts.values() for word in part)
    report(f"{this.plan['model']}: words to {sizes}; {every}")


def build_model(this: Run) -> LanguageModel:
    """Return the model of a run with its options.

    Parameters
    ----------
    this : Run

    Returns
    -------
    LanguageModel
    """
    known = find.options(this.plan["model"])
    given = {name: this.plan[name] for name in (*runs.MODEL, "seed") if name in known and this.plan[name] is not None}
    watch = {"watch": this.parts["watch"]} if "watch" in known else {}
    kind = cast("Callable[..., LanguageModel]", find.model(this.plan["model"]))
    return kind(vocabulary=this.vocabulary, **given, **watch)


def build_solver(this: Run, device: str, progress: Progress, saver: Saver) -> str | Solver:
    """Return the solver of a run: Torch with its budget for a model that is trained.

    Parameters
    ----------
    this : Run
    device : str
    progress : Progress
    saver : Saver

    Returns
    -------
    str or Solver
    """
    plan = this.plan
    if not find.model(plan["model"]).trains:
        if any(plan[name] is not None for name in runs.BUDGET):
            report(f"a {plan['model']} is estimated from counts: --steps and --seconds are for networks")
        return "auto"
    budget = {name: plan[name] for name in (*runs.BUDGET, *runs.SOLVER, "seed")}
    return mlekit.solvers.Torch(
        **budget,
        device=device,
        callback=progress,
        watched=progress.watched,
        keep=saver if saver.folder is not None and plan["model"] in find.networks else None,
        resume=this.training,
    )


def choose_prior(model: str, alpha: float | None, sd: float | None = None) -> Prior | None:
    """Return the prior of a run.

    Parameters
    ----------
    model : str
        Name of the model.
    alpha : float or None
        Alpha of a Dirichlet prior of the next token; None for the default of the model.
    sd : float, optional
        Standard deviation of a Normal prior of the weights.

    Returns
    -------
    Prior or None

    Raises
    ------
    OptionError
        If both are given.

    Examples
    --------
    >>> choose_prior("bigram", None), choose_prior("ngram", None)
    (Dirichlet(alpha=2.0), None)
    """
    if alpha is not None and sd is not None:
        raise OptionError("--prior and --weight-sd are two priors: give one of them")
    if sd is not None:
        return mlekit.priors.Normal(0, sd)
    alpha = find.model(model).default_alpha if alpha is None else alpha
    return None if alpha is None else mlekit.priors.Dirichlet(alpha)


class Saver:
    """Callback that saves the state of a training, so that it can be resumed.

    Parameters
    ----------
    this : Run
    folder : Path or None
    progress : Progress
    """

    def __init__(self, this: Run, folder: Path | None, progress: Progress) -> None:
        self.run, self.folder, self.progress, self.saved = this, folder, progress, False
        self.prior = choose_prior(this.plan["model"], this.plan["prior"], this.plan["weight_sd"])

    def __call__(self, state: Arrays) -> None:
        assert self.folder is not None
        plan, best = self.run.plan, runs.BEST
        settings: Settings = {name: plan[name] for name in runs.MODEL if plan[name] is not None}
        Record(
            model=plan["model"],
            settings=settings,
            vocabulary=self.run.vocabulary,
            estimates={name.removeprefix(best): a for name, a in state.items() if name.startswith(best)},
            words=self.run.codes,
            prior=None if self.prior is None else repr(self.prior),
            run={**plan, "finished": False, "taken": self.progress.taken()},
            training=state,
        ).save(self.folder)
        self.saved = True
