"""The import rules: packages depend in one direction, heavy libraries stay in their places, a coin loads NumPy alone.

Everything is read from the source with `ast`, so an import inside a function counts as well; one under
`if TYPE_CHECKING:` does not, as it never runs.
To allow something new, extend the table that forbids it, with the reason beside it.
"""

from __future__ import annotations

import ast
import functools
import inspect
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path

import pytest

import mlekit

SOURCE = Path(__file__).parents[1]
FILES = {
    ".".join(p.relative_to(SOURCE).with_suffix("").parts): p
    for package in ("lm", "mlekit")
    for p in sorted(SOURCE.glob(f"{package}/**/*.py"))
}

# From the floor up: a package imports what stands in its own line or above it. docs/_ext/plan.py draws the same order.
PACKAGES = [
    {"errors"},
    {"registry"},
    {"links"},
    {"numerics"},
    {"data"},
    {"families", "priors"},
    {"models"},
    {"solvers"},
    {"arguments"},
    {"inference"},
    {"fits", "show", "io"},
    {"estimator"},
    {"api"},
    {"cli", "__main__"},
]
RANK = {package: rank for rank, line in enumerate(PACKAGES) for package in line}

# Imports that the order of the packages would allow, and that are forbidden all the same.
NEVER = {
    "priors": {"families"},  # a prior knows no family
    "solvers": {"families", "priors", "models.linear", "models.network"},  # solvers see a problem, and nothing else
}

# The modules that may import a library. A folder stands for everything in it.
ANYWHERE = {"numpy", "scipy"}
IMPORTERS = {
    "torch": {
        "mlekit.numerics.arrays",
        "mlekit.solvers.torch",
        "mlekit.models.network",
        "mlekit.fits.network",  # this and the next: the type of a module
        "mlekit.api",
        "lm",
    },
    "safetensors": {"mlekit.io", "mlekit.models.network", "lm"},
    "matplotlib": {"mlekit.show.plot", "mlekit.fits.base"},  # base: the type of Axes
    "narwhals": {"mlekit.data.frames"},
    "formulaic": {"mlekit.data.formula"},
    # Only where a table is handed to the user.
    "pandas": {
        "mlekit.data.frames",
        "mlekit.data.groups",
        "mlekit.families.__init__",  # families.list() is a table; no family imports it
        "mlekit.io",  # dates and intervals of pandas that were keys or levels
        "mlekit.fits",
        "mlekit.inference.bootstrap",  # this and the next two: the tables that their results give
        "mlekit.inference.posterior",
        "mlekit.inference.profile",
        "mlekit.show.tables",  # the type of the tables that it makes for fits
        "lm.compare",
        "lm.evaluation",
        "lm.fit",
        "lm.models",
    },
    "pyarrow": set(),  # narwhals reads its columns
    "rich": {"mlekit.cli"},
    # never at run time: a TypeVar with a default and TypeIs, for type checkers
    "typing_extensions": {"mlekit.models.solution", "mlekit.show.plot.kinds._kind"},
}

# Functions that ask three times or more what something is. It may only become shorter: columns.py is where the kinds of
# input are told apart, and there alone.
LADDERS: dict[str, int] = {}
KINDS_ARE_TOLD_APART = {"mlekit.data.columns"}

RUNS_CODE = {"eval", "exec", "compile", "__import__"}
LOADS_CODE = {"pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}


@functools.cache
def tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


@functools.cache
def nodes(module: str) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(tree(module)))


def calls_in(module: str) -> Iterator[ast.Call]:
    return (node for node in nodes(module) if isinstance(node, ast.Call))


@functools.cache
def imports(module: str, types: bool = True) -> tuple[str, ...]:
    """Every dotted name that a module imports, wherever in it: `from a import b` gives `a.b`.

    With `types=False` imports under `if TYPE_CHECKING:` are left out: they never run.
    """
    return tuple(each_import(module, types))


