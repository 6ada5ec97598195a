"""The language of formulas. Text is read here, and never run.

    y ~ x + C(z, ref="b") + s:t + bs(x, df=4) + offset(log(days))

    formula     [response ~] sum
    response    arithmetic | Surv([entry,] time, event) | censored(lo, hi) | windowed(y, lo, hi) | cbind(yes, no)
    sum         product {+ or - product}         terms together, or taken away; 1 is the intercept, 0 takes it away
    product     pairing {* pairing}              a*b is a + b + a:b
    pairing     atom {: atom}                    a:b is an interaction
    atom        0 | 1 | . | ( sum ) | factor     . is every column but the response
    factor      a column | function(arithmetic, options), the functions of functions.py
    arithmetic  + - * / ** ( ) over numbers, columns and the functions that give one column
    options     numbers, True, False; a text only if the function takes one (ref="b")

A column stands in backticks if its name is not an identifier. Any other character, name or function is a FormulaError
that points at it. From the formula library come three functions of arrays (bs, cr, poly); it never sees the text.

    text.py         words, and the error with its caret
    functions.py    the functions of the right side: their options, values and what they learn
    arithmetic.py   numbers, columns, operators and calls
    terms.py        sums and interactions of factors, and the two sides
    responses.py    the functions of the left side, which make observations
    expressions.py  the grammar of arithmetic, calls and options
    reader.py       the grammar of sums and of the two sides
    coding.py       terms over known levels as named columns of full rank
"""

from __future__ import annotations

from mlekit.data.formula.reader import Reader
from mlekit.data.formula.responses import RESPONSES
from mlekit.data.formula.terms import Formula, Response, Table
from mlekit.data.formula.text import tokens

__all__ = ["Formula", "Response", "Table", "parse", "response", "split"]


def split(text: str) -> tuple[str | None, str]:
    """Return the two sides of a formula; None if there is no left one.

    >>> split("y ~ x + z")
    ('y', 'x + z')
    """
    for token in tokens(text):
        if token.is_sign("~"):
            return text[: token.at].strip() or None, text[token.at + 1 :].strip()
    return None, text.strip()


def parse(text: str) -> Formula:
    """Return a formula, or a right-hand side alone, as terms; a FormulaError points at the first mistake.

    >>> parse("y ~ x ** 2")
    Traceback (most recent call last):
    mlekit.errors.FormulaError: a power stands inside I(): write I(x ** 2)
        y ~ x ** 2
              ^
    """
    return Reader(text).formula()


def response(text: str) -> Response | None:
    """Return a response that makes observations of several columns, without a right-hand side; else None.

    >>> response("Surv(time, event)").names
    ['time', 'event']
    """
    function, bracket, _ = text.partition("(")
    return Reader(text).response_alone() if bracket and function.strip() in RESPONSES else None
