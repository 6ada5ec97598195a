"""How leaves are moved: as torch's own optimisers move them."""

from __future__ import annotations

import importlib

import numpy as np
import pytest

torch = pytest.importorskip("torch")

steps = importlib.import_module("mlekit.solvers.torch._steps")


@pytest.mark.parametrize(
    ("mover", "theirs"),
    [
        (steps.Adam, lambda leaves: torch.optim.Adam(leaves, lr=0.03, betas=(0.9, 0.99))),
        (steps.Momentum, lambda leaves: torch.optim.SGD(leaves, lr=0.03, momentum=0.9)),
    ],
)
def test_ten_steps_are_those_of_torch(mover, theirs):
    rng = np.random.default_rng(3)
    start = [torch.tensor(rng.normal(size=shape)) for shape in ((3, 4), (5,), ())]
    ours, other = [w.clone() for w in start], [w.clone() for w in start]
    one, two = mover(ours), theirs(other)
    for _ in range(10):
        slopes = [torch.tensor(rng.normal(size=w.shape)) for w in start]
        one.move(slopes, 0.03)
        for w, slope in zip(other, slopes, strict=True):
            w.grad = slope
        two.step()
    for a, b, w in zip(ours, other, start, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-11)
        assert not torch.equal(a, w)
