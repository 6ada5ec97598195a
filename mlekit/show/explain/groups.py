"""The page of many fits: what a group is, how they spread, which failed, and what small ones are worth."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from .laws import get as words_of
from .page import Explanation, Line, answered
from .say import columns, key, listed, many, name, num, span
from .view import View

Array = Any
SHOWN, EXTREMES = 5, 3
SMALL = 10
EXACT = ("closed_form", "boundary")


def page(grouped: Any) -> Explanation:
    """The page of a grouped fit."""
    g = Groups(grouped)
    sought = "posterior mode" if grouped.problem.priors else "maximum likelihood"
    title = f"{g.target} by {g.by}: {many(len(g), f'{g.law} law')} by {sought}, explained"
    answers = g.assumed(), g.maximised(), g.solved(), g.meaning(), g.sure(), g.wrong()
    return answered(title, answers, () if grouped.verdict_ok else grouped.verdict.reasons[: SHOWN + 1])


class Groups:
    """Many fits, as the words see them."""

    def __init__(self, grouped: Any) -> None:
        self.fit = grouped
        self.law, self.by = grouped.family.name, listed(map(name, grouped.groups.names))
        self.target = name(grouped.problem.rows.target)
        self.nobs = grouped.nobs.to_numpy()
        self.first = grouped.params.columns[0]
        self.values = grouped.params[self.first].to_numpy()
        self.errors = grouped.bse[self.first].to_numpy()
        self.failed = grouped.index.isin(grouped.failed)
        self.good = ~self.failed & np.isfinite(self.values)

    def __len__(self) -> int:
        return len(self.fit)

    def key(self, g: int) -> str:
        """A group by name."""
        return name(key(self.fit.index[g]))

    @property
    def designs(self) -> Any:
        return self.fit.problem.coefficients.designs

    def assumed(self) -> list[str]:
        sizes = span(self.nobs.min(), self.nobs.max()) if np.ptp(self.nobs) else num(self.nobs[0])
        said = [
            (
                f"Each of the {many(len(self), 'group')} of {self.by} has a law of its own, with parameters of its "
                f"own; {many(self.nobs.sum(), 'row')} in all, {sizes} in a group. Within a group rows are independent."
            ),
            (
                "Nothing is shared: a group is fitted as if the others did not exist, and does not borrow strength "
                "from them."
            ),
        ]
        if len(self) == 1:
            said = [f"There is one group of {self.by}, {self.key(0)}, with {many(self.nobs[0], 'row')}."]
        said += [f"Of one group, {self.key(self._largest)}: {part}" for part in self._example[:1]]
        return [*said, *(f"The prior {belief.prior} was the same for every group." for belief in self.beliefs[:2])]

    @property
    def beliefs(self) -> list[Any]:
        """Priors with what they are about."""
        return self.fit.problem.priors.terms

    @cached_property
    def _largest(self) -> int:
        """The group that serves as an example."""
        return int(np.argmax(np.where(self.good, self.nobs, -1.0)))

    @cached_property
    def _example(self) -> list[str]:
        """What its law says of its rows."""
        if not self.good.any():
            return []
        view = View(self.fit[self.fit.index[self._largest]])
        return [part for part in words_of(view).assumed() if not isinstance(part, Line)] if view.plain else []

    def maximised(self) -> list[str]:
        llf = self.fit.llf.to_numpy()
        total = float(llf[self.good & np.isfinite(llf)].sum())
        what = "posteriors" if self.beliefs else "likelihoods"
        of = f"of the {many(self.good.sum(), 'group')} with a maximum " if not self.good.all() else ""
        return [
            (
                f"The {what} of the groups multiply, so each could be maximised by itself without harm to any other. "
                f"The sum of the log-likelihoods {of}is {num(total)}."
            ),
        ]

    def solved(self) -> list[str]:
        s = self.fit.solution
        if s.natural is not None:
            exact = self.fit.status.iloc[self._largest] in EXACT
            way = "a formula" if exact else "one equation a group, solved for all together,"
            return [
                (
                    f"The sums of each group were taken in one pass over the rows; {way} turned them into all the "
                    "answers at once."
                )
            ]
        return [
            (
                f"All groups were climbed together by the solver {s.solver}, {many(s.iterations, 'step')} at most; "
                "each stops by itself when its own slope is zero, and none disturbs another."
            )
        ]

    def meaning(self) -> list[str]:
        if not self.good.any():
            return ["No group has an answer."]
        v = self.values[self.good]
        if len(v) == 1:
            return [f"{self.first} is {num(v[0])} in the only group that has an answer."]
        if not np.ptp(v):
            return [f"{self.first} is {num(v[0])} in every group that has an answer."]
        middle = float(np.median(v))
        said = [
            (
                f"{self.first} has its median over the groups at {num(middle)}; half of them lie in "
                f"{span(*np.quantile(v, [0.25, 0.75]))}, all in {span(v.min(), v.max())}."
            ),
        ]
        order = np.flatnonzero(self.good)[np.argsort(v, kind="stable")]
        whole = len(order) <= 2 * EXTREMES
        ends = [*order] if whole else [*order[:EXTREMES], *order[-EXTREMES:]]
        title = "All, from the lowest to the highest:" if whole else "The lowest and the highest:"
        rows = [[self.by, self.first, "error", "rows"]]
        rows += [
            [self.key(g), num(self.values[g]), num(self.errors[g]) if self.errors[g] > 0 else "none", num(self.nobs[g])]
            for g in ends
        ]
        return [*said, title, *map(Line, columns(rows)), *self._noise(ends)]

    def _noise(self, ends: list[Any]) -> list[str]:
        small = float(np.mean(self.nobs[ends])) < 0.75 * float(np.mean(self.nobs[self.good]))
        return (
            [
                (
                    f"These have {num(np.mean(self.nobs[ends]), 3)} rows on average, and all groups "
                    f"{num(np.mean(self.nobs[self.good]), 3)}: the extremes are mostly small groups, whose estimates "
                    "are thrown about by chance. A list of the best or the worst is a list of the smallest."
                )
            ]
            if small
            else []
        )

    def sure(self) -> list[str]:
        known = self.good & (self.errors > 0)
        if known.sum() < 2:
            return ["Fewer than two groups have a standard error, so their spread cannot be held against it."]
        spread = float(np.std(self.values[known], ddof=1))
        error = float(np.sqrt(np.mean(self.errors[known] ** 2)))
        said = [
            (
                f"The estimates of {self.first} spread over the groups with an sd of {num(spread)}. Their own errors "
                f"would alone make them spread by {num(error)} (the root of their mean square)."
            )
        ]
        if self.beliefs:
            return [
                *said,
                (
                    "The prior draws the groups together, so that their spread alone cannot show whether they differ: "
                    "fit without it to compare."
                ),
            ]
        large = known & (self.nobs >= SMALL)
        if large.sum() < 3:
            return [
                *said,
                f"With fewer than three groups of {SMALL} rows or more, nothing here can show whether groups differ.",
            ]
        return [*said, *self._compared(large, spread, error)]

    def _compared(self, large: Array, spread: float, error: float) -> list[str]:
        """Whether groups differ by more than chance, and by how much."""
        real = spread**2 - error**2
        q, df = self._apart(large), int(large.sum()) - 1
        usual = df + 2 * (2 * df) ** 0.5
        told = (
            f"Of the {df + 1:,} groups with {SMALL} rows or more, squared distances from their common mean, in the "
            f"errors that one law for all would give them, add up to {num(q)}. Without a difference between them it "
            f"would be about {num(df)}, and rarely above {num(usual)}"
        )
        if real <= 0 or q <= usual:
            return [f"{told}: chance can explain all that is seen."]
        share = 100 * real / spread**2
        return [
            f"{told}: the groups differ by more than chance would usually make them.",
            (
                f"What is left, sqrt({num(spread)}^2 - {num(error)}^2) = {num(real**0.5)}, is how much the groups "
                f"themselves seem to differ: {num(share, 3)}% of the variance that is seen. The rest is noise, most "
                "of it in small groups."
            ),
            (
                f"Of {len(self):,} intervals at 95% about {num(0.05 * len(self), 2)} miss the truth, and nothing says "
                "which."
            ),
        ]

    def _apart(self, which: Array) -> float:
        """How far groups are apart, in the errors that they would have under one law."""
        v, n = self.values[which], self.nobs[which]
        variance = float((n * n * self.errors[which] ** 2).sum() / (n.sum() - len(n)))  # of one row
        return float((n * (v - (n * v).sum() / n.sum()) ** 2).sum() / variance)

    def wrong(self) -> list[str]:
        said: list[str] = []
        if self.failed.any():
            reasons = self.fit.reasons
            said.append(
                f"{many(self.failed.sum(), 'group')} of {len(self):,} {'has' if self.failed.sum() == 1 else 'have'} "
                "no proved maximum:"
            )
            said += [Line(f"{name(key(group))}: {reason}") for group, reason in list(reasons.items())[:SHOWN]]
            rest = int(self.failed.sum()) - SHOWN
            said += [f"The other {rest} are in fit.reasons. All other groups are unharmed."] if rest > 0 else []
        few = self.nobs < SMALL
        if few.any():
            said.append(
                f"{many(few.sum(), 'group')} of {len(self):,} {'has' if few.sum() == 1 else 'have'} fewer than "
                f"{SMALL} rows. A prior that is the same for all holds such groups back; without one, take them out "
                "or say how small they are."
            )
        if len(self) > 1:
            said.append(
                f"Groups of {self.by} may not be independent of one another, and rows that moved from one group to "
                "another bring their kind with them: a difference between groups is not yet an effect of "
                f"{self.by}."
            )
        return [*said, "One group as a fit of its own, with a page like this: fit[key].explain()."]
