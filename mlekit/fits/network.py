"""Networks: the function that makes a model of a torch module, and its fit."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from numpy.typing import ArrayLike, NDArray

from .. import families
from ..errors import NoStandardError, OptionError, UnknownName, nearest
from ..inference import network as answers
from ..inference.evaluation import Evaluation
from ..inference.verdict import Verdict
from ..models.network import Network, trained
from ..models.solution import Status
from ..show import networks
from .estimates import Floats
from .fit import Fit
from .solved import SolvedFit
from .uncertainty import Uncertainty

if TYPE_CHECKING:
    from torch import nn

    from ..arguments import Column, Data, Seed
    from ..families._base import Family
    from ..models.solution import Solution
    from ..show import Contents, Explanation

NO_ERRORS = (
    "many different weights give the same network, so no weight has a standard error: fit the network to resampled "
    "rows and see how much fit.predict(new) changes, or see fit.evaluate(X, y) for rows that it was not fitted to"
)
NO_DISTRIBUTION = (
    "a network gives every row a distribution of its own: see fit.predict(new), fit.log_prob(X, y) and "
    "fit.evaluate(X, y)"
)


def network(module: nn.Module, family: str | Family, *, cells: ArrayLike | None = None) -> Network[NetworkFit]:
    """Make a model of a torch module: its output is the first parameter of a distribution, row by row.

    Parameters
    ----------
    module : torch.nn.Module
        `forward(X)` returns one number per row, on the scale of the parameter's link (a log rate, a logit); of a
        categorical family logits [n, levels]. The module is copied, and the original is not changed.
    family : str or Family
        Distribution of the response. Its other parameters, such as the `sd` of a normal distribution, are fitted
        beside the network, one number each.
    cells : array-like, optional
        Inputs at which a Dirichlet prior holds.

    Returns
    -------
    Network
        A model to give as `family=` to `mlekit.fit`.

    Raises
    ------
    OptionError
        If `module` is not a torch module, or there is no such family.

    Examples
    --------
    >>> import mlekit, torch
    >>> with torch.random.fork_rng():
    ...     _ = torch.manual_seed(0)
    ...     line = torch.nn.Linear(1, 1, dtype=torch.float64)
    >>> network = mlekit.network(line, "normal")
    >>> fit = mlekit.fit([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.1, 4.9, 7.0], family=network)
    >>> fit.predict([[4.0]]).round(3).tolist()
    [8.95]
    """
    return Network(trained.copied(module), families.get(family), NetworkFit, cells)


class NetworkFit(SolvedFit[float]):
    """A network fitted to rows.

    Examples
    --------
    >>> import mlekit, torch
    >>> network = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
    >>> fit = mlekit.fit([[0], [1]], [2, 5], family=network, solver=mlekit.solvers.Torch("lbfgs"))
    >>> fit.module
    Linear(in_features=1, out_features=1, bias=True)
    >>> sorted(fit.params), fit["weight"].round(3).tolist()
    (['bias', 'weight'], [[0.916]])
    >>> fit.predict([[0], [1]]).round(3).tolist()
    [2.0, 5.0]
    >>> fit.log_prob([[0], [1]], [2, 5]).round(2).tolist(), round(fit.evaluate([[0]], [2]).nll, 2)
    ([-1.31, -1.74], 1.31)
    >>> fit.sample(4, [[0], [3]], seed=0).shape
    (2, 4)
    >>> bool(fit.history[-1] < fit.history[0])
    True
    """

    grouped: ClassVar[Literal[False]] = False
    trained: ClassVar[Literal[True]] = True

    def __init__(self, estimator: Any, solution: Solution, known: Mapping[str, float] | None = None) -> None:
        super().__init__(estimator, solution)
        self._known = known or {}  # of a loaded fit, whose rows may not have been kept: `llf` and `nobs`

    # -- what was learned -----------------------------------------------------------------------------------------

    @cached_property
    def _kept(self) -> Mapping[str, NDArray[Any]]:
        assert self._solution.params is not None
        return self._solution.params

    @cached_property
    def _learned(self) -> answers.Learned:
        others = {p: float(self._kept[p]) for p in list(self.family.params)[1:]}
        return answers.Learned(trained.restored(self._solution.problem.model.module, self._kept), others)

    @property
    def module(self) -> nn.Module:
        """A copy of the module with the fitted weights."""
        return self._learned.module

    @property
    def params(self) -> dict[str, NDArray[Any]]:
        """Weights by the name of their tensor, and the other parameters of the distribution by theirs."""
        names = [*trained.names(self._solution.problem.model.module), *self._learned.others]
        return {name: self._kept[name].copy() for name in names}

    def __getitem__(self, name: str) -> float | NDArray[Any]:
        """Return a parameter.

        Parameters
        ----------
        name : str
            Name of a tensor of weights, or of a parameter of the distribution other than the first.

        Returns
        -------
        numpy.ndarray or float
            An array of weights, or the parameter as a float.

        Raises
        ------
        UnknownName
            If there is no such parameter.
        """
        if name in self._learned.others:
            return self._learned.others[name]
        if name not in self.params:
            raise UnknownName(f"this fit has no {name!r}; {nearest(name, self.params)}")
        return self.params[name]

    @property
    def history(self) -> Floats | None:
        """Loss at every step: minus the log posterior per row, of a minibatch that of its rows."""
        return self._solution.history

    def __getattr__(self, name: str) -> Any:
        """Explain why a network lacks what other fits have."""
        if name in _lacking(Uncertainty):
            raise NoStandardError(f"a network has no {name}: {NO_ERRORS}")
        if name in _lacking(Fit):
            raise OptionError(f"a network has no {name}: {NO_DISTRIBUTION}")
        raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")

    # -- likelihood and verdict -----------------------------------------------------------------------------------

    def _log_likelihood(self) -> float:
        known = self._known.get("llf")
        return self._solution.problem.log_likelihood(*self._learned) if known is None else known

    def _log_posterior(self) -> float:
        assert self._solution.value is not None
        return float(self._solution.value[0])

    def _count(self) -> float:
        known = self._known.get("nobs")
        return float(self._solution.problem.rows.nobs()[0]) if known is None else known

    def _incomparable(self) -> str:
        if not self._solution.problem.priors and self.converged:
            return ""
        return (
            "this network has a prior or was stopped before its maximum: compare rows that it was not fitted to with "
            "fit.evaluate(X, y)"
        )

    def _judged(self) -> Verdict:
        return answers.verdict(self._solution)

    @property
    def converged(self) -> bool:
        return int(self._solution.status[0]) == Status.CONVERGED

    @property
    def quick_ok(self) -> bool:
        return False

    @property
    def _name(self) -> str:
        return f"{self.family.name} network"

    # -- rows -----------------------------------------------------------------------------------------------------

    def predict(self, new: Data = None, which: str = "mean") -> NDArray[Any]:
        """Predict the mean, a class or a parameter of each row.

        Parameters
        ----------
        new : table or array, optional
            Inputs; the fitted ones by default.
        which : str, default "mean"
            `"mean"` (of labels the probability of each), `"linear"` (the output of the module), `"class"` (the most
            probable label), or the name of a parameter.

        Returns
        -------
        numpy.ndarray
            One value per row, or one column per level.
        """
        return answers.predict(self._solution.problem, self._learned, new, which)

    def log_prob(self, new: Data = None, target: ArrayLike | None = None) -> Floats:
        """Return the log density of each row.

        Parameters
        ----------
        new : table or array, optional
            Inputs, or a frame with the response; the fitted rows by default.
        target : array-like, optional
            Response, where `new` has none.

        Returns
        -------
        numpy.ndarray
            One value per row.
        """
        return answers.log_prob(self._solution.problem, self._learned, new, target)

    def evaluate(self, new: Data, target: ArrayLike | None = None, *, weights: Column | None = None) -> Evaluation:
        """Compute the mean loss on new rows.

        Parameters
        ----------
        new : table or array
            Inputs, or a frame with the response.
        target : array-like, optional
            Response, where `new` has none.
        weights : str or array-like, optional
            Number of times that each row counts: a column of `new`, or values.

        Returns
        -------
        Evaluation
            `.nll` is the mean of minus the log density in nats per row, `.std_error` its standard error, `.n` the
            number of rows.
        """
        return answers.evaluate(self._solution.problem, self._learned, new, target, weights)

    def sample(self, n: int, new: Data = None, seed: Seed | None = None) -> NDArray[Any]:
        """Draw responses of each row.

        Parameters
        ----------
        n : int
            Number of draws per row.
        new : table or array, optional
            Inputs; the fitted ones by default.
        seed : int or numpy.random.Generator, optional
            Seed of the draws.

        Returns
        -------
        numpy.ndarray
            Draws [rows, n].
        """
        return answers.sample(self._solution.problem, self._learned, n, new, seed)

    # -- for people -----------------------------------------------------------------------------------------------

    def explain(self) -> Explanation:
        from ..show.explain.network import page

        return page(self)

    def _contents(self) -> Contents:
        return networks.contents(self)

    def __repr__(self) -> str:
        verdict = "ok" if self.verdict.ok else "NOT PROVED"
        loss = f"{-self.llf / self.nobs:.4f} nats per row"
        return f"<NetworkFit {self.family!r}: {self.n_params:,} parameters, {loss}; {verdict}>"

    def save(self, path: str | PathLike[str], data: bool = False) -> None:
        """Write the fit to a folder of JSON and safetensors, without the code of the module.

        Parameters
        ----------
        path : str or path
            Folder to make.
        data : bool, default False
            Whether to write the rows, too.

        Raises
        ------
        OptionError
            If the folder cannot be made.

        Examples
        --------
        >>> import mlekit, pathlib, tempfile, torch
        >>> path, line = pathlib.Path(tempfile.mkdtemp()) / "line", torch.nn.Linear(1, 1).double()
        >>> network, solver = mlekit.network(line, "poisson"), mlekit.solvers.Torch("lbfgs")
        >>> mlekit.fit([[0], [1]], [2, 5], family=network, solver=solver).save(path)
        >>> mlekit.load(path, module=line).predict([[0], [1]]).round(3).tolist()
        [2.0, 5.0]
        """
        from ..io.networks import save_network

        save_network(self, path, data)


def _lacking(cls: type) -> set[str]:
    """Names of the public members of a class that the fit of a network does not have."""
    return {name for name in dir(cls) if not name.startswith("_")} - set(dir(NetworkFit))
