"""The torch solver: the same maximum by gradients, minibatches within a tenth of a standard error, seeds of its own."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from solvers.problems import PRIORS, REGRESSIONS, distribution, draw, families, of_family, problem, regression, solve

import mlekit
from mlekit.errors import ConvergenceWarning, OptionError
from mlekit.inference.information import standard_errors
from mlekit.solvers._base import Status

torch = pytest.importorskip("torch")
Torch = mlekit.solvers.Torch
SLOW = ["bernoulli", "categorical", "gamma", "student_t", "weibull"]
FULL, MINIBATCH = ["lbfgs", "descent"], ["adam", "sgd"]


def far_from_newton(posterior, solution) -> float:
    """The greatest distance of a parameter from Newton's, in standard errors."""
    newton = solve(posterior, mlekit.solvers.Newton())
    return float(np.max(np.abs(solution.values - newton.values) / standard_errors(newton)))


# -- what it is given --------------------------------------------------------------------------------------------------


def problems():
    for name in families():
        yield f"{name}", of_family(name)
        yield f"{name} with a prior", of_family(name, PRIORS[name])
    for name in REGRESSIONS:
        yield f"regression, {name}", problem(name, *regression(name), prior=mlekit.priors.Normal(0, 1))
    yield "fixed", problem("normal", draw(distribution("normal"), 50), fixed={"mean": 0.5})
    yield "tied", problem("poisson", *regression("poisson"), tied={"x1": "x0"})


@pytest.mark.parametrize(("name", "posterior"), [pytest.param(*p, id=p[0]) for p in problems()])
def test_the_stream_is_the_problem_in_tensors(name, posterior):
    """loss = -value / divisor with its gradient, and the mean over batches of one size is the loss of all rows."""
    stream, z = posterior.stream(), posterior.start()
    e = posterior.at(z, 1)
    assert stream.begin("cpu") == {}
    tensor = torch.tensor(z[0], requires_grad=True)
    loss = stream.loss(tensor, None)
    (gradient,) = torch.autograd.grad(loss, [tensor])
    assert -loss.item() * stream.divisor == pytest.approx(e.value[0], rel=1e-12)
    np.testing.assert_allclose(
        -gradient.numpy() * stream.divisor, e.gradient[0], rtol=1e-9, atol=1e-9 * abs(e.value[0])
    )
    if stream.rows % 4 == 0:
        parts = [stream.loss(tensor, i).item() for i in torch.arange(stream.rows).reshape(4, -1)]
        assert np.mean(parts) == pytest.approx(loss.item(), rel=1e-12)


def test_weights_and_offset_are_in_the_stream():
    rng = np.random.default_rng(0)
    x, y = regression("poisson")
    frame = pd.DataFrame({"y": y, "x": x[:, 0], "o": rng.normal(size=len(y)), "w": rng.integers(0, 3, len(y))})
    options = {"family": "poisson", "offset": "o", "weights": "w"}
    ours, newton = (mlekit.fit(frame, "y ~ x", **options, solver=s) for s in ("torch", "newton"))
    np.testing.assert_allclose(ours.params, newton.params, rtol=1e-7)
    assert ours.llf == pytest.approx(newton.llf, rel=1e-10)


# -- all rows at once --------------------------------------------------------------------------------------------------


def test_groups_are_fitted_one_by_one():
    frame = pd.DataFrame({"g": list("abc") * 40, "y": np.random.default_rng(0).weibull(1.5, 120)})
    ours, newton = (mlekit.fit(frame, "y", family="weibull", by="g", solver=s) for s in ("torch", "newton"))
    np.testing.assert_allclose(ours.params, newton.params, rtol=1e-7)


@pytest.mark.parametrize("method", FULL)
def test_a_gradient_step_never_raises_the_loss(method):
    history = solve(problem("gamma", *regression("gamma")), Torch(method)).history
    assert (np.diff(history) <= 1e-12 * np.abs(history[1:])).all()
    assert history[-1] < history[0]


