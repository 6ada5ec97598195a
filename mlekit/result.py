"""Fit and GroupedFit: the answer remembers what was fitted and derives every statistic on first asking.

Nothing is computed here. Each method forwards to the room that knows: `inference` for what follows from a maximum,
`show` for what people see.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .errors import OptionError, UnknownName, nearest
from .models.solution import Solution, Status

if TYPE_CHECKING:
    import pandas as pd

    from .families._base import Family
    from .inference.verdict import Verdict

Array = Any
PROVED = int(Status.BOUNDARY)  # a status up to here is an answer


def _frame(columns: Mapping[Any, Array], index: Any = None) -> pd.DataFrame:
    """Columns as a table; two names of a column stand above one another."""
    import pandas as pd

    return pd.DataFrame(columns, index=None if index is None else pd.Index(np.atleast_1d(index)))


def _indexed(table: pd.DataFrame, index: Any) -> pd.DataFrame:
    """With the caller's names of the rows, where the data had any."""
    return table if index is None else table.set_axis(index)


class Fit:
    """A law fitted to rows: `fit["p"]`, `fit.params`, `fit.summary()`, and all that follows.

    >>> import mlekit
    >>> mlekit.fit([72, 75, 71, 73, 74], family="normal")
    <Fit normal: mean=73, sd=1.41421; ok>
    """

    kin: ClassVar = "one"  # one fit, groups of them, or a net: which pictures and words it has
    _verdict: Verdict | None = None

    def __init__(self, estimator: Any, solution: Solution) -> None:
        self.estimator, self._solution = estimator, solution

    # -- the answer ---------------------------------------------------------------------------------------------

    @property
    def problem(self) -> Any:
        """The problem that was solved, its model and rows: what `inference` and `show` are given.

        >>> import mlekit
        >>> mlekit.fit([1, 0, 1, 1], family="bernoulli").problem.size
        1
        """
        return self._solution.problem

    @property
    def solution(self) -> Solution:
        """Where the solver stopped, and why.

        >>> import mlekit
        >>> mlekit.fit([1, 0, 1, 1], family="bernoulli").solution.solver
        'closed'
        """
        return self._solution

    @property
    def family(self) -> Family:
        """The law, with its levels.

        >>> import mlekit
        >>> mlekit.fit(["no", "yes", "yes"], family="bernoulli").family
        bernoulli
        """
        return self._solution.problem.family

    @cached_property
    def _names(self) -> list[str]:
        return self._solution.problem.coefficients.names

    @cached_property
    def _values(self) -> Array:
        

        return self._solution.values[0]

    def __getitem__(self, name: str) -> float:
        """A parameter, a coefficient or a derived parameter, as a float.

        >>> import mlekit
        >>> mlekit.fit([1, 0, 1, 1], family="bernoulli")["odds"]
        3.0
        """
        natural = self._solution.params
        if natural is not None and name in natural and np.size(natural[name]) == 1:
            return float(np.ravel(natural[name])[0])
        if name in self._names:
            return float(self._values[self._names.index(name)])
        return float(self._derived(name)[0])

    def _derived(self, name: str) -> tuple[float, float]:
        """(value, standard error) of a derived parameter."""
        coefficients = self._solution.problem.coefficients
        function = self.family.derived.get(name)
        if function is None or coefficients is None or not coefficients.constant:
            known = [*self._names, *(self.family.derived if coefficients and coefficients.constant else ())]
            raise UnknownName(f"this fit has no {name!r}; {nearest(name, known)}")
        return self._delta(function)

    def _delta(self, function: Callable[..., Any]) -> tuple[float, float]:
        from .inference.information import delta

        value, error = delta(self._solution, function)
        return float(value[0]), float(error[0])

    @cached_property
    def params(self) -> pd.Series:
        """The fitted values by name.

        >>> import mlekit
        >>> mlekit.fit([72, 75, 71, 73, 74], family="normal").params.round(3).to_dict()
        {'mean': 73.0, 'sd': 1.414}
        """
        return self._series(self._values)

    def _series(self, values: Array) -> pd.Series:
        import pandas as pd

        return pd.Series(np.array(values, dtype=float), index=pd.Index(self._names), dtype=float)

    # -- how sure it is -----------------------------------------------------------------------------------------

    @cached_property
    def _cov(self) -> Array:
        from .inference.information import covariance

        return covariance(self._solution)[0]

    @cached_property
    def _errors(self) -> Array:
        with np.errstate(invalid="ignore"):
            return np.sqrt(np.diag(self._cov))

    @property
    def bse(self) -> pd.Series:
        """Standard errors from the observed information; NaN where none exists.

        >>> import mlekit
        >>> mlekit.fit([72, 75, 71, 73, 74], family="normal").bse.round(3).to_dict()
        {'mean': 0.632, 'sd': 0.447}
        """
        return self._series(self._errors)

    @property
    def tvalues(self) -> pd.Series:
        """Estimates over their standard errors.

        >>> import mlekit
        >>> mlekit.fit([1, 3, 2, -2], family="normal").tvalues.round(3).to_dict()
        {'mean': 1.069, 'sd': 2.828}
        """
        with np.errstate(all="ignore"):
            return self._series(self._values / self._errors)

    @property
    def pvalues(self) -> pd.Series:
        """Two-sided: the chance of so large a ratio if the value were zero.

        >>> import mlekit
        >>> mlekit.fit([1, 3, 2, -2], family="normal").pvalues.round(3).to_dict()
        {'mean': 0.285, 'sd': 0.005}
        """
        from .inference.information import p_values

        return self._series(p_values(self._solution, self.tvalues.to_numpy()))

    def cov_params(self) -> pd.DataFrame:
        """The covariance of the estimates.

        >>> import mlekit
        >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
        >>> fit.cov_params().round(3).values.tolist()
        [[0.4, 0.0], [0.0, 0.2]]
        """
        import pandas as pd

        return pd.DataFrame(self._cov, index=pd.Index(self._names), columns=pd.Index(self._names))

    def conf_int(
        self, params: Any = None, *, level: float = 0.95, method: str = "auto", **options: Any
    ) -> pd.DataFrame:
        """Intervals by name, in columns `lower` and `upper`.

        >>> import mlekit
        >>> fit = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli")
        >>> fit.conf_int().round(3).values.tolist()
        [[0.348, 0.933]]
        """
        import pandas as pd

        from .inference.intervals import conf_int

        names = self._asked(params)
        low, high, used = conf_int(self._solution, names, level, method, **options)
        table = pd.DataFrame({"lower": low[0], "upper": high[0]}, index=pd.Index(names))
        table.attrs["method"] = used
        return table

    def _asked(self, params: Any) -> list[str]:
        if params is None:
            return self._names
        if isinstance(params, (int, float)):
            raise OptionError(f"params is {params!r}: give names of parameters, and a level by its name, level=0.95")
        names = [params] if isinstance(params, str) else list(params)
        for name in names:
            if name not in self._names:
                raise UnknownName(f"this fit has no parameter {name!r}; {nearest(name, self._names)}")
        return names

    def estimate(self, what: Any, *, level: float = 0.95, method: str = "auto") -> Any:
        """`.value .std_error .lower .upper .method` of one parameter, of a derived one or of a function of them.

        >>> import mlekit
        >>> fit = mlekit.fit([1, 0, 1, 1], family="bernoulli")
        >>> print(fit.estimate("odds", method="wald"))
        odds = 3, standard error 3.4641, wald 95% interval -3.78951 to 9.78951
        """
        from .inference.estimates import estimate

        return estimate(self._solution, what, level, method)

    # -- how well it fits ---------------------------------------------------------------------------------------

    @cached_property
    def llf(self) -> float:
        """The log-likelihood, every constant in, the prior out.

        >>> import mlekit
        >>> round(mlekit.fit([1, 0], family="bernoulli").llf, 6)
        -1.386294
        """
        from .inference.information import log_likelihood

        return float(log_likelihood(self._solution)[0])

    @cached_property
    def log_posterior(self) -> float:
        """The log-likelihood and the log prior.

        >>> import mlekit
        >>> fit = mlekit.fit([1, 0], family="bernoulli", prior=mlekit.priors.Beta(2, 2))
        >>> round(fit.log_posterior, 6)
        -0.980829
        """
        from .inference.information import log_prior

        return self.llf + float(log_prior(self._solution)[0])

    @property
    def nobs(self) -> float:
        """The number of rows: the sum of weights.

        >>> import mlekit
        >>> mlekit.fit([0, 1], family="bernoulli", weights=[3, 7]).nobs
        10.0
        """
        return float(self._solution.problem.rows.nobs()[0])

    @property
    def n_params(self) -> int:
        """How many numbers were free.

        >>> import mlekit
        >>> mlekit.fit([72, 75, 71, 73, 74], family="normal").n_params
        2
        """
        return self._solution.problem.size

    @property
    def df_resid(self) -> float:
        """Rows less free numbers; of "unbiased" errors rows less coefficients.

        >>> import mlekit
        >>> mlekit.fit([72, 75, 71, 73, 74], family="normal").df_resid
        3.0
        """
        errors = self._solution.errors
        return self.nobs - self.n_params if errors is None or np.isinf(errors.df) else errors.df

    @property
    def cov_type(self) -> str:
        """The kind of the standard errors: "information", or what `with_cov` was asked for.

        >>> import mlekit
        >>> mlekit.fit([1, 0, 1, 1], family="bernoulli").cov_type
        'information'
        """
        return "information" if self._solution.errors is None else self._solution.errors.kind

    @property
    def _information_criteria(self) -> float:
        if self._solution.problem.priors:
            raise OptionError(
                "AIC and BIC compare maxima of likelihoods, and this fit has a prior: "
                "compare held-out rows with fit.evaluate(new)"
            )
        return -2 * self.llf

    @property
    def aic(self) -> float:
        """-2 llf + 2 k.

        >>> import mlekit
        >>> round(mlekit.fit([1, 0], family="bernoulli").aic, 6)
        4.772589
        """
        return self._information_criteria + 2 * self.n_params

    @property
    def aicc(self) -> float:
        """AIC with the correction for few rows.

        >>> import mlekit
        >>> round(mlekit.fit([1, 0, 1, 0], family="bernoulli").aicc, 6)
        9.545177
        """
        k, room = self.n_params, self.nobs - self.n_params - 1
        return self.aic + 2 * k * (k + 1) / room if room > 0 else float("inf")

    @property
    def bic(self) -> float:
        """-2 llf + k log n.

        >>> import mlekit
        >>> round(mlekit.fit([1, 0], family="bernoulli").bic, 6)
        3.465736
        """
        return self._information_criteria + self.n_params * float(np.log(self.nobs))

    # -- whether to believe it ----------------------------------------------------------------------------------

    @property
    def verdict(self) -> Verdict:
        """What was checked: `.ok`, `.codes`, `.reasons`.

        >>> import mlekit
        >>> print(mlekit.fit([1, 0, 1, 1], family="bernoulli").verdict)
        ok: the maximum is given by a formula
        """
        if self._verdict is None:
            from .inference.verdict import verdict

            self._verdict = verdict(self._solution)
        return self._verdict

    @property
    def quick_ok(self) -> bool:
        """A formula gave the answer: nothing more to prove.

        >>> import mlekit
        >>> bool(mlekit.fit([1, 0, 1, 1], family="bernoulli").quick_ok)
        True
        """
        return self._solution.params is not None and bool(self._solution.status[0] <= PROVED)

    @property
    def verdict_ok(self) -> bool:
        """Whether the verdict says yes.

        >>> import mlekit
        >>> mlekit.fit([1, 0, 1, 1], family="bernoulli").verdict_ok
        True
        """
        return self.verdict.ok

    @property
    def converged(self) -> bool:
        """Whether the answer is proved to be a maximum.

        >>> import mlekit
        >>> mlekit.fit([1.0, 2.0, 3.0, 4.0], family="weibull").converged
        True
        """
        return self.verdict.ok

    def complaint(self) -> str:
        """The sentence of a fit that is not proved.

        >>> import mlekit
        >>> apart = {"x": [0, 1, 2, 3], "y": [0, 0, 1, 1]}
        >>> fit = mlekit.fit(apart, "y ~ x", family="bernoulli", on_failure="ignore")
        >>> print(fit.complaint())
        bernoulli: the likelihood still rises towards infinity in x: there is no finite maximum; ...
        """
        return f"{self.family.name}: " + "; ".join(self.verdict.reasons)

    @property
    def solver(self) -> str:
        """The solver that was taken.

        >>> import mlekit
        >>> mlekit.fit([2, 0, 1, 5], family="poisson", solver="newton").solver
        'newton'
        """
        return self._solution.solver

    # -- at other parameters ------------------------------------------------------------------------------------

    def loglike(self, params: Any = None) -> float:
        """The log-likelihood at any parameters: a dict (the others stay fitted) or a vector; never nan.

        >>> import mlekit
        >>> round(mlekit.fit([1, 0, 1, 1], family="bernoulli").loglike({"p": 0.5}), 6)
        -2.772589
        """
        from .inference.likelihood_at import log_likelihood_at

        return self.llf if params is None else log_likelihood_at(self._solution.problem, self._vector(params))

    def score_obs(self, params: Any = None) -> pd.DataFrame:
        """The rows' scores in the parameters as named, unweighted.

        >>> import mlekit
        >>> mlekit.fit([1, 0, 1, 0], family="bernoulli").score_obs()["p"].tolist()
        [2.0, -2.0, 2.0, -2.0]
        """
        import pandas as pd

        from .inference.scores import scores

        table = pd.DataFrame(scores(self._solution.problem, self._vector(params)), columns=pd.Index(self._names))
        return _indexed(table, self._solution.problem.rows.row_index)

    def _vector(self, params: Any) -> Array:
        """A vector in the order of `params`, from a dict or a vector."""
        vector = np.array(self._values, dtype=float)
        if params is None:
            return vector
        if isinstance(params, Mapping):
            for name, value in params.items():
                self._asked(str(name))
                vector[self._names.index(str(name))] = value
            return vector
        given = np.asarray(params, dtype=float).ravel()
        if len(given) != len(vector):
            raise OptionError(
                f"params has {len(given)} values, but this fit has {len(vector)}: {', '.join(self._names)}"
            )
        return given

    def decompose(self, params: Any = None) -> Any:
        """The mean loss as entropy of the data plus divergence of the model: `.loss .entropy .kl` (discrete laws).

        >>> import mlekit
        >>> coin = mlekit.fit([1, 1, 1, 0], family="bernoulli")
        >>> parts = coin.decompose({"p": 0.5})
        >>> round(parts.loss, 3), round(parts.entropy, 3), round(parts.kl, 3)
        (0.693, 0.562, 0.131)
        """
        from .inference.decompose import decompose

        return decompose(self._solution.problem, self._vector(params))

    # -- the law that was fitted --------------------------------------------------------------------------------

    @property
    def dist(self) -> Any:
        """The fitted law, as a frozen scipy distribution (a regression: a function of new rows).

        >>> import mlekit
        >>> float(mlekit.fit([72, 75, 71, 73, 74], family="normal").dist.mean())
        73.0
        """
        from .inference.distribution import dist

        return dist(self._solution)

    def predict(
        self,
        new: Any = None,
        which: str = "mean",
        interval: str | None = None,
        level: float = 0.95,
        *,
        q: float | None = None,
    ) -> Any:
        """One row an input row (the fitted ones without `new`), and of levels a column each.

        `which` is "mean", "linear", "class", "quantile" (with q=) or a parameter. With `interval`, "confidence" (for
        the mean) or "prediction" (for a new observation), it is a table with the columns fit, std_error, lower, upper.

        >>> import mlekit
        >>> line = mlekit.fit({"x": [0, 1, 2, 3], "y": [1, 3, 4, 8]}, "y ~ x", family="normal")
        >>> line.predict({"x": [4, 5]}).round(6).tolist()
        [9.5, 11.7]
        """
        from .inference.predict import predict

        found = predict(self._solution, new, which, interval, level, q)
        if interval is None:
            return found
        from .data.columns import index_of

        return _indexed(_frame(found), self._solution.problem.rows.row_index if new is None else index_of(new))

    def log_prob(self, new: Any = None, target: Any = None) -> Array:
        """The log density of new rows, given as `fit` takes data; of the fitted ones without any.

        >>> import mlekit
        >>> fit = mlekit.fit([1, 0, 1, 1], family="bernoulli")
        >>> fit.log_prob([0, 1]).round(6).tolist()
        [-1.386294, -0.287682]
        """
        from .inference.evaluation import log_prob

        return log_prob(self._solution, new, target)

    def evaluate(self, new: Any, target: Any = None) -> Any:
        """The mean loss on new rows, given as `fit` takes data: `.nll .std_error .n`.

        >>> import mlekit
        >>> round(mlekit.fit([1, 0, 1, 1], family="bernoulli").evaluate([0, 1]).nll, 6)
        0.836988
        """
        from .inference.evaluation import evaluate

        return evaluate(self._solution, new, target)

    def sample(self, n: int, new: Any = None, seed: Any = None) -> Array:
        """n draws from the fitted law (of a regression: n for each new row).

        >>> import mlekit
        >>> draws = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").sample(10_000, seed=1)
        >>> round(float(draws.mean()), 1)
        0.7
        """
        from .inference.distribution import sample

        return sample(self._solution, n, new, seed)

    def quantile(self, q: Any, *, interval: bool = False, level: float = 0.95) -> Any:
        """The values below which shares q lie; with bounds where `interval` is asked for.

        >>> import mlekit
        >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
        >>> fit.quantile([0.5, 0.975]).round(3).tolist()
        [73.0, 75.772]
        """
        from .inference.distribution import quantile

        found = quantile(self._solution, q, interval, level)
        return _frame(found, q) if interval else found

    def cdf(self, x: Any, *, interval: bool = False, level: float = 0.95) -> Any:
        """The probability of at most x.

        >>> import mlekit
        >>> mlekit.fit([72, 75, 71, 73, 74], family="normal").cdf(73)
        0.5
        """
        from .inference.distribution import cdf

        found = cdf(self._solution, x, interval, level)
        return _frame(found, x) if interval else found

    def sf(self, x: Any, *, interval: bool = False, level: float = 0.95) -> Any:
        """The probability of more than x.

        >>> import mlekit
        >>> round(mlekit.fit([1.0, 2.0, 6.0], family="exponential").sf(3), 6)
        0.367879
        """
        from .inference.distribution import sf

        found = sf(self._solution, x, interval, level)
        return _frame(found, x) if interval else found

    def residuals(self, kind: str = "quantile", seed: Any = 0) -> Array:
        """What is left of each row: "quantile" (randomised for discrete laws), "response", "pearson", "deviance".

        >>> import mlekit
        >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
        >>> fit.residuals("response").tolist()
        [-1.0, 2.0, -2.0, 0.0, 1.0]
        """
        from .inference.residuals import residuals

        return residuals(self._solution, kind, seed)

    # -- questions of it ----------------------------------------------------------------------------------------

    def lr_test(self, other: Fit) -> Any:
        """The likelihood ratio of two nested fits: `.statistic .p_value .df`, and words.

        >>> import mlekit
        >>> free = mlekit.fit([72, 75, 71, 73, 74], family="normal")
        >>> held = mlekit.fit([72, 75, 71, 73, 74], family="normal", fixed={"mean": 72})
        >>> print(free.lr_test(held))
        normal (1 free number) within normal (2 free numbers): chi-square 2.02733 on 1 df, p = 0.1545
        """
        from .inference.likelihood_ratio import lr_test

        return lr_test(self._solution, other._solution)

    def profile(self, param: str, *, points: int = 41, level: float = 0.999) -> Any:
        """The log-likelihood along one parameter, the others fitted anew.

        >>> import mlekit
        >>> fit = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli")
        >>> fit.profile("p", points=5, level=0.95)
        <Profile of p: 5 points from 0.393461 to 0.915441>
        """
        from .inference.profile import profile

        return profile(self._solution, self._asked(param)[0], points, level)

    def bootstrap(self, n: int = 999, seed: Any = 0) -> Any:
        """n refits of resampled rows: `.draws`, `.conf_int()`.

        >>> import mlekit
        >>> fit = mlekit.fit([72, 75, 71, 73, 74], family="normal")
        >>> print(fit.bootstrap(99, seed=1))
        99 refits of resampled rows; all found a maximum
        """
        from .inference.bootstrap import bootstrap

        return bootstrap(self._solution, n, seed)

    def posterior(self) -> Any:
        """The posterior law of the parameters where the prior is conjugate.

        >>> import mlekit
        >>> coin = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli", prior=mlekit.priors.Beta(1, 1))
        >>> coin.posterior()["p"].args
        (8.0, 4.0)
        """
        from .inference.posterior import posterior

        return posterior(self._solution)

    def with_cov(self, kind: str) -> Fit:
        """The same fit with other standard errors: "hc0" ... "hc3", "robust" (hc1), "unbiased".

        >>> import mlekit
        >>> temperatures = mlekit.fit([72, 75, 71, 73, 74], family="normal")
        >>> temperatures.with_cov("unbiased").bse.round(3).to_dict()
        {'mean': 0.707, 'sd': 0.5}
        """
        from .inference.covariances import with_errors

        return Fit(self.estimator, with_errors(self._solution, kind))

    # -- for people ---------------------------------------------------------------------------------------------

    def tidy(self, *, derived: bool = False, level: float = 0.95, method: str = "auto") -> pd.DataFrame:
        """A row a parameter: term, parameter, estimate, std_error, statistic, p_value, conf_low, conf_high.

        >>> import mlekit
        >>> table = mlekit.fit([72, 75, 71, 73, 74], family="normal").tidy()
        >>> table[["term", "estimate", "std_error"]].round(3).values.tolist()
        [['mean', 73.0, 0.632], ['sd', 1.414, 0.447]]
        """
        from .show.tables import tidy

        return tidy(self, derived, level, method)

    def glance(self) -> pd.DataFrame:
        """The fit in one line of numbers.

        >>> import mlekit
        >>> fit = mlekit.fit([1, 0], family="bernoulli")
        >>> fit.glance()[["nobs", "llf", "aic"]].round(3).values.tolist()
        [[2.0, -1.386, 4.773]]
        """
        from .show.tables import glance

        return glance(self)

    def augment(self) -> Any:
        """The rows with fitted value, residual and log density.

        >>> import mlekit
        >>> rows = mlekit.fit([72, 75, 71, 73, 74], family="normal").augment()
        >>> rows.iloc[0].round(3).to_dict()
        {'y': 72.0, 'fitted': 73.0, 'residual': -1.0, 'log_density': -1.516}
        """
        from .show.tables import augment

        return augment(self)

    def summary(self) -> str:
        """A table within 80 columns, the verdict in its last lines.

        >>> import mlekit
        >>> print(mlekit.fit([1, 0, 1, 1], family="bernoulli").summary())
        bernoulli: maximum likelihood
        ...
        VERDICT: ok, the maximum is given by a formula
        """
        from .show.text import summary

        return summary(self)

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        shown = ", ".join(f"{n}={v:.6g}" for n, v in zip(self._names[:6], self._values, strict=False))
        more = ", ..." if len(self._names) > 6 else ""
        return f"<Fit {self.family!r}: {shown}{more}; {'ok' if self.verdict.ok else 'NOT PROVED'}>"

    def _repr_html_(self) -> str:
        from .show.html import summary

        return summary(self)

    def plot(self, kind: str | None = None, *, params: Any = None, ax: Any = None) -> Any:
        """A picture: a matplotlib Figure that pyplot does not know, or, drawn into it, the `ax` that is given.

        Without a kind it is what one would look at first. Kinds, where the fit has them:

            "fit"          the data and the fitted law
            "likelihood"   the log-likelihood along each parameter, the others held; "profile": the others fitted anew
            "posterior"    prior, likelihood and posterior on one axis
            "effects"      of a regression: the mean along each column, with a band
            "residuals"    what is left of each row; "qq": against what the law expects

        `params` says which parameters, one panel each; `ax` is one Axes, or one for each panel.

        >>> import mlekit
        >>> fit = mlekit.fit([1, 0, 1, 1], family="bernoulli")
        >>> fit.plot("likelihood").axes[0].get_xlabel()
        'p'
        """
        from .show.plot.kinds import plot

        return plot(self, kind, params, ax)

    def explain(self) -> Any:
        """A page of words with this fit's own numbers: what was assumed, maximised and found, and how sure it is.

        Text in a terminal, HTML in a notebook.

        >>> import mlekit
        >>> page = mlekit.fit([1] * 7 + [0] * 3, family="bernoulli").explain()
        >>> "7/p = 3/(1 - p), so p = 7/10 = 0.7" in page
        True
        """
        from .show.explain import explain

        return explain(self)

    def report(self, path: Any) -> None:
        """One HTML file that needs nothing else: the summary, the pictures and the explanation.

        >>> import mlekit, pathlib, tempfile
        >>> page = pathlib.Path(tempfile.mkdtemp()) / "coin.html"
        >>> mlekit.fit([1, 0, 1, 1], family="bernoulli").report(page)
        >>> page.read_text(encoding="utf-8")[:15]
        '<!doctype html>'
        """
        from .show.report import write

        write(self, path)

    def save(self, path: Any, data: bool = False) -> None:
        """The fit as JSON, to the last bit.

        >>> import mlekit, pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "rate.json"
        >>> mlekit.fit([2, 0, 1, 5], family="poisson").save(path)
        >>> mlekit.load(path)["rate"]
        2.0
        """
        from .show.files import save

        save(self, path, data)


