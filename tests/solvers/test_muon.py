"""Muon: steps with all singular values near one, and of Adam's size."""

from __future__ import annotations

import copy
import importlib

import numpy as np
import pytest

torch = pytest.importorskip("torch")

_muon, _minibatch = (importlib.import_module(f"mlekit.solvers.torch.{name}") for name in ("_muon", "_minibatch"))
Muon, GroupedOptimizer, orthogonal = _muon.Muon, _minibatch.GroupedOptimizer, _muon.orthogonal

RNG = np.random.default_rng(1)
COEFFICIENTS = 3.4445, -4.7750, 2.0315


def tensor(*shape, dtype=torch.float64):
    return torch.tensor(RNG.normal(size=shape), dtype=dtype)


def by_svd(m):
    """The same polynomial, on the singular values alone."""
    u, s, vh = np.linalg.svd(m, full_matrices=False)
    s = s / (np.linalg.norm(m) + 1e-7)
    a, b, c = COEFFICIENTS
    for _ in range(5):
        s = a * s + b * s**3 + c * s**5
    return u * s @ vh


@pytest.mark.parametrize("shape", [(4, 4), (3, 8), (8, 3), (1, 5), (5, 1), (1, 1)])
def test_it_is_a_polynomial_of_the_singular_values_and_turns_no_direction(shape):
    m = tensor(*shape)
    np.testing.assert_allclose(orthogonal(m[None])[0].numpy(), by_svd(m.numpy()), rtol=1e-9, atol=1e-12)


def test_singular_values_of_any_size_become_near_one():
    for scale in (1e-6, 1.0, 1e6):
        values = torch.linalg.svdvals(orthogonal(scale * tensor(20, 16, 24)))
        assert values.max() < 1.25
        assert values.median() > 0.65


def test_a_stack_is_each_of_its_matrices():
    stack = tensor(5, 3, 7)
    np.testing.assert_allclose(orthogonal(stack), torch.cat([orthogonal(m[None]) for m in stack]), rtol=1e-12)


def test_a_matrix_of_zeros_stays():
    assert torch.equal(orthogonal(torch.zeros(2, 3, 4)), torch.zeros(2, 3, 4))


def test_the_first_two_steps_by_hand():
    w, gradients, lr, mu = tensor(3, 5), [tensor(3, 5), tensor(3, 5)], 0.1, 0.95
    leaf, mean = w.clone(), np.zeros((3, 5))
    muon, expected = Muon([leaf]), w.numpy().copy()
    for gradient in gradients:
        muon.step([gradient], lr)
        g = gradient.numpy()
        mean = mu * mean + (1 - mu) * g
        expected -= lr * 0.2 * np.sqrt(5) * by_svd(g + mu * (mean - g))
    np.testing.assert_allclose(leaf.numpy(), expected, rtol=1e-9)


def test_matrices_of_one_shape_are_updated_together_as_each_alone():
    start = [tensor(3, 5), tensor(5, 3), tensor(3, 5)]
    together, alone = copy.deepcopy(start), copy.deepcopy(start)
    one, others = Muon(together), [Muon([w]) for w in alone]
    for _ in range(3):
        gradients = [tensor(*a.shape) for a in together]
        one.step(gradients, 0.1)
        for other, gradient in zip(others, gradients, strict=True):
            other.step([gradient], 0.1)
    for a, b, w in zip(together, alone, start, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-12)
        assert not torch.allclose(a, w)


def test_the_size_of_a_step_is_about_that_of_adam():
    """Adam's first step is lr at every place; Muon's is 0.2 lr sqrt(64), of a matrix whose squares add up to 64."""
    w = torch.zeros(64, 64)
    Muon([w]).step([tensor(64, 64, dtype=torch.float32)], 1.0)
    assert 0.1 < float(w.square().mean().sqrt()) < 0.3


@pytest.mark.parametrize("matrices", [frozenset(), frozenset({"a"}), frozenset({"a", "b", "c", "d"})])
def test_a_tensor_that_is_not_a_matrix_is_updated_by_adam(matrices):
    leaves = {name: tensor(3, 4) for name in "abcd"}
    own, other = copy.deepcopy(leaves), copy.deepcopy(leaves)
    gradients = [tensor(3, 4) for _ in leaves]
    for method, updated in (("muon", own), ("adam", other)):
        GroupedOptimizer(method, updated, matrices, 0.1).step([s.clone() for s in gradients], 1.0)
    for name in leaves:
        assert torch.equal(own[name], other[name]) == (name not in matrices)


@pytest.mark.parametrize("method", ["muon", "adam", "sgd"])
def test_the_state_is_saved_and_restored(method):
    leaves = {"a": tensor(3, 4), "b": tensor(4), "c": tensor(3, 4), "d": tensor(4, 3)}
    matrices = frozenset("acd")
    first = GroupedOptimizer(method, leaves, matrices, 0.1)
    gradients = [[tensor(*leaf.shape) for leaf in leaves.values()] for _ in range(4)]
    for gradient in gradients[:2]:
        first.step(gradient, 1.0)
    again = {name: leaf.clone() for name, leaf in leaves.items()}
    other = GroupedOptimizer(method, again, matrices, 0.1)
    other.restore({name: t.clone() for name, t in first.state().items()})
    forgetful = {name: leaf.clone() for name, leaf in leaves.items()}
    without = GroupedOptimizer(method, forgetful, matrices, 0.1)
    for gradient in gradients[2:]:
        for each in (first, other, without):
            each.step([s.clone() for s in gradient], 0.5)
    for name, leaf in leaves.items():
        assert torch.equal(leaf, again[name])
        assert not torch.equal(leaf, forgetful[name])
