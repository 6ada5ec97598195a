"""A page about one fit, in words, with its own numbers: `fit.explain()`.

    page.py       what a page is, as text and as HTML; say.py numbers and lists in words
    view.py       what the words ask of a fit, each worked out once
    one.py        a law fitted to rows; groups.py many of them; net.py a net
    laws/         what differs from law to law, a file each, found by the law's name
    links.py      what a coefficient means on the scale of its link; terms.py what its name says
    belief.py     priors; sure.py errors and intervals; solving.py how the maximum was found; doubt.py what may be wrong

Another kind of fit makes its own page with `explanation`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from .page import Explanation, Line, Section, answered, explanation
from .say import listed, many, num, percent

__all__ = ["Explanation", "Line", "Section", "answered", "explain", "explanation", "listed", "many", "num", "percent"]


def explain(fit: Any) -> Explanation:
    """The page of a fit.

    >>> import mlekit
    >>> page = mlekit.fit([1, 0, 1, 1], family="bernoulli").explain()
    >>> [section.heading for section in page.sections][:2]
    ['What was assumed', 'What was maximised']
    """
    return import_module(f"{__name__}.{fit.kin}").page(fit)
