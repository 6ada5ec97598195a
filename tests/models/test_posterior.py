"""The promises of a log posterior: its derivatives, coordinates, scores and sums agree with one another."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from inference.cases import SAMPLES, sample

import mlekit
from mlekit.inference.information import log_likelihood, standard_errors
from mlekit.numerics.derivatives import differences

P = mlekit.priors


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"x": rng.normal(size=90), "t": 100 + 5 * rng.normal(size=90), "g": np.arange(90) % 3})
    data["w"] = rng.integers(1, 4, size=90)
    data["e"], data["u"] = 0.1 * rng.normal(size=90), rng.normal(size=90)
    data["n"] = rng.poisson(np.exp(0.5 + 0.3 * data.x))
    data["y"] = 50 + 20 * data.x + 10 * rng.standard_t(5, size=90)
    data["a"] = rng.gamma(2.0, np.exp(3 + 0.2 * data.x))
    data["z"] = rng.choice(list("abc"), size=90)
    return data


MODELS = {
    "poisson": ("n", {"family": "poisson"}),
    "weighted gamma": ("a", {"family": "gamma", "weights": "w"}),
    "weibull": ("a", {"family": "weibull"}),
    "student_t with a prior": ("y", {"family": "student_t", "prior": {"df": P.Gamma(shape=2, rate=0.1)}}),
    "normal with fixed sd": ("y", {"family": "normal", "fixed": {"sd": 12.0}}),
    "categorical": ("z", {"family": "categorical", "prior": P.Dirichlet(2)}),
    "least squares": ("y ~ x + t", {"family": "normal"}),
    "weighted least squares": ("y ~ x + t", {"family": "normal", "weights": "w"}),
    "poisson regression": ("n ~ x + t", {"family": "poisson", "weights": "w", "offset": "e"}),
    "softmax": ("z ~ x", {"family": "categorical"}),
    "two formulas": ({"mean": "y ~ x", "sd": "~ t"}, {"family": "normal", "prior": {"x": P.Normal(0, 30)}}),
    "fixed and tied": ("a ~ x + u", {"family": "gamma", "fixed": {"shape": 2.0}, "tied": {"u": "x"}}),
    "fixed coefficient": ("y ~ x + t", {"family": "student_t", "fixed": {"t": 0.5}}),
    "groups": ("a", {"family": "gamma", "by": "g"}),
    "groups of rows": ("y", {"family": "student_t", "by": "g", "fixed": {"df": 5.0}}),
    "groups of regressions": ("y ~ x", {"family": "normal", "by": "g", "weights": "w"}),
    "groups with an offset": ("n ~ x", {"family": "poisson", "by": "g", "offset": "e"}),
}
WITHOUT_FORMULAS = [name for name, (target, _) in MODELS.items() if "~" not in str(target)]


@pytest.fixture
def problem(frame, request):
    target, options = MODELS[request.param]
    return mlekit.fit(frame, target, on_failure="ignore", **options).problem


def models(names):
    return pytest.mark.parametrize("problem", names, indirect=True)


def near(problem):
    """Coordinates a little away from where the search begins."""
    z = problem.start()
    return z + 0.1 * np.cos(np.arange(z.size)).reshape(z.shape)


def same(found, expected, rel=1e-12):
    for a, b in zip(found, expected, strict=True):
        assert a == pytest.approx(np.asarray(b), rel=rel, abs=rel * np.abs(b).max(initial=1.0))


# ---- derivatives ---------------------------------------------------------------------------------------------------


@models(MODELS)
def test_derivatives_are_those_of_the_value(problem):
    z = near(problem)
    value, gradient, hessian = differences(lambda z: problem.at(np.stack(z, axis=1), 0).value, list(z.T), 2)
    found = problem.at(z)
    assert found.value == pytest.approx(value, rel=1e-13)
    assert found.gradient == pytest.approx(np.stack(gradient, axis=1), rel=1e-6, abs=1e-6 * np.abs(value).max())
    expected = np.moveaxis(np.array(hessian), -1, 0)
    assert found.hessian == pytest.approx(expected, rel=1e-5, abs=1e-5 * np.abs(expected).max())


@models(WITHOUT_FORMULAS)
def test_parameters_as_named_and_coordinates_have_one_likelihood(problem):
    """By the chain rule: g_z = J' g and H_z = J' H J + sum_u g_u d2 value_u / dz2."""
    z = near(problem)
    values, jacobian = problem.values(z), problem.jacobian(z)
    named = problem.at_params(problem.coefficients.from_vector(values))
    found = problem.at(z)
    assert named.value == pytest.approx(found.value, rel=1e-12)
    gradient = np.einsum("guk,gu->gk", jacobian, named.gradient)
    assert found.gradient == pytest.approx(gradient, rel=1e-9, abs=1e-9 * np.abs(found.value).max())
    step = 1e-5 * np.eye(z.shape[1])
    second = np.stack([(problem.jacobian(z + h) - problem.jacobian(z - h)) / 2e-5 for h in step], axis=-1)
    hessian = np.swapaxes(jacobian, 1, 2) @ named.hessian @ jacobian + np.einsum("gu,gukl->gkl", named.gradient, second)
    assert found.hessian == pytest.approx(hessian, rel=1e-6, abs=1e-7 * np.abs(hessian).max())


@pytest.mark.parametrize("name", list(SAMPLES))
def test_likelihood_of_the_fitted_parameters_is_that_of_the_fit(name):
    fit, _ = sample(name)
    problem, values = fit.problem, fit.solution.values
    named = problem.at_params(problem.coefficients.from_vector(values), 0)
    assert named.value[0] == pytest.approx(fit.llf, rel=1e-12)


# ---- scores of rows ------------------------------------------------------------------------------------------------


def weights_of(problem):
    return np.ones(len(problem.rows)) if problem.rows.weights is None else problem.rows.weights


def members(problem):
    """The group of each row."""
    groups = problem.rows.groups
    return np.zeros(len(problem.rows), dtype=int) if groups is None else groups.codes


@models(MODELS)
def test_scores_add_up_to_the_gradient(problem):
    bare, z = problem.with_priors(None), near(problem)
    scores, g = weights_of(problem)[:, None] * bare.scores(z), members(problem)
    total = np.stack([scores[g == k].sum(axis=0) for k in range(problem.count)])
    total = total if problem.restriction is None else total @ problem.restriction.matrix
    gradient = bare.at(z).gradient
    assert total == pytest.approx(gradient, rel=1e-9, abs=1e-10 * np.abs(scores).sum())


@models(MODELS)
def test_meat_is_the_sum_of_squared_scores(problem):
    z = near(problem)
    scores, g = problem.scores(z), members(problem)
    for weights, given in ((weights_of(problem), None), (weights_of(problem) ** 2, weights_of(problem) ** 2)):
        meat = problem.meat(z, given)
        assert meat.shape == (problem.count, problem.coefficients.size, problem.coefficients.size)
        for k in range(problem.count):
            s = scores[g == k]
            same([meat[k]], [(weights[g == k, None] * s).T @ s])


# ---- the same with something else ----------------------------------------------------------------------------------


@models([name for name, (_, options) in MODELS.items() if "by" not in options])
def test_reweighted_with_its_own_weights_is_the_problem_itself(problem):
    z = near(problem)
    again = problem.reweighted(weights_of(problem)[None].astype(float))
    assert (again.count, again.size) == (1, problem.size)
    same(again.at(z), problem.at(z), rel=1e-10)


@models(["poisson", "weighted gamma", "weibull", "poisson regression", "softmax", "fixed coefficient"])
def test_each_set_of_weights_is_a_fit_of_its_own(problem, rng):
    weights = rng.integers(0, 3, size=(2, len(problem.rows))).astype(float)
    both = problem.reweighted(weights)
    z = np.repeat(near(problem), 2, axis=0) + np.array([[0.0], [0.05]])
    found = both.at(z)
    for b in range(2):
        same([part[b] for part in found], [part[0] for part in problem.reweighted(weights[b : b + 1]).at(z[b : b + 1])])


@models([name for name, (_, options) in MODELS.items() if "by" in options])
def test_groups_that_are_taken_keep_their_likelihood(problem):
    z, all_of_them = near(problem), problem.at(near(problem))
    for groups in (np.array([2, 0]), np.array([True, False, True]), np.array([1])):
        some = problem.take(groups)
        at = np.flatnonzero(groups) if groups.dtype == bool else groups
        order = np.sort(at) if groups.dtype == bool else at
        assert some.count == len(at)
        same(some.at(z[order]), [part[order] for part in all_of_them], rel=1e-11)


@models([name for name, (_, options) in MODELS.items() if "by" not in options])
def test_copies_of_one_fit_have_its_likelihood(problem):
    z = near(problem)
    three = problem.take(np.array([0, 0, 0]))
    for part, own in zip(three.at(np.repeat(z, 3, axis=0)), problem.at(z), strict=True):
        same(part, [own[0]] * 3, rel=1e-11)


@models(["weighted gamma", "weibull", "least squares", "groups", "groups of regressions"])
def test_a_prior_adds_its_density(problem):
    z, param = near(problem), problem.coefficients.names[0]
    prior = P.Normal(3, 2) if "Intercept" in problem.coefficients.names else P.Gamma(shape=2, rate=0.3)
    with_prior = problem.with_priors({param: prior})
    density = prior.log_density(mlekit.numerics.arrays.NUMPY, problem.values(z)[:, 0])
    assert with_prior.at(z).value == pytest.approx(problem.at(z).value + density, rel=1e-12)
    assert with_prior.log_prior(problem.to_original(z)) == pytest.approx(density, rel=1e-12)
    same(with_prior.with_priors(None).at(z), problem.at(z), rel=1e-15)
    assert problem.log_prior(problem.to_original(z)).tolist() == [0.0] * problem.count


# ---- coordinates ---------------------------------------------------------------------------------------------------


@models(MODELS)
def test_original_coordinates_and_those_of_the_solver_are_inverse(problem):
    z = near(problem)
    original = problem.to_original(z)
    assert original.shape == (problem.count, problem.coefficients.size)
    assert problem.from_original(original) == pytest.approx(z, rel=1e-9, abs=1e-9)
    assert problem.to_original(problem.from_original(original)) == pytest.approx(original, rel=1e-9, abs=1e-9)


@models(MODELS)
def test_jacobian_is_the_derivative_of_the_values(problem):
    z = near(problem)
    step = 1e-5 * np.eye(z.shape[1])
    slopes = np.stack([(problem.values(z + h) - problem.values(z - h)) / 2e-5 for h in step], axis=-1)
    assert problem.jacobian(z) == pytest.approx(slopes, rel=1e-6, abs=1e-7 * np.abs(slopes).max(initial=1.0))


@models(["normal with fixed sd", "fixed and tied", "fixed coefficient", "groups of rows"])
def test_fixed_values_are_what_was_given_and_tied_ones_are_equal(problem):
    values = dict(zip(problem.coefficients.names, problem.values(near(problem)).T, strict=True))
    for name, value in problem.fixed.items():
        assert values[name].tolist() == [value] * problem.count
        assert name in problem.fixed_names
    assert problem.fixed_values.tolist() == [name in problem.fixed for name in problem.coefficients.names]
    assert problem.tied == ("u" in values)
    if problem.tied:
        assert values["u"] == pytest.approx(values["x"], rel=1e-10)


@models([name for name in WITHOUT_FORMULAS if "fixed" not in MODELS[name][1]])
def test_parameters_and_coordinates_are_inverse(problem):
    original = problem.to_original(near(problem))
    params = problem.coefficients.from_vector(problem.values(near(problem)))
    assert problem.from_params(params) == pytest.approx(original, rel=1e-9, abs=1e-9)
    assert problem.values(None, params) == pytest.approx(problem.values(near(problem)), rel=1e-12)


# ---- sums and copies -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "options"),
    [
        ("bernoulli", {}),
        ("poisson", {}),
        ("gamma", {}),
        ("normal", {"fixed": {"sd": 2.0}}),
        ("poisson", {"prior": {"rate": P.Gamma(shape=2, rate=1)}}),
        ("normal", {"weights": [1.0, 2.0, 3.0, 0.5, 1.0, 1.0]}),
    ],
)
def test_statistics_of_merged_fits_are_sums(family, options):
    rows = np.array([1, 0, 1, 1, 0, 1] if family == "bernoulli" else [3, 1, 4, 1, 5, 9])
    weights = options.get("weights")

    def fit(part):
        some = {**options, "weights": weights[part]} if weights else options
        return mlekit.fit(rows[part], family=family, **some)

    parts, whole = [fit(slice(0, 2)), fit(slice(2, 6))], fit(slice(0, 6))
    merged = mlekit.merge(*parts).problem
    bare = [part.problem.with_priors(None).statistics() for part in parts]
    total = merged.with_priors(None).statistics()
    assert total.n == pytest.approx(sum(s.n for s in bare))
    expected, found = whole.problem.statistics().batch(), merged.statistics().batch().about(0.0)
    for name, value in expected.about(0.0).sums.items():
        assert found[name] == pytest.approx(value, rel=1e-12)
    assert merged.closed().params.keys() == whole.solution.params.keys()
    z = merged.start()
    same(merged.at(z), whole.problem.at(z), rel=1e-12)


def test_sums_that_are_not_there_are_none(frame):
    assert mlekit.fit(frame, "a", family="weibull").problem.statistics() is None
    assert mlekit.fit(frame, "n ~ x", family="poisson").problem.statistics() is None
    assert mlekit.fit(frame, "a", family="gamma", prior={"shape": P.Normal(2, 1)}).problem.statistics() is None


COPIES = {
    "normal": ("y", {"family": "normal"}),
    "poisson": ("n", {"family": "poisson", "prior": {"rate": P.Gamma(shape=2, rate=1)}}),
    "gamma": ("a", {"family": "gamma", "weights": "w", "fixed": {"shape": 2.0}}),
    "weibull": ("a", {"family": "weibull"}),
    "least squares": ("y ~ x + t", {"family": "normal"}),
    "poisson regression": ("n ~ x + t", {"family": "poisson", "tied": {"t": "x"}}),
    "groups": ("a", {"family": "gamma", "by": "g"}),
    "groups of regressions": ("y ~ x", {"family": "normal", "by": "g"}),
}


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda fit: pickle.loads(pickle.dumps(fit))], ids=["copy", "pickle"])
@pytest.mark.parametrize("name", COPIES)
def test_copies_of_fits_and_solutions_keep_every_number(frame, name, copied):
    target, options = COPIES[name]
    fit = mlekit.fit(frame, target, **options)
    again, solution = copied(fit), copied(fit.solution)
    assert type(again) is type(fit)
    for other in (again.solution, solution):
        for numbers in (standard_errors, log_likelihood):
            np.testing.assert_array_equal(numbers(other), numbers(fit.solution))
        for name in ("values", "original", "curvature", "status"):
            np.testing.assert_array_equal(getattr(other, name), getattr(fit.solution, name))
        assert other.solver == fit.solution.solver
    for numbers in ("params", "bse", "llf", "nobs"):
        np.testing.assert_array_equal(getattr(again, numbers), getattr(fit, numbers))
    np.testing.assert_array_equal(again.conf_int(), fit.conf_int())
    assert str(again) == str(fit)
