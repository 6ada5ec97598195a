"""Distributions made of other distributions, and families that users bring: one per file."""

from __future__ import annotations

from ...registry import Registry
from ._composite import Composite

registry = Registry[type[Composite]](__name__, "composite distribution")
