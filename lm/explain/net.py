"""Models whose weights were trained."""

from __future__ import annotations

from lm.explain.words import Parts, Words, before
from mlekit.show import num


class Net(Words):
    """Weights that were trained."""

    def looks(self) -> Parts:
        far = before(self.predictor.reach, self.mark)
        return [
            (
                f"This one is a net, {self.predictor.name}: it reads {far} and answers with {self.size} numbers, "
                f"which e^x and a division turn into probabilities. {num(self.fit.n_params)} weights say how, the "
                "same at every place."
            )
        ]

    def solved(self) -> Parts:
        history, watched = self.fit.found.history, self.fit.found.watched
        said = [
            f"There is no formula: the solver {self.fit.solver} went downhill step by step.",
        ]
        if history is not None and len(history):
            said.append(
                f"{num(len(history))} steps took the loss from {num(history[0])} to {num(history[-1])} nats a "
                f"{self.mark}."
            )
        if watched is not None and len(watched):
            step, least = min(watched, key=lambda it: it[1])
            said.append(f"On words that were held out it was least at step {num(step)}, {num(least)}.")
        return [*said, f"Why it ended: {'; '.join(self.fit.verdict.reasons)}. Another seed may end at other weights."]

    def errors(self) -> Parts:
        return [
            (
                "Its weights have no standard errors: they can be changed together without any change in what it says, "
                "so none has a value of its own. What can be unsure is a prediction; nets trained from several seeds "
                "show how much."
            )
        ]

    def doubts(self) -> Parts:
        return [
            (
                f"{self.ratio}. A net with so many learns its list by heart if it is trained for long: watch held-out "
                "words while it learns, and stop where their loss is least."
            )
        ]
