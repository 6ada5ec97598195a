"""Each example of CONTRIBUTING.md is added to a copy of the packages as one new file, and used as a user would."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PATH = re.compile(r"`((?:mlekit|lm)/\w[\w/]*\.py)`")
BEFORE, *BLOCKS = TEXT.split("```python\n")
EXAMPLES = {  # the file that the text names last before a block of code, and the code
    PATH.findall(before)[-1]: block.partition("```\n")[0]
    for before, block in zip([BEFORE, *BLOCKS], BLOCKS, strict=False)
}


BEGIN = """
import doctest
from importlib import import_module

import numpy as np
from scipy import optimize, stats

import mlekit

rng = np.random.default_rng(0)


def close(ours, theirs, rtol=1e-9, atol=0.0):
    np.testing.assert_allclose(np.asarray(ours, float), np.asarray(theirs, float), rtol=rtol, atol=atol)


def kept(fit):
    "The same fit from a file: the same numbers, print and explanation."
    fit.save("fit.json", data=True)
    loaded = mlekit.load("fit.json")
    close(loaded.params, fit.params, 0)
    close(loaded.bse, fit.bse, 0)
    close(loaded.llf, fit.llf, 1e-12)
    assert str(loaded) == str(fit), f"{loaded}\\n{fit}"
    assert str(loaded.explain()) == str(fit.explain())
    return loaded
"""

END = """
results = doctest.testmod(import_module({module!r}))
assert results.attempted >= {attempted} and not results.failed, results
"""

FAMILY = """
y = rng.rayleigh(3.0, 200)
fit = mlekit.fit(y, family="wave_height")
close(fit["scale"], np.sqrt(np.mean(y * y) / 2))
close(fit.bse["scale"], fit["scale"] / np.sqrt(4 * len(y)), 1e-6)
close(fit.llf, stats.rayleigh.logpdf(y, scale=fit["scale"]).sum())
kept(fit)

seen = y < 4.0
censored = mlekit.fit(mlekit.right_censored(np.minimum(y, 4.0), seen), family="wave_height")
close(censored["scale"], np.sqrt((np.minimum(y, 4.0) ** 2).sum() / (2 * seen.sum())))
kept(censored)

x = np.repeat([0.0, 1.0], 100)
by_x = mlekit.fit({"y": y, "x": x}, "y ~ x", family="wave_height")
each = [np.log(np.mean(y[x == k] ** 2) / 2) / 2 for k in (0, 1)]
close(by_x.params, [each[0], each[1] - each[0]], 1e-8)
assert "WaveHeight" in dir(mlekit.families) and "wave_height" in mlekit.families.list().index
"""

COMPOSITE = """
y = np.abs(rng.normal(2.0, 1.5, 300))
fit = mlekit.fit(y, family=mlekit.folded_at_zero("normal"))


def minus_log_likelihood(at):
    mean, sd = at[0], np.exp(at[1])
    return -(np.logaddexp(stats.norm.logpdf(y, mean, sd), stats.norm.logpdf(-y, mean, sd))).sum()


truth = optimize.minimize(minus_log_likelihood, [1.0, 0.0], tol=1e-10)
close([fit["mean"], np.log(fit["sd"])], truth.x, 1e-5)
folded = stats.foldnorm(fit["mean"] / fit["sd"], scale=fit["sd"])
close(fit.llf, folded.logpdf(y).sum())
close([fit.dist.mean(), fit.dist.std()], [folded.mean(), folded.std()])
close(fit.dist.cdf([0.5, 2.0, 9.0]), folded.cdf([0.5, 2.0, 9.0]))
close(fit.dist.sf([0.5, 2.0, 9.0]), folded.sf([0.5, 2.0, 9.0]))
close(fit.dist.ppf([0.1, 0.9]), folded.ppf([0.1, 0.9]), 1e-8)
assert (fit.dist.rvs(size=50, random_state=1) >= 0).all()
loaded = kept(fit)
assert type(loaded.family).__name__ == "FoldedAtZero" and loaded.family.inner.name == "normal"

