"""The posterior of a conjugate prior: the law of the parameters given the data and the prior's imaginary rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import OptionError, UnknownName, nearest
from ..solvers._base import Array, Solution
from .conjugate import posterior_distribution


@dataclass(frozen=True)
class Posterior:
    """A frozen scipy law for each parameter.

    >>> import mlekit
    >>> coin = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", prior=mlekit.priors.Beta(10, 10))
    >>> coin.posterior()["p"].args
    (17.0, 13.0)
    """

    laws: Mapping[str, Any]
    exact: bool = True  # conjugate, not an approximation

    def __getitem__(self, name: str) -> Any:
        if name not in self.laws:
            raise UnknownName(f"the posterior has no parameter {name!r}; {nearest(name, self.laws)}")
        return self.laws[name]

    def sample(self, n: int, seed: Any = None) -> Any:
        """A DataFrame of n draws, a column a parameter; shares add up to one in every row.

        >>> import mlekit
        >>> coin = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", prior=mlekit.priors.Beta(10, 10))
        >>> round(float(coin.posterior().sample(10_000, seed=1)["p"].mean()), 2)
        0.57
        """
        from ..data.frames import like

        draws = self._draw(n, np.random.default_rng(seed))
        return like(None, dict(zip(self.laws, draws.T, strict=True)))

    def _draw(self, n: int, generator: np.random.Generator) -> Array:
        if len(self.laws) == 1:
            (law,) = self.laws.values()
            return law.rvs(size=(n, 1), random_state=generator)
        # the shares' laws are the Beta(a_l, sum of the other a) of a Dirichlet(a)
        return generator.dirichlet([law.args[0] for law in self.laws.values()], size=n)


def posterior(solution: Solution) -> Posterior:
    """The conjugate posterior, or an OptionError that says why there is none."""
    family = solution.problem.family
    if not solution.problem.priors:
        raise OptionError(
            "a posterior needs a prior: a likelihood alone says nothing of how probable parameters are; "
            "fit with prior=, for instance prior=mlekit.priors.Flat()"
        )
    names = [name for name in solution.problem.coefficients.names if name not in solution.problem.held]
    laws = {name: posterior_distribution(solution.problem, name) for name in names}
    if any(law is None for law in laws.values()):
        raise OptionError(
            f"the posterior of {family.name} under this prior is no known law, and Laplace's approximation comes "
            "later; fit.conf_int() profiles the posterior"
        )
    return Posterior({name: _of_numbers(law) for name, law in laws.items()})


def _of_numbers(law: Any) -> Any:
    """The same law with numbers for parameters, where it has arrays of one."""
    args = [float(np.squeeze(a)) for a in law.args]
    return law.dist(*args, **{name: float(np.squeeze(a)) for name, a in law.kwds.items()})
