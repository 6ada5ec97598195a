"""Starting values are inside the sets of their parameters, wherever these end."""

from __future__ import annotations

import numpy as np
import pytest

from mlekit.models.forms._start import inside
from mlekit.numerics.sets import POSITIVE, REAL, UNIT, interval


@pytest.mark.parametrize("s", [POSITIVE, UNIT, interval(5, np.inf), interval(-np.inf, 3), interval(2, 4)])
@pytest.mark.parametrize("value", [-1e3, 0.0, 1.0, 3.0, 5.0, 1e3])
def test_values_at_or_beyond_an_end_are_moved_inside_and_no_others(s, value):
    found = inside(s, np.array([value]), 1e-6, 1e-6)
    assert s.inside(found).all()
    well_inside = s.low + 1e-3 < value < s.high - 1e-3
    assert (found[0] == value) == well_inside


def test_real_numbers_stay():
    assert inside(REAL, np.array([-1e300, 0.0, 7.0]), 1e-3, 1e-3).tolist() == [-1e300, 0.0, 7.0]
