"""What every kernel of the pages begins with: pictures in the page's own colours, and no boilerplate in the pages.

`conf.py` calls `profile()`, which writes a folder for IPython: its start-up file calls `start()` in each kernel, and a
matplotlibrc beside it holds the library's `page_style()`, so that matplotlib loads only where a page draws.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

PICTURE = ("mlekit.show.plot.figures", "Picture")


def profile(folder: Path) -> dict[str, str]:
    """Fill the folder for the kernels to come; what comes back are the variables by which they find it."""
    made = folder / "profile_default"
    (made / "startup").mkdir(parents=True)
    (made / "startup" / "00-pages.py").write_text('__import__("startup").start()\n', encoding="utf-8")
    (made / "ipython_kernel_config.py").write_text("get_config().IPKernelApp.log_level = 40\n", encoding="utf-8")
    style = import_module("mlekit.show").page_style()
    lines = [f'{name}: "{written(value)}"\n' for name, value in style.items()]
    (folder / "matplotlibrc").write_text("".join(lines), encoding="utf-8")
    return {"IPYTHONDIR": str(folder), "MATPLOTLIBRC": str(folder / "matplotlibrc")}


def written(value: Any) -> str:
    """A value as matplotlib reads it from a file."""
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def start() -> None:
    """A picture of mlekit becomes a part of the page. Its type is recognised by name, so nothing is imported early."""
    formatters = import_module("IPython").get_ipython().display_formatter.formatters
    formatters["text/html"].for_type_by_name(*PICTURE, as_part_of_the_page)
    formatters["image/png"].for_type_by_name(*PICTURE, lambda _: None)


def as_part_of_the_page(figure: Any) -> str:
    return f'<figure class="picture">{import_module("mlekit.show").svg(figure)}</figure>'
