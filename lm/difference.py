"""The difference between the losses of two models, with a paired test."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isnan, nan

from lm.text import formatted_p, measured, plural
from lm.units import UNITS


@dataclass(frozen=True)
class Difference:
    """Difference between the losses per token of two models on the same words, with a paired t test.

    The test treats the words as independent: t = difference / std_error, with one degree of freedom less than there
    are words. The standard error is NaN for one word.

    Attributes
    ----------
    difference : float
        Loss of the first model minus that of the second, in nats per token: negative if the first is better.
    std_error : float
    words : int
        Number of words.
    unit : str
        Unit of the tokens.

    Examples
    --------
    >>> from lm.difference import Difference
    >>> print(Difference(difference=-0.2, std_error=0.1, words=50))
    0.2000 ± 0.1000 nats per character less than the other over 50 words (t = -2.00, p = 0.0511)
    """

    difference: float
    std_error: float
    words: int
    unit: str = "char"

    @property
    def statistic(self) -> float:
        """Test statistic: difference / std_error, and 0 if the losses of all words are equal.

        Examples
        --------
        >>> from lm.difference import Difference
        >>> Difference(difference=-0.2, std_error=0.1, words=50).statistic
        -2.0
        """
        if self.difference == 0:
            return 0.0
        return self.difference / self.std_error if self.std_error else self.difference * inf

    @property
    def p_value(self) -> float:
        """Two-sided p-value of the hypothesis that the mean losses are equal.

        Examples
        --------
        >>> from lm.difference import Difference
        >>> round(Difference(difference=-0.2, std_error=0.1, words=50).p_value, 4)
        0.0511
        """
        from scipy.special import stdtr

        return min(2 * float(stdtr(self.words - 1, -abs(self.statistic))), 1.0) if self.words > 1 else nan

    def __str__(self) -> str:
        kind = UNITS[self.unit]
        if isnan(self.difference):
            return f"a {kind.text} is impossible under both models, so the difference of their losses is undefined"
        if self.difference == 0:
            return f"no difference over {plural(self.words, kind.text)}"
        size, less = measured(abs(self.difference), self.std_error), "less" if self.difference < 0 else "more"
        test = "" if isnan(self.std_error) else f" (t = {self.statistic:.2f}, p {formatted_p(self.p_value)})"
        return f"{size} nats per {kind.token} {less} than the other over {plural(self.words, kind.text)}{test}"
