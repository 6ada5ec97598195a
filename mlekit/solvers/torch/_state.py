"""The state of a training as arrays by name, which a file can hold: `group/name` of each tensor."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from .._base import Array


def to_arrays(group: str, tensors: Mapping[str, Tensor]) -> dict[str, Array]:
    """Copies of the tensors of a group, as arrays; `to_tensors` is the inverse."""
    return {f"{group}/{name}": tensor.detach().cpu().numpy().copy() for name, tensor in tensors.items()}


def to_tensors(group: str, state: Mapping[str, Array]) -> dict[str, Tensor]:
    """The tensors of a group."""
    arrays = {path.removeprefix(f"{group}/"): a for path, a in state.items() if path.startswith(f"{group}/")}
    return {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
