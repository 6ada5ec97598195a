"""A family in a file: its name, options and links, or the caller's own, which is given when the file is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .. import families
from ..errors import OptionError
from ..families import Family
from .documents import Json
from .values import pack, scipy_distribution, unpack


def pack_family(family: Family) -> Json:
    """Name, options, links, and who knows the family by its name."""
    named = family.origin != "mlekit" or family.name in families.names()
    return {
        "origin": family.origin if named else "caller",
        "name": family.name,
        "options": pack(family.options()),
        "links": pack({param: link.name for param, link in family.given_links.items()}),
        "params": list(family.params),
    }


def unpack_family(saved: Mapping[str, Json], given: Family | None) -> Family:
    """The family that the caller gives, or the one that can be found by its name."""
    family = given or ORIGINS[saved["origin"]](saved)
    links = unpack(saved["links"])
    return family.with_links(links) if links else family


def needed(saved: Mapping[str, Json]) -> tuple[bool, list[str]]:
    """True if no file holds the family's code, and the names of its parameters."""
    return saved["origin"] not in ORIGINS, list(saved["params"])


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


def _of_mlekit(saved: Mapping[str, Json]) -> Family:
    kind: Callable[..., Family] = type(families.get(saved["name"]))
    return kind(**unpack(saved["options"]))


def _of_scipy(saved: Mapping[str, Json]) -> Family:
    distribution: Any = scipy_distribution(saved["name"])
    return families.get(distribution)


ORIGINS: dict[str, Callable[[Mapping[str, Json]], Family]] = {"mlekit": _of_mlekit, "scipy": _of_scipy}
