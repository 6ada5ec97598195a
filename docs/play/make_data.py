"""Writes bigram-data.js, the table of letter pairs that the page shows: how often each letter follows each other.

python docs/play/make_data.py
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np

import lm
import mlekit

FILE = Path(__file__).with_name("bigram-data.js")


def script() -> str:
    """The counts: probability times how often the letter before came; the first mark is the start and the end."""
    names = lm.names()
    table = mlekit.fit(names, family=lm.Bigram()).params
    before = Counter("".join(names)) | Counter({"": len(names)})
    counts = np.rint(table.mul([before[mark] for mark in table.index], axis=0).to_numpy()).astype(int)
    rows = ",\n".join("    " + json.dumps(row, separators=(",", ":")) for row in counts.tolist())
    marks = "".join(mark or "•" for mark in table.index)
    return (
        '"use strict";\n\n'
        "// Made by make_data.py: after each letter, a row, how often each came next. • is the start and the end.\n"
        f'const BIGRAM = {{\n  marks: "{marks}",\n  names: {len(names)},\n  counts: [\n{rows},\n  ],\n}};\n'
    )


if __name__ == "__main__":
    FILE.write_text(script(), encoding="utf-8")