half = mlekit.fit(y, family=mlekit.folded_at_zero("normal"), fixed={"mean": 0})
close(half["sd"], np.sqrt(np.mean(y * y)))
x = np.repeat([0.0, 1.0], 150)
formula = mlekit.fit({"y": y, "x": x}, "y ~ x", family=mlekit.folded_at_zero("normal"))
assert formula.llf > fit.llf
kept(formula)
try:
    mlekit.fit([-1.0, 2.0], family=mlekit.folded_at_zero("normal"))
except mlekit.errors.DataError as error:
    assert "row 0 is -1.0" in str(error), error
else:
    raise AssertionError("a negative absolute value was accepted")
assert "folded_at_zero" in dir(mlekit) and "folded_at_zero" in mlekit.__all__
"""

OBSERVATION = """
from mlekit.data.observations import RoundedValues

k = np.floor(rng.exponential(2.0, 100))  # the whole parts of exponential values are geometric
fit = mlekit.fit(RoundedValues.of(k + 0.5, unit=1), family="exponential")
q = k.mean() / (1 + k.mean())
close(fit["mean"], -1 / np.log(q))
close(fit.llf, (np.log(1 - q) + k * np.log(q)).sum())
loaded = kept(fit)
assert type(loaded.problem.rows.observations) is RoundedValues
assert loaded.problem.rows.observations.equals(fit.problem.rows.observations)

y = 5 * np.round(rng.normal(170, 9, 100) / 5)
normal = mlekit.fit(RoundedValues.of(y, unit=5), family="normal")
truth = optimize.minimize(
    lambda z: -np.log(np.diff(stats.norm.cdf([y - 2.5, y + 2.5], z[0], np.exp(z[1])), axis=0)).sum(),
    [170.0, 2.0],
    tol=1e-9,
)
close(normal.params, [truth.x[0], np.exp(truth.x[1])], 1e-5)
kept(normal)
try:
    RoundedValues.of(y, unit=0)
except mlekit.errors.OptionError as error:
    assert "positive" in str(error)
else:
    raise AssertionError("a unit of zero was accepted")
"""

LINK = """
x, y = np.repeat([0, 1], [40, 60]), np.r_[np.repeat([0, 1], [30, 10]), np.repeat([0, 1], [12, 48])]
fit = mlekit.fit({"x": x, "y": y}, "y ~ x", family="bernoulli", link="arcsin_root")
low, high = np.arcsin(np.sqrt([10 / 40, 48 / 60]))
close(fit.params, [low, high - low])
close(fit.bse, np.sqrt([1 / (4 * 40), 1 / (4 * 40) + 1 / (4 * 60)]), 1e-6)
assert "arcsin_root" in str(kept(fit).explain())
assert "arcsin_root" in mlekit.links.names() and "ArcsinRoot" in dir(mlekit.links)
"""

PRIOR = """
fit = mlekit.fit([3, 0, 4], family="poisson", prior=mlekit.priors.RareEvent(2.0))
close(fit["rate"], 7 / (3 + 2))
posterior = stats.gamma(8, scale=1 / 5)
close(fit.conf_int().loc["rate"], posterior.ppf([0.025, 0.975]))
assert kept(fit).solution.problem.priors
gamma = mlekit.fit([1.0, 2.0, 4.0, 9.0], family="gamma", prior={"shape": mlekit.priors.RareEvent(0.5)})
y = np.array([1.0, 2.0, 4.0, 9.0])
truth = optimize.minimize(
    lambda z: 0.5 * np.exp(z[0]) - stats.gamma.logpdf(y, np.exp(z[0]), scale=np.exp(z[1] - z[0])).sum(),
    [0.0, 1.0],
    tol=1e-10,
)
close([gamma["shape"], gamma["mean"]], np.exp(truth.x), 1e-5)
kept(gamma)
assert "RareEvent" in dir(mlekit.priors) and "rare_event" in mlekit.priors.names()
"""

SOLVER = """
x = np.repeat([0.0, 1.0], 40)
y = rng.poisson(np.where(x, 6.0, 3.0))
fit = mlekit.fit({"x": x, "y": y}, "y ~ x", family="poisson", solver="steepest_ascent")
low, high = np.log(y[x == 0].mean()), np.log(y[x == 1].mean())
close(fit.params, [low, high - low], 1e-6)
close(fit.bse["x"], np.sqrt(1 / y[x == 0].sum() + 1 / y[x == 1].sum()), 1e-5)
assert fit.solution.solver == "steepest_ascent" and "steepest_ascent" in str(fit)
kept(fit)
few = {"solver": mlekit.solvers.SteepestAscent(steps=2), "on_failure": "ignore"}
assert not mlekit.fit({"x": x, "y": y}, "y ~ x", family="poisson", **few).verdict.ok
weights = rng.weibull(2.0, 200)
groups = mlekit.fit({"y": weights, "g": np.arange(200) % 2}, "y", family="weibull", by="g", solver="steepest_ascent")
for k in (0, 1):
    shape, _, scale = stats.weibull_min.fit(weights[k::2], floc=0)
    close(groups.params[["shape", "scale"]].iloc[k], [shape, scale], 1e-4)
