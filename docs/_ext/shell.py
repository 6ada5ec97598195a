"""`%%sh` for the pages: a cell of commands whose output comes in one piece, and whose failure stops the build."""

from __future__ import annotations

import subprocess
import sys

from IPython.core.magic import register_cell_magic


@register_cell_magic
def sh(line: str, cell: str) -> None:
    """What the commands print, in the order in which they do."""
    ran = subprocess.run(["/bin/sh", "-ec", f"exec 2>&1\n{cell}"], stdout=subprocess.PIPE, text=True, check=False)
    sys.stdout.write(ran.stdout)
    if ran.returncode:
        raise RuntimeError(f"exit code {ran.returncode}")
