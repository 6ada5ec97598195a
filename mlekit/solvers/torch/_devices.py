"""The device of a search, and its number of threads."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import torch

from ...errors import OptionError

SMALL = 20_000_000  # multiplications per step below which one thread is faster than two


@contextmanager
def threads_for(products: int) -> Generator[None]:
    """Use one thread for steps of so few multiplications that several threads would only slow them down."""
    before = torch.get_num_threads()
    if products < SMALL:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def choose(device: str, double: bool) -> str:
    """The device by name; "auto" is the fastest that is available in this precision."""
    if device != "auto":
        return _checked(device, double)
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() and not double else "cpu"


def _checked(device: str, double: bool) -> str:
    available = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    backend = str(device).partition(":")[0]
    if not available.get(backend, False):
        usable = ", ".join(repr(d) for d, ok in available.items() if ok)
        raise OptionError(f"Torch: device={device!r} is not available: use {usable}")
    if backend == "mps" and double:
        raise OptionError("Torch: device='mps' has no 64-bit floats, which this fit needs: use device='cpu'")
    return str(device)
