"""The former place of `suited`, until `inference/batches.py` imports it from `_reparametrised`."""

from __future__ import annotations

from ._reparametrised import suited

__all__ = ["suited"]
