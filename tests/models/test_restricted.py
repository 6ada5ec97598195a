"""Fixed and tied parameters: the restricted problem has all its peaks."""

from __future__ import annotations

import numpy as np
import pytest

import mlekit

BUNCHES = [-6, -5.5, 5, 6, 6.2]


@pytest.mark.parametrize("solver", ["newton", "scipy"])
@pytest.mark.parametrize("begin", [-5.0, 5.0])
def test_the_higher_of_two_peaks_is_found_though_tails_and_scale_are_fixed(solver, begin):
    fixed = {"df": 1, "scale": 1}
    fit = mlekit.fit(BUNCHES, family="student_t", fixed=fixed, start={"loc": begin}, solver=solver)
    heights = [fit.loglike({"loc": loc}) for loc in np.linspace(-8, 8, 801)]
    assert fit.llf >= max(heights)
    assert fit["loc"] > 5
    assert ("several_peaks" in fit.verdict.codes) == (begin < 0)
