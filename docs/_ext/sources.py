"""What viewcode leaves undone on the pages of source: each way back leads somewhere, and no page stands for nothing."""

from __future__ import annotations

import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

PAGES = "_modules/"


def prune(app: Sphinx, env: BuildEnvironment) -> None:
    """Forget the modules of which there is no page: without source, as builtins, or with nothing documented."""
    modules: dict[str, Any] = env.__dict__.get("_viewcode_modules", {})
    for name in [name for name, entry in modules.items() if not entry or not entry[2]]:
        del modules[name]


def lead_back(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: object) -> None:
    """viewcode takes all of a module to be documented under one prefix: another may be the module's own."""
    if not pagename.startswith(PAGES):
        return
    known = app.env.domains.python_domain.objects
    module = pagename.removeprefix(PAGES).replace("/", ".")

    def entry(found: re.Match[str]) -> str:
        parts = found[1].split(".")
        names = [found[1], *(".".join([module, *parts[k:]]) for k in range(1, len(parts)))]
        return f'#{next((name for name in names if name in known), found[1])}">[docs]'

    context["body"] = re.sub(r'#([\w.]+)">\[docs\]', entry, context["body"])


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("env-updated", prune)
    app.connect("html-page-context", lead_back)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
