"""The public names are those of `__all__`: sorted, importable, documented, and known to type checkers."""

from __future__ import annotations

import ast
import inspect
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import pytest

import mlekit
from mlekit.families import composite


def test_exported_names_are_sorted_and_unique() -> None:
    assert list(mlekit.__all__) == sorted(set(mlekit.__all__))


@pytest.mark.parametrize("name", mlekit.__all__)
def test_every_exported_name_can_be_imported(name: str) -> None:
    assert getattr(mlekit, name) is not None


@pytest.mark.parametrize("name", mlekit.__all__)
def test_every_exported_name_is_documented(name: str) -> None:
    assert inspect.getdoc(getattr(mlekit, name)), f"mlekit.{name} has no docstring"


def test_every_method_of_an_exported_class_is_documented_here_or_in_its_base() -> None:
    classes = [(name, cls) for name in mlekit.__all__ if inspect.isclass(cls := getattr(mlekit, name))]
    undocumented = [
        f"{name}.{method}"
        for name, cls in classes
        for method, member in vars(cls).items()
        if not method.startswith("_")
        and (callable(member) or isinstance(member, property | cached_property))
        and not inspect.getdoc(getattr(cls, method))
    ]
    assert not undocumented


def test_dir_lists_the_exported_names_and_nothing_else() -> None:
    assert dir(mlekit) == sorted(mlekit.__all__)


def test_a_type_checker_knows_the_exported_names() -> None:
    """Those that the file imports for types under their own name, which is how a package says that it exports them.

    A function that makes a composite family is exported by its file; a type checker without an entry has it as Any.
    """
    tree = ast.parse(Path(mlekit.__file__).read_text(encoding="utf-8"))
    aliases = [alias for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names]
    typed = {alias.name for alias in aliases if alias.asname == alias.name}
    assert sorted(typed | set(composite.registry.functions)) == mlekit.__all__


def test_the_functions_that_make_composite_families_are_exported_by_their_files() -> None:
    assert {"custom", "truncated"} <= set(composite.registry.functions) <= set(dir(mlekit))
    assert "reparametrised" not in dir(mlekit)


def test_the_version_is_that_of_the_installed_package() -> None:
    assert mlekit.__version__ == version("mlekit")


def test_a_misspelt_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nosuch"):
        _ = mlekit.nosuch
