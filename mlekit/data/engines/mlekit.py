"""mlekit's own columns and tables, as they are."""

from __future__ import annotations

from mlekit.data.labels import Reader

READERS: dict[str, Reader] = {"mlekit.Labels": lambda data, what: data}
FRAMES = {"mlekit.Table": lambda data: data}
