"""The functions of the right side of a formula: options, values, and what is learned for new data.

    one column         I log exp sqrt, and center scale, which learn
    several columns    bs cr poly, which learn
    categories         C
    beside the sum     offset

All that is learned is a dict that JSON can hold to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, cast

import numpy as np

from mlekit.data.labels import Array
from mlekit.data.pieces import Learned
from mlekit.errors import DataError, IdentifiabilityError

Values: TypeAlias = Any  # a column [n], one number, or of a basis [n, k]
Literal: TypeAlias = Any  # a number, a tuple of numbers, True, False or a text
Options: TypeAlias = Mapping[str, Literal]

# The literals of an option: in words, and as a test.
LITERALS: dict[str, tuple[str, Callable[[Literal], bool]]] = {
    "count": ("an integer from 1 to 1000", lambda v: type(v) is int and 1 <= v <= 1000),
    "number": ("a number", lambda v: type(v) in (int, float)),
    "numbers": ("numbers in brackets, as in (1, 2)", lambda v: type(v) is tuple),
    "flag": ("True or False", lambda v: type(v) is bool),
    "level": ('a level, as in "b"', lambda v: type(v) is not tuple),
    "center": ('the text "center"', lambda v: v == "center"),
}


class Function:
    """A function of x that learns nothing: as it stands, x itself."""

    learns = False

    def __init__(self, usage: str, kind: str = "number", **options: str) -> None:
        self.usage, self.kind, self.options = usage, kind, options  # options: name -> key of LITERALS

    def learn(self, x: Array, options: Options, text: str) -> Learned:
        """Return what new data will need, from the finite values of x."""
        return {}

    def apply(self, x: Values, options: Options, state: Learned, text: str) -> Values:
        """Return the values: one column, or of a basis [n, k]."""
        return x


class Elementwise(Function):
    """A NumPy function."""

    def __init__(self, usage: str, formula: Callable[[Values], Values]) -> None:
        super().__init__(usage)
        self.formula = formula

    def apply(self, x: Values, options: Options, state: Learned, text: str) -> Values:
        return self.formula(x)


class Standardised(Function):
    """(x - center) / scale, with the mean and sqrt(sum (x - mean)^2 / (n - ddof))."""

    learns = True

    def learn(self, x: Array, options: Options, text: str) -> Learned:
        center = float(np.mean(x)) if options.get("center", True) else 0.0
        if not options.get("scale", "scale" in self.options):
            return {"center": center, "scale": 1.0}
        free = len(x) - options.get("ddof", 1)
        scale = float(np.sqrt(np.sum((x - center) ** 2) / free)) if free > 0 else 0.0
        if scale == 0:
            raise IdentifiabilityError(f"{text} divides by a scale of zero: give a column with two distinct values")
        return {"center": center, "scale": scale}

    def apply(self, x: Values, options: Options, state: Learned, text: str) -> Values:
        return (x - state["center"]) / state["scale"]


class Basis(Function):
    """Several columns, computed by the formula library; NaN in rows whose x is not finite."""

    learns = True

    def __init__(self, name: str, usage: str, **options: str) -> None:
        super().__init__(usage, "basis", **options)
        self.name = name

    def learn(self, x: Array, options: Options, text: str) -> Learned:
        state: Learned = {}
        fields, _ = self.columns(x, options, state, text)
        return {"fields": fields, "spans": bool(options.get("include_intercept")), "state": _frozen(state)}

    def apply(self, x: Values, options: Options, state: Learned, text: str) -> Values:
        finite = np.isfinite(x)
        made = np.full((len(x), len(state["fields"])), np.nan, order="F")
        if finite.any():
            for j, values in enumerate(self.columns(x[finite], options, _thawed(state["state"]), text)[1]):
                made[finite, j] = values
        return made

    def columns(self, x: Array, options: Options, state: Learned, text: str) -> tuple[list[str], list[Array]]:
        """Return the name and the values of each column; what `state` lacks is learned into it."""
        from formulaic.transforms import TRANSFORMS

        try:
            made = cast("dict[str, Callable[..., Mapping[str, Values]]]", TRANSFORMS)[self.name](
                x, **options, _state=state
            )
        except ValueError as wrong:
            raise DataError(f"{text}: {wrong}") from None
        return [str(key) for key in made], [np.asarray(made[key]) for key in made]


class Spline(Basis):
    """A B-spline: zero outside its bounds, so that new data have to stay within them."""

    def apply(self, x: Values, options: Options, state: Learned, text: str) -> Values:
        low, high = state["state"]["lower_bound"], state["state"]["upper_bound"]
        outside = np.flatnonzero((x < low) | (x > high))
        if len(outside):
            row = outside[0]
            raise DataError(
                f"row {row}: {x[row]:g} lies outside [{low:g}, {high:g}], where {text} is defined: give the formula"
                " a lower_bound= and an upper_bound= that contain all data to come"
            )
        return super().apply(x, options, state, text)

    def learn(self, x: Array, options: Options, text: str) -> Learned:
        low, high = options.get("lower_bound", -np.inf), options.get("upper_bound", np.inf)
        return super().learn(x[(x >= low) & (x <= high)], options, text)


class Polynomial(Basis):
    """Orthogonal polynomials; with raw=True the powers themselves."""

    def learn(self, x: Array, options: Options, text: str) -> Learned:
        degree = options.get("degree", 1)
        if np.unique(x).size <= degree:
            raise IdentifiabilityError(f"{text} needs more than {degree} distinct values, and has {np.unique(x).size}")
        return super().learn(x, options, text)

    def columns(self, x: Array, options: Options, state: Learned, text: str) -> tuple[list[str], list[Array]]:
        from formulaic.transforms import poly

        made = np.asarray(poly(x, **options, _state=state))
        first = 0 if options.get("raw") else 1  # as the library names them
        return [str(first + j) for j in range(made.shape[1])], list(made.T)


def _frozen(state: Learned) -> Learned:
    """The state of a basis as JSON can hold it: arrays, and tables by degree, as lists."""
    lists = {k: [v[i] for i in range(len(v))] if type(v) is dict else v for k, v in state.items()}
    return {k: np.asarray(v).tolist() for k, v in lists.items()}


def _thawed(state: Learned) -> Learned:
    tables = {k: dict(enumerate(v)) for k, v in state.items() if k in ("alpha", "norms2")}
    arrays = {k: np.array(v) for k, v in state.items() if k == "constraints" and v is not None}
    return {**state, **tables, **arrays}


BOUNDS = {"lower_bound": "number", "upper_bound": "number"}

FUNCTIONS: dict[str, Function] = {
    "C": Function('C(z, ref="b")', "levels", ref="level"),
    "I": Function("I(x ** 2)"),
    "log": Elementwise("log(x)", np.log),
    "exp": Elementwise("exp(x)", np.exp),
    "sqrt": Elementwise("sqrt(x)", np.sqrt),
    "center": Standardised("center(x)"),
    "scale": Standardised("scale(x)", center="flag", scale="flag", ddof="number"),
    "bs": Spline("bs", "bs(x, df=4)", df="count", knots="numbers", degree="count", include_intercept="flag", **BOUNDS),
    "cr": Basis("cr", 'cr(x, df=4, constraints="center")', df="count", knots="numbers", **BOUNDS, constraints="center"),
    "poly": Polynomial("poly", "poly(x, 2)", degree="count", raw="flag"),
    "offset": Function("offset(log(days))", "offset"),
}
