"""Values as JSON can hold them, and back, to the last bit.

0.1 -> 0.1                      Python writes a float so that reading it gives the same bits
nan -> {"float": "nan"}         JSON has no word for it
array([1., inf]) -> {"array": [1.0, "inf"], "dtype": "<f8", "shape": [2]}
Beta(2, 2) -> {"object": ["priors", "Beta"], "fields": {"a": 2, "b": 2}}
scipy.stats.norm(0, 1) -> {"scipy": "norm", "args": [0, 1], "kwds": {}}
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from math import isfinite
from typing import Any

import numpy as np

from ..errors import OptionError

Json = Any
ROOMS = ("priors", "solvers")


def pack(value: Any) -> Json:
    """The value as JSON.

    >>> pack({"a": [1, float("inf")]})
    {'map': {'a': [1, {'float': 'inf'}]}}
    """
    for kind in type(value).__mro__:
        if kind in PACK:
            return PACK[kind](value)
    law = getattr(value, "dist", None)
    if law is not None:
        return {"scipy": law.name, "args": pack(list(value.args)), "kwds": pack(value.kwds)}
    if is_dataclass(type(value)):
        return _pack_object(value)
    raise OptionError(
        f"a {type(value).__name__} cannot be saved ({value!r}): numbers, texts, priors and scipy laws can"
    )


def unpack(value: Json) -> Any:
    """And back."""
    if isinstance(value, list):
        return [unpack(v) for v in value]
    if isinstance(value, dict):
        return UNPACK[next(k for k in value if k in UNPACK)](value)
    return value


def _pack_float(value: float) -> Json:
    return float(value) if isfinite(value) else {"float": repr(float(value))}


def _pack_array(array: Any) -> Json:
    if array.dtype.kind not in "biuf":
        return {"array": pack(array.ravel().tolist()), "dtype": "O", "shape": list(array.shape)}
    flat = array.ravel().tolist()
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        flat = [v if isfinite(v) else repr(v) for v in flat]
    return {"array": flat, "dtype": array.dtype.str, "shape": list(array.shape)}


def _unpack_array(value: Mapping[str, Any]) -> Any:
    kind, shape = value["dtype"], value["shape"]
    if kind == "O":
        return np.array(unpack(value["array"]), dtype=object).reshape(shape)
    dtype = np.dtype(kind)
    flat = map(float, value["array"]) if dtype.kind == "f" else value["array"]
    return np.array(list(flat), dtype=dtype).reshape(shape)


def _pack_object(value: Any) -> Json:
    """A prior or a solver, by its name in mlekit and its fields; what it remembers of callables is left out."""
    room = type(value).__module__.split(".")[1:2]
    if type(value).__module__.split(".")[0] != __name__.split(".")[0] or room[0] not in ROOMS:
        raise OptionError(f"a {type(value).__name__} is not of mlekit and cannot be saved: {value!r}")
    kept = {f.name: getattr(value, f.name) for f in fields(value)}
    kept = {name: pack(v) for name, v in kept.items() if not callable(v) or room[0] == "priors"}
    return {"object": [room[0], type(value).__name__], "fields": kept}


def _unpack_object(value: Mapping[str, Any]) -> Any:
    from importlib import import_module

    room, name = value["object"]
    if room not in ROOMS or not name[:1].isupper():
        raise ValueError(f"{room}.{name} is nothing that a fit can hold")
    kind: Any = getattr(import_module(f"..{room}", __package__), name)
    if not is_dataclass(kind):
        raise ValueError(f"{room}.{name} is nothing that a fit can hold")
    assert callable(kind)
    return kind(**{k: unpack(v) for k, v in value["fields"].items()})


def _unpack_scipy(value: Mapping[str, Any]) -> Any:
    return scipy_law(value["scipy"])(*unpack(value["args"]), **unpack(value["kwds"]))


def scipy_law(name: str) -> Any:
    """The distribution of scipy.stats that has this name, and nothing else of scipy."""
    from scipy import stats

    law = getattr(stats, name, None)
    if not isinstance(law, stats.rv_continuous | stats.rv_discrete):
        raise ValueError(f"scipy.stats has no distribution {name!r}")
    return law


def _as_is(value: Any) -> Json:
    return value


PACK: dict[type, Callable[[Any], Json]] = {
    type(None): _as_is,
    bool: _as_is,
    int: int,
    str: str,
    float: _pack_float,
    np.longdouble: lambda value: _pack_float(float(value)),
    np.generic: lambda value: pack(value.item()),
    np.ndarray: _pack_array,
    list: lambda value: [pack(v) for v in value],
    tuple: lambda value: [pack(v) for v in value],
    dict: lambda value: {"map": {str(k): pack(v) for k, v in value.items()}},
}
UNPACK: dict[str, Callable[[Any], Any]] = {
    "float": lambda value: float(value["float"]),
    "array": _unpack_array,
    "map": lambda value: {k: unpack(v) for k, v in value["map"].items()},
    "object": _unpack_object,
    "scipy": _unpack_scipy,
}
