"""What a walk may cost, the rows it draws, and the generators it leaves alone."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
import torch

from ...errors import OptionError

SMALL = 20_000_000  # products a step, under which one thread is faster than two


@dataclass
class Budget:
    """Steps and time that are left to one climb, and the losses on the way."""

    steps: float
    seconds: float
    callback: Callable[[int, float], Any] | None = None
    taken: int = 0
    stopped: bool = False
    history: list[float] = field(default_factory=list)
    begun: float = field(default_factory=perf_counter)

    @property
    def used(self) -> float:
        """Seconds of wall time since it began."""
        return perf_counter() - self.begun

    @property
    def done(self) -> float:
        """The share of the budget that is used."""
        return max(self.taken / self.steps, self.used / self.seconds)

    @property
    def middle(self) -> float:
        """The same in the middle of the step to come."""
        return max((self.taken + 0.5) / self.steps, self.used / self.seconds)

    @property
    def spent(self) -> bool:
        return self.stopped or self.done >= 1

    def note(self, loss: float) -> None:
        """A step that was taken; the callback may end it all."""
        self.taken += 1
        self.history.append(loss)
        if self.callback is not None and self.callback(self.taken, loss):
            self.stopped = True

    def follow(self, walk: Iterator[float], until: float = 1.0, scale: float = 1.0) -> bool:
        """Takes the steps of a walk while the budget lasts; whether the walk came to its own end."""
        for loss in walk:
            self.note(loss * scale)
            if self.stopped or self.done >= until:
                return False
        return True


class Draws:
    """Every row once an epoch, in a new order; it can be put away between two draws, and taken up again."""

    def __init__(self, rng: np.random.Generator, epoch: Callable[[np.random.Generator], list[Any]], device: str):
        self.rng, self.epoch, self.device = rng, epoch, device
        self._begin()

    def _begin(self) -> None:
        self.before = self.rng.bit_generator.state
        self.parts, self.place = self.epoch(self.rng), 0

    def __iter__(self) -> Draws:
        return self

    def __next__(self) -> torch.Tensor | None:
        if self.place == len(self.parts):
            self._begin()
        part = self.parts[self.place]
        self.place += 1
        return None if part is None else torch.from_numpy(part).to(self.device)

    def state(self) -> dict[str, Any]:
        """Which epoch it is, and how far it has come."""
        return {"generator": self.before, "place": self.place}

    def restore(self, state: Mapping[str, Any]) -> None:
        """What `state` told."""
        self.rng.bit_generator.state = state["generator"]
        self._begin()
        self.place = int(state["place"])


@contextmanager
def own_generators(seed: int) -> Generator[None]:
    """What draws from torch's global generators inside (dropout) begins at the seed; outside nothing has changed."""
    devices = list(range(torch.cuda.device_count()))
    with torch.random.fork_rng(devices=devices):
        torch.default_generator.manual_seed(seed)
        for device in devices:
            torch.cuda.default_generators[device].manual_seed(seed)
        yield


def generators() -> list[torch.Tensor]:
    """The states of torch's generators: the processor's, then those of CUDA's devices."""
    return [torch.default_generator.get_state(), *(torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [])]


def set_generators(states: list[torch.Tensor]) -> None:
    """What `generators` told."""
    torch.default_generator.set_state(states[0])
    if torch.cuda.is_available():
        torch.cuda.set_rng_state_all(states[1:])


@contextmanager
def threads_for(products: int) -> Generator[None]:
    """One thread for steps of few products, which several threads would spend their time handing over."""
    before = torch.get_num_threads()
    if products < SMALL:
        torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def choose(device: str, double: bool) -> str:
    """The device by name; "auto" is the fastest there is for the precision that is needed."""
    if device != "auto":
        return _checked(device, double)
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() and not double else "cpu"


def _checked(device: str, double: bool) -> str:
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    kind = str(device).partition(":")[0]
    if not there.get(kind, False):
        usable = ", ".join(repr(d) for d, ok in there.items() if ok)
        raise OptionError(f"Torch: device={device!r} is not there: use {usable}")
    if kind == "mps" and double:
        raise OptionError("Torch: device='mps' has no 64-bit numbers, which this fit needs: use device='cpu'")
    return str(device)
