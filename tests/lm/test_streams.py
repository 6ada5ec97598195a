"""lm.streams: the objective of networks, and log-probabilities of any words."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

import lm
import mlekit
from lm import words as text
from lm.vocabulary import Vocabulary

torch = pytest.importorskip("torch")

from lm.network import model  # noqa: E402
from lm.reading import Reader, Text, distinct, windows  # noqa: E402

P, Torch = mlekit.priors, mlekit.solvers.Torch
WORDS = ["emma", "ava", "mia", "ella", "amelia", "ava", "eve"]


class Sums(torch.nn.Module):
    """A sequence network whose logits depend on all that it has read: sums of random numbers, weighted by place."""

    def __init__(self, vocabulary: int, width: int = 4):
        super().__init__()
        self.table = torch.nn.Parameter(torch.randn(vocabulary, vocabulary, dtype=torch.float64))

    def forward(self, idx):
        weights = torch.arange(1, idx.shape[1] + 1, dtype=torch.float64)
        return torch.cumsum(self.table[idx] * weights[:, None], dim=1) / 10


class Window(torch.nn.Module):
    def __init__(self, vocabulary: int, context: int = 2, width: int = 8):
        super().__init__()
        self.embed = torch.nn.Embedding(vocabulary, width)
        self.logits = torch.nn.Linear(context * width, vocabulary)

    def forward(self, idx):
        return self.logits(self.embed(idx).flatten(1))


def by_hand(network, vocabulary, words, context):
    """log p of every character, one context at a time, as the definition of pieces has it."""
    half, log_p = max(context // 2, 1), []
    for word in words:
        codes = [0, *vocabulary.encode([word])]
        for t in range(len(codes) - 1):
            skipped = 0 if t < context else half * ((t - context) // half + 1)
            logits = network(torch.tensor([codes[skipped : t + 1]]))[0, -1].detach()
            log_p.append(float(torch.log_softmax(logits, 0)[codes[t + 1]]))
    return np.array(log_p)


def test_windows_never_look_into_the_word_before():
    words = text.read(["abc", "", "b"])
    x, y = windows(words.vocabulary, words.words, 3)
    assert y.tolist() == [1, 2, 3, 0, 0, 2, 0]
    assert x.tolist() == [[0, 0, 0], [0, 0, 1], [0, 1, 2], [1, 2, 3], [0, 0, 0], [0, 0, 0], [0, 0, 2]]


@pytest.mark.parametrize(("columns", "size"), [(1, 3), (3, 27), (16, 27), (5, 100_000)])
def test_distinct_rows_are_those_of_numpy(columns: int, size: int):
    rng = np.random.default_rng(columns)
    x = rng.integers(0, size, (40, columns))[rng.integers(0, 40, 500)]
    kept, which = distinct(x, size)
    np.testing.assert_array_equal(kept[which], x)
    assert len(kept) == len(np.unique(x, axis=0))


@pytest.mark.parametrize("context", [2, 3, 4, 8, 50])
def test_words_longer_than_the_context_are_read_in_pieces_that_overlap(context: int):
    vocabulary, words = Vocabulary("abc"), ["abcabcabcabca", "a", "", "ccc", "ab" * 9]
    with torch.random.fork_rng():
        torch.manual_seed(context)
        network = Sums(4)
    reader, words_read = Reader(context, by_window=False), text.read(words, vocabulary=vocabulary)
    expected = by_hand(network, vocabulary, words, context)
    np.testing.assert_allclose(reader.token_log_prob(network, words_read), expected, rtol=1e-12)
    codes = np.array([0, *vocabulary.encode(words[:1])])
    seen = [reader.next(network, codes[None, :t], 4)[0, codes[t]] for t in range(1, len(codes))]
    np.testing.assert_allclose(seen, expected[: len(seen)], rtol=1e-12)
    scored = Text(words_read, context).scored
    assert scored.sum() == words_read.lengths.sum()


@pytest.mark.parametrize("weights", [None, [1, 0, 2.5, -1, 1, 3, 0]])
@pytest.mark.parametrize("module", [Sums, Window])
@pytest.mark.parametrize("prior", [None, P.Normal(0, 2), P.Dirichlet(1.3)])
def test_the_loss_of_all_words_is_minus_the_log_posterior_a_character(module, prior, weights):
    network = model(module, "network")(seed=3)
    bound = network.bind(network.read(WORDS, None, weights=weights)).problem(prior, {}, {})
    stream = bound.stream()
    stream.begin("cpu")
    loss = float(stream.loss(None, None).detach())
    log_p = bound.reader.token_log_prob(stream.module, network.read(WORDS, None))
    counts = np.ones(len(log_p)) if weights is None else np.repeat(weights, [len(w) + 1 for w in WORDS])
    value = counts @ log_p + bound.log_prior_of_weights(stream.module)
    dirichlet = isinstance(prior, P.Dirichlet)
    assert -loss * len(log_p) == pytest.approx(value + (stream.log_dirichlet(0.0) if dirichlet else 0.0), rel=1e-5)
    known = math.lgamma(7 * 1.3) - 7 * math.lgamma(1.3)
    posterior = bound.log_posterior(stream.module)
    assert posterior == pytest.approx(value + (stream.log_dirichlet(known) if dirichlet else 0.0), rel=1e-5)


@pytest.mark.parametrize("module", [Sums, Window])
def test_batches_are_every_row_once_and_add_up_to_all(module):
    words = lm.names()[:400]
    network = model(module, "network")(seed=3)
    stream = network.bind(network.read(words, None)).problem(None, {}, {}).stream()
    stream.begin("cpu")
    rng = np.random.default_rng(0)
    parts = stream.epoch(rng, 100)
    assert len(parts) > 2
    assert set(itertools.chain(*(part.tolist() for part in parts))) == set(range(stream.rows))
    whole = float(stream.loss(None, None).detach())
    losses = [float(stream.loss(None, torch.from_numpy(part)).detach()) for part in parts]
    fractions = [stream.count(part) / stream.tokens for part in parts]
    assert sum(fractions) == pytest.approx(1)
    assert np.dot(losses, fractions) == pytest.approx(whole, rel=1e-5)


def test_a_dirichlet_prior_is_label_smoothing():
    network = model(Sums, "network")(seed=3)
    alpha, size = 1.25, len(Vocabulary.of(WORDS))
    stream = network.bind(network.read(WORDS, None)).problem(P.Dirichlet(alpha), {}, {}).stream()
    stream.begin("cpu")
    x, y, _ = stream.text.batch(np.arange(stream.rows))
    a = alpha - 1
    smooth = torch.nn.functional.cross_entropy(
        stream.module(x).flatten(0, 1), y.flatten(), ignore_index=-100, label_smoothing=a * size / (1 + a * size)
    )
    assert float(stream.loss(None, None).detach()) == pytest.approx(float(smooth.detach()) * (1 + a * size), rel=1e-9)


def test_longer_windows_make_a_network_of_the_last_few_characters():
    network = model(Window, "window")(context=3, seed=1)
    fits = [mlekit.fit(WORDS * 5, family=network, solver=Torch("adam", steps=150, lr=0.02)) for _ in range(2)]
    assert fits[0].log_prob(WORDS).tolist() == fits[1].log_prob(WORDS).tolist()
    assert fits[0].evaluate(WORDS).nll < mlekit.fit(WORDS * 5, family=lm.Bigram()).evaluate(WORDS).nll
    assert len(fits[0].sample(3, seed=0)) == 3


def test_where_a_table_of_what_came_next_were_too_large_pairs_are_used(monkeypatch: pytest.MonkeyPatch):
    network = model(Window, "window")(seed=1)

    def stream():
        found = network.bind(network.read(WORDS, None, weights=np.arange(7.0))).problem(P.Dirichlet(1.5), {}, {})
        found = found.stream()
        found.begin("cpu")
        return found

    table = stream()
    monkeypatch.setattr("lm.streams.DENSE", 1)
    pairs = stream()
    assert pairs.counts.shape[1] == 1 < table.counts.shape[1]
    assert float(pairs.loss(None, None).detach()) == pytest.approx(float(table.loss(None, None).detach()), rel=1e-6)


def test_imaginary_rows_stand_beside_words_of_either_sign():
    for module in (Sums, Window):
        network, parts = model(module, "network")(seed=3), []
        for weight in (1.0, -1.0):
            losses = []
            for prior in (P.Dirichlet(1.5), None):
                bound = network.bind(network.read(WORDS, None, weights=[weight] * len(WORDS))).problem(prior, {}, {})
                stream = bound.stream()
                stream.begin("cpu")
                losses.append(float(stream.loss(None, None).detach()))
            parts.append(losses[0] - losses[1])
        assert parts[0] == pytest.approx(parts[1], rel=1e-5)
        assert parts[0] > 0


def test_processes_share_windows_that_are_all_in_one_batch():
    network = model(Window, "window")(seed=1)
    stream = network.bind(network.read(WORDS, None)).problem(None, {}, {}).stream()
    stream.begin("cpu")
    assert stream.epoch(np.random.default_rng(0), 10**6) == [None]
    halves = [torch.arange(stream.rows)[rank::2] for rank in (0, 1)]
    fractions = [stream.count(half.numpy()) / stream.count(np.arange(stream.rows)) for half in halves]
    parts = [
        fraction * float(stream.loss(None, half).detach()) for fraction, half in zip(fractions, halves, strict=True)
    ]
    assert sum(parts) == pytest.approx(float(stream.loss(None, None).detach()), rel=1e-6)


def test_one_character_back_with_many_tokens_uses_pairs(monkeypatch: pytest.MonkeyPatch):
    network = model(Window, "window")(context=1, seed=1)

    def loss():
        stream = network.bind(network.read(WORDS, None)).problem(None, {}, {}).stream()
        stream.begin("cpu")
        return float(stream.loss(None, None).detach())

    table = loss()
    monkeypatch.setattr("lm.streams.DENSE", 1)
    assert loss() == pytest.approx(table, rel=1e-6)
