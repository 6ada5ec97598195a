"""One formula, several kinds of arrays.

A family writes its log density once, over a namespace `xp`: `xp.log(y) * (shape - 1)`. Here are the namespaces:
`NUMPY` (arrays), `JETS` (arrays that carry their derivatives) and `torch_namespace()` (tensors that do). Each holds
the same names; arithmetic is the objects' own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from . import selection, special

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]  # positions and labels of groups
Mask = NDArray[np.bool_]
Numbers = Any  # what formulas work on alike: an array, a jet, a tensor or one number
Seed: TypeAlias = "int | np.random.Generator"  # a text, as numpy.random is loaded when it is first asked for
Namespace = Any

_PLAIN = "floor exp expm1 log log1p sqrt square sin cos tanh arctan where maximum minimum isfinite logaddexp".split()
_SPECIAL = (
    "gammaln digamma betaln expit logit softplus log1mexp ndtr log_ndtr ndtri erf xlogy xlog1py "
    "log_gamma_ratio gammaln_minus_stirling gamma_median log_choose log_factorial"
).split()
_TAILS = "log1mexpexp log_poisson_cdf log_poisson_survival".split()


def _of_tails(name: str) -> Callable[..., Numbers]:
    """A function of `tails`, which is imported when one of them is called: few families need it."""

    def call(*args: Numbers) -> Numbers:
        from . import tails

        return getattr(tails, name)(*args)

    return call


NUMPY: Namespace = SimpleNamespace(
    **{name: getattr(np, name) for name in _PLAIN},
    **{name: getattr(special, name) for name in _SPECIAL},
    **{name: _of_tails(name) for name in _TAILS},
    abs=np.abs,
    array=np.asarray,
    value=lambda a: a,
    select=selection.select,
    combine=selection.combine,
)


@cache
def jets() -> Namespace:
    """The namespace over jets: a rule where there is one, else the composition of rules."""
    from . import jets as j

    def elementwise(name: str) -> Callable[[Numbers], Numbers]:
        plain = getattr(NUMPY, name)
        return lambda a: a.apply(name) if isinstance(a, j.Jet) else plain(a)

    def partial(name: str) -> Callable[[Numbers, Numbers], Numbers]:
        plain, slopes = getattr(NUMPY, name), j.PARTIAL[name]
        return lambda k, a: a.chain(*slopes(k, a.value)) if isinstance(a, j.Jet) else plain(k, a)

    ruled = {name: elementwise(name) for name in [*_PLAIN, *_SPECIAL, *_TAILS] if name in j.RULES}
    space = SimpleNamespace(**{**vars(NUMPY), **ruled, **{name: partial(name) for name in j.PARTIAL}})
    space.abs, space.where, space.maximum, space.minimum = abs, j.where, j.maximum, j.minimum
    space.isfinite = lambda a: np.isfinite(j.value_of(a))
    space.logaddexp = lambda a, b: (
        j.logaddexp(a, b) if isinstance(a, j.Jet) or isinstance(b, j.Jet) else np.logaddexp(a, b)
    )
    space.betaln = lambda a, b: space.gammaln(a) + space.gammaln(b) - space.gammaln(a + b)
    # 0 log 0 = 0 has no derivative in the zero: a constant factor of zero takes its term away
    space.xlogy = lambda a, b: j.where(a != 0, a * space.log(b), 0.0) if isinstance(b, j.Jet) else special.xlogy(a, b)
    space.xlog1py = lambda a, b: (
        j.where(a != 0, a * space.log1p(b), 0.0) if isinstance(b, j.Jet) else special.xlog1py(a, b)
    )
    space.log_choose = lambda n, k: space.gammaln(n + 1.0) - space.gammaln(k + 1.0) - space.gammaln(n - k + 1.0)
    space.value, space.select, space.combine = j.value_of, selection.select_jet, selection.combine_jets
    return space


@cache
def torch_namespace() -> Namespace:
    """The namespace over torch tensors, imported on first asking."""
    import torch

    from . import tails

    space = SimpleNamespace(
        **{name: getattr(torch, name) for name in _PLAIN if name not in ("where", "arctan")},
        arctan=torch.atan,
        where=_where_of_tensors,
        array=lambda a: a if isinstance(a, torch.Tensor) else torch.as_tensor(a, dtype=torch.float64),
        abs=torch.abs,
        gammaln=torch.lgamma,
        digamma=torch.digamma,
        expit=torch.sigmoid,
        logit=torch.logit,
        softplus=lambda a: torch.logaddexp(a, torch.zeros_like(a)),
        ndtr=torch.special.ndtr,
        log_ndtr=torch.special.log_ndtr,
        ndtri=torch.special.ndtri,
        erf=torch.erf,
        xlogy=torch.xlogy,
        value=lambda a: a.detach() if isinstance(a, torch.Tensor) else a,
        select=selection.select_tensor,
        combine=selection.combine_tensors,
    )

    def series(coefficients: tuple[float, ...], a: Numbers) -> Numbers:
        """sum_k b_k / a^(2k-1), for a from 9 up: no digit is lost in differences of huge gamma functions."""
        r = 1 / a.clamp(min=special.CUT)
        value = 0.0 * r
        for c in coefficients:
            value = value * r * r + c
        return value * r

    space.tensor = torch.tensor
    space.log_share = lambda y, z: (
        -torch.nn.functional.cross_entropy(
            torch.stack(torch.broadcast_tensors(torch.zeros_like(y, dtype=z[0].dtype), *z), dim=1),
            y.long(),
            reduction="none",
        )
    )
    space.xlog1py = torch.special.xlog1py
    space.betaln = lambda a, b: torch.lgamma(a) + torch.lgamma(b) - torch.lgamma(a + b)
    space.log1mexp = lambda a: torch.where(a < 0.69, torch.log(-torch.expm1(-a)), torch.log1p(-torch.exp(-a)))
    space.log_gamma_ratio = lambda v: torch.where(
        v > 2 * special.CUT,
        series(special.RATIO[0], v / 2),
        torch.lgamma((v + 1) / 2) - torch.lgamma(v / 2) - 0.5 * torch.log(v / 2),
    )
    space.gammaln_minus_stirling = lambda a: torch.where(
        a > special.CUT,
        series(special.STIRLING[0], a),
        torch.lgamma(a) - (a - 0.5) * torch.log(a) + a - special.HALF_LOG_2PI,
    )
    for name in ("log_poisson_cdf", "log_poisson_survival"):
        setattr(space, name, _tail_of_tensors(name))

    def log1mexpexp(t: Numbers) -> Numbers:
        small = t < tails.NEGLIGIBLE
        return torch.where(small, t, space.log1mexp(torch.exp(torch.where(small, torch.zeros_like(t), t))))

    space.log1mexpexp = log1mexpexp
    space.log_factorial = lambda a: torch.lgamma(a + 1)
    space.log_choose = lambda n, k: torch.lgamma(n + 1) - torch.lgamma(k + 1) - torch.lgamma(n - k + 1)
    return space


def _where_of_tensors(condition: Numbers, a: Numbers, b: Numbers) -> Numbers:
    """`numpy.where`, where numbers take the type of the tensor beside them."""
    import torch

    if not isinstance(condition, torch.Tensor):
        return a if condition else b
    if not any(isinstance(side, torch.Tensor) for side in (a, b)):
        a = torch.as_tensor(a, dtype=torch.float64, device=condition.device)
    return torch.where(condition, a, b)


def _tail_of_tensors(name: str) -> Callable[[Numbers, Numbers], Numbers]:
    """A function of `tails` over tensors: values and slopes are those of arrays, in float64 on the CPU."""
    import torch

    from .jets import PARTIAL

    class Tail(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, k: Numbers, rate: Numbers) -> Numbers:
            value, first, _ = PARTIAL[name](k.detach().cpu().numpy(), rate.detach().cpu().numpy())
            ctx.save_for_backward(torch.as_tensor(first, dtype=rate.dtype, device=rate.device))
            return torch.as_tensor(value, dtype=rate.dtype, device=rate.device)

        @staticmethod
        def backward(ctx: Any, *outer: Numbers) -> tuple[None, Numbers]:
            return None, outer[0] * ctx.saved_tensors[0]

    def tail(k: Numbers, rate: Numbers) -> Numbers:
        rate = torch.as_tensor(rate)
        return Tail.apply(*torch.broadcast_tensors(torch.as_tensor(k, dtype=rate.dtype, device=rate.device), rate))

    return tail
