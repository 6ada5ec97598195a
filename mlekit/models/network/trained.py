"""Modules and what they have learned, as arrays and as a file holds them."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn

from ...errors import LoadError, OptionError, needs

Array = Any


def copied(module: Any) -> nn.Module:
    """A copy that is ours: the caller's module is not changed by anything."""
    if not isinstance(module, nn.Module):
        raise OptionError(f"mlekit.network takes a torch.nn.Module, such as torch.nn.Linear(3, 1), not {module!r}")
    return copy.deepcopy(module)


def names(module: nn.Module) -> list[str]:
    """The tensors of weights."""
    return [name for name, _ in module.named_parameters()]


def restored(module: nn.Module, kept: Mapping[str, Array]) -> nn.Module:
    """A copy of the module that has learned what was kept."""
    new = copied(module).eval()
    state = {name: torch.from_numpy(np.array(kept[name])) for name in new.state_dict() if name in kept}
    try:
        new.load_state_dict(state)
    except RuntimeError as error:
        raise LoadError(f"the weights are of another module: {' '.join(str(error).split())}") from error
    return new


def packed(arrays: Mapping[str, Array]) -> bytes:
    """As a safetensors file holds them."""
    return _safetensors().save({name: np.asarray(a, order="C") for name, a in arrays.items()})


def unpacked(content: bytes) -> dict[str, Array]:
    """And back."""
    from safetensors import SafetensorError

    try:
        return _safetensors().load(content)
    except SafetensorError as error:
        raise LoadError(f"the weights are no safetensors file ({error})") from error


def _safetensors() -> Any:
    try:
        from safetensors import numpy as safe
    except ImportError as error:
        raise needs("safetensors", "lm") from error
    return safe