class GroupedFit:
    """One fit a group, solved together: a row of `params` for each key.

    >>> import mlekit
    >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
    >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
    >>> shops
    <GroupedFit poisson: 2 groups, 0 failed>
    >>> [(shop, fit["rate"]) for shop, fit in shops.items()]
    [('a', 2.0), ('b', 5.0)]
    """

    kin: ClassVar = "groups"

    def __init__(self, estimator: Any, solution: Solution) -> None:
        self.estimator, self._solution = estimator, solution

    @property
    def problem(self) -> Any:
        """The problem that was solved, its model and rows: what `inference` and `show` are given.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops.problem.count
        2
        """
        return self._solution.problem

    @property
    def solution(self) -> Solution:
        """Where the solver stopped, and why.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops.solution.solver
        'closed'
        """
        return self._solution

    @property
    def family(self) -> Family:
        """The law, with its levels.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops.family.name
        'poisson'
        """
        return self._solution.problem.family

    @property
    def groups(self) -> Any:
        """The groups and their keys.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops.groups.count
        2
        """
        return self._solution.problem.rows.groups

    def __len__(self) -> int:
        return int(self.groups.count)

    @cached_property
    def index(self) -> pd.Index:
        """The keys of the groups.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops.index.tolist()
        ['a', 'b']
        """
        return self.groups.index()

    @cached_property
    def _names(self) -> list[str]:
        return self._solution.problem.coefficients.names

    @cached_property
    def _values(self) -> Array:
        

        return self._solution.values

    def _table(self, values: Array) -> pd.DataFrame:
        import pandas as pd

        return pd.DataFrame(np.array(values, dtype=float), index=self.index, columns=pd.Index(self._names))

    def _column(self, values: Array, name: str) -> pd.Series:
        import pandas as pd

        return pd.Series(np.asarray(values, dtype=float), index=self.index, name=name)

    @cached_property
    def params(self) -> pd.DataFrame:
        """A row a group, a column a parameter.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops.params["rate"].to_dict()
        {'a': 2.0, 'b': 5.0}
        """
        return self._table(self._values)

    @cached_property
    def _errors(self) -> Array:
        from .inference.information import standard_errors

        return standard_errors(self._solution)

    @property
    def bse(self) -> pd.DataFrame:
        """Standard errors, a row a group; NaN where none exists.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops.bse["rate"].round(3).to_dict()
        {'a': 1.0, 'b': 1.581}
        """
        return self._table(self._errors)

    def conf_int(self, params: Any = None, *, level: float = 0.95, method: str = "auto") -> pd.DataFrame:
        """Intervals: a row a group; columns (parameter, lower or upper), or lower and upper of the one asked for.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops.conf_int("rate").round(3).loc["b"].to_dict()
        {'lower': 1.901, 'upper': 8.099}
        """
        import pandas as pd

        from .inference.intervals import conf_int

        names = self._names if params is None else [params] if isinstance(params, str) else list(params)
        for name in names:
            if name not in self._names:
                raise UnknownName(f"this fit has no parameter {name!r}; {nearest(name, self._names)}")
        low, high, _ = conf_int(self._solution, names, level, method)
        if len(names) == 1:
            return pd.DataFrame({"lower": low[:, 0], "upper": high[:, 0]}, index=self.index)
        columns = pd.MultiIndex.from_product([names, ["lower", "upper"]])
        return pd.DataFrame(np.stack([low, high], axis=2).reshape(len(low), -1), index=self.index, columns=columns)

    @cached_property
    def llf(self) -> pd.Series:
        """The log-likelihood of each group, every constant in, the prior out.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops.llf.round(3).to_dict()
        {'a': -3.019, 'b': -3.663}
        """
        from .inference.information import log_likelihood

        return self._column(log_likelihood(self._solution), "llf")

    @cached_property
    def log_posterior(self) -> pd.Series:
        """The log-likelihood and the log prior of each group.

        >>> import mlekit
        >>> how = {"family": "bernoulli", "prior": mlekit.priors.Beta(2, 2)}
        >>> coins = mlekit.fit({"coin": list("aabb"), "head": [1, 0, 0, 1]}, "head", by="coin", **how)
        >>> coins.log_posterior.round(6).to_dict()
        {'a': -0.980829, 'b': -0.980829}
        """
        from .inference.information import log_prior

        return self._column(self.llf.to_numpy() + log_prior(self._solution), "log_posterior")

    @property
    def nobs(self) -> pd.Series:
        """The number of rows of each group: the sum of weights.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops.nobs.to_dict()
        {'a': 2.0, 'b': 2.0}
        """
        return self._column(self._solution.problem.rows.nobs(), "nobs")

    @property
    def n_params(self) -> int:
        """How many numbers were free in each group.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops.n_params
        1
        """
        return self._solution.problem.size

    @cached_property
    def _codes(self) -> Array:
        from .inference.verdict import codes

        return codes(self._solution)

    @property
    def status(self) -> pd.Series:
        """What was found for each group: a Categorical of published codes.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops.status.to_dict()
        {'a': 'closed_form', 'b': 'closed_form'}
        """
        import pandas as pd

        words = [s.code for s in Status]
        return pd.Series(pd.Categorical.from_codes(self._codes, categories=words), index=self.index, name="status")

    @cached_property
    def _failed(self) -> Array:
        from .inference.verdict import NOT_OK

        bad = [int(s) for s in Status if s.code in NOT_OK]
        return np.isin(self._codes, bad)

    @property
    def failed(self) -> pd.Index:
        """The keys of groups whose verdict says no.

        >>> import mlekit
        >>> data = {"shop": list("aab"), "price": [1.0, 3.0, 2.0]}
        >>> fit = mlekit.fit(data, "price", family="normal", by="shop", on_failure="ignore")
        >>> fit.failed.tolist()
        ['b']
        """
        return self.index[self._failed]

    @property
    def verdict(self) -> Verdict:
        """Of all groups together: ok where none failed, the codes that were found, and a sentence for each failure.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> print(shops.verdict)
        ok: the maximum is given by a formula
        """
        from .inference.verdict import REASONS, Verdict

        found = tuple(Status(int(code)).code for code in np.unique(self._codes))
        usual = (REASONS[code].format(where="a parameter") for code in found)
        reasons = (f"{key}: {reason}" for key, reason in self.reasons.items())
        return Verdict(self.verdict_ok, found, tuple(usual if self.verdict_ok else reasons))

    @property
    def reasons(self) -> pd.Series:
        """A sentence for each failed group.

        >>> import mlekit
        >>> data = {"shop": list("aab"), "price": [1.0, 3.0, 2.0]}
        >>> fit = mlekit.fit(data, "price", family="normal", by="shop", on_failure="ignore")
        >>> print(fit.reasons["b"])
        one row, or rows of one value, do not identify mean and sd: ...
        """
        import pandas as pd

        from .inference.verdict import verdict

        rows = np.flatnonzero(self._failed)
        words = [verdict(self._solution, int(g)).reasons[0] for g in rows]
        return pd.Series(words, index=self.index[rows], name="reason", dtype=object)

    @property
    def quick_ok(self) -> bool:
        """A formula gave every answer: nothing more to prove.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> bool(shops.quick_ok)
        True
        """
        return self._solution.params is not None and bool(np.max(self._solution.status) <= PROVED)

    @property
    def verdict_ok(self) -> bool:
        """Whether the verdict says yes.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops.verdict_ok
        True
        """
        return not self._failed.any()

    def complaint(self) -> str:
        """The sentence of groups that are not proved.

        >>> import mlekit
        >>> data = {"shop": list("aab"), "price": [1.0, 3.0, 2.0]}
        >>> fit = mlekit.fit(data, "price", family="normal", by="shop", on_failure="ignore")
        >>> print(fit.complaint())
        1 of 2 groups have no proved maximum (the first is b: ...
        """
        first, reason = self.failed[0], self.reasons.iloc[0]
        return (
            f"{int(self._failed.sum())} of {len(self)} groups have no proved maximum (the first is {first}: {reason}); "
            "see .failed and .reasons"
        )

    def __getitem__(self, key: Any) -> Fit:
        """The fit of one group.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops["b"]["rate"]
        5.0
        """
        return self._single(self.groups.locate(key))

    def __iter__(self) -> Iterator[Any]:
        return iter(self.keys())

    def __contains__(self, key: Any) -> bool:
        try:
            self.groups.locate(key)
        except UnknownName:
            return False
        return True

    def keys(self) -> list[Any]:
        """The keys of the groups: tuples where by= names several columns.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops.keys()
        ['a', 'b']
        """
        return self.index.tolist()

    def items(self) -> Iterator[tuple[Any, Fit]]:
        """Each key and the fit of its group.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> {shop: fit["rate"] for shop, fit in shops.items()}
        {'a': 2.0, 'b': 5.0}
        """
        return ((key, self._single(g)) for g, key in enumerate(self.keys()))

    def _single(self, g: int) -> Fit:
        from .inference.groups import single

        solution = single(self._solution, g)
        return Fit(self.estimator, solution)

    def tidy(self, *, level: float = 0.95) -> Any:
        """A row a group and parameter, in the caller's frame library.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> shops.tidy()[["shop", "term", "estimate"]].values.tolist()
        [['a', 'rate', 2.0], ['b', 'rate', 5.0]]
        """
        from .show.tables import tidy_groups

        return tidy_groups(self, level)

    def summary(self) -> str:
        """What was found over the groups, within 80 columns.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> print(shops.summary())
        poisson by shop: maximum likelihood
        ...
        VERDICT: ok, each group's maximum is proved
        """
        from .show.text import summary_groups

        return summary_groups(self)

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        return f"<GroupedFit {self.family!r}: {len(self)} groups, {int(self._failed.sum())} failed>"

    def _repr_html_(self) -> str:
        from .show.html import summary_groups

        return summary_groups(self)

    def plot(self, kind: str | None = None, *, params: Any = None, ax: Any = None) -> Any:
        """A picture: a matplotlib Figure that pyplot does not know, or, drawn into it, the `ax` that is given.

        "forest": the estimates of the groups with their intervals, the extremes by name. "table": of levels, the
        probability of each in each group.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> shops = mlekit.fit(sales, "sold", family="poisson", by="shop")
        >>> [word.get_text() for word in shops.plot("forest").axes[0].get_yticklabels()]
        ['a', 'b']
        """
        from .show.plot.kinds import plot

        return plot(self, kind, params, ax)

    def explain(self) -> Any:
        """A page of words with this fit's own numbers: what was assumed, maximised and found, and how sure it is.

        Text in a terminal, HTML in a notebook.

        >>> import mlekit
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> print(mlekit.fit(sales, "sold", family="poisson", by="shop").explain().splitlines()[0])
        sold by shop: 2 poisson laws by maximum likelihood, explained
        """
        from .show.explain import explain

        return explain(self)

    def report(self, path: Any) -> None:
        """One HTML file that needs nothing else: the summary, the pictures and the explanation.

        >>> import mlekit, pathlib, tempfile
        >>> page = pathlib.Path(tempfile.mkdtemp()) / "shops.html"
        >>> sales = {"shop": list("aabb"), "sold": [1, 3, 4, 6]}
        >>> mlekit.fit(sales, "sold", family="poisson", by="shop").report(page)
        >>> page.exists()
        True
        """
        from .show.report import write

        write(self, path)

    def save(self, path: Any) -> None:
        """The tidy table, as CSV or Parquet by the ending of the path.

        >>> import mlekit, pandas, pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "shops.csv"
        >>> fit = mlekit.fit({"shop": list("ab"), "sold": [2, 5]}, "sold", family="poisson", by="shop")
        >>> fit.save(path)
        >>> pandas.read_csv(path)["estimate"].tolist()
        [2.0, 5.0]
        """
        from .show.files import save_groups

        save_groups(self, path)