assert "SteepestAscent" in dir(mlekit.solvers)
"""

INTERVAL = """
y = rng.normal(5.0, 2.0, 50)
fit = mlekit.fit(y, family="normal")
sd = y.std()
z = stats.norm.ppf(1 - 0.05 / 2 / 2)
errors = np.array([sd / np.sqrt(50), sd / np.sqrt(100)])
ends = np.array([y.mean(), sd])[:, None] + np.outer(errors, [-z, z])
close(fit.conf_int(method="bonferroni"), ends, 1e-7)
close(kept(fit).conf_int(method="bonferroni"), ends, 1e-7)
one = fit.conf_int("mean", method="bonferroni")
close(one.loc["mean"], y.mean() + stats.norm.ppf(0.975) * errors[0] * np.array([-1, 1]), 1e-7)
"""

COVARIANCE = """
y = rng.poisson(4.0, 60)
fit = mlekit.fit(y, family="poisson").with_cov("outer_product")
close(fit.bse["rate"], y.mean() / np.sqrt(((y - y.mean()) ** 2).sum()), 1e-9)
assert fit.cov_type == "outer_product" and "outer product of the scores" in str(fit.explain())
kept(fit)
x = np.arange(60) % 2
formula = mlekit.fit({"x": x, "y": y}, "y ~ x", family="poisson").with_cov("outer_product")
scores = (y - np.where(x, y[x == 1].mean(), y[x == 0].mean()))[:, None] * np.column_stack([np.ones(60), x])
close(formula.bse, np.sqrt(np.diag(np.linalg.inv(scores.T @ scores))), 1e-6)
kept(formula)
"""

PICTURE = """
y = rng.normal(5.0, 2.0, 50)
fit = mlekit.fit(y, family="normal")
for each in (fit, kept(fit)):
    picture = each.plot("step_function")
    (steps, curve), ax = picture.axes[0].lines, picture.axes[0]
    close(steps.get_xdata(), np.sort(y), 0)
    close(steps.get_ydata(), np.arange(1, 51) / 50)
    close(curve.get_ydata(), stats.norm.cdf(curve.get_xdata(), y.mean(), y.std()))
    assert "distribution function" in picture.alt and mlekit.show.svg(picture)
try:
    fit.plot("nosuch")
except mlekit.errors.OptionError as error:
    assert "'step_function'" in str(error), error
else:
    raise AssertionError("there is a picture 'nosuch'")
assert fit.plot()
"""

READER = """
import mylib

