"""Explanation of networks."""

from __future__ import annotations

from lm.explain.page import Page, Parts, before
from mlekit.show import num


class NetworkPage(Page):
    """Explanation of a network."""

    def dependence(self) -> Parts:
        return [
            (
                f"This model is a network, {self.predictor.name}: it reads "
                f"{before(self.predictor.memory, self.token)} and computes {self.size} logits, which the softmax turns "
                f"into probabilities. It has {num(self.fit.n_params)} weights, the same at each place."
            )
        ]

    def solved(self) -> Parts:
        history, watched = self.fit.outcome.history, self.fit.outcome.watched
        said = [f"No closed form was used: the solver {self.fit.solver} reduced the loss step by step."]
        if history is not None and len(history):
            said.append(
                f"{num(len(history))} steps took the loss from {num(history[0])} to {num(history[-1])} nats per "
                f"{self.token}."
            )
        if watched is not None and len(watched):
            step, smallest = min(watched.tolist(), key=lambda row: row[1])
            said.append(f"On held-out words it was smallest at step {num(step)}, {num(smallest)}.")
        reasons = "; ".join(self.fit.verdict.reasons)
        return [*said, f"Reason of the end: {reasons}. Another seed may lead to other weights."]

    def errors(self) -> Parts:
        return [
            (
                "Its weights have no standard errors: different weights can give the same predictions, so that they "
                "are not identified. Predictions are uncertain; networks trained with several seeds show how much."
            )
        ]

    def doubts(self) -> Parts:
        return [
            (
                f"{self.ratio}. A network of this size memorises its list if it is trained for long: watch the loss on "
                "held-out words during the training, and stop where it is smallest."
            )
        ]
