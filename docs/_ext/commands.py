"""A cell that begins with `%%sh` is shown as what to type: the commands alone."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx

MAGIC = "%%sh\n"


def show(app: Sphinx, doctree: nodes.document) -> None:
    for block in doctree.findall(nodes.literal_block):
        if block.astext().startswith(MAGIC):
            typed = block.astext().removeprefix(MAGIC)
            shown = nodes.literal_block(typed, typed, classes=block["classes"], language="bash")
            block.replace_self(shown)


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("doctree-read", show)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
