"""The public names are those that `__all__` says: sorted, importable and documented."""

from __future__ import annotations

import inspect
from functools import cached_property
from importlib.metadata import version

import pytest

import mlekit


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


def test_dir_lists_the_exported_names() -> None:
    assert set(mlekit.__all__) <= set(dir(mlekit))


def test_the_version_is_that_of_the_installed_package() -> None:
    assert mlekit.__version__ == version("mlekit")


def test_a_misspelt_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nosuch"):
        _ = mlekit.nosuch
