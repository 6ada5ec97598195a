"""The worked examples of CONTRIBUTING.md are code that works, not prose."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import mlekit

Example = Callable[[str], dict[str, Any]]
TEXT = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> Example:
    """What the example for a new file defines, run as if it were that file."""

    def run(path: str) -> dict[str, Any]:
        code = re.search(r"```python\n(.*?)^```$", TEXT.partition(f"`{path}`")[2], re.MULTILINE | re.DOTALL)
        assert code, f"CONTRIBUTING.md has no code for {path}"
        module = ModuleType(path.removesuffix(".py").replace("/", "."))
        module.__package__ = module.__name__.rpartition(".")[0]
        monkeypatch.setitem(sys.modules, module.__name__, module)  # dataclasses look their module up
        exec(compile(code[1], path, "exec"), module.__dict__)
        return module.__dict__

    return run


def test_the_example_of_a_family_is_fitted_like_its_closed_form(example: Example, rng: np.random.Generator) -> None:
    y = rng.rayleigh(3.0, 200)
    fit = mlekit.fit(y, family=example("mlekit/families/rayleigh.py")["Rayleigh"]())
    assert fit["scale"] == pytest.approx(np.sqrt(np.mean(y * y) / 2), rel=1e-9)
    assert fit.bse["scale"] == pytest.approx(fit["scale"] / np.sqrt(4 * len(y)), rel=1e-6)


def test_the_example_of_a_prior_is_worth_rows_without_events(example: Example) -> None:
    prior = example("mlekit/priors/exponential.py")["Exponential"](2.0)
    assert mlekit.fit([3, 0, 4], family="poisson", prior=prior)["rate"] == pytest.approx(7 / (3 + 2), rel=1e-12)


def test_the_example_of_a_solver_reaches_the_maximum(example: Example) -> None:
    ascent = example("mlekit/solvers/ascent.py")["Ascent"]()
    fit = mlekit.fit([1.0, 2.0, 4.0, 9.0], family="gamma", solver=ascent)
    newton = mlekit.fit([1.0, 2.0, 4.0, 9.0], family="gamma", solver="newton")
    np.testing.assert_allclose(fit.params, newton.params, rtol=1e-6)


def test_the_example_of_a_net_is_trained_like_the_others(example: Example) -> None:
    from lm.network import model

    window = model(example("lm/networks/window.py")["Window"], "window")
    words = ["emma", "ava", "mia", "emily"]
    fit = mlekit.fit(words, family=window(context=2, width=8), solver=mlekit.solvers.Torch(steps=200, lr=0.05))
    assert fit.evaluate(words).nll < np.log(len(fit.next_probs(""))) / 2