# -- minibatches -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("batch", [None, 16])
@pytest.mark.parametrize("method", MINIBATCH)
@pytest.mark.parametrize("name", ["poisson", "normal", *(pytest.param(n, marks=pytest.mark.slow) for n in SLOW)])
def test_minibatches_end_within_a_tenth_of_a_standard_error(name, method, batch):
    posterior = problem(name, *regression(name))
    solution = solve(posterior, Torch(method, batch=batch))
    assert far_from_newton(posterior, solution) < 0.1
    assert Status(int(solution.status[0])) in (Status.BUDGET, Status.CONVERGED)


def test_muon_is_adam_where_there_are_no_matrices():
    posterior = problem("poisson", *regression("poisson"))
    muon, adam = (solve(posterior, Torch(method, steps=60, batch=16)) for method in ("muon", "adam"))
    assert muon.z.tolist() == adam.z.tolist()


@pytest.mark.slow
@pytest.mark.parametrize("method", MINIBATCH)
def test_many_rows_and_a_small_step_budget_still_do(method):
    posterior = problem("bernoulli", *regression("bernoulli", 20_000))
    assert far_from_newton(posterior, solve(posterior, Torch(method, steps=600, batch=256))) < 0.1


def test_a_budget_that_is_too_small_is_reported():
    assert solve(problem("gamma", *regression("gamma")), Torch("sgd", steps=3)).status.tolist() == [Status.STEPS]
    assert solve(problem("gamma", *regression("gamma")), Torch("descent", steps=2)).status.tolist() == [Status.STEPS]


def test_steps_that_are_too_long_are_taken_back():
    posterior = problem("poisson", *regression("poisson"))
    assert far_from_newton(posterior, solve(posterior, Torch("sgd", lr=2.0, steps=800))) < 0.1


def test_a_maximum_at_infinity_is_an_edge():
    x = np.linspace(-2, 2, 40)
    with pytest.warns(ConvergenceWarning, match="x0"):
        fit = mlekit.fit(x[:, None], (x > 0.1).astype(int), family="bernoulli", solver="torch")
    assert fit.verdict.codes == ("edge",)


# -- seeds, budgets, callbacks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", MINIBATCH)
def test_a_seed_gives_the_same_answer_to_the_last_bit(method):
    posterior = problem("poisson", *regression("poisson"))
    first, again, other = (solve(posterior, Torch(method, steps=90, batch=16, seed=s)) for s in (1, 1, 2))
    assert first.z.tolist() == again.z.tolist()
    assert first.history.tolist() == again.history.tolist()
    assert first.history.tolist() != other.history.tolist()


def test_the_seed_of_a_fit_is_that_of_a_solver_without_one():
    data, target = {"x": np.linspace(-1, 1, 200), "y": np.random.default_rng(2).poisson(2, 200)}, "y ~ x"

    def history(seed, own=None):
        solver = Torch("sgd", steps=60, batch=16, seed=own)
        return mlekit.fit(
            data, target, family="poisson", solver=solver, seed=seed, on_failure="ignore"
        ).solution.history.tolist()

    assert history(0) == history(0, own=0)
    assert history(3) == history(0, own=3) == history(5, own=3)
    assert history(3) != history(4)


def test_a_generator_is_drawn_from():
    posterior, rng = problem("poisson", *regression("poisson")), np.random.default_rng(5)
    first, second = (solve(posterior, Torch("sgd", steps=60, batch=16, seed=rng)) for _ in range(2))
    assert first.history.tolist() != second.history.tolist()


def test_global_generators_and_data_are_left_alone():
    x, y = regression("weibull")
    before = x.copy(), y.copy(), torch.get_rng_state(), np.random.get_state(legacy=False)["state"]["key"].copy()
    mlekit.fit(x, y, family="weibull", solver=Torch("adam"))
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(y, before[1])
    assert torch.equal(torch.get_rng_state(), before[2])
    np.testing.assert_array_equal(np.random.get_state(legacy=False)["state"]["key"], before[3])