fit = mlekit.fit(mylib.Column([2, 0, 1, 5]), family="poisson")
close(fit["rate"], 2.0)
kept(fit)
close(mlekit.fit(mylib.Column([2, None, 4]), family="poisson", missing="drop")["rate"], 3.0)
table = {"y": mylib.Column([1.0, 2.0, 6.0]), "g": mylib.Column(["a", "b", "b"])}
by_g = mlekit.fit(table, "y ~ g", family="normal")
close(by_g.params.iloc[:2], [1.0, 3.0])
kept(by_g)
close(mlekit.fit(mylib.Column(["a", "b", "b", "b"]), family="categorical").params, [0.25, 0.75])
"""

NETWORK = """
import subprocess
import sys

import lm

words = ["emma", "ava", "mia", "emily"]
network = lm.HiddenWindow(context=3, width=8)
fit = mlekit.fit(words, family=network, solver=mlekit.solvers.Torch(steps=400, lr=0.03))
# three characters tell all the beginnings of these words apart, so that the maximum are the observed frequencies
for text, expected in {"": {"e": 0.5, "a": 0.25, "m": 0.25}, "em": {"m": 0.5, "i": 0.5}, "av": {"a": 1.0}}.items():
    found = fit.next_probs(text)
    close([found[letter] for letter in expected], list(expected.values()), atol=0.01)
assert abs(fit.evaluate(words).nll - (1.5 * np.log(2) + 0.5 * np.log(2)) * 4 / 19) < 0.01
print(fit)
assert "HiddenWindow" in str(fit) or "hidden_window" in str(fit), fit
fit.save("run")
loaded = mlekit.load("run")
assert loaded.next_probs("em") == fit.next_probs("em")
assert str(loaded.explain()) == str(fit.explain())
assert "HiddenWindow" in dir(lm)
shown = subprocess.run([sys.executable, "-P", "-m", "lm.train", "--help"], capture_output=True, text=True, check=True)
assert "hidden_window" in shown.stdout
"""

MYLIB = '''
"""A library that mlekit has never heard of."""


class Column:
    def __init__(self, data):
        self._data = list(data)

    def __len__(self):
        return len(self._data)

    def values(self):
        return list(self._data)
'''

USES = {
    "mlekit/families/wave_height.py": FAMILY,
    "mlekit/families/composite/folded_at_zero.py": COMPOSITE,
    "mlekit/data/observations/rounded_values.py": OBSERVATION,
    "mlekit/links/arcsin_root.py": LINK,
    "mlekit/priors/rare_event.py": PRIOR,
    "mlekit/solvers/steepest_ascent.py": SOLVER,
    "mlekit/inference/intervals/bonferroni.py": INTERVAL,
    "mlekit/inference/covariances/outer_product.py": COVARIANCE,
    "mlekit/show/plot/kinds/step_function.py": PICTURE,
    "mlekit/data/engines/mylib.py": READER,
    "lm/networks/hidden_window.py": NETWORK,
}


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages."""
    folder = tmp_path_factory.mktemp("packages")
    for package in ("mlekit", "lm"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_every_example_is_used_here() -> None:
    assert sorted(EXAMPLES) == sorted(USES)


@pytest.mark.slow
@pytest.mark.parametrize("path", USES)
def test_an_example_is_one_new_file_and_no_other_edit(path: str, packages: Path, tmp_path: Path) -> None:
    code, new = EXAMPLES[path], packages / path
    assert not new.exists(), f"{path} is there already: give the example another name"
    (tmp_path / "mylib.py").write_text(MYLIB, encoding="utf-8")
    end = END.format(module=path.removesuffix(".py").replace("/", "."), attempted=code.count(">>> "))
    new.write_text(code, encoding="utf-8")
    try:
        done = run(BEGIN + USES[path] + end, packages, tmp_path)
    finally:
        new.unlink()
    assert not done.returncode, done.stdout + done.stderr


def run(script: str, packages: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a script with the copy of the packages, warnings as errors."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(packages), str(folder)])}
    where = f"import mlekit; assert mlekit.__file__.startswith({str(packages)!r}), mlekit.__file__\n"
    command = [sys.executable, "-P", "-W", "error", "-c", where + script]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)
