"""The page of a network: weights without a meaning of their own, a loss beside a baseline, and what to check."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ...data.observations.exact import Exact
from ...data.rows import Rows
from ...inference.information import log_likelihood
from ...models.coefficients import coefficients_of
from ...models.linear import Linear
from ...solvers import AUTO, InTurn
from . import families, links
from .facts import attempt
from .formatting import columns, listed, many, name, num
from .page import Explanation, Line, answer_page
from .single import heading

if TYPE_CHECKING:
    from ...fits import NetworkFit

SHOWN = 5
DECAY = (
    "The solver also shrinks the weights at each step (decoupled weight decay). This is no prior, and the training "
    "does not end at the maximum of this objective."
)


def page(fit: NetworkFit) -> Explanation:
    """Return the page of the fit of a network."""
    network = Network(fit)
    model = (
        f"{network.family} distribution of {network.target}, with a network ({network.module}) for its {network.what}"
    )
    answers = (
        network.assumed(),
        network.objective(),
        network.solution(),
        network.meaning(),
        network.uncertainty(),
        network.caveats(),
    )
    title = heading(model, bool(fit.problem.priors))
    return answer_page(title, answers, () if fit.verdict.ok else fit.verdict.reasons)


class Network:
    """Quantities and sentences of the fit of a network."""

    def __init__(self, fit: NetworkFit) -> None:
        self.fit, self.model = fit, fit.problem.model
        self.family, self.module = families.title(fit.family), type(fit.problem.model.module).__name__
        self.target = name(self.model.target or "y")
        self.first = str(next(iter(fit.family.params)))
        self.loss = -fit.llf / fit.nobs
        self.several: bool = fit.family.params[self.first].many
        self.what = "probabilities" if self.several else self.first
        self.others = {p: float(fit[p]) for p in list(fit.family.params)[1:]}

    def assumed(self) -> list[str]:
        output = f"{self.module}(x; {many(self.fit.n_params - len(self.others), 'weight')})"
        left = links.get(self.fit.family.link(self.first)).left(self.first)
        equation = f"{self.first} = softmax({output})" if self.several else f"{left} = {output}"
        answer = "one number for each level" if self.several else "one number"
        same = "is the same" if len(self.others) == 1 else "are the same"
        return [
            (
                f"Each row of {self.target} follows the {self.family} distribution, and the network {self.module} "
                f"gives its {self.what}: from the inputs x of the row it computes {answer}."
            ),
            Line(equation),
            (
                "Given their inputs, the rows are independent. It is also assumed that the network can approximate the "
                "true relation."
            ),
            f"{listed(self.others)} {same} for all rows." if self.others else "",
        ]

    def objective(self) -> list[str]:
        priors = self.fit.problem.priors
        mean = f"-(1/{num(self.fit.nobs)}) sum of log f(y; {self.module}(x)) = {num(self.loss)} nats per row"
        decay = DECAY if self.fit.solution.notes.get("decay") else ""
        if not priors:
            return [decay, "The loss that was minimised is the mean negative log-likelihood:", Line(f"loss = {mean}")]
        each = list(dict.fromkeys(str(prior) for _, prior in priors.terms))
        return [
            (
                "The objective that was minimised is the negative log posterior per row: the loss, which is the mean "
                "negative log-likelihood, plus the contribution of the prior."
            ),
            Line(f"loss = {mean}"),
            f"The prior of the weights is {listed(each[:SHOWN])}; a normal prior is known as weight decay.",
            decay,
        ]

    def solution(self) -> list[str]:
        s, history = self.fit.solution, self.fit.history
        text = [
            (
                "No closed form was used, and no matrix of second derivatives for "
                f"{many(self.fit.n_params, 'parameter')}. The solver {s.solver} took {many(s.iterations, 'step')} "
                "along the gradient, which was computed by backpropagation."
            )
        ]
        if history is not None and len(history) > 1:
            text.append(f"The objective went from {num(history[0])} to {num(history[-1])} nats per row.")
        return [*text, f"At the end: {'; '.join(self.fit.verdict.reasons)}. Another start may end at another place."]

    @cached_property
    def baseline(self) -> float | None:
        """The loss of the same family without inputs."""
        rows = self.model.rows
        if rows is None or rows.offset is not None:
            return None

        def constant() -> float:
            family = self.fit.family
            given = Rows(Exact(rows.y), weights=rows.weights)
            solution = InTurn(AUTO).solve(Linear(family, given, coefficients_of(family, {})).problem(None, {}, {}))
            assert solution is not None
            return -float(log_likelihood(solution)[0]) / self.fit.nobs

        return attempt(constant)

    def meaning(self) -> list[str]:
        values = listed(f"{p} = {num(value)}" for p, value in self.others.items())
        return [
            *self._beside_baseline(),
            f"Estimated together with the weights: {values}." if self.others else "",
            (
                "With hidden units, a single weight has no meaning of its own: units can be exchanged, or their signs "
                "reversed, and the network stays the same function."
            ),
        ]

    def _beside_baseline(self) -> list[str]:
        """The loss, compared with that of the same family without inputs."""
        if self.baseline is None:
            return [f"The mean loss is {num(self.loss)} nats per row."]
        gain = self.baseline - self.loss
        rows = [
            ["the network", f"{num(self.loss)} nats per row"],
            ["the same family without inputs", f"{num(self.baseline)} nats per row"],
        ]
        text = ["The loss, compared with that of the same family without inputs:", *map(Line, columns(rows))]
        if gain <= 0:
            return [
                *text,
                (
                    "The network is no better than that: it has learned nothing from the inputs, or was not trained "
                    "for long enough."
                ),
            ]
        return [
            *text,
            (
                f"The inputs lower the loss by {num(gain)} nats per row: in the geometric mean a row is "
                f"exp({num(gain)}) = {num(np.exp(min(gain, 700.0)))} times as probable under the network. This is on "
                "the rows that it was trained on, so it is too optimistic by an unknown amount."
            ),
        ]

    def uncertainty(self) -> list[str]:
        return [
            (
                "There are no standard errors. They require an isolated maximum, but a network with hidden units has "
                "many equivalent maxima, so a single weight has no true value to be uncertain about."
            ),
            (
                "Predictions do have an uncertainty. Fit the network again to resampled rows and with another seed, "
                "and see how much fit.predict(new) changes."
            ),
        ]

    def caveats(self) -> list[str]:
        per = self.fit.nobs / self.fit.n_params
        parameters = f"There are {num(per, 3)} rows per parameter of the network"
        if per < 10:
            parameters += (
                f" ({num(self.fit.nobs)} rows, {num(self.fit.n_params)} parameters), so it could memorise rows"
            )
        shown = (
            "No small step improves it; that there is no better maximum elsewhere was not shown."
            if self.fit.converged
            else "The loss could be lower."
        )
        return [
            f"Checked: {'; '.join(self.fit.verdict.reasons)}. {shown}",
            (
                f"{parameters}. The loss on held-out rows is what counts: fit.evaluate(X, y). If it is much higher "
                f"than {num(self.loss)}, the network overfits: train it for less time, give it a prior, or make it "
                "smaller."
            ),
            (
                "Far from the inputs that it was trained on, a network extrapolates without any warning. The "
                f"{self.family} distribution around every prediction is an assumption too: fit.plot() shows residuals."
            ),
        ]
