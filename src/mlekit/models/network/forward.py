"""From a module to the law of each row: what `forward` gives is the first parameter on the scale of its link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ...errors import DataError, OptionError

Array = Any
BLOCK = 8192


def precision(module: nn.Module) -> torch.dtype:
    """The type of the module's numbers."""
    return next((p.dtype for p in module.parameters() if p.is_floating_point()), torch.float32)


def tensor(module: nn.Module, x: Array, device: str = "cpu") -> Tensor:
    """Inputs as the module takes them: whole numbers as they are, others in its precision."""
    made = torch.tensor(x, device=device)
    return made.to(precision(module)) if made.is_floating_point() else made


def predictors(module: nn.Module, family: Any, x: Tensor, offset: Tensor | None) -> list[Tensor]:
    """The free coordinates of the law's first parameter at each row; of logits their distance to the first."""
    out = module(x)
    first = family.params[next(iter(family.params))]
    if first.many:
        return list((out - out[:, :1])[:, 1:].unbind(1))
    eta = out.reshape(len(x))
    return [eta if offset is None else eta + offset]


def at_rest(module: nn.Module, family: Any, x: Array, offset: Array | None) -> list[Array]:
    """The same as arrays of float64, block by block, with dropout off."""
    device = str(next((p.device for p in module.parameters()), "cpu"))
    was = module.training
    module.eval()
    blocks: list[Array] = []
    with torch.no_grad():
        for start in range(0, len(x), BLOCK):
            rows = slice(start, start + BLOCK)
            etas = predictors(module, family, tensor(module, x[rows], device), None)
            blocks.append(np.stack([e.double().cpu().numpy() for e in etas]) if etas else np.zeros((0, len(x[rows]))))
    module.train(was)
    etas = np.concatenate(blocks, axis=1)
    return [e if offset is None else e + offset for e in etas]


def suited(module: nn.Module, family: Any, x: Array) -> Array:
    """The inputs in the type that the module takes: whole numbers as floats where it multiplies them."""
    try:
        _shaped(module, family, x)
    except RuntimeError as error:
        if x.dtype.kind != "i":
            raise DataError(f"the module cannot take rows of shape {x.shape[1:]}: {_said(error)}") from error
        x = x.astype(float)
        _attempted(lambda: _shaped(module, family, x), x)
    except (IndexError, TypeError, ValueError) as error:
        raise DataError(f"the module cannot take rows of shape {x.shape[1:]}: {_said(error)}") from error
    return x


def _attempted(attempt: Callable[[], None], x: Array) -> None:
    try:
        attempt()
    except RuntimeError as error:
        raise DataError(f"the module cannot take rows of shape {x.shape[1:]}: {_said(error)}") from error


def _shaped(module: nn.Module, family: Any, x: Array) -> None:
    """What the module gives for two rows has the shape that the law needs."""
    was = module.training
    module.eval()
    few = x[:2]
    with torch.no_grad():
        out = module(tensor(module, few))
    module.train(was)
    name = next(iter(family.params))
    first = family.params[name]
    shape = tuple(out.shape)
    if first.many and shape != (len(few), first.levels):
        raise OptionError(
            f"forward gave shape {shape} for {len(few)} rows, but {family.name} has {first.levels} levels: "
            f"it has to give logits of shape {(len(few), first.levels)}"
        )
    if not first.many and shape not in ((len(few),), (len(few), 1)):
        raise OptionError(
            f"forward gave shape {shape} for {len(few)} rows: it has to give the {name} of each, on the scale of its "
            f"link, of shape {(len(few),)} or {(len(few), 1)}"
        )


def _said(error: Exception) -> str:
    return str(error).partition("\n")[0]
