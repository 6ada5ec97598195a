"""One version of mlekit in a process of its own, which takes its turns at one benchmark when it is asked to.

    python -P worker.py CHECKOUT BENCHMARKS NAME SHRINK

CHECKOUT is first on the path, so that `mlekit` is of that version; BENCHMARKS is the folder whose work is done, that of
the current checkout. The first line that is answered says that the data are ready. From then on each line of standard
input asks for one turn, and each answer is a line of JSON: {"seconds": ...} per call, or {"error": "..."}.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from traceback import format_exception_only
from types import ModuleType
from typing import Any

A_TURN = 0.05  # seconds that one turn lasts at least; two versions differ by less than two libraries do


def benchmark(folder: Path, name: str) -> ModuleType:
    """The benchmark of this folder, whatever other package of the same name is on the path."""
    spec = spec_from_file_location("benchmarks", folder / "__init__.py", submodule_search_locations=[str(folder)])
    assert spec is not None
    assert spec.loader is not None
    package = sys.modules["benchmarks"] = module_from_spec(spec)
    spec.loader.exec_module(package)
    return import_module(f"benchmarks.bench_{name}")


def check_version(checkout: Path) -> None:
    """Raise an ImportError if `mlekit` comes from elsewhere."""
    import mlekit

    if not Path(str(mlekit.__file__)).resolve().is_relative_to(checkout.resolve()):
        raise ImportError(f"mlekit comes from {mlekit.__file__}, and not from {checkout}")


def answers(checkout: Path, folder: Path, name: str, shrink: int) -> Iterator[dict[str, Any]]:
    """One answer when the data are ready, then one per line of standard input."""
    bench = benchmark(folder, name)
    check_version(checkout)
    harness = import_module("benchmarks.harness")
    call, clock = partial(bench.ours, *bench.prepare(shrink)), harness.clock_of(bench)
    repeats = harness.repeats_of(call, clock, A_TURN)
    yield {"ready": repeats}
    for _ in sys.stdin:
        yield {"seconds": harness.timed(call, repeats, clock)}


def main(checkout: str, folder: str, name: str, shrink: str) -> None:
    """Answer on standard output; what a benchmark prints goes to standard error."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)
        try:
            for answer in answers(Path(checkout), Path(folder), name, int(shrink)):
                print(json.dumps(answer), file=out, flush=True)
        except Exception as error:  # an old version may lack what a benchmark needs: the table says so
            print(json.dumps({"error": format_exception_only(error)[-1].strip()}), file=out, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
