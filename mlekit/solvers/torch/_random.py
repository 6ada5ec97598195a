"""Random numbers of a search: the order of the rows, and torch's generators, whose global state is left alone."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...models.stream import Rows

Epoch = Sequence[Rows | None]  # the rows of each batch; None: all rows


class Batches:
    """Minibatches, with every row once per epoch in a new order; the iteration can be saved and resumed."""

    def __init__(self, rng: np.random.Generator, epoch: Callable[[np.random.Generator], Epoch], device: str) -> None:
        self.rng, self.epoch, self.device = rng, epoch, device
        self._new_epoch()

    def _new_epoch(self) -> None:
        self.before: Mapping[str, object] = self.rng.bit_generator.state
        self.parts, self.place = self.epoch(self.rng), 0

    def __iter__(self) -> Batches:
        return self

    def __next__(self) -> Tensor | None:
        if self.place == len(self.parts):
            self._new_epoch()
        part = self.parts[self.place]
        self.place += 1
        return None if part is None else torch.from_numpy(part).to(self.device)

    def state(self) -> dict[str, object]:
        """The generator before this epoch, and the number of batches drawn since."""
        return {"generator": self.before, "place": self.place}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continue from what `state` returned."""
        self.rng.bit_generator.state = state["generator"]
        self._new_epoch()
        self.place = int(state["place"])


@contextmanager
def own_generators(seed: int) -> Generator[None]:
    """Seed torch's global generators, which dropout uses, and restore their state afterwards."""
    devices = list(range(torch.cuda.device_count()))
    with torch.random.fork_rng(devices=devices):
        torch.default_generator.manual_seed(seed)
        for device in devices:
            torch.cuda.default_generators[device].manual_seed(seed)
        yield


def generators() -> list[Tensor]:
    """The states of torch's generators: of the processor, then of CUDA's devices."""
    return [torch.default_generator.get_state(), *(torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [])]


def set_generators(states: list[Tensor]) -> None:
    """Restore the states that `generators` returned."""
    torch.default_generator.set_state(states[0])
    if torch.cuda.is_available():
        torch.cuda.set_rng_state_all(states[1:])
