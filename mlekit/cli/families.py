"""The command `python -m mlekit families`."""

from __future__ import annotations

import json
from argparse import Namespace

from .. import families
from ._arguments import AddParser, Result

SUCCESS = 0
EVERYWHERE = {"mean", "median", "sd", "variance"}  # derived parameters of nearly all families


def add_to(add_parser: AddParser) -> None:
    """Add the command to those of the parser.

    Parameters
    ----------
    add_parser : callable
        Function that makes the parser of a command.
    """
    words = "list the families of distributions"
    listing = add_parser("families", help=words, description=f"{words.capitalize()}.", allow_abbrev=False)
    listing.add_argument("--json", action="store_true", help="print a JSON list instead of a table")
    listing.set_defaults(command=_families)


def _families(asked: Namespace) -> Result:
    from ..show.contents import Table
    from ..show.text import draw_table

    listed = families.list().reset_index()
    if asked.json:
        return SUCCESS, json.dumps(listed.to_dict("records"), indent=1)
    derived = [", ".join(d for d in text.split(", ") if d not in EVERYWHERE) for text in listed["derived"]]
    columns = [list(listed["name"]), list(listed["parameters"]), derived, list(listed["support"])]
    titles = ("parameters", "also derived", "data")
    parts = [_left([title, *cells]) for title, cells in zip(titles, columns[1:], strict=True)]
    table = Table("", ["family", *(part[0] for part in parts)], [columns[0], *(part[1:] for part in parts)])
    return SUCCESS, "\n".join(line.rstrip() for line in draw_table(table))


def _left(cells: list[str]) -> list[str]:
    """Cells of one width, so that a table, which aligns to the right, aligns them to the left."""
    width = max(map(len, cells))
    return [cell.ljust(width) for cell in cells]
