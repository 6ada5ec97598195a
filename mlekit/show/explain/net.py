"""The page of a net: weights without a meaning of their own, a loss beside a baseline, and what to check."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from ...data.rows import Rows
from ...inference.information import log_likelihood
from ...models.coefficients import coefficients_of
from ...models.linear import Linear
from ...solvers import AUTO, InTurn
from . import links
from .page import Explanation, Line, answered
from .say import columns, listed, many, name, num
from .view import attempt

SHOWN = 5


def page(fit: Any) -> Explanation:
    """The page of a net's fit."""
    net = Net(fit)
    title = f"{net.target}: {net.law} law by a net, {net.module}, explained"
    answers = net.assumed(), net.maximised(), net.solved(), net.meaning(), net.sure(), net.wrong()
    return answered(title, answers, () if fit.verdict.ok else fit.verdict.reasons)


class Net:
    """A net, as the words see it."""

    def __init__(self, fit: Any) -> None:
        self.fit, self.model = fit, fit.problem.model
        self.law, self.module = fit.family.name, type(fit.problem.model.module).__name__
        self.target = name(self.model.target or "y")
        self.first = next(iter(fit.family.params))
        self.loss = -fit.llf / fit.nobs
        self.others = {p: fit[p] for p in list(fit.family.params)[1:]}

    def assumed(self) -> list[str]:
        link = self.fit.family.link(self.first)
        shares = self.fit.family.params[self.first].many
        net = f"{self.module}(x; {many(self.fit.n_params - len(self.others), 'weight')})"
        left, net = (self.first, f"softmax({net})") if shares else (links.get(link).left(self.first), net)
        answer = "a number for each level" if shares else "one number"
        said = [
            (
                f"Each row of {self.target} follows the {self.law} law, and the net {self.module} says with which "
                f"{self.first}: it is given the inputs x of the row, and answers with {answer}."
            ),
            Line(f"{left} = {net}"),
            (
                "Given their inputs rows are independent. That the net can bend to the truth is assumed too; no "
                "formula says how."
            ),
        ]
        return [*said, f"Beside the net stands {listed(self.others)}, the same for all rows." if self.others else ""]

    def maximised(self) -> list[str]:
        beliefs = self.fit.problem.priors
        surprise = Line(
            f"surprise = -(1/{num(self.fit.nobs)}) sum of log f(y; {self.module}(x)) = {num(self.loss)} nats a row"
        )
        if not beliefs:
            return ["The loss that was brought down is minus the log-likelihood a row: the mean surprise.", surprise]
        priors = list(dict.fromkeys(str(prior) for _, prior in beliefs.beliefs))
        return [
            "The loss that was brought down is minus the log posterior a row: the mean surprise, and the prior's part.",
            surprise,
            f"The prior of the weights, {listed(priors[:SHOWN])}, is known as weight decay where it is normal.",
        ]

    def solved(self) -> list[str]:
        s, history = self.fit.solution, self.fit.history
        said = [
            (
                f"There is no formula and no matrix of curvature for {num(self.fit.n_params)} numbers. The solver "
                f"{s.solver} took {many(s.iterations, 'step')} along the slope, which was computed by going back "
                "through the net."
            ),
        ]
        if history is not None and len(history) > 1:
            said.append(f"On that way the loss went from {num(history[0])} to {num(history[-1])} nats a row.")
        return [
            *said,
            f"It ended because {'; '.join(self.fit.verdict.reasons)}. Another start may end at another place.",
        ]

    @cached_property
    def baseline(self) -> float | None:
        """The loss of the same law fitted to the observations alone."""
        rows = self.model.rows
        if rows is None or rows.offset is not None:
            return None

        def alone() -> float:
            law = self.fit.family
            bound = Linear(law, Rows(rows.y, weights=rows.weights), coefficients_of(law, {})).problem(None, {}, {})
            solution = InTurn(AUTO).solve(problem)
            assert solution is not None
            return -float(log_likelihood(solution)[0]) / self.fit.nobs

        return attempt(alone)

    def meaning(self) -> list[str]:
        said: list[str] = []
        if self.baseline is not None:
            gain = self.baseline - self.loss
            rows = [
                ["the net", f"{num(self.loss)} nats a row"],
                ["the same law without inputs", f"{num(self.baseline)} nats a row"],
            ]
            said += ["Its loss beside that of a law that knows nothing of the inputs:", *map(Line, columns(rows))]
            said.append(
                f"The inputs save {num(gain)} nats a row: on average a row is e^{num(gain)} = "
                f"{num(np.exp(min(gain, 700.0)))} times as probable under the net. On rows that it has learned from, "
                "so it is too good by an unknown amount."
                if gain > 0
                else (
                    "The net does no better than that, so it has found nothing in the inputs, or has not been "
                    "trained long enough."
                )
            )
        else:
            said.append(f"A row costs {num(self.loss)} nats on average.")
        if self.others:
            said.append(f"Learned beside it: {listed(f'{p} = {num(value)}' for p, value in self.others.items())}.")
        return [
            *said,
            (
                "Where there are hidden units a single weight means nothing: they can be swapped, or their signs "
                "turned, and the net says the same."
            ),
        ]

    def sure(self) -> list[str]:
        return [
            (
                "There are no standard errors. They need a peak that is alone, and a net with hidden units has many "
                "that are alike, so that a weight has no value of its own to be unsure of."
            ),
            (
                "What can be unsure is a prediction. Fit the net again with another seed and to resampled rows, and "
                "look how far fit.predict(new) moves."
            ),
        ]

    def wrong(self) -> list[str]:
        per = self.fit.nobs / self.fit.n_params
        many_weights = (
            f"There are {num(self.fit.n_params)} numbers for {num(self.fit.nobs)} rows ({num(per, 3)} rows each): the "
            "net could learn rows by heart."
            if per < 10
            else f"There are {num(per, 3)} rows for each number of the net."
        )
        return [
            (
                f"Where it stopped: {'; '.join(self.fit.verdict.reasons)}. "
                + (
                    "No small step helps there; that there is no better place elsewhere was not shown."
                    if self.fit.converged
                    else "That the loss could not fall further was not shown."
                )
            ),
            (
                f"{many_weights} The loss on rows that it has not seen is what counts: fit.evaluate(X, y). If that is "
                f"higher than {num(self.loss)} by much, it has learned accidents: train it shorter, give it a prior, "
                "or make it smaller."
            ),
            (
                "Away from the inputs that it was shown a net says something all the same, and as firmly. And the "
                f"{self.law} law is assumed around every prediction: look at fit.plot()."
            ),
        ]
