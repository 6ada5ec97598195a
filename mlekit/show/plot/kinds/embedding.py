"""The places that a net has learned for its symbols, on a plane: alike where they are near."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..maps import point_map
from ..sheet import Panel, tell
from ._kind import Kind

NONE = "it shows the embedding of a network, such as a language model's, and this fit has none"


class Embedding(Kind):
    """What a net holds to be alike."""

    def absent(self, fit: Any) -> str:
        return "" if fit.kin == "net" and embeddings(fit) else NONE

    def panels(self, fit: Any, names: list[str] | None) -> list[Panel]:
        return [partial(_drawn, table) for table in embeddings(fit)]


def embeddings(fit: Any) -> list[Any]:
    """The tables of a net in which a row is the place of a symbol."""
    parts = [name for name, part in fit.module.named_modules() if type(part).__name__ == "Embedding"]
    return [fit.params[f"{name}.weight".lstrip(".")] for name in parts]


def _drawn(table: Any, ax: Axes) -> None:
    rows = np.asarray(table, dtype=float)
    point_map(ax, rows, [str(k) for k in range(len(rows))])
    tell(ax, f"The {len(rows):,} symbols of an embedding as points of a plane, alike where they are near.")
