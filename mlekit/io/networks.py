"""A network in a folder: its weights as safetensors, everything else as JSON.

The code of the module is in no file: whoever loads the fit gives a module like the one that was fitted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import LoadError, MlekitError, OptionError
from ..families import Family
from ..models.network import Network, Rows, trained
from ..models.network.inputs import restored
from ..models.solution import Solution
from ._families import pack_family, unpack_family
from .documents import Content, Format
from .folders import Arrays, Folder
from .values import pack, unpack

FOLDER = Folder("network.json", Format("mlekit network", 1, indent=1))
BEFORE = Folder("net.json", Format("mlekit net", 1))  # as they were called
WEIGHTS, ROWS = "learned.", "rows."
SOLVED = ("value", "status", "solver", "iterations", "history")


@dataclass(frozen=True)
class SavedNetwork:
    """The parts of a network's fit that was read from a folder.

    Parameters
    ----------
    options : dict
        The arguments of its Estimator.
    solution : Solution
        Where the solver stopped, with the weights, and the problem, with its model and the rows if they were saved.
    known : dict of str to float
        Log-likelihood ("llf") and number of rows ("nobs").

    Examples
    --------
    >>> import mlekit, pathlib, tempfile, torch
    >>> path, line = pathlib.Path(tempfile.mkdtemp()) / "line", torch.nn.Linear(1, 1).double()
    >>> network, solver = mlekit.network(line, "poisson"), mlekit.solvers.Torch("lbfgs")
    >>> mlekit.fit([[0], [1]], [2, 5], family=network, solver=solver).save(path)
    >>> mlekit.io.load_network(path, line, mlekit.NetworkFit).known["nobs"]
    2.0
    """

    options: dict[str, Any]
    solution: Solution
    known: dict[str, float]


class SavableNetwork(Protocol):
    """The fit of a network, as far as a file is concerned."""

    estimator: Any
    llf: Any  # floats, which are worked out once
    nobs: Any

    @property
    def solution(self) -> Solution: ...
    @property
    def family(self) -> Family: ...


def save_network(fit: SavableNetwork, path: str | PathLike[str], data: bool = False) -> None:
    """Write the fit of a network into a folder.

    Parameters
    ----------
    fit : NetworkFit
        What to save.
    path : str or path
        The folder, which is made if only itself is missing.
    data : bool, default False
        Write the rows as well.

    Raises
    ------
    OptionError
        If the folder cannot be written, or the family is one of your own.

    Examples
    --------
    >>> import mlekit, pathlib, tempfile, torch
    >>> path, line = pathlib.Path(tempfile.mkdtemp()) / "line", torch.nn.Linear(1, 1).double()
    >>> network, solver = mlekit.network(line, "poisson"), mlekit.solvers.Torch("lbfgs")
    >>> mlekit.io.save_network(mlekit.fit([[0], [1]], [2, 5], family=network, solver=solver), path)
    >>> sorted(file.suffix for file in path.iterdir())
    ['.json', '.safetensors']
    """
    model, solution, family, estimator = fit.solution.problem.model, fit.solution, fit.family, fit.estimator
    if family.origin != "mlekit":
        raise OptionError(
            f"a network with a family of your own ({family.name}) cannot be saved: no file can hold its code"
        )
    content = {
        "family": pack_family(family),
        "module": type(model.module).__name__,
        "inputs": pack(model.inputs.state()),
        "target": model.target,
        "options": {name: pack(getattr(estimator, name)) for name in ("prior", "on_failure")},
        "fixed": pack(dict(estimator.fixed)),
        "known": {"llf": pack(fit.llf), "nobs": pack(fit.nobs)},
        "solution": {name: pack(getattr(solution, name)) for name in SOLVED},
    }
    rows = _kept(model.rows) if data and model.rows is not None else {}
    weights = solution.params or {}
    FOLDER.save(path, content, {**{WEIGHTS + name: np.asarray(a) for name, a in weights.items()}, **rows})
    (Path(path) / BEFORE.name).unlink(missing_ok=True)


def load_network(path: str | PathLike[str], module: Any, fit: Callable[..., Any]) -> SavedNetwork:
    """Return what `save_network` wrote.

    Parameters
    ----------
    path : str or path
        The folder.
    module : torch.nn.Module
        One like that which was fitted; its weights do not matter.
    fit : callable
        Makes the fit of (estimator, solution).

    Returns
    -------
    SavedNetwork

    Raises
    ------
    LoadError
        If the folder is not one that `save_network` wrote, is damaged, or is of another module.
    OptionError
        If no module is given.

    Examples
    --------
    >>> import mlekit, pathlib, tempfile, torch
    >>> path, line = pathlib.Path(tempfile.mkdtemp()) / "line", torch.nn.Linear(1, 1).double()
    >>> network, solver = mlekit.network(line, "poisson"), mlekit.solvers.Torch("lbfgs")
    >>> mlekit.fit([[0], [1]], [2, 5], family=network, solver=solver).save(path)
    >>> sorted(mlekit.io.load_network(path, line, mlekit.NetworkFit).solution.params)
    ['bias', 'weight']
    """
    content, arrays = _read(Path(path))
    if module is None:
        raise OptionError(
            f"this is a network ({content.get('module')}), and no file holds the code of a module: "
            "say mlekit.load(path, module=...) with one like that which was fitted"
        )
    try:
        return _assembled(content, arrays, trained.copied(module), fit)
    except (LoadError, OptionError):
        raise
    except (MlekitError, AttributeError, LookupError, TypeError, ValueError) as wrong:
        raise LoadError(
            f"{path} holds no network that this version can read ({type(wrong).__name__}: {wrong})"
        ) from wrong


def _read(path: Path) -> tuple[Content, Arrays]:
    if (path / FOLDER.name).is_file() or not (path / BEFORE.name).is_file():
        return FOLDER.load(path)
    content, arrays = BEFORE.load(path)
    return {**content, "family": content["law"]} if "law" in content else content, arrays


def _assembled(content: Content, arrays: Arrays, module: Any, fit: Callable[..., Any]) -> SavedNetwork:
    weights, rows = (_under(prefix, arrays) for prefix in (WEIGHTS, ROWS))
    trained.restored(module, weights)  # another module is an error now, not at the first prediction
    inputs = restored(unpack(content["inputs"]))
    model = Network(module, unpack_family(content["family"], None), fit, None, inputs, content["target"])
    if rows:
        model = replace(model, rows=Rows(rows["x"], rows["y"], rows.get("weights"), rows.get("offset")))
    options = {name: unpack(value) for name, value in content["options"].items()}
    options |= {"family": model, "fixed": unpack(content["fixed"])}
    problem = model.problem(options["prior"], options["fixed"], {}, imagine=False)
    solved = {name: unpack(value) for name, value in content["solution"].items()}
    solution = Solution(problem, z=None, params=dict(weights), **solved)
    return SavedNetwork(options, solution, {name: float(unpack(v)) for name, v in content["known"].items()})


def _kept(rows: Rows) -> Arrays:
    parts = {"x": rows.x, "y": rows.y, "weights": rows.weights, "offset": rows.offset}
    return {ROWS + name: part for name, part in parts.items() if part is not None}


def _under(prefix: str, arrays: Mapping[str, NDArray[Any]]) -> Arrays:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
