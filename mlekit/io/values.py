"""Values as JSON can hold them, and back, to the last bit.

    0.1                         0.1; Python writes a float so that reading it gives the same bits
    nan                         {"float": "nan"}; JSON has no word for it
    (1, 2)                      {"tuple": [1, 2]}
    {1: "a"}                    {"pairs": [[1, "a"]]}; keys of text are {"map": {"a": 1}}
    array([1., inf])            {"array": [1.0, "inf"], "dtype": "<f8", "shape": [2]}
    date(2024, 5, 1)            {"date": "2024-05-01"}; times stand in _times.py
    Beta(2, 2)                  {"object": ["priors", "Beta"], "fields": {"a": 2, "b": 2}}
    scipy.stats.norm(0, 1)      {"scipy": "norm", "args": [0, 1], "kwds": {}}

Types are known by their names, so that no library is imported in order to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.labels import lineage
from ..errors import MlekitError, OptionError
from ..registry import Registry
from ._times import PACK_TIMES, UNPACK_TIMES
from .documents import Json

REGISTRIES: dict[str, Registry[Any]] = {
    name: Registry(f"{__name__.partition('.')[0]}.{name}", name) for name in ("priors", "solvers")
}


def pack(value: Any) -> Json:
    """Return the value as JSON can hold it.

    Parameters
    ----------
    value : object
        Numbers, text, dates, None, arrays, lists, tuples, dicts, priors, solvers and frozen scipy distributions.

    Returns
    -------
    dict, list, str, int, float, bool or None

    Raises
    ------
    OptionError
        If it is none of these.

    Examples
    --------
    >>> import mlekit
    >>> mlekit.io.pack({"a": [1, float("inf")]})
    {'map': {'a': [1, {'float': 'inf'}]}}
    """
    packer = _packer(type(value))
    if packer is not None:
        return packer(value)
    distribution = getattr(value, "dist", None)
    if distribution is not None:
        return {"scipy": distribution.name, "args": pack(list(value.args)), "kwds": pack(value.kwds)}
    if is_dataclass(type(value)):
        return _pack_object(value)
    raise OptionError(
        f"a {type(value).__name__} cannot be saved ({value!r}): "
        "numbers, text, dates, priors and scipy distributions can"
    )


def unpack(value: Json) -> Any:
    """Return the value that `pack` was given.

    Parameters
    ----------
    value : dict, list, str, int, float, bool or None
        What `pack` returned.

    Returns
    -------
    object

    Examples
    --------
    >>> import mlekit
    >>> mlekit.io.unpack(mlekit.io.pack({("a", 1): mlekit.priors.Beta(2, 2)}))
    {('a', 1): Beta(a=2, b=2)}
    """
    if isinstance(value, list):
        return [unpack(v) for v in value]
    if isinstance(value, dict):
        return UNPACK[next(k for k in value if k in UNPACK)](value)
    return value


@cache
def _packer(kind: type) -> Callable[[Any], Json] | None:
    """The function that packs values of a type, or of its nearest base; None for objects that have none."""
    return next((PACK[name] for name in lineage(kind) if name in PACK), None)


def _pack_float(value: float) -> Json:
    return float(value) if isfinite(value) else {"float": repr(float(value))}


def _pack_dict(value: Mapping[Any, Any]) -> Json:
    if all(type(k) is str for k in value):
        return {"map": {k: pack(v) for k, v in value.items()}}
    return {"pairs": [[pack(k), pack(v)] for k, v in value.items()]}


def _pack_array(array: NDArray[Any]) -> Json:
    if array.dtype.kind not in "biuf":
        return {"array": [pack(v) for v in array.ravel()], "dtype": "O", "shape": list(array.shape)}
    flat = array.ravel().tolist()
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        flat = [v if isfinite(v) else repr(v) for v in flat]
    return {"array": flat, "dtype": array.dtype.str, "shape": list(array.shape)}


def _unpack_array(value: Mapping[str, Json]) -> NDArray[Any]:
    kind, shape = value["dtype"], value["shape"]
    if kind == "O":
        array = np.empty(len(value["array"]), dtype=object)
        array[:] = unpack(value["array"])
        return array.reshape(shape)
    dtype = np.dtype(kind)
    if dtype.kind not in "biuf":
        raise ValueError(f"an array of {kind} is not one that is saved")
    flat = map(float, value["array"]) if dtype.kind == "f" else value["array"]
    return np.array(list(flat), dtype=dtype).reshape(shape)


def _pack_interval(value: Any) -> Json:
    """An interval of pandas, as `pandas.cut` makes them."""
    return {"interval": [pack(value.left), pack(value.right)], "closed": value.closed}


def _unpack_interval(value: Mapping[str, Json]) -> Any:
    import pandas as pd

    left, right = unpack(value["interval"])
    return pd.Interval(left, right, closed=value["closed"])


# -- objects of the registries, and distributions of scipy ------------------------------------------------------------


def _pack_object(value: Any) -> Json:
    """A prior or a solver, by its name in mlekit and its fields; the callables that a solver remembers are left out."""
    package, kind = ".".join(type(value).__module__.split(".")[1:2]), type(value)
    if _registered(package, kind.__name__) is not kind:
        raise OptionError(f"a {kind.__name__} is not of mlekit and cannot be saved: {value!r}")
    kept = {f.name: getattr(value, f.name) for f in fields(value)}
    kept = {name: pack(v) for name, v in kept.items() if not callable(v) or package == "priors"}
    return {"object": [package, kind.__name__], "fields": kept}


def _registered(package: str, name: str) -> Any:
    """The class of this name in a registry; or None."""
    try:
        return REGISTRIES[package].attribute(name)
    except (KeyError, MlekitError):
        return None


def _unpack_object(value: Mapping[str, Json]) -> Any:
    package, name = value["object"]
    kind = _registered(package, name)
    if not isinstance(kind, type) or not is_dataclass(kind):
        raise ValueError(f"{package}.{name} is not something that a file can hold")
    return kind(**{k: unpack(v) for k, v in value["fields"].items()})


def _unpack_scipy(value: Mapping[str, Json]) -> Any:
    from ..families.composite._scipy import scipy_distribution

    return scipy_distribution(value["scipy"])(*unpack(value["args"]), **unpack(value["kwds"]))


PACK: dict[str, Callable[[Any], Json]] = {
    "builtins.NoneType": lambda value: value,
    "builtins.bool": bool,
    "builtins.int": int,
    "builtins.str": str,
    "builtins.float": _pack_float,
    "builtins.bytes": lambda value: {"bytes": value.hex()},
    "builtins.list": lambda value: [pack(v) for v in value],
    "builtins.tuple": lambda value: {"tuple": [pack(v) for v in value]},
    "builtins.dict": _pack_dict,
    "numpy.longdouble": lambda value: _pack_float(float(value)),
    "numpy.generic": lambda value: pack(value.item()),
    "numpy.ndarray": _pack_array,
    "pandas.Interval": _pack_interval,
    "mlekit.ScipyPrior": lambda value: pack(value.frozen),
    **PACK_TIMES,
}
UNPACK: dict[str, Callable[[Any], Any]] = {
    "float": lambda value: float(value["float"]),
    "bytes": lambda value: bytes.fromhex(value["bytes"]),
    "tuple": lambda value: tuple(map(unpack, value["tuple"])),
    "map": lambda value: {k: unpack(v) for k, v in value["map"].items()},
    "pairs": lambda value: {unpack(k): unpack(v) for k, v in value["pairs"]},
    "array": _unpack_array,
    "interval": _unpack_interval,
    "object": _unpack_object,
    "scipy": _unpack_scipy,
    **UNPACK_TIMES,
}