def each_import(module: str, types: bool) -> Iterator[str]:
    package = module.split(".") if FILES[module].name == "__init__.py" else module.split(".")[:-1]
    package = [part for part in package if part != "__init__"]
    unseen = set[ast.AST]() if types else for_types(module)
    for node in nodes(module):
        if node in unseen:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{start}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and called(node) in ("import_module", "__import__"):
            yield from (a.value for a in node.args[:1] if isinstance(a, ast.Constant) and isinstance(a.value, str))


def for_types(module: str) -> set[ast.AST]:
    """Everything that stands under `if TYPE_CHECKING:`."""
    branches = [n for n in nodes(module) if isinstance(n, ast.If) and "TYPE_CHECKING" in ast.dump(n.test)]
    return {node for branch in branches for line in branch.body for node in ast.walk(line)}


def file_of(name: str) -> str | None:
    """The file that an imported name is in: `lm.fit.Fit` is in `lm.fit`, and `lm.explain` in `lm.explain.__init__`."""
    while name:
        for file in (name, f"{name}.__init__"):
            if file in FILES:
                return file
        name = name.rpartition(".")[0]
    return None


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """Files that import one another in a circle, the first of them again at the end; empty if there is no circle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def called(node: ast.Call) -> str:
    """The last name of what is called: `f(...)` and `a.f(...)` are both f."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def calls(node: ast.AST, name: str) -> int:
    """How often a function calls `name`, the functions within it not counted."""
    inner = ast.FunctionDef | ast.ClassDef | ast.Lambda
    own = [child for child in ast.iter_child_nodes(node) if not isinstance(child, inner)]
    hit = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
    return hit + sum(calls(child, name) for child in own)


def within(name: str, places: set[str]) -> bool:
    return any(name == place or name.startswith(place + ".") for place in places)


MLEKIT = [m for m in FILES if m.startswith("mlekit.") and m != "mlekit.__init__"]
LM = [m for m in FILES if m.startswith("lm.")]


@pytest.mark.parametrize("module", MLEKIT)
def test_a_package_imports_only_packages_below_it(module: str) -> None:
    package = module.split(".")[1]
    assert package in RANK, f"{module} is in no package: give it a place in PACKAGES"
    for name in imports(module):
        if not name.startswith("mlekit."):
            continue
        other = name.removeprefix("mlekit.")
        assert other.split(".")[0] in RANK, f"{module} imports {name}: import it from the module that defines it"
        assert RANK[other.split(".")[0]] <= RANK[package], f"{module} imports {name}, which stands above it"
        assert not within(other, NEVER.get(package, set())), f"{module} imports {name}, which is forbidden"


@pytest.mark.parametrize("package", ["lm", "mlekit"])
def test_no_files_import_one_another_in_a_circle(package: str) -> None:
    files = [module for module in FILES if within(module, {package})]
    graph = {m: {f for name in imports(m, types=False) if (f := file_of(name)) in files and f != m} for m in files}
    ring = circle(graph)
    assert not ring, f"{' -> '.join(ring)}: move what two files need to a third; imports inside functions count as well"


def test_a_circle_is_found_and_a_chain_is_not_one() -> None:
    assert not circle({"a": {"b"}, "b": {"c"}, "c": set()})
    assert sorted(set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}))) == ["a", "b", "c"]


@pytest.mark.parametrize("module", [m for m in FILES if m.startswith("mlekit.")])
def test_mlekit_never_imports_lm(module: str) -> None:
    assert not [name for name in imports(module) if within(name, {"lm"})]


@pytest.mark.parametrize("module", list(FILES))
def test_each_library_is_imported_only_where_it_may_be(module: str) -> None:
    for name in imports(module):
        library = name.split(".")[0]
        if library in {*sys.stdlib_module_names, *ANYWHERE, "mlekit", "lm"}:
            continue
        assert library in IMPORTERS, f"{module} imports {library}, which has no line in IMPORTERS"
        assert within(module, IMPORTERS[library]), f"{module} imports {library}: only {sorted(IMPORTERS[library])} may"


