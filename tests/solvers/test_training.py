"""A training that is saved at any step and resumed ends at the same numbers, bit for bit."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

import mlekit
from mlekit.errors import OptionError
from mlekit.models import ModuleStream
from mlekit.solvers._base import Status

torch = pytest.importorskip("torch")
nn = torch.nn
Torch = mlekit.solvers.Torch

ROWS, STEPS = 90, 23  # 7 steps an epoch
RNG = np.random.default_rng(4)
X = torch.tensor(RNG.normal(size=(ROWS, 3)), dtype=torch.float32)
Y = X @ torch.tensor([0.5, -1.0, 0.3]) + 0.1 * torch.tensor(RNG.normal(size=ROWS), dtype=torch.float32)
WATCHED = slice(70, None)
METHODS = {"adam": 0.02, "muon": 0.02, "sgd": 0.01}


def network():
    """Matrices of two shapes, vectors that Muon does not update, dropout, and buffers that are not parameters."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        layers = nn.Linear(3, 6), nn.BatchNorm1d(6), nn.Dropout(0.3), nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 1)
        return nn.Sequential(*layers)


class Stream(ModuleStream):
    """Least squares on the first rows; the others are validation rows."""

    advice: dict = {}
    rows, divisor = 70, 70.0
    watches = True
    bad_from = None  # the draw from which the loss is not a number

    def __init__(self):
        super().__init__(SimpleNamespace(module=network(), priors=SimpleNamespace(weights={})))
        self.drawn, self.looked = 0, []

    def epoch(self, rng, batch):
        return np.split(rng.permutation(self.rows), range(batch, self.rows, batch))

    def count(self, index):
        return float(len(index))

    def loss(self, z, index):
        self.drawn += 1
        x, y = (X[: self.rows], Y[: self.rows]) if index is None else (X[index], Y[index])
        error = ((self.module(x)[:, 0] - y) ** 2).mean()
        return error if self.bad_from is None or self.drawn < self.bad_from else error * self.spoils

    spoils = float("nan")

    @torch.no_grad()
    def watched(self):
        if not self.watches:
            return None
        self.module.eval()
        loss = float(((self.module(X[WATCHED])[:, 0] - Y[WATCHED]) ** 2).mean())
        self.module.train()
        return loss


def problem(stream):
    return SimpleNamespace(stream=lambda: stream, trained=True, size=100)


def trained(method="adam", stream=None, **options):
    options = {"steps": STEPS, "batch": 10, "lr": METHODS[method]} | options
    return Torch(method, **options).solve(problem(stream or Stream()))


class Killed(BaseException):
    """Nothing catches it."""


def kept_at(step, method, make=Stream, **options):
    """The state after so many steps of a training that is killed right then."""
    kept = {}

    def keep(state):
        # through bytes, as a file has them: nothing may be shared with the training that goes on
        kept.update({name: np.frombuffer(a.tobytes(), a.dtype).reshape(a.shape) for name, a in state.items()})
        if len(state["history"]) == step:
            raise Killed

    with pytest.raises(Killed):
        trained(method, make(), keep=keep, keep_every=0.0, **options)
    return kept


def same(one, other):
    """To the last bit, and with the same curves."""
    assert one.params.keys() == other.params.keys()
    for name, array in one.params.items():
        assert array.tobytes() == other.params[name].tobytes(), name
    assert one.history.tobytes() == other.history.tobytes()
    assert one.notes["watched"].tobytes() == other.notes["watched"].tobytes()
    assert one.notes["kept"] == other.notes["kept"]
    assert one.iterations == other.iterations


# -- saved and resumed -------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_a_training_killed_at_any_step_and_resumed_ends_at_the_same_bits(method):
    whole = trained(method)
    assert whole.iterations == STEPS
    for step in range(STEPS + 1):
        same(trained(method, resume=kept_at(step, method)), whole)


def test_it_may_be_killed_again_and_again():
    whole, state = trained("muon"), None
    for step in (3, 4, 11, 22):
        state = kept_at(step, "muon", resume=state)
    same(trained("muon", resume=state), whole)


def test_without_rows_to_watch_too():
    class Blind(Stream):
        watches = False

    whole = trained("adam", Blind())
    assert len(whole.notes["watched"]) == 0
    for step in (0, 7, 8, 22):
        same(trained("adam", Blind(), resume=kept_at(step, "adam", Blind)), whole)


def test_the_seed_of_the_resuming_solver_does_not_matter_and_another_seed_is_another_training():
    state, whole = kept_at(9, "adam", seed=5), trained("adam", seed=5)
    same(trained("adam", resume=state, seed=77), whole)
    assert trained("adam", seed=6).history.tobytes() != whole.history.tobytes()


