"""The posterior of a conjugate prior: the distribution of the parameters given the data and imaginary rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ..errors import OptionError, UnknownName, nearest
from ..models.posterior import Fitted
from ..numerics.arrays import Floats
from ..numerics.frozen import FrozenScipy
from ..numerics.seeds import generator
from .conjugate import posterior_distributions

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Posterior:
    """The posterior distribution of each parameter.

    ``posterior[name]`` is the distribution of one parameter, with the methods of a frozen scipy distribution.

    Attributes
    ----------
    marginals : mapping of str to frozen distribution
        The marginal posterior of each free parameter, by name.
    exact : bool
        True if it is conjugate, and not an approximation.

    Examples
    --------
    >>> import mlekit
    >>> coin = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", prior=mlekit.priors.Beta(10, 10))
    >>> coin.posterior()["p"].args
    (17.0, 13.0)
    """

    marginals: Mapping[str, FrozenScipy]
    exact: bool = True

    def __getitem__(self, name: str) -> FrozenScipy:
        if name not in self.marginals:
            raise UnknownName(f"the posterior has no parameter {name!r}; {nearest(name, self.marginals)}")
        return self.marginals[name]

    def sample(self, n: int, seed: int | np.random.Generator | None = None) -> pd.DataFrame:
        """Draw from the joint posterior.

        Parameters
        ----------
        n : int
            The number of draws.
        seed : int or numpy.random.Generator, optional
            The source of random numbers.

        Returns
        -------
        DataFrame
            One row per draw, one column per parameter; probabilities add up to one in every row.

        Examples
        --------
        >>> import mlekit
        >>> coin = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", prior=mlekit.priors.Beta(10, 10))
        >>> round(float(coin.posterior().sample(10_000, seed=1)["p"].mean()), 2)
        0.57
        """
        from ..data.frames import like

        draws = self._draw(n, generator(seed))
        return like(None, dict(zip(self.marginals, draws.T, strict=True)))

    def _draw(self, n: int, rng: np.random.Generator) -> Floats:
        if len(self.marginals) == 1:
            (only,) = self.marginals.values()
            return only.rvs(size=(n, 1), random_state=rng)
        # the marginal distributions are the Beta(a_l, sum of the other a) of a Dirichlet(a)
        return rng.dirichlet([marginal.args[0] for marginal in self.marginals.values()], size=n)


def posterior(solution: Fitted) -> Posterior:
    """The conjugate posterior, or an OptionError that says why it is not known."""
    problem = solution.problem
    if not problem.priors:
        raise OptionError(
            "a posterior needs a prior: a likelihood without one does not say how probable parameters are; "
            "fit with prior=, for instance prior=mlekit.priors.Flat()"
        )
    names = [name for name in problem.coefficients.names if name not in problem.fixed_names]
    found = {
        n: known for n, known in zip(names, posterior_distributions(problem, names), strict=True) if known is not None
    }
    if len(found) < len(names):
        raise OptionError(
            f"the posterior of {problem.family.name} under this prior is not known by formula: "
            "fit.conf_int() profiles the posterior"
        )
    return Posterior({name: _of_numbers(marginal) for name, marginal in found.items()})


def _of_numbers(marginal: FrozenScipy) -> FrozenScipy:
    """The same distribution with numbers for parameters, if it has arrays of one."""
    args = [float(np.squeeze(a)) for a in marginal.args]
    return marginal.dist(*args, **{name: float(np.squeeze(a)) for name, a in marginal.kwds.items()})
