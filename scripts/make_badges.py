"""Draws the badges of the README, docs/_static/badges/*.svg, from what the project says of itself.

    python scripts/make_badges.py

Each is a statement that the checkout can prove, so none needs a network; a test draws them again and compares.
"""

from __future__ import annotations

import tomllib
from html import escape
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "_static" / "badges"
PAD = 7  # pixels beside a word


def badges() -> dict[str, str]:
    """The file name of each badge, and its SVG."""
    return {f"{label}.svg": badge(label, text) for label, text in statements().items()}


def statements() -> dict[str, str]:
    """What is said, and the file that says so."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {
        "python": told["project"]["requires-python"].replace(">=", "≥ "),
        "license": told["project"]["license"],
        "types": f"pyright {told['tool']['pyright']['typeCheckingMode']}",
        "warnings": errors(told["tool"]["pytest"]["ini_options"]["filterwarnings"]),
        "docs": executed(*((ROOT / file).read_text(encoding="utf-8") for file in ("docs/conf.py", "Makefile"))),
    }


def errors(filters: list[Any]) -> str:
    """What the tests do with a warning."""
    return "are errors" if filters == ["error"] else f"are errors, {len(filters) - 1} excepted"


def executed(conf: str, makefile: str) -> str:
    """What the documentation does with its code: a page that fails is a warning, and -W ends the build at one."""
    runs = 'nb_execution_mode = "force"' in conf.splitlines()
    return "every example runs" if runs and "-m sphinx -j auto -W " in makefile else "not executed"


def width(word: str) -> int:
    """The pixels of a word and what is beside it, roughly: `textLength` makes any font keep to them."""
    return round(sum(4.0 if letter in "iljtfrI. " else 9.5 if letter in "mwM" else 6.9 for letter in word)) + 2 * PAD


def badge(label: str, text: str) -> str:
    """Two words in white, on grey and on blue; a screen reader hears them as one name."""
    left, right = width(label), width(text)
    name = escape(f"{label}: {text}", quote=True)
    named = f'role="img" aria-label="{name}"'
    return f"""<svg xmlns="http://www.w3.org/2000/svg" {named} width="{left + right}" height="20">
<title>{name}</title>
<clipPath id="round"><rect width="{left + right}" height="20" rx="4"/></clipPath>
<g clip-path="url(#round)">
<rect width="{left}" height="20" fill="#4a4d52"/><rect x="{left}" width="{right}" height="20" fill="#2f5d8a"/>
</g>
<g fill="#ffffff" text-anchor="middle" font-family="Verdana, DejaVu Sans, Geneva, sans-serif" font-size="11">
<text x="{left / 2}" y="14" textLength="{left - 2 * PAD}">{escape(label)}</text>
<text x="{left + right / 2}" y="14" textLength="{right - 2 * PAD}">{escape(text)}</text>
</g>
</svg>
"""


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    for name, svg in badges().items():
        (OUT / name).write_text(svg, encoding="utf-8")
        print(f"wrote {(OUT / name).relative_to(ROOT)}")
