"""A family in a file: its name, options and links, or the caller's own, which is given when the file is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .. import families
from ..errors import OptionError
from ..families import Family
from .documents import Json
from .values import pack, unpack


def pack_family(family: Family) -> Json:
    """Name, options, links, who has the code of the family, and its parameters."""
    return {**{name: pack(part) for name, part in family.state().items()}, "params": list(family.params)}


def unpack_family(saved: Mapping[str, Json], given: Family | None) -> Family:
    """The family that the caller gives, or the one that can be found by its name."""
    state = {name: unpack(part) for name, part in {"origin": "mlekit", **saved}.items() if name != "params"}
    return families.from_state(state, given)


def needed(saved: Mapping[str, Json]) -> tuple[bool, list[str]]:
    """True if no file holds the family's code, and the names of its parameters."""
    return saved["origin"] == "caller", list(saved["params"])


def check_given(own: bool, params: list[str], given: Family | None, path: Path) -> None:
    """Refuse a file that needs a family and gets none, or gets one with other parameters."""
    if own and given is None:
        raise OptionError(
            f"{path} holds a fit of a family of your own, whose code no file can hold: "
            "say mlekit.load(path, family=...)"
        )
    if given is not None and list(given.params) != params:
        raise OptionError(
            f"family: the file was saved with the parameters {', '.join(params)}, "
            f"but {given!r} has {', '.join(given.params)}"
        )
