"""The embedding of a network in a plane: symbols that the network treats alike are near each other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes

from ....numerics.arrays import Floats
from ..figures import Panel, describe
from ..point_maps import point_map
from ._kind import OfNetworks

if TYPE_CHECKING:
    from ....fits import NetworkFit

NO_EMBEDDING = "it shows the embedding of a network, such as a language model, and this fit has none"


class Embedding(OfNetworks):
    """Similarity of the symbols of a network."""

    def obstacle(self, fit: NetworkFit) -> str:
        return "" if embeddings(fit) else NO_EMBEDDING

    def panels(self, fit: NetworkFit, names: list[str] | None) -> list[Panel]:
        return [partial(_draw, table) for table in embeddings(fit)]


def embeddings(fit: NetworkFit) -> list[Floats]:
    """Return the embedding matrices of a network, with a row for each symbol."""
    parts = [name for name, part in fit.module.named_modules() if type(part).__name__ == "Embedding"]
    return [fit.params[f"{name}.weight".lstrip(".")] for name in parts]


def _draw(table: Floats, ax: Axes) -> None:
    rows = np.asarray(table, dtype=float)
    point_map(ax, rows, [str(k) for k in range(len(rows))])
    describe(
        ax, f"The {len(rows):,} symbols of an embedding as points in a plane; similar symbols are near each other."
    )