@pytest.mark.slow
@pytest.mark.parametrize("method", [*FULL, *MINIBATCH])
def test_the_callback_sees_each_step_and_can_stop(method):
    seen = []
    posterior = problem("gamma", *regression("gamma"))
    solution = solve(posterior, Torch(method, callback=lambda step, loss: seen.append((step, loss)), steps=400))
    assert [step for step, _ in seen] == list(range(1, len(seen) + 1))
    assert solution.history.tolist() == [loss for _, loss in seen]
    assert seen[-1][1] < seen[0][1]
    assert solve(posterior, Torch(method, callback=lambda step, loss: step == 3)).iterations == 3


@pytest.mark.slow
@pytest.mark.parametrize("method", MINIBATCH)
def test_seconds_are_wall_time(method):
    posterior = problem("poisson", *regression("poisson"))
    begun = time.perf_counter()
    solution = solve(posterior, Torch(method, seconds=0.3, tol=1e-300))
    assert 0.25 < time.perf_counter() - begun < 3
    assert far_from_newton(posterior, solution) < 0.1


def test_a_budget_that_is_not_needed_is_not_spent():
    begun = time.perf_counter()
    assert mlekit.fit(draw(distribution("gamma"), 50), family="gamma", solver=Torch(seconds=60)).converged
    assert time.perf_counter() - begun < 20


# -- what it refuses ---------------------------------------------------------------------------------------------------


def test_a_kink_is_refused_with_what_to_do():
    x, y = regression("poisson")
    with pytest.raises(OptionError, match="use solver='newton'"):
        mlekit.fit(x, y, family="poisson", prior=mlekit.priors.Laplace(0, 1), solver="torch")


def test_what_torch_lacks_is_named():
    from scipy import stats

    y = draw(distribution("weibull"), 30)
    with pytest.raises(OptionError, match=r"torch solver cannot differentiate.*use solver='newton' or 'scipy'"):
        mlekit.fit(y, family=stats.weibull_min, solver="torch")
    with pytest.raises(OptionError, match="torch solver cannot differentiate"):
        mlekit.fit(y, family="weibull", prior={"shape": stats.gamma(2.0)}, solver="torch")
    with pytest.raises(OptionError, match="there is no 'nosuch'"):
        mlekit.fit(y, family=lacking(), solver="torch")


def lacking():
    """An exponential distribution with a function that torch does not have."""
    from mlekit.families.exponential import Exponential

    class Lacking(Exponential):
        def log_likelihood(self, xp, stats, *, mean):
            return super().log_likelihood(xp, stats, mean=mean) + (xp.nosuch(mean) if torch.is_tensor(mean) else 0)

    return Lacking()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "lbgfs"}, "lbfgs"),
        ({"steps": 0}, "steps is 0"),
        ({"seconds": -1.0}, "seconds is -1"),
        ({"batch": 0}, "batch is 0"),
        ({"lr": 0.0}, "lr is 0"),
    ],
)
def test_options_that_cannot_be_are_named(options, words):
    with pytest.raises(OptionError, match=words):
        Torch(**options)


def test_a_device_that_is_not_available_is_named():
    if torch.cuda.is_available():
        assert mlekit.fit([1.0, 2.0, 4.0], family="gamma", solver=Torch(device="cuda")).converged
    else:
        with pytest.raises(OptionError, match="device='cuda' is not available: use 'cpu'"):
            mlekit.fit([1.0, 2.0, 4.0], family="gamma", solver=Torch(device="cuda"))
    assert mlekit.fit([1.0, 2.0, 4.0], family="gamma", solver=Torch(device="cpu")).converged


def test_without_torch_the_line_to_type_is_given(without):
    without("torch")
    with pytest.raises(mlekit.errors.MissingDependency, match=r"pip install 'mlekit\[torch\]'"):
        mlekit.fit([1.0, 2.0, 4.0], family="gamma", solver="torch")
