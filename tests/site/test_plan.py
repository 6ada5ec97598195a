"""The picture in docs/architecture.md is drawn from the imports, and refuses an arrow that runs back."""

from __future__ import annotations

import importlib.util
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("sphinx", reason="sphinx builds the documentation: pip install '.[docs]'")
FILE = Path(__file__).parents[2] / "docs" / "_ext" / "plan.py"


@pytest.fixture
def plan() -> ModuleType:
    spec = importlib.util.spec_from_file_location("plan", FILE)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.mark.slow
def test_every_package_and_every_arrow_is_drawn_and_described(plan: ModuleType) -> None:
    lines, arrows = plan.survey()
    assert min(lines.values()) > 0
    assert arrows["lm", "mlekit"] > 0
    svg = ET.fromstring(plan.drawing(lines, arrows))
    names = {text.text for text in svg.iter("text")}
    assert {package for package in plan.PACKAGES if package != "mlekit"} <= names
    assert len([path for path in svg.findall("path") if "marker-end" in path.attrib]) == len(arrows)
    assert all(package in svg.attrib["aria-label"] for package in plan.PACKAGES)


@pytest.mark.slow
def test_arcs_lie_inside_the_drawing(plan: ModuleType) -> None:
    drawn = plan.drawing(*plan.survey())
    turns = [float(x) for x in re.findall(r"C([\d.]+) ", drawn)]
    assert turns
    # a cubic whose two handles lie at x goes three quarters of the way to them
    assert plan.RIGHT + 0.75 * (max(turns) - plan.RIGHT) < plan.WIDTH - 2


def test_no_import_runs_back(plan: ModuleType) -> None:
    assert "<svg" in plan.figure(*plan.survey())


def test_an_arrow_that_runs_back_stops_the_build(plan: ModuleType) -> None:
    with pytest.raises(plan.ExtensionError, match="data imports solvers"):
        plan.figure(*made(plan, "from ..solvers import newton"))


def test_a_file_outside_every_package_stops_the_build(plan: ModuleType) -> None:
    with pytest.raises(plan.ExtensionError, match="is in no package"):
        made(plan, "from ..attic import trunk")


def made(plan: ModuleType, line: str) -> object:
    found = plan.imports(line, ("mlekit", "data", "rows"))
    arrows = plan.Counter(("data", plan.target("data", name)) for name in found)
    return plan.Counter(dict.fromkeys(plan.PACKAGES, 1)), arrows