def test_what_is_kept_is_a_copy_and_keeping_changes_nothing():
    states = []
    kept = trained(keep=states.append, keep_every=0.0)
    same(kept, trained())
    now = [state["now/0.weight"] for state in states]
    assert len(now) == STEPS + 1
    assert all((a != b).any() for a, b in pairwise(now))
    assert [len(state["history"]) for state in states] == list(range(STEPS + 1))


def test_it_is_kept_at_the_beginning_then_as_often_as_is_asked_and_where_it_is_stopped():
    steps = []
    trained(keep=lambda state: steps.append(len(state["history"])), keep_every=1e9)
    assert steps == [0]
    trained(keep=lambda state: steps.append(len(state["history"])), keep_every=1e9, callback=lambda step, _: step == 6)
    assert steps == [0, 0, 6]


def test_a_stopped_training_can_be_resumed():
    states = []
    stopped = trained(keep=states.append, callback=lambda step, _: step == 6)
    assert stopped.iterations == 6
    assert stopped.status.tolist() == [Status.BUDGET]
    same(trained(resume=states[-1]), trained())


def test_seconds_that_were_used_count_when_it_is_resumed():
    budget, states = {"steps": None, "seconds": 0.3, "callback": lambda step, _: step == 20}, []
    trained(**budget, keep=states.append)
    state = states[-1]
    numbers = bytes(state["told"]).replace(b'"seconds": 0.', b'"seconds": 9.')
    assert numbers != bytes(state["told"])
    spent = trained(**budget, resume=state | {"told": np.frombuffer(numbers, np.uint8)})
    assert spent.iterations == 20


def test_nothing_is_drawn_from_the_global_generator():
    before = torch.get_rng_state()
    trained(resume=kept_at(3, "adam"))
    assert torch.equal(torch.get_rng_state(), before)


# -- callbacks ---------------------------------------------------------------------------------------------------------


def test_the_callbacks_see_every_step_and_every_check():
    steps, checks = [], []
    solution = trained(steps=40, callback=lambda *seen: steps.append(seen), watched=lambda *seen: checks.append(seen))
    assert [step for step, _ in steps] == list(range(1, 41))
    assert [loss for _, loss in steps] == solution.history.tolist()
    np.testing.assert_array_equal(np.array(checks), solution.notes["watched"])
    assert [step for step, _ in checks] == [*range(2, 40, 2), 40]  # twenty in all


def test_the_weights_of_the_best_check_are_returned():
    class Rising(Stream):
        def watched(self):
            self.looked.append({name: t.clone() for name, t in self.module.state_dict().items()})
            return [5.0, 3.0, 4.0, *range(6, 30)][len(self.looked) - 1]

    stream = Rising()
    solution = trained(stream=stream, steps=40)
    assert solution.notes["kept"] == 4
    for name, array in solution.params.items():
        np.testing.assert_array_equal(array, stream.looked[1][name].numpy())


# -- divergence -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spoils", [float("nan"), float("inf"), -float("inf"), 1e12])
def test_a_loss_that_is_not_finite_or_diverges_keeps_the_last_good_weights(spoils):
    good = trained(steps=40, callback=lambda step, _: step == 10, stream=(stream := Stream()))
    assert good.iterations == 10
    at_10 = {name: t.numpy().copy() for name, t in stream.module.state_dict().items()}

    class Spoilt(Stream):
        bad_from, watches = 12, False

    bad = Spoilt()
    bad.spoils = spoils
    solution = trained(stream=bad, steps=40)
    assert solution.status.tolist() == [Status.FAILED]
    assert solution.iterations == 11
    assert "after step 11; the weights of step 10 are kept: try a smaller lr" in solution.notes["trouble"]
    assert np.isfinite(solution.history).all()
    for name, array in solution.params.items():
        assert np.isfinite(array).all()
        np.testing.assert_array_equal(array, at_10[name])


def test_a_last_step_to_infinity_is_a_failure_too():
    for method in METHODS:
        solution = trained(method, steps=1, lr=3e38)
        assert solution.status.tolist() == [Status.FAILED], method
        assert all(np.isfinite(array).all() for array in solution.params.values())


def test_weights_that_are_not_finite_are_never_kept():
    states = []
    trained("sgd", steps=40, lr=1e30, keep=states.append, keep_every=0.0)
    for state in states:
        assert all(np.isfinite(a).all() for name, a in state.items() if name.startswith(("now/", "good/", "best/")))


def test_an_unknown_method_is_named_with_its_neighbour():
    with pytest.raises(OptionError, match="did you mean 'muon'"):
        Torch("moun")


@pytest.mark.parametrize("decay", [-0.1, 1.0, float("nan")])
def test_a_decay_is_a_fraction(decay):
    with pytest.raises(OptionError, match=r"decay is .* a fraction"):
        Torch(decay=decay)
    assert Torch(decay=0.0).decay == 0.0
