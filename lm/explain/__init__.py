"""A language model in words: `fit.explain()`.

words.py      what there is to say of any model
counted.py    the bigram, n-grams and mixtures; net.py nets
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lm.explain.counted import Backoff, Mixed, Table
from lm.explain.net import Net
from lm.explain.words import Words
from mlekit.show import Explanation, answer_page, many, num

if TYPE_CHECKING:
    from lm.fit import Fit

WORDS: dict[str, type[Words]] = {"bigram": Table, "ngram": Backoff, "mixture": Mixed}


def explain(fit: Fit) -> Explanation:
    """The page of a language model.

    >>> import lm, mlekit
    >>> page = mlekit.fit(["emma", "ava", "mia"], family=lm.Bigram()).explain()
    >>> page.sections[0].heading
    'What was assumed'
    """
    words = WORDS.get(fit.predictor.name, Net)(fit)
    answers = [
        words.assumed(),
        words.maximised(),
        words.solved(),
        words.meaning(),
        words.sure(),
        words.wrong(),
    ]
    size = many(len(fit.words), words.things[:-1]) if fit.words else f"{num(fit.nobs)} {words.mark}s"
    alarm = () if fit.verdict.ok else fit.verdict.reasons
    return answer_page(f"{fit.predictor.title}: a language model of {size}", answers, alarm)
