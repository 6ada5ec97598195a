"""Copies of modules, and their weights as arrays and in files."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from ...errors import LoadError, OptionError
from .inputs import Numbers


def copied(module: object) -> nn.Module:
    """A copy of the caller's module, which itself is never changed."""
    if not isinstance(module, nn.Module):
        raise OptionError(f"mlekit.network takes a torch.nn.Module, such as torch.nn.Linear(3, 1), not {module!r}")
    return copy.deepcopy(module)


def names(module: nn.Module) -> list[str]:
    """The names of the weight tensors."""
    return [name for name, _ in module.named_parameters()]


def restored(module: nn.Module, kept: Mapping[str, Numbers]) -> nn.Module:
    """A copy of the module with the weights and buffers that were kept."""
    new = copied(module).eval()
    state = {name: torch.from_numpy(np.array(kept[name])) for name in new.state_dict() if name in kept}
    try:
        new.load_state_dict(state)
    except RuntimeError as error:
        raise LoadError(f"the weights are of another module: {' '.join(str(error).split())}") from error
    return new
