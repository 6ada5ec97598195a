"""The first-order optimizers take the steps of torch's own."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

torch = pytest.importorskip("torch")

first_order = importlib.import_module("mlekit.solvers.torch._first_order")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("optimizer", "theirs"),
    [
        (first_order.Adam, lambda leaves: torch.optim.Adam(leaves, lr=0.03, betas=(0.9, 0.99))),
        (first_order.Momentum, lambda leaves: torch.optim.SGD(leaves, lr=0.03, momentum=0.9)),
    ],
)
def test_ten_steps_are_those_of_torch(optimizer, theirs):
    rng = np.random.default_rng(3)
    start = [torch.tensor(rng.normal(size=shape)) for shape in ((3, 4), (5,), ())]
    ours, other = [w.clone() for w in start], [w.clone() for w in start]
    one, two = optimizer(ours), theirs(other)
    for _ in range(10):
        gradients = [torch.tensor(rng.normal(size=w.shape)) for w in start]
        one.step(gradients, 0.03)
        for w, gradient in zip(other, gradients, strict=True):
            w.grad = gradient
        two.step()
    for a, b, w in zip(ours, other, start, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11)
        assert not torch.equal(a, w)
