"""The Fit of a net: what it says of rows, how well it fits, and the file it is kept in."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from . import families
from .errors import NoStandardError, OptionError, UnknownName, nearest
from .estimator import Estimator
from .inference.evaluation import Evaluation
from .inference.verdict import NOT_OK, REASONS, Verdict
from .models.network import Network, Rows, trained
from .numerics.arrays import NUMPY
from .show import as_html, as_text, nets
from .models.solution import Solution, Status

if TYPE_CHECKING:
    pass

Array = Any

NO_ERRORS = (
    "many different weights give the same net, so none has a value of its own to be unsure of: fit the net to "
    "resampled rows and see how much fit.predict(new) changes, or see fit.evaluate(X, y) for rows it has not seen"
)
NO_LAW = "a net gives another law to every row: see fit.predict(new), fit.log_prob(X, y) and fit.evaluate(X, y)"
SURE = "bse cov_params conf_int tvalues pvalues estimate profile posterior with_cov wald_test score_obs tidy".split()
ONE_LAW = "dist quantile cdf sf lr_test gof residuals decompose loglike augment bootstrap glance aicc".split()
INSTEAD = {**dict.fromkeys(SURE, NO_ERRORS), **dict.fromkeys(ONE_LAW, NO_LAW)}


def network(module: Any, family: Any, *, cells: Any = None) -> Network:
    """A torch module as a model: `forward(X)` gives the law's first parameter, row by row, on the scale of its link.

    Of a categorical it gives logits [n, levels]. What else the law has is learned beside it, one number each. `cells`
    are inputs at which a Dirichlet prior holds. Your module is copied, and stays as it is.

    >>> import mlekit, torch
    >>> with torch.random.fork_rng():
    ...     _ = torch.manual_seed(0)
    ...     line = torch.nn.Linear(1, 1, dtype=torch.float64)
    >>> net = mlekit.network(line, "normal")
    >>> fit = mlekit.fit([[0.0], [1.0], [2.0], [3.0]], [1.0, 3.1, 4.9, 7.0], family=net)
    >>> fit.predict([[4.0]]).round(3).tolist()
    [8.95]
    """
    return Network(trained.copied(module), families.get(family), NetworkFit, cells)


class NetworkFit:
    """A net fitted to rows: `fit.predict(new)`, `fit.log_prob(X, y)`, `fit.evaluate(X, y)`, `fit.sample(n, new)`.

    >>> import mlekit, torch
    >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
    >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
    >>> fit.predict([[0], [1]]).round(3).tolist()
    [2.0, 5.0]
    """

    kin: ClassVar = "net"

    def __init__(self, estimator: Any, solution: Solution) -> None:
        self.estimator, self.problem, self.solution = estimator, solution.problem, solution

    # -- what was learned -----------------------------------------------------------------------------------------

    @property
    def family(self) -> Any:
        """The law, with its levels.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> fit.family
        poisson
        """
        return self.problem.family

    @cached_property
    def _kept(self) -> dict[str, Array]:
        assert self.solution.params is not None
        return self.solution.params

    @cached_property
    def module(self) -> Any:
        """A copy of your module that has learned.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> fit.module
        Linear(in_features=1, out_features=1, bias=True)
        """
        return trained.restored(self.problem.model.module, self._kept)

    @cached_property
    def _others(self) -> dict[str, float]:
        return {p: float(self._kept[p]) for p in list(self.family.params)[1:]}

    @property
    def params(self) -> dict[str, Array]:
        """The weights by the name of their tensor, and the law's other parameters by theirs.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> sorted(fit.params)
        ['bias', 'weight']
        """
        names = [*trained.names(self.problem.model.module), *self._others]
        return {name: self._kept[name].copy() for name in names}

    def __getitem__(self, name: str) -> Any:
        """A parameter of the law as a float, a tensor of weights as an array.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> fit["weight"].round(3).tolist()
        [[0.916]]
        """
        if name in self._others:
            return self._others[name]
        if name not in self.params:
            raise UnknownName(f"this fit has no {name!r}; {nearest(name, self.params)}")
        return self.params[name]

    # -- how well it fits -----------------------------------------------------------------------------------------

    @cached_property
    def llf(self) -> float:
        """The log-likelihood of the rows, as often as they count, the prior out.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> round(fit.llf, 2)
        -3.05
        """
        return self.problem.log_likelihood(self.module, self._others)

    @property
    def log_posterior(self) -> float:
        """The log-likelihood and the log prior.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> round(fit.log_posterior, 2)
        -3.05
        """
        return float(self.solution.value[0])

    @cached_property
    def nobs(self) -> float:
        """The number of rows: the sum of their weights.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> fit.nobs
        2.0
        """
        return float(self.problem.rows.nobs()[0])

    @property
    def n_params(self) -> int:
        """How many numbers were free.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> fit.n_params
        2
        """
        return self.problem.size

    @property
    def df_resid(self) -> float:
        """Rows less free numbers.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> fit.df_resid
        0.0
        """
        return self.nobs - self.n_params

    @property
    def _criterion(self) -> float:
        if self.problem.priors or int(self.solution.status[0]) != Status.CONVERGED:
            raise OptionError(
                "AIC and BIC compare maxima of likelihoods, and this net has a prior or was stopped before its "
                "maximum: compare rows that it has not seen with fit.evaluate(X, y)"
            )
        return -2 * self.llf

    @property
    def aic(self) -> float:
        """-2 llf + 2 k.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> round(fit.aic, 2)
        10.09
        """
        return self._criterion + 2 * self.n_params

    @property
    def bic(self) -> float:
        """-2 llf + k log n.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> round(fit.bic, 2)
        7.48
        """
        return self._criterion + self.n_params * float(np.log(self.nobs))

    @property
    def history(self) -> Array:
        """Minus the log posterior a row, step by step; of a minibatch that of its rows.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> bool(fit.history[-1] < fit.history[0])
        True
        """
        return self.solution.history

    # -- whether to believe it --------------------------------------------------------------------------------------

    @cached_property
    def verdict(self) -> Verdict:
        """What was checked: `.ok`, `.codes`, `.reasons`.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> print(fit.verdict)
        ok: the slope is zero at every weight; a net may have other peaks
        """
        code = Status(int(self.solution.status[0])).code
        said = "the slope is zero at every weight; a net may have other peaks" if code == "converged" else REASONS[code]
        return Verdict(code not in NOT_OK, (code,), (said,))

    @property
    def verdict_ok(self) -> bool:
        """Whether the verdict says yes: at a maximum, or where the budget was spent.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> fit.verdict_ok
        True
        """
        return self.verdict.ok

    @property
    def converged(self) -> bool:
        """Whether the answer is proved to be a maximum.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> fit.converged
        True
        """
        return self.verdict.codes == ("converged",)

    @property
    def quick_ok(self) -> bool:
        """A formula gave the answer; of a net never.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> fit.quick_ok
        False
        """
        return False

    def complaint(self) -> str:
        """The sentence of a fit that is not proved.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> print(fit.complaint())
        poisson network: the slope is zero at every weight; a net may have other peaks
        """
        return f"{self.family.name} network: " + "; ".join(self.verdict.reasons)

    @property
    def solver(self) -> str:
        """The solver that was taken.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> fit.solver
        'torch (lbfgs)'
        """
        return self.solution.solver

    # -- what it says of rows -------------------------------------------------------------------------------------

    def predict(self, new: Any = None, which: str = "mean") -> Array:
        """One row an input row: the mean (of levels the probability of each), a parameter, "linear" or "class".

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> fit.predict([[0], [1]]).round(3).tolist()
        [2.0, 5.0]
        """
        x, offset = self._inputs(new)
        free, natural = self.problem.params_at(self.module, self._others, x, offset)
        labels, first = self.family.classes(), next(iter(self.family.params))
        if which == "linear":
            k = self.family.params[first].size
            return np.stack([0.0 * free[0], *free[:k]], axis=1) if self.family.params[first].many else free[0]
        if which in self.family.params:
            return _by_row(natural[which], len(x))
        if which not in ("mean", "class"):
            raise OptionError(f"which is {which!r}: {nearest(which, ['mean', 'linear', 'class', *self.family.params])}")
        mean = self.family.mean(NUMPY, **natural)
        shares = _by_row(self.family.frozen(**natural).mean() if mean is None else mean, len(x))
        if which == "mean":
            return shares
        if labels is None:
            raise OptionError(f"which='class' is for labels, and the observations of {self.family.name} are numbers")
        return np.array(labels)[shares.argmax(axis=1) if shares.ndim > 1 else (shares > 0.5).astype(int)]

    def log_prob(self, new: Any = None, target: Any = None) -> Array:
        """The log density of each row of (X, y), or of a frame with the response; without them of the fitted ones.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> fit.log_prob([[0], [1]], [2, 5]).round(2).tolist()
        [-1.31, -1.74]
        """
        rows = self._rows(new, target, None)
        return self.problem.log_density(self.module, self._others, rows)

    def evaluate(self, new: Any, target: Any = None, *, weights: Any = None) -> Evaluation:
        """The mean loss on rows it has not seen: `.nll .std_error .n`.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> round(fit.evaluate([[0]], [2]).nll, 2)
        1.31
        """
        rows = self._rows(new, target, weights)
        loss = -self.problem.log_density(self.module, self._others, rows)
        w = np.ones(len(loss)) if rows.weights is None else rows.weights
        n = w.sum()
        with np.errstate(all="ignore"):
            nll = (w * loss)[w != 0].sum() / n
            variance = (w * (loss - nll) ** 2)[w != 0].sum() / (n - 1) if n > 1 else np.nan
            return Evaluation(float(nll), float(np.sqrt(variance / n)), float(n))

    def sample(self, n: int, new: Any = None, seed: Any = None) -> Array:
        """n draws for each input row, [rows, n].

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> fit.sample(4, [[0], [3]], seed=0).shape
        (2, 4)
        """
        if n < 0:
            raise OptionError(f"n is {n!r}, but it is a number of draws, from 0 up")
        x, offset = self._inputs(new)
        _, natural = self.problem.params_at(self.module, self._others, x, offset)
        law = self.family.frozen(**{p: _spread(value, len(x)) for p, value in natural.items()})
        draws = np.asarray(law.rvs(size=(n, len(x)), random_state=np.random.default_rng(seed))).T
        labels = self.family.classes()
        return draws if labels is None else np.array(labels)[draws.astype(int)]

    def _inputs(self, new: Any) -> tuple[Array, Array | None]:
        if new is not None:
            return self.problem.model.inputs.of(new), None
        rows = self._rows(None, None, None)
        return rows.x, rows.offset

    def _rows(self, new: Any, target: Any, weights: Any) -> Rows:
        rows = self.problem.rows if new is None else self.problem.model.new(new, target, weights)
        if rows is None:
            raise OptionError("this fit was saved without its rows: give new ones, or save it with data=True")
        return rows

    def __getattr__(self, name: str) -> Any:
        if name in INSTEAD:
            raise (NoStandardError if name in SURE else OptionError)(f"a net has no {name}: {INSTEAD[name]}")
        raise AttributeError(f"{type(self).__name__!r} has no attribute {name!r}")

    # -- for people -----------------------------------------------------------------------------------------------

    def summary(self) -> str:
        """A table within 80 columns, the verdict in its last lines.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> print(fit.summary())
        poisson network: maximum likelihood
        ...
        VERDICT: ok, the slope is zero at every weight; a net may have other peaks
        """
        return as_text(nets.contents(self))

    def __str__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        return as_html(nets.contents(self))

    def __repr__(self) -> str:
        verdict = "ok" if self.verdict.ok else "NOT PROVED"
        said = f"{self.n_params:,} parameters, {-self.llf / self.nobs:.4f} nats a row"
        return f"<NetworkFit {self.family!r}: {said}; {verdict}>"

    def plot(self, kind: str | None = None, *, params: Any = None, ax: Any = None) -> Any:
        """A picture: a matplotlib Figure that pyplot does not know, or, drawn into it, the `ax` that is given.

        "loss": the loss at every step. "effects": the mean along each input. "residuals", "qq": what is left of each
        row.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> fit.plot("loss").axes[0].get_xlabel()
        'step'
        """
        from .show.plot.kinds import plot

        return plot(self, kind, params, ax)

    def explain(self) -> Any:
        """A page of words with this fit's own numbers: what was assumed, maximised and found, and how sure it is.

        Text in a terminal, HTML in a notebook.

        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> "Linear" in fit.explain()
        True
        """
        from .show.explain import explain

        return explain(self)

    def report(self, path: Any) -> None:
        """One HTML file that needs nothing else: the summary, the pictures and the explanation.

        >>> import pathlib, tempfile
        >>> import mlekit, torch
        >>> net = mlekit.network(torch.nn.Linear(1, 1).double(), "poisson")
        >>> fit = mlekit.fit([[0], [1]], [2, 5], family=net, solver=mlekit.solvers.Torch("lbfgs"))
        >>> page = pathlib.Path(tempfile.mkdtemp()) / "net.html"
        >>> fit.report(page)
        >>> page.exists()
        True
        """
        from .show.report import write

        write(self, path)

    def save(self, path: Any, data: bool = False) -> None:
        """Into a folder of JSON and safetensors, for `mlekit.load(path, module=...)`: no file holds a module's code.

        >>> import mlekit, pathlib, tempfile, torch
        >>> path, line = pathlib.Path(tempfile.mkdtemp()) / "net", torch.nn.Linear(1, 1).double()
        >>> net, solver = mlekit.network(line, "poisson"), mlekit.solvers.Torch("lbfgs")
        >>> mlekit.fit([[0], [1]], [2, 5], family=net, solver=solver).save(path)
        >>> mlekit.load(path, module=line).predict([[0], [1]]).round(3).tolist()
        [2.0, 5.0]
        """
        nets.save(self, path, data)


def load(path: Any, module: Any) -> NetworkFit:
    """The fit that `save` wrote; `module` is one like that which was fitted, whose weights are of no matter."""
    options, solution, known = nets.load(path, module, NetworkFit)
    fit = NetworkFit(Estimator(**options), solution)
    fit.llf, fit.nobs = known["llf"], known["nobs"]  # the rows may not have been kept
    return fit


def _by_row(value: Any, rows: int) -> Array:
    """[rows], or [rows, levels] of a list of shares."""
    if isinstance(value, list):
        return np.stack([np.broadcast_to(v, (rows,)) for v in value], axis=1)
    return np.array(np.broadcast_to(value, (rows,)))


def _spread(value: Any, rows: int) -> Any:
    """A parameter at each row; of shares a list."""
    return [_by_row(v, rows) for v in value] if isinstance(value, list) else _by_row(value, rows)
