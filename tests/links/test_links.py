"""Every link is a monotone bijection with exact derivatives and all its digits, and survives pickle."""

from __future__ import annotations

import copy
import pickle

import mpmath as mp
import numpy as np
import pytest

import mlekit
from mlekit.errors import OptionError, UnknownAttribute
from mlekit.links import Link
from mlekit.numerics.arrays import NUMPY, torch_namespace
from mlekit.numerics.derivatives import differentiate
from mlekit.numerics.sets import REAL, UNIT, Integers, Interval, Levels, Simplex, interval

UNITS = ("logit", "probit", "cloglog", "cauchit")
INSIDE = dict.fromkeys(UNITS, (0.0, 1.0)) | {"identity": (-np.inf, np.inf)}
TRUTH = {
    "identity": lambda z: z,
    "log": mp.exp,
    "logit": lambda z: 1 / (1 + mp.exp(-z)),
    "probit": lambda z: mp.erfc(-z / mp.sqrt(2)) / 2,
    "cloglog": lambda z: -mp.expm1(-mp.exp(z)),
    "cauchit": lambda z: mp.mpf(1) / 2 + mp.atan(z) / mp.pi,
    "inverse": lambda z: 1 / z,
    "inverse_squared": lambda z: 1 / mp.sqrt(z),
    "sqrt": lambda z: z * z,
}
RANGES = [interval(0, 1), interval(2, 7), interval(3, np.inf), interval(-np.inf, -1), REAL, UNIT]


def example(name: str) -> np.ndarray:
    low, high = INSIDE.get(name, (0.0, np.inf))
    if np.isinf(low):
        return np.array([-3.0, 0.2, 40.0])
    return np.array([1e-6, 0.2, 0.5, 0.9]) if high == 1 else np.array([1e-3, 0.4, 1.0, 30.0])


@pytest.mark.parametrize("name", mlekit.links.names())
def test_the_inverse_takes_back(name):
    link, values = mlekit.links.get(name), example(name)
    assert link.name == name
    np.testing.assert_allclose(link.inverse(NUMPY, link.forward(NUMPY, values)), values, rtol=1e-13)


@pytest.mark.parametrize("name", mlekit.links.names())
def test_the_inverse_is_the_textbook_formula_to_the_last_digits(name):
    """Also where a probability is tiny."""
    link = mlekit.links.get(name)
    z = np.array([-30.0, -2.0, 0.3, 1.0, 5.0]) if name in (*UNITS, "identity", "log") else np.array([1e-3, 0.3, 50.0])
    with mp.workdps(40):
        truth = [float(TRUTH[name](mp.mpf(v))) for v in z.tolist()]
    np.testing.assert_allclose(link.inverse(NUMPY, z), truth, rtol=1e-13)


@pytest.mark.parametrize("name", mlekit.links.names())
def test_derivatives_are_those_of_the_formula(name):
    link = mlekit.links.get(name)
    z = np.array([0.3, 1.7])
    _, first, second = differentiate(lambda xp, v: link.inverse(xp, v[0]), [z], 2)
    with mp.workdps(40):
        truth = [[float(mp.diff(TRUTH[name], mp.mpf(v), n)) for v in z.tolist()] for n in (1, 2)]
    np.testing.assert_allclose(first[0] + 0 * z, truth[0], rtol=1e-12)
    np.testing.assert_allclose(second[0][0] + 0 * z, truth[1], rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", mlekit.links.names())
def test_tensors_go_through_like_arrays(name):
    torch = pytest.importorskip("torch")
    link, xp, values = mlekit.links.get(name), torch_namespace(), example(name)
    z = link.forward(xp, torch.as_tensor(values))
    np.testing.assert_allclose(z, link.forward(NUMPY, values), rtol=1e-9)
    np.testing.assert_allclose(link.inverse(xp, z), values, rtol=1e-9)


@pytest.mark.parametrize("name", UNITS)
def test_the_ends_of_the_unit_interval_are_at_infinity(name):
    with np.errstate(divide="ignore"):
        ends = mlekit.links.get(name).forward(NUMPY, np.array([0.0, 1.0]))
    assert ends.tolist() == [-np.inf, np.inf]


@pytest.mark.parametrize("link", [*map(mlekit.links.get, mlekit.links.names()), *(s.link for s in RANGES)], ids=repr)
def test_links_survive_pickle_and_copy(link):
    assert pickle.loads(pickle.dumps(link)) == link
    assert copy.deepcopy(link) == link


@pytest.mark.parametrize(
    "of", [*RANGES, Interval(0, np.inf, (True, False)), Integers(0, 5), Levels(3), Simplex(3)], ids=repr
)
def test_sets_survive_pickle_and_copy(of):
    assert pickle.loads(pickle.dumps(of)) == of
    assert copy.deepcopy(of) == of


@pytest.mark.parametrize("of", RANGES, ids=repr)
def test_the_default_link_of_an_interval_leads_there_and_back(of):
    z = np.array([-3.0, 0.0, 2.0])
    values = of.link.inverse(NUMPY, z)
    assert of.contains(values).all()
    np.testing.assert_allclose(of.link.forward(NUMPY, values), z, rtol=1e-12, atol=1e-14)


def test_a_set_with_the_ends_of_a_usual_one_has_its_link():
    assert interval(0, 1) == UNIT
    assert interval(0, 1).link == mlekit.links.get("logit")
    assert interval(0, np.inf).link == mlekit.links.get("log")
    assert interval(0, 2).link != mlekit.links.get("logit")


def test_a_link_is_itself_and_a_wrong_name_suggests_the_nearest():
    link = mlekit.links.Logit()
    assert mlekit.links.get(link) is link
    assert isinstance(link, Link)
    with pytest.raises(OptionError, match="there is no link 'logti': did you mean 'logit'"):
        mlekit.links.get("logti")
    with pytest.raises(OptionError, match="there is no link 3"):
        mlekit.links.get(3)
    with pytest.raises(UnknownAttribute, match="Logit"):
        mlekit.links.Logti  # noqa: B018


def test_probabilities_of_levels_have_one_link():
    with pytest.raises(OptionError, match="whose link is softmax"):
        mlekit.fit(["a", "b"], family="categorical", link="logit")


def test_a_cauchit_regression_is_that_of_statsmodels(rng):
    import statsmodels.api as sm

    x = rng.normal(size=(300, 1))
    y = (rng.uniform(size=300) < 0.3 + 0.4 * (x[:, 0] > 0)).astype(int)
    family = sm.families.Binomial(link=sm.families.links.Cauchy())
    theirs = sm.GLM(y, sm.add_constant(x), family=family).fit(tol=1e-14)
    ours = mlekit.fit(x, y, family="bernoulli", link="cauchit")
    np.testing.assert_allclose(ours.params, theirs.params, rtol=1e-6)
    assert ours.llf == pytest.approx(theirs.llf, rel=1e-9)


def test_an_inverse_squared_regression_on_two_groups_has_their_means(rng):
    x = np.repeat([0.0, 1.0], 60)
    y = rng.gamma(3.0, 1 / np.sqrt(0.5 + x) / 3.0)
    fit = mlekit.fit(x[:, None], y, family="gamma", link="inverse_squared")
    first, second = (1 / y[x == g].mean() ** 2 for g in (0, 1))
    np.testing.assert_allclose(fit.params.iloc[:2], [first, second - first], rtol=1e-9)
