"""Observations against closed forms, against mpmath far in the tails, and against themselves in other namespaces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from data.families_with_tails import (
    ExponentialTails,
    Failures,
    NormalTails,
    PlainNormal,
    WeibullTails,
    log_rows,
    z_of,
)
from scipy import stats

import mlekit
from mlekit.data.intake import intake
from mlekit.data.observations import from_state
from mlekit.data.observations.columns import Columns
from mlekit.data.observations.exact import Exact
from mlekit.data.observations.interval import Interval
from mlekit.data.observations.window import Window
from mlekit.errors import DataError, FormulaError, OptionError, UnknownName
from mlekit.families import Poisson
from mlekit.families.binomial import Binomial
from mlekit.numerics.arrays import NUMPY, jets, torch_namespace
from mlekit.numerics.jets import value_of, variables

INF, NAN = np.inf, np.nan


def no_columns(name: str) -> Any:
    raise AssertionError(name)


def bound(observations: Any, family: Any) -> Any:
    """Observations as the family takes them, checked."""
    _, found = observations.bind(family, no_columns)
    found.check(family)
    return found


LOWER = np.array([1.0, -INF, 2.0, 0.5, 3.0, -INF, 1.5, 0.9])
UPPER = np.array([1.0, 2.5, INF, 1.5, 3.0, INF, 1.5000001, 80.0])


# --- values -----------------------------------------------------------------------------------------------------------


def test_the_rows_of_a_normal_are_densities_and_probabilities() -> None:
    seen = bound(Interval(LOWER, UPPER), NormalTails())
    dist = stats.norm(1.2, 0.8)
    with np.errstate(divide="ignore"):
        expected = np.where(LOWER == UPPER, dist.logpdf(LOWER), np.log(dist.cdf(UPPER) - dist.cdf(LOWER)))
    assert log_rows(seen, NormalTails(), mean=1.2, sd=0.8) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_a_bound_at_an_end_of_the_support_is_open() -> None:
    seen = bound(Interval(np.array([0.0, -INF, -3.0, 0.0]), np.array([2.0, 2.0, 2.0, INF])), WeibullTails())
    rows = log_rows(seen, WeibullTails(), scale=1.5, shape=2.0)
    assert rows[:3] == pytest.approx(stats.weibull_min(2.0, scale=1.5).logcdf(2.0), rel=1e-14)
    assert rows[3] == 0.0
    value, score, hessian = seen.evaluate(WeibullTails(), z_of(WeibullTails(), scale=1.5, shape=2.0), 2)
    assert value == pytest.approx(rows, rel=1e-14)
    assert np.isfinite(score).all()
    assert np.isfinite(hessian).all()
    assert score[0][3] == score[1][3] == 0.0


def test_an_interval_of_integers_contains_both_ends() -> None:
    lower, upper = np.array([2.0, 0.0, 3.0, 2.0, 1.5, -INF]), np.array([4.0, 3.0, INF, 2.0, 2.7, 1.2])
    seen = bound(Interval(lower, upper), Failures())
    pmf = stats.geom(0.3, loc=-1).pmf
    expected = [pmf([2, 3, 4]).sum(), pmf([0, 1, 2, 3]).sum(), 0.7**3, pmf(2), pmf(2), pmf([0, 1]).sum()]
    assert np.exp(log_rows(seen, Failures(), p=0.3)) == pytest.approx(np.array(expected), rel=1e-13)
    assert seen.describe() == "2 exact, 2 left-censored, 1 right-censored, 1 interval-censored"


@pytest.mark.parametrize("sds", [0.5, 5, 40, 300])
@pytest.mark.parametrize("side", [1, -1])
@pytest.mark.parametrize("width", [1e-9, 1e-6, 1e-3, 1.0, 50.0, INF])
def test_far_tails_keep_their_digits(sds: float, side: int, width: float) -> None:
    lower, upper = sorted([side * sds, side * (sds + width)])
    seen = bound(Interval(np.array([lower]), np.array([upper])), NormalTails())
    tail = lambda u: mpmath.erfc(abs(mpmath.mpf(u)) / mpmath.sqrt(2)) / 2 if np.isfinite(float(u)) else 0  # noqa: E731
    with mpmath.workdps(60):
        expected = mpmath.log(tail(side * sds) - tail(upper if side > 0 else lower))
    assert log_rows(seen, NormalTails(), mean=0.0, sd=1.0)[0] == pytest.approx(float(expected), rel=1e-10)


@pytest.mark.parametrize(
    ("lower", "upper"),
    [(-1.0, 1.5), (40.0, 41.0), (-41.0, -40.0), (40.0, INF), (-INF, -40.0), (40.0, 40.0000001), (2.0, 2.0), (7.0, 9e9)],
)
def test_derivatives_are_those_of_mpmath(lower: float, upper: float) -> None:
    def exact(mean: Any, log_sd: Any) -> Any:
        a, b = ((mpmath.mpf(end) - mean) / mpmath.exp(log_sd) for end in (lower, upper))
        if lower == upper:
            return mpmath.log(mpmath.npdf(a)) - log_sd
        upper_tail = lambda u: mpmath.mpf(0) if u == mpmath.inf else mpmath.erfc(u / mpmath.sqrt(2)) / 2  # noqa: E731
        return mpmath.log(upper_tail(a) - upper_tail(b) if a > 0 else upper_tail(-b) - upper_tail(-a))

    seen = bound(Interval(np.array([lower, 3.0]), np.array([upper, INF])), NormalTails())
    with np.errstate(all="ignore"):
        value, score, hessian = seen.evaluate(NormalTails(), [np.array([0.1]), np.array([0.2])], 2)
    with mpmath.workdps(60):
        at = (mpmath.mpf(0.1), mpmath.mpf(0.2))
        assert value[0] == pytest.approx(float(exact(*at)), rel=1e-10)
        for i, order in enumerate([(1, 0), (0, 1)]):
            assert score[i][0] == pytest.approx(float(mpmath.diff(exact, at, order)), rel=1e-8)
        for (i, j), order in {(0, 0): (2, 0), (0, 1): (1, 1), (1, 1): (0, 2)}.items():
            assert hessian[i][j][0] == pytest.approx(float(mpmath.diff(exact, at, order)), rel=1e-6)
            assert hessian[j][i] is hessian[i][j]


def test_a_window_divides_by_its_probability() -> None:
    values, lower, upper = np.array([0.5, 1.2, 2.0]), np.array([0.0, -INF, 1.0]), np.array([2.0, 1.5, INF])
    dist, family = stats.norm(0.7, 1.3), NormalTails()
    seen = bound(Window(Exact(values), lower, upper), family)
    expected = dist.logpdf(values) - np.log(dist.cdf(upper) - dist.cdf(lower))
    assert log_rows(seen, family, mean=0.7, sd=1.3) == pytest.approx(expected, rel=1e-13)


def test_left_truncated_and_right_censored_rows_have_their_survival_beyond_entry() -> None:
    time, event, entry = np.array([2.0, 5.0, 7.0]), np.array([1, 0, 1]), np.array([0.0, 1.0, 6.5])
    dist, family = stats.weibull_min(1.7, scale=4.0), WeibullTails()
    seen = bound(mlekit.right_censored(time, event, entry), family)
    expected = np.where(event == 1, dist.logpdf(time), dist.logsf(time)) - dist.logsf(entry)
    assert log_rows(seen, family, scale=4.0, shape=1.7) == pytest.approx(expected, rel=1e-13)


def test_a_censored_row_in_a_window_lies_in_both() -> None:
    inner = mlekit.censored([-INF, 1.0, 0.5, 2.0], [1.0, INF, 0.5, 3.0])
    seen = bound(mlekit.windowed(inner, 0.0, 4.0), NormalTails())
    dist = stats.norm(1.0, 2.0)
    total = dist.cdf(4) - dist.cdf(0)
    expected = [dist.cdf(1) - dist.cdf(0), dist.cdf(4) - dist.cdf(1), dist.pdf(0.5), dist.cdf(3) - dist.cdf(2)]
    assert np.exp(log_rows(seen, NormalTails(), mean=1.0, sd=2.0)) == pytest.approx(np.array(expected) / total)


def test_a_zero_truncated_count_has_no_zero() -> None:
    seen = bound(mlekit.windowed([1, 2, 5], lower=1), Failures())
    pmf = stats.geom(0.3, loc=-1).pmf
    assert np.exp(log_rows(seen, Failures(), p=0.3)) == pytest.approx(pmf([1, 2, 5]) / (1 - pmf(0)), rel=1e-13)


def test_a_row_without_bounds_adds_nothing() -> None:
    seen = bound(mlekit.censored([-INF, 1.0], [INF, 1.0]), NormalTails())
    assert log_rows(seen, NormalTails(), mean=0.0, sd=1.0)[0] == 0.0
    nothing = bound(mlekit.censored([-INF, -INF], [INF, INF]), NormalTails())
    value, score, hessian = nothing.evaluate(NormalTails(), z_of(NormalTails(), mean=0.0, sd=1.0), 2)
    assert not np.any(value)
    assert not np.any(score)
    assert not np.any(hessian)
    assert nothing.describe() == "2 without bounds"
    assert np.isfinite(nothing.values).all()


# --- derivatives and namespaces ---------------------------------------------------------------------------------------

RNG = np.random.default_rng(5)
TIMES = RNG.weibull(1.6, 40) * 3
SEEN: dict[str, tuple[Any, Any]] = {
    "exact": (Exact(TIMES), WeibullTails()),
    "sorts": (Interval(LOWER, UPPER), NormalTails()),
    "sorts of positive numbers": (Interval(np.maximum(LOWER, 0), UPPER), WeibullTails()),
    "one parameter": (Interval(np.maximum(LOWER, 0), UPPER), ExponentialTails()),
    "survival": (mlekit.right_censored(TIMES, RNG.random(40) < 0.6), WeibullTails()),
    "entry": (mlekit.right_censored(TIMES, RNG.random(40) < 0.6, 0.3 * TIMES), WeibullTails()),
    "window": (mlekit.windowed(TIMES, 0.0, 30.0), NormalTails()),
    "window of intervals": (mlekit.windowed(mlekit.censored(TIMES, TIMES + 1), 0.0, 30.0), NormalTails()),
    "integers": (Interval(np.array([0.0, 2, 3, 5]), np.array([3.0, 2, INF, 9])), Failures()),
    "window of integers": (mlekit.windowed([1, 2, 5], 1, 8), Failures()),
    "by differences": (Interval(LOWER, UPPER), PlainNormal()),
}
PARAMS: dict[type, dict[str, float]] = {
    NormalTails: {"mean": 1.2, "sd": 1.7},
    PlainNormal: {"mean": 1.2, "sd": 1.7},
    WeibullTails: {"scale": 2.5, "shape": 1.4},
    ExponentialTails: {"mean": 2.2},
    Failures: {"p": 0.35},
}
each = pytest.mark.parametrize("name", SEEN)


def case(name: str) -> tuple[Any, Any, list[Any]]:
    observations, family = SEEN[name]
    return bound(observations, family), family, z_of(family, **PARAMS[type(family)])


@each
def test_the_score_is_the_derivative_of_the_value(name: str) -> None:
    seen, family, z = case(name)
    with np.errstate(all="ignore"):
        value, score, hessian = seen.evaluate(family, z, 2)
        assert value == pytest.approx(seen.evaluate(family, z, 0)[0], rel=1e-9, abs=1e-12)
        for i in range(len(z)):
            moved = [[v + (h if k == i else 0.0) for k, v in enumerate(z)] for h in (1e-4, -1e-4)]
            up, down = (seen.evaluate(family, there, 1) for there in moved)
            assert score[i] == pytest.approx((up[0] - down[0]) / 2e-4, rel=2e-5, abs=2e-5)
            for j in range(len(z)):
                slope = np.broadcast_to((up[1][j] - down[1][j]) / 2e-4, value.shape)
                assert np.broadcast_to(hessian[i][j], value.shape) == pytest.approx(slope, rel=2e-4, abs=2e-4)


@each
def test_shapes_of_a_batch_give_the_rows_of_each_member(name: str) -> None:
    seen, family, z = case(name)
    n = len(seen)
    with np.errstate(all="ignore"):
        alone = [seen.evaluate(family, [v + 0.3 * g for v in z], 2) for g in range(3)]
        step = 0.3 * np.arange(3.0)[:, None]
        batches = [
            [v + step for v in z],  # [G, 1]
            [np.broadcast_to(v + step, (3, n)) for v in z],  # [G, n]
            [np.broadcast_to(v + step, (3, n)) if k == 0 else v + step for k, v in enumerate(z)],
        ]
        for batch in batches:
            value, score, hessian = seen.evaluate(family, batch, 2)
            for g, one in enumerate(alone):
                assert value[g] == pytest.approx(one[0], rel=1e-9, abs=1e-9)
                for i in range(len(z)):
                    found = np.broadcast_to(score[i], (3, n))[g]
                    assert found == pytest.approx(np.broadcast_to(one[1][i], n), rel=1e-6, abs=1e-6)
                    found = np.broadcast_to(hessian[i][-1], (3, n))[g]
                    assert found == pytest.approx(np.broadcast_to(one[2][i][-1], n), rel=1e-4, abs=1e-4)
        for whole in ([np.full(n, v) for v in z], [np.full((1, n), v) for v in z]):
            value = seen.evaluate(family, whole, 0)[0]
            assert np.reshape(value, n) == pytest.approx(alone[0][0], rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", [name for name in SEEN if name != "by differences"])
def test_jets_and_tensors_agree_with_arrays(name: str) -> None:
    torch = pytest.importorskip("torch")
    seen, family, z = case(name)
    n = len(seen)
    with np.errstate(all="ignore"):
        value, score, _ = seen.evaluate(family, z, 1)
        params = family.to_params(jets(), variables(z, 1))
        jet = seen.log_density(jets(), family, params)
    assert np.broadcast_to(value_of(jet), n) == pytest.approx(value, rel=1e-9, abs=1e-12)
    for i in range(len(z)):
        assert np.broadcast_to(jet.gradient[i], n) == pytest.approx(np.broadcast_to(score[i], n), rel=1e-7, abs=1e-9)
    tensors = seen.mapped(lambda a: torch.tensor(np.array(a), dtype=torch.float64))
    for shape in [(1,), (n,)]:
        free = [torch.tensor(v, dtype=torch.float64).expand(shape).clone().requires_grad_() for v in z]
        rows = tensors.log_density_at(torch_namespace(), family, free)
        assert rows.detach().numpy() == pytest.approx(value, rel=1e-9, abs=1e-12)
        named = tensors.log_density(torch_namespace(), family, family.to_params(torch_namespace(), free))
        assert named.detach().numpy() == pytest.approx(value, rel=1e-9, abs=1e-12)
        rows.sum().backward()
        for i, v in enumerate(free):
            whole = np.broadcast_to(score[i], n)
            expected = whole.sum(keepdims=True) if shape == (1,) else whole
            assert v.grad.numpy() == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_tensors_of_a_batch_agree_with_arrays() -> None:
    torch = pytest.importorskip("torch")
    seen, family, z = case("sorts")
    batch = [v + 2.0 * np.arange(3.0)[:, None] for v in z]
    with np.errstate(all="ignore"):
        value, score, _ = seen.evaluate(family, batch, 1)
    tensors = seen.mapped(lambda a: torch.tensor(np.array(a)))
    free = [torch.tensor(v).requires_grad_() for v in batch]
    rows = tensors.log_density_at(torch_namespace(), family, free)
    assert rows.detach().numpy() == pytest.approx(value, rel=1e-9)
    rows.sum().backward()
    assert free[0].grad.numpy()[:, 0] == pytest.approx(np.sum(score[0], axis=1), rel=1e-7)


def test_an_infinite_formula_of_another_sort_reaches_no_derivative() -> None:
    torch = pytest.importorskip("torch")
    # log F of an exact row at 1e300 sd, and log S of a left-censored one, would be infinite or nan
    seen = bound(mlekit.censored([1e200, -INF, 1.0], [1e200, -5.0, 2.0]), NormalTails())
    z = z_of(NormalTails(), mean=0.0, sd=1.0)
    with np.errstate(all="ignore"):
        _, score, hessian = seen.evaluate(NormalTails(), z, 2)
    assert np.isfinite(score[0]).all()
    assert np.isfinite(np.stack([hessian[0][0][1:], hessian[0][1][1:], hessian[1][1][1:]])).all()
    free = [torch.tensor(v).requires_grad_() for v in z]
    rows = seen.mapped(lambda a: torch.tensor(np.array(a))).log_density_at(torch_namespace(), NormalTails(), free)
    rows[1:].sum().backward()
    assert np.isfinite([v.grad.item() for v in free]).all()


def test_an_exact_row_goes_through_the_family_untouched() -> None:
    family, calls = WeibullTails(), []

    class Watched(WeibullTails):
        def evaluate(self, y: Any, z: Any, order: int) -> Any:
            calls.append(y)
            return super().evaluate(y, z, order)

    seen = bound(Exact(TIMES), Watched())
    seen.evaluate(Watched(), z_of(family, scale=2.0, shape=1.0), 2)
    assert calls[0] is TIMES
    equal = bound(Interval(TIMES, TIMES), Watched())
    assert equal.exact
    assert equal.plain is equal.upper
    equal.evaluate(Watched(), z_of(family, scale=2.0, shape=1.0), 2)
    assert calls[1] is equal.upper


def test_integers_become_floats_where_formulas_need_them() -> None:
    counts = np.array([3, 200, 7], dtype=np.uint8)
    seen = bound(Exact(counts), Poisson())
    assert seen.plain is counts
    value = seen.evaluate(Poisson(), z_of(Poisson(), rate=40.0), 0)[0]
    assert value == pytest.approx(stats.poisson(40.0).logpmf(counts), rel=1e-13)
    assert seen.floats().plain.dtype == np.float64
    assert seen.rescaled(0, 1).plain.dtype == np.float64
    floats = seen.floats()
    assert floats.floats() is floats
    _, codes = Exact(np.array([3, 7, 3])).bind(mlekit.families.Categorical(), no_columns)
    assert codes.floats() is codes
    assert codes.plain.tolist() == [0, 1, 0]


# --- rows -------------------------------------------------------------------------------------------------------------


@each
def test_rows_can_be_taken_in_any_way(name: str) -> None:
    seen, family, _ = case(name)
    params = PARAMS[type(family)]
    rows, n = log_rows(seen, family, **params), len(seen)
    drawn = np.random.default_rng(1).integers(0, n, 25)
    mask = np.arange(n) % 2 == 0
    for index in (drawn, mask, slice(1, None), slice(0, 3), np.array([], dtype=int)):
        taken = seen.take(index)
        assert len(taken) == len(rows[index])
        if len(taken):
            assert log_rows(taken, family, **params) == pytest.approx(rows[index], rel=1e-12, abs=1e-12)
        assert taken.values == pytest.approx(seen.values[index]) or "without" in seen.describe()
    assert log_rows(seen.mapped(lambda a: a[drawn]), family, **params) == pytest.approx(rows[drawn], abs=1e-12)


def test_a_minibatch_with_repetition_is_drawn_from_tensors() -> None:
    torch = pytest.importorskip("torch")
    seen, family, z = case("entry")
    tensors = seen.mapped(lambda a: torch.tensor(np.array(a)))
    drawn = torch.tensor([3, 3, 0, 39, 3])
    free = [torch.tensor(v) for v in z]
    rows = tensors.mapped(lambda a: a[drawn]).log_density_at(torch_namespace(), family, free)
    expected = tensors.log_density_at(torch_namespace(), family, free)[drawn]
    assert rows.numpy() == pytest.approx(expected.numpy(), rel=1e-14)


def test_a_slice_is_a_view() -> None:
    seen = bound(Exact(TIMES), WeibullTails())
    assert np.shares_memory(seen.take(slice(2, 5)).plain, TIMES)
    seen = bound(Interval(LOWER, UPPER), NormalTails())
    assert np.shares_memory(seen.take(slice(2, 5)).lower, seen.lower)


@each
def test_a_unit_changes_densities_by_its_jacobian_alone(name: str) -> None:
    seen, family, _ = case(name)
    if family.support.discrete:
        return
    scaled, params = seen.rescaled(0.0, 4.0), PARAMS[type(family)]
    inner = {p: v if p == "shape" else v / 4.0 for p, v in params.items()}
    density = np.ones(len(seen), bool) if seen.density_rows() is None else seen.density_rows()
    moved = log_rows(scaled, family, **inner) - np.where(density, np.log(4.0), 0.0)
    assert moved == pytest.approx(log_rows(seen, family, **params), rel=1e-9, abs=1e-9)


def test_units_may_differ_between_rows_and_open_ends_stay_open() -> None:
    seen = bound(Interval(LOWER, UPPER), NormalTails())
    origin, unit = np.linspace(0, 1, 8), np.linspace(1, 2, 8)
    scaled = seen.rescaled(origin, unit)
    assert np.array_equal(np.isinf(scaled.lower), np.isinf(LOWER))
    params = {"mean": (1.2 - origin) / unit, "sd": 0.7 / unit}
    moved = log_rows(scaled, NormalTails(), **params) - np.where(LOWER == UPPER, np.log(unit), 0.0)
    assert moved == pytest.approx(log_rows(seen, NormalTails(), mean=1.2, sd=0.7), rel=1e-8, abs=1e-12)
    window = bound(mlekit.windowed(TIMES, -1.0, 40.0), NormalTails()).rescaled(np.full(40, 1.0), np.full(40, 2.0))
    assert window.window.upper == pytest.approx(19.5)


def test_representative_values_lie_where_the_rows_do() -> None:
    seen = bound(mlekit.censored([1.0, -INF, 2.0, 1.0, 0.0, -INF], [1.0, 5.0, INF, 4.0, 6.0, INF]), WeibullTails())
    assert seen.values.tolist() == [1.0, 5.0, 2.0, 2.5, 6.0, 2.5]
    counts = bound(mlekit.censored([2, 1, 0], [5, 1, 3]), Failures())
    assert counts.values.tolist() == [3.0, 1.0, 3.0]


# --- residuals --------------------------------------------------------------------------------------------------------


def test_both_tails_of_an_observation() -> None:
    dist = stats.norm(1.0, 2.0)
    seen = bound(mlekit.censored([1.0, -INF, 2.0, 30.0], [1.0, 5.0, INF, 35.0]), NormalTails())
    lower, upper = seen.cdf_range(dist)
    assert lower == pytest.approx([0.5, 0.0, dist.cdf(2), 1.0])
    assert upper == pytest.approx([0.5, dist.cdf(5), 1.0, 1.0])
    above, at = seen.tail_range(dist)
    assert above == pytest.approx([0.5, 1.0, dist.sf(2), dist.sf(30)], rel=1e-13)
    assert at == pytest.approx([0.5, dist.sf(5), 0.0, dist.sf(35)], rel=1e-13)
    assert above[3] > 0


def test_a_discrete_observation_has_a_step() -> None:
    dist, values = stats.geom(0.3, loc=-1), np.array([0, 2, 5])
    for seen in (Exact(values), mlekit.censored(values, values)):
        lower, upper = bound(seen, Failures()).cdf_range(dist)
        assert upper == pytest.approx(dist.cdf(values))
        assert lower == pytest.approx(dist.cdf(values) - dist.pmf(values), abs=1e-15)
        above, at = bound(seen, Failures()).tail_range(dist)
        assert at == pytest.approx(dist.sf(values))
        assert above == pytest.approx(dist.sf(values) + dist.pmf(values))
    poisson = bound(Exact(values), Poisson())
    assert poisson.cdf_range(stats.poisson(2.0))[0] == pytest.approx(stats.poisson(2.0).cdf(values - 1))


def test_a_window_conditions_the_distribution() -> None:
    dist = stats.norm(0.0, 1.0)
    seen = bound(mlekit.windowed([0.5, 8.5, -8.5], [0.0, 8.0, -9.0], [2.0, 9.0, -8.0]), NormalTails())
    lower, upper = seen.cdf_range(dist)
    assert lower == pytest.approx(upper)
    total = dist.cdf(2) - 0.5
    expected = [(dist.cdf(0.5) - 0.5) / total, (dist.sf(8) - dist.sf(8.5)) / (dist.sf(8) - dist.sf(9))]
    assert lower[:2] == pytest.approx(expected, rel=1e-9)
    above, _ = seen.tail_range(dist)
    assert above + lower == pytest.approx(1.0)
    assert above[2] == pytest.approx(lower[1], rel=1e-9)
    counts = bound(mlekit.windowed([1, 3], lower=1), Failures())
    geometric = stats.geom(0.3, loc=-1)
    lower, upper = counts.cdf_range(geometric)
    assert lower == pytest.approx([0.0, (geometric.cdf(2) - geometric.pmf(0)) / geometric.sf(0)])
    assert upper[0] == pytest.approx(geometric.pmf(1) / geometric.sf(0))


# --- constructors and their mistakes ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "make",
    [list, np.array, pd.Series, pl.Series, pa.array, tuple],
    ids=["list", "numpy", "pandas", "polars", "pyarrow", "tuple"],
)
def test_columns_of_any_library(make: Callable[..., Any]) -> None:
    seen = mlekit.right_censored(make([2.0, 5.0, 7.0]), make([True, False, True]), entry=make([0.0, 1.0, 2.0]))
    assert seen.inner.lower.tolist() == [2.0, 5.0, 7.0]
    assert seen.inner.upper.tolist() == [2.0, INF, 7.0]
    assert mlekit.censored(make([1, 2]), make([1, 3])).upper.tolist() == [1.0, 3.0]
    assert mlekit.windowed(make([1, 2]), make([0, 0]), 5).window.upper.tolist() == [5.0, 5.0]


def test_a_pandas_index_is_kept_and_has_to_be_one() -> None:
    time, event = pd.Series([2.0, 5.0], index=["a", "b"]), pd.Series([1, 0], index=["a", "b"])
    assert list(mlekit.right_censored(time, event).index) == ["a", "b"]
    assert list(mlekit.right_censored(time, [1, 0], entry=[0, 0]).index) == ["a", "b"]
    assert list(mlekit.windowed(mlekit.right_censored(time, event), 0, 9).index) == ["a", "b"]
    assert mlekit.censored([1.0], [2.0]).index is None
    with pytest.raises(DataError, match="time and event have different pandas indexes"):
        mlekit.right_censored(time, event[::-1])


MISTAKES: dict[str, tuple[Callable[[], Any], str]] = {
    "turned": (lambda: mlekit.censored([1, 3], [2, 2.5]), "row 1 has the lower bound 3 above the upper bound 2.5"),
    "length": (lambda: mlekit.censored([1, 2], [3]), "differ in length: lower has 2, upper has 1"),
    "text": (lambda: mlekit.censored(["a", "b"], [1, 2]), "lower: row 0 is 'a'"),
    "event": (lambda: mlekit.right_censored([1, 2], [1, 2]), r"event: row 1 is 2, but an event is 1 \(seen\) or 0"),
    "event in words": (lambda: mlekit.right_censored([1, 2], ["yes", "no"]), "event: row 0 is 'yes'"),
    "entry": (lambda: mlekit.right_censored([1, 2], [1, 0], [0, 2]), r"row 1 enters \(entry\) at 2 and leaves at 2"),
    "window": (lambda: mlekit.windowed([1, 5], 0, 4), "row 1 is 5, outside its window from 0 to 4"),
    "censored window": (lambda: mlekit.windowed(mlekit.censored([5], [INF]), 0, 4), "at least 5, outside its window"),
    "one point": (lambda: mlekit.windowed(mlekit.censored([4], [INF]), 0, 4), "leaves one point"),
    "two windows": (lambda: mlekit.windowed(mlekit.windowed([1], 0, 4), 0, 3), "have a window already"),
    "window of another length": (lambda: mlekit.windowed([1, 2], [0, 0, 0], 4), "differ in length"),
    "turned window": (lambda: mlekit.windowed([1, 2], 3, 2), "lower bound 3 above the upper bound 2"),
    "labels": (lambda: mlekit.windowed(["a"], 0, 4), "values: row 0 is 'a'"),
    "one number": (lambda: mlekit.censored([[1, 2]], [[3, 4]]), "lower"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_names_its_row(name: str) -> None:
    make, says = MISTAKES[name]
    with pytest.raises(DataError, match=says):
        make()


OUTSIDE: dict[str, tuple[Any, Any, str]] = {
    "exact": (mlekit.censored([1.0, -2.0], [3.0, -2.0]), WeibullTails(), "row 1 is -2, but weibull requires"),
    "interval": (mlekit.censored([1.0, -2.0], [3.0, -1.0]), WeibullTails(), "row 1 is between -2 and -1, but weibull"),
    "left": (mlekit.censored([1.0, -INF], [3.0, 0.0]), WeibullTails(), "row 1 is at most 0, but weibull requires"),
    "survival": (mlekit.right_censored([1.0, -2.0], [1, 1]), WeibullTails(), "row 1 is -2"),
    "nothing between": (mlekit.censored([1.2, 0], [1.8, 3]), Failures(), "row 0 is between 2 and 1, but failures"),
    "fraction": (mlekit.censored([1, 2.5], [3, 2.5]), Failures(), "row 1"),
    "beyond the trials": (mlekit.censored([1, 5], [2, 6]), Binomial(n=4), "row 1 is between 5 and 6, but binomial"),
    "infinite": (mlekit.censored([INF, 1], [INF, 2]), NormalTails(), "row 0 is inf"),
    "labels": (mlekit.censored([1, 5], [2, 6]), mlekit.families.Categorical(), "categorical is a family of labels"),
    "missing": (mlekit.censored([NAN, 1], [2, 2]), NormalTails(), r"1 missing value in .* at row 0: say"),
    "missing event": (mlekit.right_censored([1, 2], [1, None]), NormalTails(), "1 missing value"),
    "point window": (mlekit.windowed([1.0, 2.0], [0, 2], [2, 2]), NormalTails(), "row 1 is the single point 2"),
    "value in a window": (mlekit.windowed([1.0, -2.0], -5, 5), WeibullTails(), "row 1 is -2"),
}  # fmt: skip


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_row_outside_the_support_is_named(name: str) -> None:
    observations, family, says = OUTSIDE[name]
    with pytest.raises(DataError, match=says):
        bound(observations, family)


def test_a_family_without_a_distribution_function_says_so() -> None:
    family = mlekit.custom(lambda y, rate: np.log(rate) - rate * y, params={"rate": "positive"})
    seen = bound(mlekit.censored([1.0, 2.0], [1.0, INF]), family)
    with pytest.raises(OptionError, match="custom has no distribution function"):
        log_rows(seen, family, rate=1.0)


def test_censored_rows_are_no_plain_array() -> None:
    with pytest.raises(
        OptionError, match="this needs exact observations, and these are not: 1 exact, 1 right-censored"
    ):
        _ = mlekit.right_censored([1, 2], [1, 0]).plain
    with pytest.raises(OptionError, match="entry after 0"):
        _ = mlekit.right_censored([1, 2], [1, 1], entry=0).plain


# --- several columns --------------------------------------------------------------------------------------------------


def test_successes_and_failures_are_bound_as_successes_and_trials() -> None:
    seen = Columns(np.array([[3.0, 4.0], [1.0, 0.0]]), names=["yes", "no"])
    joined = bound(seen, Binomial())
    assert joined.plain.tolist() == [[3.0, 7.0], [1.0, 1.0]]
    assert joined.values.tolist() == [3.0, 1.0]
    assert {k: v.tolist() for k, v in joined.as_columns("cbind").items()} == {"yes": [3.0, 1.0], "no": [4.0, 0.0]}
    assert log_rows(joined, Binomial(), p=0.3) == pytest.approx(stats.binom([7, 1], 0.3).logpmf([3, 1]))
    assert joined.take(slice(1, 2)).as_columns("")["no"].tolist() == [0.0]
    assert joined.equals(bound(Exact(np.array([3, 1])), Binomial(n=np.array([7, 1]))))
    assert bound(Exact(np.array([3, 1])), Binomial(n=7)).as_columns("y")["y"].tolist() == [3, 1]
    assert joined.cdf_range(stats.binom([7, 1], 0.3))[1] == pytest.approx(stats.binom([7, 1], 0.3).cdf([3, 1]))


def test_censored_counts_of_trials() -> None:
    class BinomialTails(Binomial):
        def log_cdf(self, xp: Any, y: Any, *, p: Any) -> Any:
            return stats.binom(y[..., 1], p).logcdf(y[..., 0])

        def log_survival(self, xp: Any, y: Any, *, p: Any) -> Any:
            return stats.binom(y[..., 1], p).logsf(y[..., 0])

    dist = stats.binom(4, 0.3)
    seen = bound(mlekit.censored([1, 0, 3, 2, 0, 3], [2, 1, 9, 2, 4, INF]), BinomialTails(n=4))
    expected = [dist.pmf([1, 2]).sum(), dist.cdf(1), dist.sf(2), dist.pmf(2), 1.0, dist.sf(2)]
    assert np.exp(log_rows(seen, BinomialTails(n=4), p=0.3)) == pytest.approx(np.array(expected))
    batch = np.exp(seen.log_density(NUMPY, BinomialTails(n=4), {"p": np.array([[0.3], [0.95]])}))
    assert batch[0] == pytest.approx(np.array(expected))
    assert batch[1][0] == pytest.approx(stats.binom(4, 0.95).pmf([1, 2]).sum())
    windowed = bound(mlekit.windowed([1, 3], lower=1), BinomialTails(n=4))
    assert np.exp(log_rows(windowed, BinomialTails(n=4), p=0.3)) == pytest.approx(dist.pmf([1, 3]) / dist.sf(0))


# --- tables and files -------------------------------------------------------------------------------------------------


@each
def test_a_state_makes_the_same_observations(name: str) -> None:
    from mlekit.io import pack, unpack

    seen, family, _ = case(name)
    again = from_state(unpack(pack(seen.state())))
    assert type(again) is type(seen)
    assert again.equals(seen)
    assert seen.equals(again)
    assert not again.equals(seen.take(slice(1, None)))
    assert again.describe() == seen.describe()
    params = PARAMS[type(family)]
    assert np.array_equal(log_rows(again, family, **params), log_rows(seen, family, **params))
    assert [*again.as_columns("y")] == [*seen.as_columns("y")]


def test_what_is_the_same_rows() -> None:
    exact = Exact(np.array([1.0, 2.0]))
    assert exact.equals(mlekit.censored([1.0, 2.0], [1.0, 2.0]))
    assert mlekit.censored([1.0, 2.0], [1.0, 2.0]).equals(exact)
    assert mlekit.right_censored([1.0, 2.0], [1, 0]).equals(mlekit.censored([1.0, 2.0], [1.0, INF]))
    assert not mlekit.right_censored([1.0, 2.0], [1, 0]).equals(exact)
    assert not exact.equals(mlekit.right_censored([1.0, 2.0], [1, 0]))
    assert not mlekit.windowed([1.0, 2.0], 0, 3).equals(exact)
    assert not exact.equals(mlekit.windowed([1.0, 2.0], 0, 3))
    assert not mlekit.windowed([1.0, 2.0], 0, 3).equals(mlekit.windowed([1.0, 2.0], 0, 4))


def test_columns_for_a_table() -> None:
    assert Exact(np.array([1, 2])).as_columns("y")["y"].tolist() == [1, 2]
    assert [*mlekit.censored([1], [2]).as_columns("y")] == ["lower", "upper"]
    survival = mlekit.right_censored([1, 2], [1, 0], entry=0).as_columns("y")
    assert {name: values.tolist() for name, values in survival.items()} == {
        "time": [1.0, 2.0],
        "event": [True, False],
        "entry": [0.0, 0.0],
    }
    assert [*mlekit.windowed([1], 0, 2).as_columns("y")] == ["y", "lower", "upper"]
    both = mlekit.windowed(mlekit.censored([1], [2]), 0, 3).as_columns("y")
    assert [*both] == ["lower", "upper", "window_lower", "window_upper"]


def test_words_for_a_summary() -> None:
    assert Exact(np.arange(3)).describe() == ""
    time, event = np.arange(1.0, 61.0), np.arange(60) < 37
    assert mlekit.right_censored(time, event, entry=0).describe() == "37 exact, 23 right-censored; entry after 0"
    assert mlekit.right_censored([2, 3], [1, 1], entry=[0, 1]).describe() == "2 exact; entry after 0 ... 1"
    assert mlekit.windowed([2, 3], upper=4).describe() == "2 exact; seen only up to 4"
    assert mlekit.windowed([2, 3], 1, 4).describe() == "2 exact; seen only from 1 to 4"


# --- what a user gives ------------------------------------------------------------------------------------------------

HOW = {"by": None, "weights": None, "offset": None, "missing": "error", "intercept": True}


@pytest.fixture
def frame() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "start": [0.0, 1.0, 0.5, 0.0],
            "days": [2.0, 5.0, 7.0, 9.0],
            "died": [1, 0, 1, 0],
            "lo": [1.0, -INF, 2.0, 3.0],
            "hi": [1.0, 4.0, INF, 5.0],
            "yes": [1, 2, 3, 4],
            "no": [4, 3, 2, 1],
            "x": [0.0, 1.0, 2.0, 3.0],
            "g": ["a", "a", "b", "b"],
        }
    )


@pytest.mark.parametrize(
    ("formula", "columns", "says"),
    [
        ("Surv(days, died) ~ x", ["days", "died"], "2 exact, 2 right-censored"),
        ("Surv(start, days, died) ~ x", ["days", "died", "start"], "2 exact, 2 right-censored; entry after 0 ... 1"),
        ("Surv(0, days, died) ~ x", ["days", "died"], "2 exact, 2 right-censored; entry after 0"),
        ("censored(lo, hi) ~ x", ["lo", "hi"], "1 exact, 1 left-censored, 1 right-censored, 1 interval-censored"),
        ("windowed(days, start, 10) ~ x", ["days", "start"], "4 exact; seen only from 0 ... 1 to 10"),
        ("windowed(days / 2, 0, 10) ~ x", ["days / 2"], "4 exact; seen only from 0 to 10"),
        ("windowed(days, 0, inf) ~ x", ["days"], "4 exact; entry after 0"),
        ("windowed(days, -inf, 10) ~ x", ["days"], "4 exact; seen only up to 10"),
        ("censored(lo, inf) ~ x", ["lo", "upper"], "3 right-censored, 1 without bounds"),
        ("cbind(yes, no) ~ x", ["yes", "no"], ""),
        ("days ~ x", ["days"], ""),
    ],
)
def test_a_formula_makes_observations_of_columns(
    frame: pd.DataFrame, formula: str, columns: list[str], says: str
) -> None:
    rows = intake("mean", frame, formula, **HOW)
    assert rows.observations.describe() == says
    response = formula.partition("~")[0].strip()
    assert rows.target == response
    found = rows.observations.as_columns(response)
    assert [*found] == columns
    for name in columns:
        if name in frame:
            assert np.array_equal(found[name], frame[name])
    assert rows.designs["mean"].names == ["Intercept", "x"]


def test_a_response_without_a_right_hand_side_is_not_a_regression(frame: pd.DataFrame) -> None:
    rows = intake("mean", frame, "Surv(days, died)", **HOW)
    assert rows.observations.describe() == "2 exact, 2 right-censored"
    assert rows.target == "Surv(days, died)"
    assert not rows.designs
    named = frame.rename(columns={"days": "Surv(days, died)"})
    assert intake("mean", named, "Surv(days, died)", **HOW).observations.describe() == ""
    with pytest.raises(FormulaError, match=r"expected ~ or the end, not '\+'"):
        intake("mean", frame, "Surv(days, died) + x", **HOW)
    with pytest.raises(UnknownName, match=r"no column is named 'log\(days\)'"):
        intake("mean", frame, "log(days)", **HOW)


def test_a_column_named_inf_is_written_in_backticks(frame: pd.DataFrame) -> None:
    named = frame.rename(columns={"hi": "inf"})
    assert intake("mean", named, "censored(lo, `inf`) ~ x", **HOW).observations.describe().startswith("1 exact")


@pytest.mark.parametrize(
    ("formula", "lost"),
    [
        ("Surv(days, died) ~ x", ["days", "died", "x"]),
        ("Surv(start, days, died) ~ x", ["start", "days", "died"]),
        ("censored(lo, hi) ~ x", ["lo", "hi"]),
        ("windowed(days, start, 10) ~ x", ["days", "start"]),
        ("cbind(yes, no) ~ x", ["yes", "no"]),
    ],
)
def test_a_row_that_lacks_any_part_is_missing(frame: pd.DataFrame, formula: str, lost: list[str]) -> None:
    for name in lost:
        holes = frame.astype({name: float})
        holes.loc[2, name] = NAN
        rows = intake("mean", holes, formula, **{**HOW, "missing": "drop"})
        assert (len(rows), rows.dropped) == (3, 1)
        whole = intake("mean", frame, formula, **HOW)
        assert rows.observations.equals(whole.observations.take(np.array([0, 1, 3])))
        if name != "x" and not formula.startswith("cbind"):
            with pytest.raises(DataError, match=r"1 missing value in .*, at row 2: say missing='drop'"):
                intake("mean", holes, formula, **HOW)


def test_observations_are_a_column_with_arrays_beside_it() -> None:
    seen = mlekit.right_censored([2.0, 5.0, 7.0], [1, 0, 1])
    rows = intake("scale", seen, None, **{**HOW, "weights": [1, 2, 1], "offset": [0, 0, 1], "by": ["a", "b", "a"]})
    assert rows.observations is seen
    assert rows.nobs().tolist() == [2.0, 2.0]
    assert rows.groups.codes.tolist() == [0, 1, 0]
    with pytest.raises(OptionError, match="names a column, but the data are one column"):
        intake("scale", seen, "y", **HOW)
    with pytest.raises(OptionError, match="the second argument is y"):
        intake("scale", seen, [1, 2, 3], **HOW)
    with pytest.raises(OptionError, match="by='g' names a column"):
        intake("scale", seen, None, **{**HOW, "by": "g"})
    labelled = mlekit.right_censored(pd.Series([2.0, 5.0], index=["a", "b"]), [1, 0])
    assert list(intake("scale", labelled, None, **HOW).row_index) == ["a", "b"]


def test_observations_may_be_the_response_of_x() -> None:
    seen = mlekit.right_censored([2.0, 5.0, 7.0], [1, 0, 1])
    rows = intake("scale", np.arange(6.0).reshape(3, 2), seen, **HOW)
    assert rows.observations is seen
    assert rows.designs["scale"].names == ["Intercept", "x0", "x1"]
    with pytest.raises(DataError, match="X has 2 rows, but y has 3 values"):
        intake("scale", np.ones((2, 2)), seen, **HOW)


def test_rows_have_a_plain_array_of_exact_observations() -> None:
    rows = intake("mean", [1.0, 2.0], None, **HOW)
    assert rows.y.tolist() == [1.0, 2.0]
    with pytest.raises(AttributeError):
        rows.y = [3.0]
    with pytest.raises(OptionError, match="right-censored"):
        _ = intake("mean", mlekit.right_censored([1, 2], [1, 0]), None, **HOW).y


def test_a_sample_is_recovered_from_censored_and_truncated_rows() -> None:
    from scipy.optimize import minimize

    rng = np.random.default_rng(3)
    time = 4.0 * rng.weibull(1.5, 4000)
    entry, stop = rng.uniform(0, 1.5, 4000), rng.uniform(1, 9, 4000)
    kept = np.minimum(time, stop) > entry
    seen = mlekit.right_censored(np.minimum(time, stop)[kept], (time <= stop)[kept], entry[kept])
    family = WeibullTails()
    seen = bound(seen, family)

    def loss(z: Any) -> Any:
        value, score, _ = seen.evaluate(family, [z[:1], z[1:]], 1)
        return -value.sum(), -np.array([np.sum(s) for s in score])

    found = minimize(loss, np.zeros(2), jac=True)
    assert np.exp(found.x) == pytest.approx([4.0, 1.5], rel=0.06)
