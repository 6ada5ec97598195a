"""Rows selected and combined again, in arrays, jets and tensors."""

from __future__ import annotations

import numpy as np
import pytest

from mlekit.numerics.arrays import NUMPY, jets, torch_namespace
from mlekit.numerics.jets import Jet, variables

MASK = np.array([True, False, True, False])
ROWS = np.arange(4.0)


def test_what_is_the_same_for_all_rows_stays_as_it_is() -> None:
    for same in (2.0, np.float64(2.0), np.array([2.0]), np.array([[2.0], [3.0]])):
        assert NUMPY.select(same, MASK) is same
    assert NUMPY.select(ROWS, MASK).tolist() == [0.0, 2.0]
    assert NUMPY.select(np.stack([ROWS, -ROWS]), MASK).tolist() == [[0.0, 2.0], [0.0, -2.0]]
    assert NUMPY.select(np.array([5.0]), np.array([True])).tolist() == [5.0]


def test_members_of_a_batch_may_select_different_rows() -> None:
    masks = np.stack([MASK, ~MASK])
    assert NUMPY.select(ROWS, masks).tolist() == [0.0, 2.0, 1.0, 3.0]
    assert NUMPY.select(np.array([[7.0], [8.0]]), masks).tolist() == [7.0, 7.0, 8.0, 8.0]
    whole = NUMPY.combine((2, 4), [(masks, np.arange(1.0, 5.0))])
    assert whole.tolist() == [[1.0, 0.0, 2.0, 0.0], [0.0, 3.0, 0.0, 4.0]]


def test_parts_are_combined_and_the_other_rows_are_zero() -> None:
    assert NUMPY.combine((4,), [(MASK, np.array([1.0, 2.0]))]).tolist() == [1.0, 0.0, 2.0, 0.0]
    assert NUMPY.combine((2, 4), [(MASK, 1.0), (~MASK, np.array([[2.0], [3.0]]))]).tolist() == [
        [1.0, 2.0, 1.0, 2.0],
        [1.0, 3.0, 1.0, 3.0],
    ]
    assert NUMPY.combine((4,), [(MASK, np.array([True, False]))]).dtype == bool


def test_jets_keep_the_derivatives_of_their_rows() -> None:
    xp = jets()
    (x,) = variables([ROWS + 1])
    one = xp.select(x * x, MASK)
    assert one.value.tolist() == [1.0, 9.0]
    assert one.gradient[0].tolist() == [2.0, 6.0]
    whole = xp.combine((4,), [(MASK, one), (~MASK, np.array([5.0, 6.0]))])
    assert isinstance(whole, Jet)
    assert whole.value.tolist() == [1.0, 5.0, 9.0, 6.0]
    assert whole.gradient[0].tolist() == [2.0, 0.0, 6.0, 0.0]
    assert whole.hessian[0, 0].tolist() == [2.0, 0.0, 2.0, 0.0]
    assert xp.combine((4,), [(MASK, np.array([5.0, 6.0]))]).tolist() == [5.0, 0.0, 6.0, 0.0]
    assert xp.select(3.0, MASK) == 3.0


def test_tensors_pass_no_gradient_to_rows_that_are_not_selected() -> None:
    torch = pytest.importorskip("torch")
    xp, mask = torch_namespace(), torch.tensor(MASK)
    x = torch.tensor(ROWS, requires_grad=True)
    whole = xp.combine((4,), [(mask, torch.log(xp.select(x, mask) + 1)), (~mask, torch.zeros(2, dtype=x.dtype))])
    assert whole.tolist() == pytest.approx([0.0, 0.0, np.log(3), 0.0])
    whole.sum().backward()
    assert x.grad.tolist() == pytest.approx([1.0, 0.0, 1 / 3, 0.0])
    same = torch.tensor([2.0])
    assert xp.select(same, mask) is same
    assert xp.select(same, torch.stack([mask, ~mask])).tolist() == [2.0] * 4
