"""Pages that list what is there: `{room} mlekit.priors` documents every class that a file of that folder defines.

A new family, prior or solver has its entry by the next build, and no list is edited.
"""

from __future__ import annotations

import inspect
import pkgutil
import re
from importlib import import_module
from types import ModuleType
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective


class Room(SphinxDirective):
    """The classes of a folder that are its public names, in the order of the alphabet."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        room = import_module(self.arguments[0])
        lines = ["```{eval-rst}"]
        for name, found in classes(room):
            lines += [f".. autoclass:: {room.__name__}.{name}", "   :no-members:", "   :no-show-inheritance:", ""]
            lines += [f"   {line}" for line in facts(found)] + [""]
        return self.parse_text_to_nodes(StringList([*lines, "```"], source=str(room.__file__)))


def classes(room: ModuleType) -> list[tuple[str, type]]:
    """What the files of the room define and the room hands out."""
    files = [import_module(f"{room.__name__}.{m.name}") for m in pkgutil.iter_modules(room.__path__)]
    defined = [c for f in files for _, c in inspect.getmembers(f, inspect.isclass) if c.__module__ == f.__name__]
    return sorted((c.__name__, c) for c in defined if getattr(room, c.__name__, None) is c and not inspect.isabstract(c))


def facts(law: Any) -> list[str]:
    """What a law says of itself: its formula, and the line of `mlekit.families.list()`."""
    if not callable(getattr(law, "describe", None)):
        return []
    try: told = {label: text for label, text in law.describe().items() if text and label != "name"}
    except AttributeError: return []  # TEMP
    formula = inspect.getdoc(import_module(law.__module__)) or ""
    aliases = ", ".join(law.aliases)
    fields = {"called": f'``"{law.name}"``', **({"also": aliases} if aliases else {}), **told}
    return [*plain(formula), "", *(f":{label}: {text}" for label, text in fields.items())]


def plain(text: str) -> list[str]:
    """Prose of a docstring in which stars and bars are arithmetic."""
    return re.sub(r"([*|])", r"\\\1", text).splitlines()


def formulas(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """An indented block of a docstring is a formula or a picture: it is shown as it is written."""
    text = "\n".join(plain("\n".join(lines)) if ">>>" not in "\n".join(lines) else lines)
    lines[:] = re.sub(r"(?m)^(?=\S)(.*)\n\n(?=    +\S)", r"\1\n\n::\n\n", text).splitlines()


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("room", Room)
    app.connect("autodoc-process-docstring", formulas)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
