"""Every figure that the README quotes, as a ratio against a named yardstick or peer, measured in one run.

    python -m benchmarks [--only NAME ...] [--quick] [--json FILE]
    python -m benchmarks --against REVISION ...     the same work by an old version, in turns; the ratio of each row

A benchmark is one file `bench_<name>.py`, found by its name:

    WORK                the work, in words
    GOAL                the name of a function below, to the bound that it sets
    prepare(shrink)     the data, a tuple; a rehearsal divides n by `shrink`
    ours(*data)         mlekit's call
    yardstick(*data)    what it is measured against; any name, and several, as GOAL says
    claims(*data)       (optional) what is not a time: memory, accuracy, likelihood
    ROUNDS, clock       (optional) how often, and by which clock

The count of threads is set here, before NumPy is imported.
"""

import os

for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM"):
    os.environ[f"{library}_NUM_THREADS"] = "1"
os.environ["POLARS_MAX_THREADS"] = "1"
