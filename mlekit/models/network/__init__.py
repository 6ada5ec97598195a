"""A network as a model: a torch module gives the first parameter of a family, row by row; the others are fitted too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...data.columns import column
from ...data.layout import ONE
from ...data.rows import Summary
from ...data.sums import summarise
from ...errors import DataError, OptionError, nearest, needs
from ...families import Family
from ..base import F, Model

try:
    from torch import nn
except ImportError as error:
    raise needs("PyTorch", "torch") from error

from .forward import resting, suited
from .inputs import Inputs, Numbers, as_array
from .module import ModuleProblem, ModuleStream, NetworkPriors
from .problem import NetworkProblem, Rows
from .reading import read, response
from .reading import rows as checked

__all__ = ["ModuleProblem", "ModuleStream", "Network", "NetworkPriors", "NetworkProblem", "Rows", "resting"]


@dataclass(frozen=True, eq=False)
class Network(Model[F]):
    """A module that gives the first parameter of a family; `mlekit.network` makes it.

    Parameters
    ----------
    module : torch.nn.Module
        The network. Its output is the first parameter of each row, on the scale of the link; of a categorical family
        logits [n, levels].
    family : Family
        The distribution of the observations.
    fit : callable
        The class of the fit, which is called with an estimator and a solution.
    cells : array, optional
        Inputs at which a Dirichlet prior of the probabilities holds.
    inputs : Inputs, optional
        The form of the inputs, set by `read`.
    target : str, optional
        The response, where a formula named it; set by `read`.
    rows : Rows, optional
        The rows, set by `read`; a fit that was loaded may have none.

    Examples
    --------
    >>> import mlekit, torch
    >>> network = mlekit.network(torch.nn.Linear(2, 1), "poisson")
    >>> network.family, network.read([[0.0, 1.0], [2.0, 1.0]], [3, 4]).rows.nobs().tolist()
    (poisson, [2.0])
    """

    module: nn.Module
    family: Family
    fit: Callable[..., F]
    cells: Any = None
    inputs: Inputs | None = None
    target: str | None = None
    rows: Any = None

    def read(self, data: Any, target: Any = None, **how: Any) -> Network[F]:
        """Read inputs and observations.

        Parameters
        ----------
        data : array or frame
            Inputs X, one entry per row, or a frame.
        target : array or str
            Observations y, or a formula.
        **how
            The options of `mlekit.fit` that concern rows: weights, offset, missing.

        Returns
        -------
        Network
            The model with its rows, for `bind`.

        Raises
        ------
        DataError
            If X and y do not have as many rows, or a value is missing or not finite.
        OptionError
            If an option is not for networks.

        Examples
        --------
        >>> import mlekit, torch
        >>> network = mlekit.network(torch.nn.Linear(1, 1), "poisson")
        >>> len(network.read([[0.0], [1.0]], [2, 5]).rows)
        2
        """
        form, rows, response = read(next(iter(self.family.params)), data, target, how)
        return replace(self, inputs=form, rows=rows, target=response)

    def bind(self, rows: Network[F]) -> Network[F]:
        """Adapt the family to the levels of the observations, and check that the module takes the inputs.

        Parameters
        ----------
        rows : Network
            The model that `read` returned.

        Returns
        -------
        Network

        Raises
        ------
        DataError
            If an observation is outside the support, or the module cannot take the inputs.
        OptionError
            If the output of the module does not have the shape of the first parameter.

        Examples
        --------
        >>> import mlekit, torch
        >>> network = mlekit.network(torch.nn.Linear(1, 2), "categorical")
        >>> network.bind(network.read([[0.0], [1.0]], ["no", "yes"])).family.classes()
        ['no', 'yes']
        """
        family, bound = self._bound(rows.rows)
        if any(s.many for s in list(family.params.values())[1:]):
            raise OptionError(
                f"a network gives the first parameter of {family.name}, and its others are not single numbers"
            )
        if family.params[next(iter(family.params))].many and bound.offset is not None:
            raise OptionError("offset= goes with one number per row, and the network gives logits")
        x = suited(self.module, family, bound.x)
        assert rows.inputs is not None
        return replace(rows, family=family, rows=replace(bound, x=x), inputs=rows.inputs.given(x))

    def _bound(self, rows: Rows) -> tuple[Family, Rows]:
        """The family for these observations, and the observations as it takes them."""
        family, y = self.family.bind(rows.y, _no_columns)
        family.check(y)
        return family, replace(rows, y=y if family.codes else np.asarray(y, dtype=float))

    def new(self, data: Any, target: Any, weights: Any) -> Rows:
        """Read new rows with their observations.

        Parameters
        ----------
        data : array or frame
            Inputs, as the network was fitted to.
        target : array or None
            Observations; None where the formula that was fitted names them.
        weights : array, str or None
            Weights of the rows.

        Returns
        -------
        Rows

        Examples
        --------
        >>> import mlekit, torch
        >>> network = mlekit.network(torch.nn.Linear(1, 1), "poisson")
        >>> bound = network.bind(network.read([[0.0], [1.0]], [2, 5]))
        >>> bound.new([[2.0]], [3], None).y.tolist()
        [3.0]
        """
        assert self.inputs is not None
        y = response(self.target, data) if target is None else column(target, "y")
        return self._bound(checked(self.inputs.of(data), y, {"weights": weights}, data))[1]

    # -- the log posterior --------------------------------------------------------------------------------------------

    def problem(
        self, priors: object, fixed: Mapping[str, float], tied: Mapping[str, str], *, imagine: bool = True
    ) -> NetworkProblem:
        """State the log posterior.

        Parameters
        ----------
        priors : Prior, mapping of str to Prior, or None
            Priors of the weights, of the other parameters or of the probabilities, as `NetworkPriors.of` takes them.
        fixed : mapping of str to float
            Values of parameters that the network does not give and that are not fitted.
        tied : mapping
            Must be empty: a network shares modules instead.
        imagine : bool, default True
            False leaves out the imaginary rows of a Dirichlet prior, where nothing is fitted any more.

        Returns
        -------
        NetworkProblem

        Raises
        ------
        OptionError
            If a fixed value or a prior does not suit its parameter.

        Examples
        --------
        >>> import mlekit, torch
        >>> network = mlekit.network(torch.nn.Linear(1, 1), "normal")
        >>> bound = network.bind(network.read([[0.0], [1.0]], [2.0, 5.0]))
        >>> bound.problem(None, {}, {}).size, bound.problem(None, {"sd": 1.0}, {}).size
        (3, 2)
        """
        if tied:
            raise OptionError(
                "tied= is for the parameters of distributions and regressions: share modules within the network instead"
            )
        others = list(self.family.params)[1:]
        for name, value in fixed.items():
            if name not in others:
                raise OptionError(f"fixed: {name!r} is not a parameter beside the network: {nearest(name, others)}")
            if not self.family.params[name].has(value):
                raise OptionError(f"fixed: {name} is {value:g}, but it has to be {self.family.params[name].one}")
        free = [p for p in others if p not in fixed]
        terms = NetworkPriors.of(priors, self.module, next(iter(self.family.params)), free)
        imaginary = self._imaginary(terms.probabilities) if imagine and terms.probabilities is not None else None
        start = self._start() if free and self.rows is not None else dict.fromkeys(free, 0.0)
        return NetworkProblem(
            self,
            imaginary,
            terms,
            {p: start[p] for p in free},
            {p: float(v) for p, v in fixed.items()},
        )

    def _start(self) -> dict[str, float]:
        """The coordinates of the family's parameters for these observations without the network."""
        y, weights = self.rows.y, self.rows.weights
        weights = weights if weights is None or (weights > 0).all() else None
        with np.errstate(all="ignore"):
            family = self.family
            known: Any = Summary(y, weights, ONE)
            if family.sufficient:
                known = summarise(family, y, weights, checked=True).batch()
            free = dict(zip([p for p, _ in family.coordinates()], family.to_free(family.start(known)), strict=True))
        return {p: float(np.nan_to_num(np.ravel(z)[0], posinf=5.0, neginf=-5.0)) for p, z in free.items()}

    def _imaginary(self, prior: Any) -> Rows:
        """The imaginary rows of a Dirichlet prior: alpha - 1 of every level at every cell."""
        levels = len(self.family.classes() or ())
        if self.cells is None or not prior.fits(levels):
            raise OptionError(
                f"prior: {prior} is about the probabilities at given inputs, and has one value per level ({levels}): "
                "name the inputs, as in mlekit.network(module, family, cells=X)"
            )
        counts = prior.counts(levels)
        cells = as_array(self.cells).astype(self.rows.x.dtype)
        x = np.repeat(cells, levels, axis=0)
        return Rows(x, np.tile(np.arange(levels), len(cells)), np.tile(counts, len(cells)).astype(float))

    def answer(self) -> Callable[..., F]:
        return self.fit


def _no_columns(name: str) -> Numbers:
    raise DataError(f"{name!r} has to be a column of the data, but a network is given X and y alone")
