"""Explanations of language models in words: `fit.explain()`.

page.py       what applies to every model
counted.py    the bigram, n-grams and mixtures; network.py networks

A predictor returns its own page: see `Predictor.page`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlekit.show import Explanation, answer_page, many, num

if TYPE_CHECKING:
    from lm.fit import Fit


def explain(fit: Fit) -> Explanation:
    """Return the explanation of a language model.

    Parameters
    ----------
    fit : Fit

    Returns
    -------
    Explanation

    Examples
    --------
    >>> import lm, mlekit
    >>> page = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram()).explain()
    >>> page.sections[0].heading
    'What was assumed'
    """
    page = fit.predictor.page(fit)
    answers = [page.assumed(), page.maximised(), page.solved(), page.meaning(), page.sure(), page.wrong()]
    size = many(len(fit.words), page.text) if fit.words else f"{num(fit.nobs)} {page.token}s"
    alarm = () if fit.verdict.ok else fit.verdict.reasons
    return answer_page(f"{fit.predictor.title}: a language model of {size}", answers, alarm)
