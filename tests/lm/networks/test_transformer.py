"""The Transformer against its formula written out place by place, and what it must never look at."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import lm
import mlekit
from mlekit.errors import OptionError

torch = pytest.importorskip("torch")

from lm.networks.transformer import Transformer  # noqa: E402

V = 11


def built(**options):
    """A network in double precision whose layers are not zero at the start."""
    network = Transformer(V, **{"width": 12, "heads": 3, "layers": 2, "context": 9, **options}).double().eval()
    for block in network.blocks:
        torch.nn.init.normal_(block.out.weight)
        torch.nn.init.normal_(block.down.weight)
    return network


def words(n=5, T=9):
    """Rows that begin with the mark and have no padding."""
    idx = torch.randint(1, V, (n, T))
    idx[:, 0] = 0
    return idx


def close(a, b):
    torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-11)


def standardised(x):
    return (x - x.mean()) / (x.var(correction=0) + 1e-5).sqrt()


def by_hand(network, word, heads):
    """The logits after each character of one word, without a matrix of places."""
    E, P = network.characters.weight, network.places.weight
    xs = []
    for t in range(len(word)):
        last = [word[t - k] if t >= k else 0 for k in range(3)]
        xs.append(P[t] + sum(E[k * V + c] for k, c in enumerate(last)))
    for block in network.blocks:
        q, k, v = ([standardised(x) @ W.T for x in xs] for W in block.qkv.weight.chunk(3))
        d = len(q[0]) // heads
        for t in range(len(word)):
            taken = []
            for h in range(0, len(q[0]), d):
                scores = torch.stack([q[t][h : h + d] @ k[s][h : h + d] for s in range(t + 1)]) / d**0.5
                weights = scores.exp() / scores.exp().sum()
                taken.append(sum(a * v[s][h : h + d] for s, a in enumerate(weights)))
            xs[t] = xs[t] + torch.cat(taken) @ block.out.weight.T
            inner = standardised(xs[t]) @ block.up.weight.T
            inner = inner * (1 + torch.erf(inner / 2**0.5)) / 2
            xs[t] = xs[t] + inner @ block.down.weight.T
    return torch.stack([standardised(x) @ network.head.weight.T for x in xs])


@pytest.mark.parametrize("heads", [1, 3])
def test_it_is_its_formula_and_so_are_its_gradients(heads):
    network, idx = built(heads=heads), words(2, 6)
    written = torch.stack([by_hand(network, word.tolist(), heads) for word in idx])
    close(network(idx), written)
    parameters = list(network.parameters())
    ours, theirs = (torch.autograd.grad(logits.square().sum(), parameters) for logits in (network(idx), written))
    for a, b in zip(ours, theirs, strict=True):
        close(a, b)


def test_no_place_looks_ahead():
    network, idx = built(), words()
    before = network(idx)
    for t in range(1, idx.size(1)):
        changed = idx.clone()
        changed[:, t] = 1 + changed[:, t] % (V - 1)
        after = network(changed)
        assert torch.equal(after[:, :t], before[:, :t])
        assert not torch.isclose(after[:, t:], before[:, t:]).all(dim=-1).any()  # and every later one sees it


def test_what_lies_behind_the_end_of_a_word_changes_nothing_before_it():
    network, idx = built(), words()
    whole = network(idx)
    for t in range(1, idx.size(1)):
        close(network(idx[:, :t]), whole[:, :t])
        close(network(idx * (torch.arange(idx.size(1)) < t))[:, :t], whole[:, :t])


def test_no_word_sees_another():
    network, idx = built(), words()
    close(torch.cat([network(word[None]) for word in idx]), network(idx))


def test_before_it_learns_a_layer_adds_nothing():
    network, idx = Transformer(V, width=12, heads=3, layers=2), words()
    deeper = Transformer(V, width=12, heads=3, layers=4)
    deeper.load_state_dict(network.state_dict(), strict=False)
    assert torch.equal(network(idx), deeper(idx))


def test_hidden_characters_and_dropout_are_for_training_only():
    idx = words(200)
    for option in ("dropout", "hide"):
        network = built(**{option: 0.3})
        assert torch.equal(network(idx), network(idx))
        network.train()
        assert not torch.equal(network(idx), network(idx))


def test_a_hidden_character_is_a_mark_in_its_place():
    network, idx = built(hide=0.999999).train(), words()
    close(network(idx), network.eval()(torch.zeros_like(idx)))


def test_a_width_that_is_not_a_multiple_of_the_heads_is_an_error():
    with pytest.raises(OptionError, match="heads: a width of 10 is not a multiple of 4"):
        Transformer(V, width=10, heads=4)


def test_in_single_precision_it_says_nearly_the_same():
    network, idx = built(), words()
    double = network(idx)
    torch.testing.assert_close(network.float()(idx).double(), double, rtol=1e-3, atol=1e-4)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_on_a_gpu_it_says_the_same():
    network, idx = built(), words()
    close(network.cuda()(idx.cuda()).cpu(), network.cpu()(idx))


@pytest.mark.slow
def test_it_learns_what_is_five_characters_back_and_the_same_twice():
    rng = np.random.default_rng(3)
    names = [f"{c}{''.join(rng.choice(list('xyz'), 4))}{c}" for c in rng.choice(list("abcd"), 400)]
    model = lm.Transformer(width=24, layers=1, heads=4, context=8)
    solver = mlekit.solvers.Torch(steps=150, batch=512)
    fit, again = (mlekit.fit(names, family=model, solver=solver) for _ in range(2))
    for c in "abcd":
        assert fit.next_probs(f"{c}xyzx")[c] > 0.9
    for name, array in fit.params.items():
        np.testing.assert_array_equal(array, again.params[name])


def test_words_longer_than_the_context_are_read_in_pieces():
    fit = mlekit.fit(
        ["ab" * 10, "ba" * 10],
        family=lm.Transformer(width=8, heads=2, context=4),
        solver=mlekit.solvers.Torch(steps=40),
    )
    assert np.isfinite(fit.log_prob(["ab" * 50])).all()
    assert "2 words are longer than the context of 4" in str(fit)


@pytest.mark.slow
def test_every_process_begins_with_the_same_weights():
    say = "import torch, lm; print(float(lm.Transformer(seed=5).initial(27).head.weight.double().sum()))"
    sums = {subprocess.run([sys.executable, "-c", say], capture_output=True, check=True).stdout for _ in range(2)}
    assert len(sums) == 1
