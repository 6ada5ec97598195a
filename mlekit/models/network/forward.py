"""The forward pass: the output of a module is the first parameter of each row's distribution, on its link's scale."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from ...errors import DataError, OptionError
from ...families import Family
from ...numerics.arrays import Floats
from .inputs import Numbers

BLOCK = 8192


def precision(module: nn.Module) -> torch.dtype:
    """The floating-point type of the module's weights."""
    return next((p.dtype for p in module.parameters() if p.is_floating_point()), torch.float32)


def tensor(module: nn.Module, x: Numbers, device: str = "cpu") -> Tensor:
    """Inputs as the module takes them: integers as they are, floats in its precision."""
    converted = torch.tensor(x, device=device)
    return converted.to(precision(module)) if converted.is_floating_point() else converted


def predictors(module: nn.Module, family: Family, x: Tensor, offset: Tensor | None) -> list[Tensor]:
    """The coordinates of the first parameter at each row; of logits their differences from the first."""
    out = module(x)
    first = family.params[next(iter(family.params))]
    if first.many:
        return list((out - out[:, :1])[:, 1:].unbind(1))
    eta = out.reshape(len(x))
    return [eta if offset is None else eta + offset]


@contextmanager
def resting(module: nn.Module) -> Generator[None]:
    """Evaluate a module without gradients and dropout; afterwards each part is in its previous mode.

    Parameters
    ----------
    module : torch.nn.Module
        The module. It is in evaluation mode inside the ``with`` block.

    Examples
    --------
    >>> import mlekit, torch
    >>> dropout = torch.nn.Dropout(0.5)
    >>> with mlekit.models.resting(dropout):
    ...     dropout(torch.ones(3)).tolist()
    [1.0, 1.0, 1.0]
    """
    modes = [(part, part.training) for part in module.modules()]
    module.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        for part, mode in modes:
            part.training = mode


def at_rest(module: nn.Module, family: Family, x: Numbers, offset: Floats | None) -> list[Floats]:
    """The predictors as arrays, computed in blocks with dropout off."""
    device = str(next((p.device for p in module.parameters()), "cpu"))
    with resting(module):
        parts = [tensor(module, x[a : a + BLOCK], device) for a in range(0, len(x), BLOCK)]
        blocks = [[e.cpu().double().numpy() for e in predictors(module, family, part, None)] for part in parts]
    etas = [np.concatenate(parts) for parts in zip(*blocks, strict=True)]
    return [e if offset is None else e + offset for e in etas]


def suited(module: nn.Module, family: Family, x: Numbers) -> Numbers:
    """The inputs in a type that the module takes: integers become floats where it multiplies them."""
    error: Exception | None = None
    for form in (x, x.astype(float)) if x.dtype.kind == "i" else (x,):
        try:
            shape = _shape_of_two(module, form)
        except (RuntimeError, IndexError, TypeError, ValueError) as wrong:
            error = error or wrong
            continue
        _check_shape(shape, family)
        return form
    said = str(error).partition("\n")[0]
    raise DataError(f"the module cannot take rows of shape {x.shape[1:]} ({x.dtype}): {said}") from error


def _shape_of_two(module: nn.Module, x: Numbers) -> tuple[int, ...]:
    """The shape of the output for the rows with the smallest and the largest number."""
    flat = x.reshape(len(x), -1)
    ends = [int(flat.min(axis=1).argmin()), int(flat.max(axis=1).argmax())] if flat.shape[1] else [0, 0]
    with resting(module):
        return tuple(module(tensor(module, x[ends])).shape)


def _check_shape(shape: tuple[int, ...], family: Family) -> None:
    name = next(iter(family.params))
    first = family.params[name]
    levels = first.size + 1
    if first.many and shape != (2, levels):
        raise OptionError(
            f"forward gives shape {shape} for 2 rows, but {family.name} has {levels} levels: "
            f"it has to give logits of shape {(2, levels)}"
        )
    if not first.many and shape not in ((2,), (2, 1)):
        raise OptionError(
            f"forward gives shape {shape} for 2 rows: it has to give the {name} of each, on the scale of its link, "
            "as (2,) or (2, 1)"
        )
