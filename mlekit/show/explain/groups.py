"""The page of many fits: what a group is, how the groups vary, which failed, and what small ones say."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from .facts import Facts
from .families import get as words_of
from .families import title
from .formatting import columns, key, listed, many, name, num, span
from .page import Explanation, Line, answer_page
from .single import heading

if TYPE_CHECKING:
    from ...fits import GroupedFit
    from ...models.prior_terms import PriorTerm

SHOWN, EXTREMES = 5, 3
SMALL = 10


def page(grouped: GroupedFit) -> Explanation:
    """Return the page of a grouped fit."""
    g = Groups(grouped)
    model = "regression" if grouped.problem.coefficients.designs else "distribution"
    text = heading(f"{g.family} {model} of {g.target} by {g.by} ({many(len(g), 'group')})", bool(g.priors))
    answers = g.assumed(), g.objective(), g.solution(), g.meaning(), g.uncertainty(), g.caveats()
    return answer_page(text, answers, () if grouped.verdict_ok else grouped.verdict.reasons[: SHOWN + 1])


class Groups:
    """Quantities and sentences of a grouped fit."""

    def __init__(self, grouped: GroupedFit) -> None:
        self.fit = grouped
        self.family, self.by = title(grouped.family), listed(map(name, grouped.groups.names))
        self.target = name(grouped.problem.rows.target)
        self.nobs = grouped.nobs.to_numpy()
        self.first = str(grouped.params.columns[0])
        self.values = grouped.params[self.first].to_numpy()
        self.errors = grouped.bse[self.first].to_numpy()
        self.failed = grouped.index.isin(grouped.failed)
        self.good = ~self.failed & np.isfinite(self.values)

    def __len__(self) -> int:
        return len(self.fit)

    def key(self, g: int) -> str:
        """Return the name of a group."""
        return name(key(self.fit.index[g]))

    @property
    def priors(self) -> list[PriorTerm]:
        """Priors, each with its parameter."""
        return self.fit.problem.priors.terms

    # -- assumptions, objective and search -------------------------------------------------------------------

    def assumed(self) -> list[str]:
        sizes = span(self.nobs.min(), self.nobs.max()) if np.ptp(self.nobs) else num(self.nobs[0])
        text = [
            (
                f"Each of the {many(len(self), 'group')} of {self.by} has its own {self.family} distribution, with "
                f"its own parameters. There are {many(self.nobs.sum(), 'row')} in all, {sizes} per group. Within a "
                "group the rows are independent."
            ),
            (
                "The groups share no parameter: a group is fitted as if there were no others, and does not borrow "
                "strength from them."
            ),
        ]
        if len(self) == 1:
            text = [f"There is one group of {self.by}, {self.key(0)}, with {many(self.nobs[0], 'row')}."]
        text += [f"In the group {self.key(self._largest)}: {part[:1].lower()}{part[1:]}" for part in self._example[:1]]
        return [*text, *(f"The prior {prior.prior} is the same for every group." for prior in self.priors[:2])]

    @cached_property
    def _largest(self) -> int:
        """The group that serves as an example."""
        return int(np.argmax(np.where(self.good, self.nobs, -1.0)))

    @cached_property
    def _example(self) -> list[str]:
        """The assumptions about the rows of one group."""
        if not self.good.any():
            return []
        facts = Facts(self.fit[self.fit.index[self._largest]])
        return [part for part in words_of(facts).assumed() if not isinstance(part, Line)] if facts.identical else []

    def objective(self) -> list[str]:
        llf = self.fit.llf.to_numpy()
        total = float(llf[self.good & np.isfinite(llf)].sum())
        what = "posteriors" if self.priors else "likelihoods"
        of = f" of the {many(self.good.sum(), 'group')} with a maximum" if not self.good.all() else ""
        return [
            (
                f"The {what} of the groups multiply, so each was maximised separately. The sum of the "
                f"log-likelihoods{of} is {num(total)}."
            )
        ]

    def solution(self) -> list[str]:
        s = self.fit.solution
        if s.params is None:
            return [
                (
                    f"The solver {s.solver} searched for the maxima of all groups together, in at most "
                    f"{many(s.iterations, 'step')}. A group is finished when its own score is zero, and groups do not "
                    "affect one another."
                )
            ]
        summed = self.fit.problem.form.summed
        sums = "The sufficient statistics of all groups were computed in one pass over the rows. " if summed else ""
        if (self.fit.status == "converged").any():
            return [f"{sums}One equation per group was solved by a search, for all groups at once."]
        return [f"{sums}A closed form gave the estimates of all groups at once."]

    # -- meaning ---------------------------------------------------------------------------------------------

    def meaning(self) -> list[str]:
        if not self.good.any():
            return ["No group has an estimate."]
        v = self.values[self.good]
        if len(v) == 1:
            return [f"{self.first} is {num(v[0])} in the only group that has an estimate."]
        if not np.ptp(v):
            return [f"{self.first} is {num(v[0])} in every group that has an estimate."]
        low, middle, high = map(num, np.quantile(v, [0.25, 0.5, 0.75]))
        text = (
            f"The median of {self.first} over the groups is {middle}, the quartiles are {low} and {high}, and all "
            f"groups lie between {num(v.min())} and {num(v.max())}."
        )
        order = np.flatnonzero(self.good)[np.argsort(v, kind="stable")]
        whole = len(order) <= 2 * EXTREMES
        ends = [*order] if whole else [*order[:EXTREMES], *order[-EXTREMES:]]
        shown = "From the lowest to the highest:" if whole else "The lowest and the highest groups:"
        rows = [[self.by, self.first, "std error", "rows"]]
        rows += [
            [self.key(g), num(self.values[g]), num(self.errors[g]) if self.errors[g] > 0 else "none", num(self.nobs[g])]
            for g in ends
        ]
        return [text, shown, *map(Line, columns(rows)), *self._noise(ends)]

    def _noise(self, ends: list[int]) -> list[str]:
        """A warning that the extreme groups are small ones."""
        size, usual = float(np.mean(self.nobs[ends])), float(np.mean(self.nobs[self.good]))
        if size >= 0.75 * usual:
            return []
        return [
            (
                f"These have {num(size, 3)} rows on average, compared with {num(usual, 3)} for all groups: the "
                "extremes are mostly small groups, whose estimates vary most by chance. A list of the highest or the "
                "lowest groups is largely a list of the smallest."
            )
        ]

    # -- uncertainty -----------------------------------------------------------------------------------------

    def uncertainty(self) -> list[str]:
        known = self.good & (self.errors > 0)
        if known.sum() < 2:
            return ["Fewer than two groups have a standard error, so their variation cannot be compared with it."]
        spread = float(np.std(self.values[known], ddof=1))
        error = float(np.sqrt(np.mean(self.errors[known] ** 2)))
        text = (
            f"The estimates of {self.first} vary between the groups with an sd of {num(spread)}. Their standard "
            f"errors alone would give an sd of {num(error)} (root mean square)."
        )
        if self.priors:
            return [
                text,
                (
                    "The prior draws the groups together, so the variation of the estimates does not show whether the "
                    "groups differ: fit without it to compare them."
                ),
            ]
        large = known & (self.nobs >= SMALL)
        if large.sum() < 3:
            few = (
                f"With fewer than three groups of {SMALL} rows or more, it cannot be tested whether the groups differ."
            )
            return [text, few]
        return [text, *self._compared(large, spread, error)]

    def _compared(self, large: NDArray[np.bool_], spread: float, error: float) -> list[str]:
        """A test of whether the groups differ, and an estimate of how much."""
        between = spread**2 - error**2
        q, df = self._chi_squared(large), int(large.sum()) - 1
        usual = df + 2 * (2 * df) ** 0.5
        test = (
            f"Over the {df + 1:,} groups with {SMALL} rows or more, the squared distances from the common mean, each "
            f"divided by the variance that it would have under one common distribution, sum to {num(q)}. Without "
            f"differences between the groups the sum would be about {df}, and rarely above {num(usual)}"
        )
        if between <= 0 or q <= usual:
            return [f"{test}: chance can explain the differences."]
        return [
            f"{test}: the groups differ by more than chance would usually explain.",
            (
                f"The remaining sd, sqrt({num(spread)}^2 - {num(error)}^2) = {num(between**0.5)}, estimates how much "
                f"the groups themselves differ: {num(100 * between / spread**2, 3)}% of the observed variance. The "
                "rest is noise, most of it in small groups."
            ),
            (
                f"Of {len(self):,} intervals at 95%, about {num(0.05 * len(self), 2)} miss the true value, and nothing "
                "shows which."
            ),
        ]

    def _chi_squared(self, which: NDArray[np.bool_]) -> float:
        """Sum of squared distances from the common mean, in units of the variances under a common distribution."""
        v, n = self.values[which], self.nobs[which]
        variance = float((n * n * self.errors[which] ** 2).sum() / (n.sum() - len(n)))  # of one row
        return float((n * (v - (n * v).sum() / n.sum()) ** 2).sum() / variance)

    # -- caveats ---------------------------------------------------------------------------------------------

    def caveats(self) -> list[str]:
        text = self._failures()
        few = int((self.nobs < SMALL).sum())
        if few:
            text.append(
                f"{few:,} of {many(len(self), 'group')} {'has' if few == 1 else 'have'} fewer than {SMALL} rows. A "
                "common prior stabilises such groups; without one, leave them out or report their size."
            )
        if len(self) > 1:
            text.append(
                f"The groups of {self.by} may not be independent of one another. Unless the rows were assigned to them "
                f"at random, a difference between groups is not yet an effect of {self.by}."
            )
        return [*text, "fit[key] is the fit of one group, and fit[key].explain() its page."]

    def _failures(self) -> list[str]:
        failed = int(self.failed.sum())
        if not failed:
            return []
        reasons = list(self.fit.reasons.items())[:SHOWN]
        have = "has" if failed == 1 else "have"
        text = [f"{failed:,} of {many(len(self), 'group')} {have} no proved maximum:"]
        text += [Line(f"{name(key(group))}: {reason}") for group, reason in reasons]
        more = f"The other {failed - SHOWN} are in fit.reasons. The fits of all other groups are not affected."
        return text + ([more] if failed > SHOWN else [])
