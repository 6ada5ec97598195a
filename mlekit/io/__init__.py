"""Files: fits as JSON, networks as JSON and safetensors, tables, and the one writer that never leaves half a file.

    atomic.py       a file is written beside its place, put on the disk, and then renamed
    values.py       numbers, arrays, dates, priors, solvers and scipy distributions as JSON, and back to the last bit
    documents.py    a format: its name, its version, checksums, and how older versions are read
    folders.py      JSON that names its arrays by their checksum and is replaced last
    tables.py       CSV and Parquet
    fits.py         `fit.save(path)` of one fit and of groups of fits
    networks.py     `fit.save(folder)` of a network

Nothing is pickled and nothing in a file is evaluated: names in it are looked up in the registries of mlekit and among
the distributions of scipy.stats, and nowhere else. Modules are imported when they are asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .atomic import atomic_file, check_path, write_bytes
    from .documents import Format, checksum
    from .fits import Saved, load_fit, save_fit, save_groups
    from .folders import Folder, load_registered
    from .networks import SavedNetwork, load_network, save_network
    from .tables import check_table_path, write_table
    from .values import pack, unpack

_WHERE = {
    "Folder": "folders",
    "Format": "documents",
    "Saved": "fits",
    "SavedNetwork": "networks",
    "atomic_file": "atomic",
    "check_path": "atomic",
    "check_table_path": "tables",
    "checksum": "documents",
    "load_fit": "fits",
    "load_network": "networks",
    "load_registered": "folders",
    "pack": "values",
    "save_fit": "fits",
    "save_groups": "fits",
    "save_network": "networks",
    "unpack": "values",
    "write_bytes": "atomic",
    "write_table": "tables",
}

__all__ = [
    "Folder",
    "Format",
    "Saved",
    "SavedNetwork",
    "atomic_file",
    "check_path",
    "check_table_path",
    "checksum",
    "load_fit",
    "load_network",
    "load_registered",
    "pack",
    "save_fit",
    "save_groups",
    "save_network",
    "unpack",
    "write_bytes",
    "write_table",
]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(f"{__name__}.{_WHERE[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