@pytest.mark.parametrize("module", LM)
def test_lm_imports_public_names_only(module: str) -> None:
    for name in imports(module):
        if not name.startswith("mlekit."):
            continue
        first, *rest = name.split(".")[1:]
        assert first in mlekit.__all__, f"{module} imports {name}, which is not public"
        assert len(rest) <= 1, f"{module} imports {name}, from inside a package"
        if rest:
            public = getattr(getattr(mlekit, first), rest[0])
            assert not rest[0].startswith("_"), f"{module} imports {name}, which is private"
            assert not inspect.ismodule(public), f"{module} imports {name}, a module inside a package"


@pytest.mark.parametrize("module", LM)
def test_lm_reaches_through_mlekit_for_public_names_only(module: str) -> None:
    for node in nodes(module):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "mlekit":
            assert node.attr in mlekit.__all__, f"{module}:{node.lineno} uses mlekit.{node.attr}, which is not public"


@pytest.mark.parametrize("module", list(FILES))
def test_nothing_asks_what_an_object_has(module: str) -> None:
    lines = [call.lineno for call in calls_in(module) if called(call) == "hasattr"]
    assert not lines, f"{module} calls hasattr in lines {lines}: give the base class a method or a default"


def test_no_function_is_a_ladder_of_isinstance() -> None:
    found = {
        f"{module}.{node.name}": count
        for module in FILES
        if module not in KINDS_ARE_TOLD_APART
        for node in nodes(module)
        if isinstance(node, ast.FunctionDef) and (count := calls(node, "isinstance")) >= 3
    }
    assert found == LADDERS, "a method of the thing itself says what it is; a ladder that got shorter leaves the table"


def test_no_family_is_named_in_a_condition_outside_its_file() -> None:
    families = {
        f.stem for m, f in FILES.items() if m.startswith("mlekit.families.") and f.stem not in ("base", "__init__")
    }
    found = [
        f"{module}:{node.lineno}"
        for module in FILES
        for node in nodes(module)
        if isinstance(node, ast.Compare)
        for constant in ast.walk(node)
        if isinstance(constant, ast.Constant) and constant.value in families - {module.rpartition(".")[2]}
    ]
    assert not found, f"a family is asked for by its name in {found}: let the family say what differs"


@pytest.mark.parametrize("module", list(FILES))
def test_nothing_runs_or_loads_code_from_data(module: str) -> None:
    assert not [name for name in imports(module) if name.split(".")[0] in LOADS_CODE]
    for node in calls_in(module):
        where = f"{module}:{node.lineno}"
        assert not (isinstance(node.func, ast.Name) and node.func.id in RUNS_CODE), f"{where} runs code"
        assert called(node) not in ("read_pickle", "to_pickle"), f"{where} uses pickle"
        assert not re.fullmatch(r"torch\.(load|save)", ast.unparse(node.func)), f"{where} uses pickle; use safetensors"
        assert "allow_pickle" not in {keyword.arg for keyword in node.keywords}, f"{where} uses pickle"


def test_every_module_can_be_imported() -> None:
    for module in FILES:
        if not module.endswith("__main__"):
            import_module(module.removesuffix(".__init__"))


HEAVY = {*IMPORTERS, "scipy", "statsmodels", "polars", "lm"}


@pytest.mark.parametrize(
    "code",
    ["import mlekit", 'import mlekit; mlekit.fit([1, 0, 1], family="bernoulli")'],
    ids=["import", "a coin"],
)
def test_a_coin_loads_numpy_alone(code: str) -> None:
    ask = f"import sys; print(*sorted({{m.split('.')[0] for m in sys.modules}} & {HEAVY!r}))"
    run = subprocess.run([sys.executable, "-c", f"{code}\n{ask}"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == []
