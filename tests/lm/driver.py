"""Commands of lm in processes of their own, from one that has imported everything already: a fork costs no time.

    python driver.py FOLDER N SEED ARGUMENT ...

runs `python -m lm.train ARGUMENT ... --resume` in FOLDER and kills it (SIGKILL) N times at random moments, then lets it
end. Prints one line of JSON with the steps that were left behind each time.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

os.environ["OMP_NUM_THREADS"] = "1"  # threads do not survive a fork; it must be said before torch is imported

import torch

import lm
import mlekit.solvers
from lm import checkpoint, command, train

STEP, LONGEST = 0.004, 0.5  # seconds of a step at least, and until a process is killed at most


def main(folder: Path, kills: int, seed: int, arguments: list[str]) -> None:
    torch_solver, rng, left = mlekit.solvers.Torch, random.Random(seed), list[int]()
    imported()

    def slowly(**options: Any) -> Any:
        """Steps that take a while, and are kept all the time: neither changes what is computed."""
        callback = options["callback"]
        options["callback"] = lambda step, loss: (time.sleep(STEP), callback(step, loss))[1]
        return torch_solver(**options, keep_every=0.01)

    for _ in range(kills):
        mlekit.solvers.Torch = slowly
        child = started(arguments)
        time.sleep(rng.uniform(0, LONGEST))
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "it came to its end before it could be killed"
        there = (folder / checkpoint.NAME).exists()
        left.append(checkpoint.load(folder)[0]["run"]["taken"]["steps"] if there else -1)
    mlekit.solvers.Torch = torch_solver
    _, status = os.waitpid(started(arguments), 0)
    print(json.dumps({"left": left, "code": os.waitstatus_to_exitcode(status)}))


def imported() -> None:
    """What is imported only when it is needed."""
    mlekit.fit(["ava", "mia"], family=lm.Bigram(), prior=mlekit.priors.Dirichlet(2)).evaluate(["ava"])
    lm.GRU(width=2).initial(3)
    torch.optim.SGD([torch.zeros(1)], lr=1.0)


def started(arguments: list[str]) -> int:
    """A process that does what the command does."""
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        try:
            command.run(lambda: train.main([*arguments, "--resume"]))
        except SystemExit as ended:
            os._exit(int(ended.code or 0))
        finally:
            os._exit(70)
    return child


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
