"""Processes that train one network together, each on a part of every batch; torchrun starts them."""

from __future__ import annotations

from collections.abc import Iterable

import torch
import torch.distributed as dist
from torch import Tensor


class Processes:
    """The processes of a training; without torchrun this one alone.

    Sums over the processes are the same in each, bit for bit.
    """

    def __init__(self) -> None:
        distributed = dist.is_available() and dist.is_initialized()
        self.rank, self.size = (dist.get_rank(), dist.get_world_size()) if distributed else (0, 1)

    def part(self, index: Tensor | None, rows: int) -> Tensor | None:
        """The part of a batch that belongs to this process."""
        if self.size == 1:
            return index
        return (torch.arange(rows) if index is None else index)[self.rank :: self.size]

    def broadcast(self, tensors: Iterable[Tensor]) -> None:
        """Copy the tensors of the first process to all."""
        if self.size > 1:
            for tensor in tensors:
                dist.broadcast(tensor.data, 0)

    def summed(self, parts: list[Tensor]) -> list[Tensor]:
        """The sum of each tensor over the processes."""
        if self.size == 1:
            return parts
        flat = torch.cat([part.reshape(-1) for part in parts])
        dist.all_reduce(flat)
        return [f.view_as(p) for f, p in zip(flat.split([p.numel() for p in parts]), parts, strict=True)]

    def from_first(self, *values: float) -> list[float]:
        """These values as the first process has them, whose clock is that of all."""
        if self.size == 1:
            return list(values)
        shared = torch.tensor(values, dtype=torch.float64)
        dist.broadcast(shared, 0)
        return shared.tolist()
