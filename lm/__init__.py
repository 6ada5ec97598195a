"""Language models of words on mlekit's Estimator: from a table of counted pairs to a Transformer.

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
    from lm.vocabulary import Vocabulary as Vocabulary

_homes = {
    **dict.fromkeys(("names", "read", "split"), "corpus"),
    "Vocabulary": "vocabulary",
}  # a model is found by its name


def _models() -> list[str]:
    """The models by their public names: the classes of lm/models and lm/nets."""
    from lm import find

    return sorted(map(find.public, find.names()))


def __getattr__(name: str) -> Any:
    """A public name is imported when it is first asked for, so that `import lm` costs nothing."""
    if name == "__all__":
        return sorted([*_homes, *_models()])
    if name in _homes:
        value = getattr(import_module(f"lm.{_homes[name]}"), name)
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
    return sorted({*globals(), *_homes, *_models()})
