"""Language models of words, from counted pairs of characters to the Transformer, fitted by `mlekit.fit`.

>>> import lm, mlekit
>>> fit = mlekit.fit(lm.names(), family=lm.Bigram(), prior=mlekit.priors.Dirichlet(2))
>>> round(fit.evaluate(["emma"]).bits, 3)
3.647
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lm.corpus import names as names
    from lm.corpus import read as read
    from lm.corpus import split as split
    from lm.models.bigram import Bigram as Bigram
    from lm.models.mixture import Mixture as Mixture
    from lm.models.ngram import Ngram as Ngram
    from lm.network import NetworkModel
    from lm.vocabulary import Vocabulary as Vocabulary

_FILES = {**dict.fromkeys(("names", "read", "split"), "corpus"), "Vocabulary": "vocabulary"}


def _public() -> list[str]:
    from lm import find

    return sorted([*_FILES, *find.public()])


def __getattr__(name: str) -> type[NetworkModel]:
    """Import a public name when it is first used, so that `import lm` costs nothing; the rest are networks."""
    return _found(name)


def _found(name: str) -> Any:
    if name == "__all__":
        return _public()
    if name in _FILES:
        value = getattr(import_module(f"lm.{_FILES[name]}"), name)
    elif name[:1].isupper():
        value = _model(name)
    else:
        raise AttributeError(f"module 'lm' has no attribute {name!r}")
    globals()[name] = value
    return value


def _model(name: str) -> Any:
    from lm import find
    from mlekit.errors import UnknownName

    try:
        return find.model(name)
    except UnknownName as error:
        raise AttributeError(str(error)) from error


def __dir__() -> list[str]:
    return sorted({*globals(), *_public()})
