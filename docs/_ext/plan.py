"""`{plan}`: the packages of mlekit, and lm, drawn from their real imports whenever the pages are built.

A package stands on those below it, which are all that it may import: an arrow that ran upward would fail the build.
Each package says how many lines it has, and an arrow is as wide as its imports are many.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from html import escape
from math import sqrt
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

import mlekit

SOURCE = Path(mlekit.__file__).parents[1]
LM, FRAME = "lm", "mlekit"  # lm stands on the public names: its one arrow ends at the frame around the packages
PACKAGES = {  # from the floor up, each with its files and folders
    "errors, registry": ("errors", "registry"),
    "links": ("links",),
    "numerics": ("numerics",),
    "data": ("data",),
    "priors": ("priors",),
    "families": ("families",),
    "models": ("models",),
    "solvers": ("solvers", "arguments"),
    "inference": ("inference",),
    "fits, show, io": ("fits", "show", "io"),
    "estimator": ("estimator",),
    "api": ("api",),
    "cli": ("cli", "__main__"),
    FRAME: ("__init__",),
    LM: (LM,),
}
RANK = {package: rank for rank, package in enumerate(PACKAGES)}
PACKAGE = {part: package for package, parts in PACKAGES.items() for part in parts}
Arrows = Counter[tuple[str, str]]

WIDTH, LEFT, RIGHT, STEP, BOX = 360, 14, 196, 44, 30
PAINTS = 4  # the colours of the theme's pictures, in turn


class Plan(SphinxDirective):
    """The drawing, as a part of the page."""

    def run(self) -> list[nodes.Node]:
        return [nodes.raw("", figure(*survey()), format="html")]


def figure(lines: Counter[str], arrows: Arrows) -> str:
    upward = [f"{here} imports {there}" for here, there in arrows if RANK[here] < RANK[there]]
    if upward:
        raise ExtensionError(f"plan: {'; '.join(upward)}, which stands above it")
    return f'<figure class="picture">{drawing(lines, arrows)}</figure>'


def survey() -> tuple[Counter[str], Arrows]:
    """Count the lines of each package, blank ones aside, and the names that it imports from each of the others."""
    lines: Counter[str] = Counter()
    arrows: Arrows = Counter()
    for path in sorted([*SOURCE.glob("mlekit/**/*.py"), *SOURCE.glob("lm/**/*.py")]):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        here, code = package(parts), path.read_text(encoding="utf-8")
        if here != FRAME:
            lines[here] += sum(map(bool, map(str.strip, code.splitlines())))
            arrows.update((here, there) for name in imports(code, parts) if (there := target(here, name)) != here)
    return lines, arrows


def target(here: str, name: str) -> str:
    """The package from which a name comes; to lm the library is one."""
    parts = (*name.split("."), "__init__")
    return FRAME if here == LM and parts[0] == FRAME else package(parts)


def package(parts: tuple[str, ...]) -> str:
    part = LM if parts[0] == LM else parts[1]
    if part not in PACKAGE:
        raise ExtensionError(f"plan: {'.'.join(parts)} is in no package: give it a place in PACKAGES of {__file__}")
    return PACKAGE[part]


def imports(code: str, parts: tuple[str, ...]) -> Iterator[str]:
    """The dotted names that a file takes from the two packages, wherever in it it imports them."""
    for node in ast.walk(ast.parse(code)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
        if isinstance(node, ast.ImportFrom):
            start = [*parts[: -node.level or -len(parts)], *filter(None, [node.module])]
            names = [".".join([*start, name]) for name in names]
        yield from (name for name in names if name.split(".")[0] in (FRAME, LM))


def drawing(lines: Counter[str], arrows: Arrows) -> str:
    """The packages as boxes, the first at the foot, and the arrows as arcs beside them."""
    bottom = top(next(iter(PACKAGES))) + BOX + 10
    roof = middle(FRAME)
    named = f'role="img" aria-label="{escape(in_words(lines, arrows), quote=True)}"'
    parts = [
        f'<svg {named} viewBox="0 0 {WIDTH} {bottom + 2}" font-family="inherit" font-size="13">',
        f"<defs>{''.join(map(head, range(PAINTS)))}</defs>",
        f'<rect x="1" y="{roof}" width="{WIDTH - 2}" height="{bottom - roof}" rx="6" style="{line("grid")}"/>',
        f'<text x="{WIDTH - 10}" y="{roof + 18}" text-anchor="end" style="{FILL}">mlekit, the public names</text>',
        *(arc(arrows, here, there) for here, there in sorted(arrows, key=arrows.__getitem__)),
        *(box(name, lines[name]) for name in PACKAGES if name != FRAME),
        "</svg>",
    ]
    return "".join(parts)


FILL = "fill: var(--mlekit-ink)"


def line(variable: object, width: float = 1) -> str:
    return f"fill: none; stroke: var(--mlekit-{variable}); stroke-width: {width:.1f}"


def top(name: str) -> float:
    return 6 + STEP * (len(PACKAGES) - 1 - RANK[name])


def middle(name: str) -> float:
    return top(name) + BOX / 2


def box(name: str, lines: int) -> str:
    """A package: its name, and its number of lines."""
    y = top(name)
    return (
        f'<rect x="{LEFT}" y="{y}" width="{RIGHT - LEFT}" height="{BOX}" rx="4"'
        f' style="fill: var(--mlekit-paper); stroke: var(--mlekit-ink)"/>'
        f'<text x="{LEFT + 9}" y="{y + 20}" font-weight="600" style="{FILL}">{name}</text>'
        f'<text x="{RIGHT - 9}" y="{y + 20}" text-anchor="end" style="{FILL}">{lines:,}{" lines" * (name == LM)}</text>'
    )


def head(k: int) -> str:
    return (
        f'<marker id="plan-head-{k}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6"'
        f' markerUnits="userSpaceOnUse" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" style="fill: var(--mlekit-{k + 1})"/></marker>'
    )


def arc(arrows: Arrows, here: str, there: str) -> str:
    """From a package down to one that it imports: the further, the wider."""
    k = RANK[here] % PAINTS
    path = f"M{(LEFT + RIGHT) / 2} {middle(here)}V{middle(there)}" if there == FRAME else curve(arrows, here, there)
    style = line(k + 1, 0.5 + sqrt(arrows[here, there]) / 3)
    return f'<path d="{path}" style="{style}" marker-end="url(#plan-head-{k})"/>'


def curve(arrows: Arrows, here: str, there: str) -> str:
    start, end = port(arrows, here, there), port(arrows, there, here)
    out = RIGHT + 20 + 16 * (RANK[here] - RANK[there])
    return f"M{RIGHT} {start:.1f}C{out} {start:.1f} {out} {end:.1f} {RIGHT} {end:.1f}"


def port(arrows: Arrows, name: str, other: str) -> float:
    """Height at which an arrow ends or begins: arrows from above come in over those that go down."""
    others = [o for o in PACKAGES if (o, name) in arrows or (name, o) in arrows]
    order = sorted(others, key=lambda o: (RANK[o] < RANK[name], RANK[o]))
    return top(name) + BOX * (order.index(other) + 1) / (len(order) + 1)


def in_words(lines: Counter[str], arrows: Arrows) -> str:
    """The drawing in words."""
    said = {name: [there for there in PACKAGES if (name, there) in arrows] for name in PACKAGES if name != FRAME}
    each = [f"{name} ({lines[name]:,} lines) imports {', '.join(below) or 'nothing'}" for name, below in said.items()]
    return f"The packages from the floor up, with arrows to what each imports, all of them downward. {'; '.join(each)}."


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("plan", Plan)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
