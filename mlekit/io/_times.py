"""Dates, times and durations of Python, NumPy and pandas as JSON, and back: integers of a unit, or ISO 8601."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np

from .documents import Json


def _pack_timestamp(value: Any) -> Json:
    """A Timestamp of pandas as units since 1970 in UTC, with the name of its time zone."""
    zone = value.tz and (getattr(value.tz, "key", None) or getattr(value.tz, "zone", None) or _offset(value))
    return {"timestamp": int(value.asm8.astype(np.int64)), "unit": value.unit, "zone": zone}


def _offset(value: Any) -> str:
    """A fixed offset as pandas reads it."""
    sign, digits = value.strftime("%z")[0], value.strftime("%z")[1:]
    return f"UTC{sign}{digits[:2]}:{digits[2:4]}"


def _unpack_timestamp(value: Mapping[str, Json]) -> Any:
    import pandas as pd

    return pd.Timestamp(np.datetime64(value["timestamp"], value["unit"]), tz="UTC").tz_convert(value["zone"])


def _pack_timedelta(value: Any) -> Json:
    return {"timedelta": int(value.asm8.astype(np.int64)), "unit": value.unit}


def _unpack_timedelta(value: Mapping[str, Json]) -> Any:
    import pandas as pd

    return pd.Timedelta(np.timedelta64(value["timedelta"], value["unit"]))


def _unpack_period(value: Mapping[str, Json]) -> Any:
    import pandas as pd

    return pd.Period(ordinal=value["period"], freq=value["freq"])


def _pack_numpy(value: np.datetime64 | np.timedelta64) -> Json:
    unit, times = np.datetime_data(value.dtype)
    return {value.dtype.name.partition("[")[0]: int(value.astype(np.int64)), "unit": [unit, times]}


def _pack_duration(value: timedelta) -> Json:
    return {"duration": [value.days, value.seconds, value.microseconds]}


def _unpack_duration(value: Mapping[str, Json]) -> timedelta:
    days, seconds, microseconds = value["duration"]
    return timedelta(days, seconds, microseconds)


PACK_TIMES: dict[str, Callable[[Any], Json]] = {
    "datetime.datetime": lambda value: {"datetime": value.isoformat()},
    "datetime.date": lambda value: {"date": value.isoformat()},
    "datetime.time": lambda value: {"time": value.isoformat()},
    "datetime.timedelta": _pack_duration,
    "numpy.datetime64": _pack_numpy,
    "numpy.timedelta64": _pack_numpy,
    "pandas.Timestamp": _pack_timestamp,
    "pandas.Timedelta": _pack_timedelta,
    "pandas.Period": lambda value: {"period": value.ordinal, "freq": value.freqstr},
}
UNPACK_TIMES: dict[str, Callable[[Any], Any]] = {
    "datetime": lambda value: datetime.fromisoformat(value["datetime"]),
    "date": lambda value: date.fromisoformat(value["date"]),
    "time": lambda value: time.fromisoformat(value["time"]),
    "duration": _unpack_duration,
    "datetime64": lambda value: np.datetime64(value["datetime64"], tuple(value["unit"])),
    "timedelta64": lambda value: np.timedelta64(value["timedelta64"], tuple(value["unit"])),
    "timestamp": _unpack_timestamp,
    "timedelta": _unpack_timedelta,
    "period": _unpack_period,
}
