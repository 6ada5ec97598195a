"""Pages that list what is there: `{package} mlekit.priors` documents every class that a file of that folder defines.

A new family, prior or solver has its entry by the next build, and no list is edited.
"""

from __future__ import annotations

import inspect
import pkgutil
import re
from functools import partial
from importlib import import_module
from types import ModuleType
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Listing(SphinxDirective):
    """The classes of a folder that are its public names, in the order of the alphabet."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        package = import_module(self.arguments[0])
        entries = [f".. autoclass:: {package.__name__}.{name}\n   :no-members:\n" for name in classes(package)]
        lines = ["```{eval-rst}", *"\n".join(entries).splitlines(), "```"]
        return self.parse_text_to_nodes(StringList(lines, source=str(package.__file__)))


def classes(package: ModuleType) -> list[str]:
    """List the classes that the files of the package define and the package exports."""
    files = [import_module(f"{package.__name__}.{m.name}") for m in pkgutil.iter_modules(package.__path__)]
    defined = [c for f in files for _, c in inspect.getmembers(f, inspect.isclass) if c.__module__ == f.__name__]
    return sorted(c.__name__ for c in defined if getattr(package, c.__name__, None) is c and not inspect.isabstract(c))


def shown(app: Sphinx, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """A docstring as reStructuredText: what stands indented is a formula or a drawing, shown as it is written."""
    begun = ["..", ""] if what == "property" else []  # or a colon would end the name of a type
    lines[:] = [*begun, *as_written(lines)]
    if inspect.isclass(thing) and name in families():
        lines += ["", " · ".join(f"**{label}** {text}" for label, text in facts(thing).items())]


def as_written(lines: list[str]) -> list[str]:
    """Stars and bars of prose are arithmetic; an indented block is literal."""
    text = "\n".join(line if line.startswith((" ", ">>>")) else re.sub(r"([*|\\])", r"\\\1", line) for line in lines)
    return re.sub(r"(?m)^(?=\S)(?!>>>)(.*)\n\n(?=  +\S)", r"\1\n\n::\n\n", text).splitlines()


def families() -> set[str]:
    """The families by the names that their entries have."""
    return {f"mlekit.families.{family}" for family in classes(import_module("mlekit.families"))}


def facts(family: Any) -> dict[str, str]:
    """Describe a family as `mlekit.families.list()` does, with its aliases."""
    described = {label: text for label, text in family.describe().items() if text and label != "name"}
    aliases = ", ".join(f'``"{alias}"``' for alias in family.aliases)
    return {"name": f'``"{family.name}"``', **({"also": aliases} if aliases else {}), **described}


def aliased(
    app: Sphinx, what: str, name: str, thing: Any, options: Any, signature: str | None, result: str | None
) -> Any:
    """A signature in which an alias has its name within a union, too."""
    plain = partial(re.sub, r"TypeAliasForwardRef\('(\w+)'\)", r"\1")
    return signature and plain(signature), result and plain(result)


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("package", Listing)
    app.connect("autodoc-process-docstring", shown, priority=400)  # before the sections are read
    app.connect("autodoc-process-signature", aliased)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
