"""Processes that train one net together, each on its share of every batch; started by torchrun, or alone."""

from __future__ import annotations

from collections.abc import Iterable

import torch
import torch.distributed as dist
from torch import Tensor


class Processes:
    """Who is there. What is summed over all of them is the same in each, to the last bit."""

    def __init__(self) -> None:
        there = dist.is_available() and dist.is_initialized()
        self.rank, self.size = (dist.get_rank(), dist.get_world_size()) if there else (0, 1)

    def share(self, index: Tensor | None, rows: int) -> Tensor | None:
        """The part of a batch that this process looks at."""
        if self.size == 1:
            return index
        return (torch.arange(rows) if index is None else index)[self.rank :: self.size]

    def begin(self, tensors: Iterable[Tensor]) -> None:
        """Everybody begins with the numbers of the first."""
        if self.size > 1:
            for tensor in tensors:
                dist.broadcast(tensor.data, 0)

    def summed(self, parts: list[Tensor]) -> list[Tensor]:
        """Each tensor added up over the processes."""
        if self.size == 1:
            return parts
        flat = torch.cat([part.reshape(-1) for part in parts])
        dist.all_reduce(flat)
        return [f.view_as(p) for f, p in zip(flat.split([p.numel() for p in parts]), parts, strict=True)]

    def told(self, *numbers: float) -> list[float]:
        """What the first of them says of the budget: its clock is that of all."""
        if self.size == 1:
            return list(numbers)
        said = torch.tensor(numbers, dtype=torch.float64)
        dist.broadcast(said, 0)
        return said.tolist()
