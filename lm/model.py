"""Language models, as `mlekit.fit(words, family=...)` takes them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from numpy.typing import ArrayLike

from lm.aliases import Settings
from lm.fit import Fit
from lm.predictor import Predictor
from lm.vocabulary import Vocabulary
from lm.words import Words, countable
from lm.words import read as read_words
from mlekit.errors import OptionError
from mlekit.models import Model
from mlekit.priors import Prior

if TYPE_CHECKING:
    from lm.checkpoint import Arrays

AnyPrior = Prior | Mapping[str, Prior] | None


class LanguageModel(Model[Fit]):
    """A model of words: base class of `lm.Bigram`, `lm.Ngram`, `lm.Mixture` and the networks.

    Attributes
    ----------
    prior : Prior or None
    vocabulary : Vocabulary or None
        The vocabulary to use; None for that of the words.
    unit : str
        Unit of the tokens: "char", "byte" or "word".
    default_alpha : float or None
        Alpha of the Dirichlet prior that `python -m lm.train` uses by default.
    advice : mapping
        Recommended options of `mlekit.solvers.Torch`.

    Examples
    --------
    >>> import lm
    >>> isinstance(lm.Ngram(3), LanguageModel)
    True
    """

    default_alpha: ClassVar[float | None] = None
    prior: AnyPrior
    vocabulary: Vocabulary | None
    unit: str

    @property
    def advice(self) -> Mapping[str, str | float]:
        """Recommended options of the solver."""
        return {}

    def read(
        self, data: Iterable[str], target: object = None, *, weights: ArrayLike | None = None, **options: object
    ) -> Words:
        """Check words and their weights.

        Parameters
        ----------
        data : iterable of str
        target : object
            Has to be None.
        weights : array_like, optional
            One number per word.
        **options
            Other arguments of `mlekit.fit`, which have no meaning for words.

        Returns
        -------
        Words

        Raises
        ------
        DataError
            If the words or the weights cannot be used.
        OptionError
            If an argument has no meaning for words.

        Examples
        --------
        >>> import lm
        >>> lm.Ngram(3).read(["ava", "emma"]).lengths.tolist()
        [4, 5]
        """
        return read_words(data, target, self.vocabulary, self.unit, weights=weights, **options)

    @classmethod
    @abstractmethod
    def restore(cls, vocabulary: Vocabulary, settings: Settings, arrays: Arrays) -> Predictor:
        """Return the predictor that was saved: the inverse of its `settings` and `arrays`.

        Parameters
        ----------
        vocabulary : Vocabulary
        settings : mapping
        arrays : dict of str to ndarray

        Returns
        -------
        Predictor
        """


class CountedModel(LanguageModel):
    """A language model that is estimated from counts, for which weights cannot be negative.

    Examples
    --------
    >>> import lm
    >>> lm.Ngram(3).read(["ava", "emma"], weights=[1, -1])
    Traceback (most recent call last):
        ...
    mlekit.errors.DataError: weights[1] is -1: the weight of a count must not be negative
    """

    def read(
        self, data: Iterable[str], target: object = None, *, weights: ArrayLike | None = None, **options: object
    ) -> Words:
        return countable(super().read(data, target, weights=weights, **options))


def single_prior(own: AnyPrior, given: object, model: str = "the model") -> object:
    """Return the prior of a model, which was given to the model or to `fit`, and not to both.

    Parameters
    ----------
    own : Prior or None
        Prior of the model.
    given : Prior or None
        Prior of `fit`.
    model : str, default "the model"
        Name of the model, for the error message.

    Returns
    -------
    Prior or None

    Raises
    ------
    OptionError
        If there are two priors.

    Examples
    --------
    >>> import mlekit
    >>> single_prior(None, mlekit.priors.Dirichlet(2))
    Dirichlet(alpha=2)
    """
    if own is not None and given is not None:
        raise OptionError(f"prior: one is given to {model} and another to fit: leave one of them out")
    return own if given is None else given
