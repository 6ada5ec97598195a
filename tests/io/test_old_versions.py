"""Files that the code before wrote still load and answer as they did; version_1.json holds them, as it wrote them."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mlekit

WRITTEN: dict[str, Any] = json.loads((Path(__file__).parent / "version_1.json").read_text())
NETWORK = WRITTEN.pop("network")


@pytest.fixture(params=WRITTEN)
def written(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Any, dict[str, Any]]:
    """A loaded fit, and what it was when it was saved."""
    known = WRITTEN[request.param]
    path = tmp_path / "fit.json"
    path.write_text(json.dumps(known["file"]))
    return mlekit.load(path), known


def test_a_fit_of_version_1_answers_as_it_did(written: tuple[Any, dict[str, Any]]) -> None:
    fit, known = written
    assert list(fit.params.index) == known["names"]
    np.testing.assert_array_equal(fit.params, known["params"])
    np.testing.assert_allclose(fit.bse, np.array(known["bse"], dtype=float), rtol=1e-12)
    np.testing.assert_allclose(fit.llf, known["llf"], rtol=1e-14)
    assert fit.nobs == known["nobs"]


def test_a_fit_of_version_1_can_be_saved_and_keeps_its_rows(
    written: tuple[Any, dict[str, Any]], tmp_path: Path
) -> None:
    fit, known = written
    kept = known["file"]["fit"]["rows"] is not None
    fit.save(tmp_path / "again.json", data=kept)
    again = mlekit.load(tmp_path / "again.json")
    np.testing.assert_array_equal(again.params, fit.params)
    if kept:
        np.testing.assert_array_equal(again.log_prob(), fit.log_prob())


def test_a_network_of_version_1_answers_as_it_did(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    (tmp_path / "net.json").write_text(json.dumps(NETWORK["net.json"]))
    digits = NETWORK["net.json"]["sha256"]["arrays"]
    (tmp_path / f"arrays-{digits}.safetensors").write_bytes(base64.b64decode(NETWORK["arrays"]))
    with torch.random.fork_rng():
        module = torch.nn.Sequential(torch.nn.Linear(1, 2), torch.nn.Tanh(), torch.nn.Linear(2, 1)).double()
    fit = mlekit.load(tmp_path, module=module)
    np.testing.assert_allclose(fit.predict([[0.0], [3.0]]), NETWORK["predict"], rtol=1e-12)
    assert fit.llf == NETWORK["llf"]
    fit.save(tmp_path, data=True)
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".json", ".safetensors"]
    np.testing.assert_array_equal(mlekit.load(tmp_path, module=module).predict(), fit.predict())
