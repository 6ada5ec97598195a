"""A fit in words, with its own numbers: `fit.explain()`.

    page.py         a page of sections, as text and as HTML; formatting.py numbers and lists in sentences
    facts.py        quantities of a fit that the sentences need, each computed once
    single.py       the page of one fit; groups.py of many fits; network.py of a network
    families/       sentences that differ from family to family, one file per family, found by its name
    regression.py   sentences about formulas; links.py what a coefficient means; terms.py what its name says
    prior.py        priors; solving.py how the maximum was found; uncertainty.py standard errors and intervals
    caveats.py      what could be wrong

A fit of another package makes its own page with `explanation`.
"""

from __future__ import annotations

from .formatting import listed, many, num, percent
from .page import Explanation, Line, Section, answer_page, explanation

__all__ = ["Explanation", "Line", "Section", "answer_page", "explanation", "listed", "many", "num", "percent"]
