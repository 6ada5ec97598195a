"""A Fit in a folder, and back: `mlekit.load(folder)`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from os import PathLike
from typing import Any

import numpy as np

import mlekit
from lm import checkpoint, find
from lm.corpus import Vocabulary
from lm.fit import Fit
from mlekit.errors import LoadError, MlekitError, OptionError


@dataclass(frozen=True)
class Recorded:
    """What was found, written down: all that a file keeps of it."""

    llf: float
    log_posterior: float
    nobs: float
    n_params: int
    verdict: mlekit.Verdict
    solver: str
    quick_ok: bool = True


