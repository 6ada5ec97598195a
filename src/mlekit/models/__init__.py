"""How a law meets rows.

`Model` is what a model is, `Linear` a linear predictor for each parameter, `Network` any torch module.
"""

from __future__ import annotations

from .base import Bound, Model

__all__ = ["Bound", "Model"]
