"""Networks that look at a window: each against its formula written out, and what is true of all of them."""

from __future__ import annotations

import itertools

import pytest

torch = pytest.importorskip("torch")

from lm.networks._window import masked, recent  # noqa: E402
from lm.networks.bag_of_words import BagOfWords  # noqa: E402
from lm.networks.cnn import CNN  # noqa: E402
from lm.networks.mlp import MLP  # noqa: E402
from mlekit.errors import OptionError  # noqa: E402

V, CONTEXT = 11, 8
NETWORKS = [BagOfWords, MLP, CNN]


def built(kind, **options):
    return kind(V, context=CONTEXT, **options).double().eval()


def windows(n=40):
    """Rows with marks in front of 0 to 8 characters."""
    idx = torch.randint(1, V, (n, CONTEXT))
    return idx * (torch.arange(CONTEXT) >= torch.randint(0, CONTEXT + 1, (n, 1)))


def close(a, b):
    torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-12)


def gradients(logits, network):
    return torch.autograd.grad(logits.square().sum(), list(network.parameters()))


# -- each is its formula ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("rows", [V - 1, 40])
def test_mlp_is_concatenated_embeddings_through_tanh_layers_and_so_are_its_gradients(rows, layers):
    network, idx = built(MLP, width=20, layers=layers, embedding=5), windows(rows)
    h = torch.tanh(
        torch.cat([network.embedding.weight[idx[:, k]] for k in range(CONTEXT)], 1) @ network.first.weight.T
        + network.first.bias
    )
    for layer in network.layers:
        h = h + torch.tanh(h @ layer.weight.T + layer.bias)
    by_hand = h @ network.head.weight.T + network.head.bias
    close(network(idx), by_hand)
    for ours, theirs in zip(gradients(network(idx), network), gradients(by_hand, network), strict=True):
        close(ours, theirs)


def test_cnn_is_a_convolution_of_stride_two_at_each_level_and_so_are_its_gradients():
    network, idx = built(CNN, width=6, embedding=5), windows()
    h = network.embedding.weight[idx].transpose(1, 2)  # (B, d, 8)
    for pair in network.pairs:
        left, right = pair.weight.chunk(2, dim=1)
        h = torch.tanh(torch.nn.functional.conv1d(h, torch.stack([left, right], 2), pair.bias, stride=2))
    by_hand = h[:, :, 0] @ network.head.weight.T + network.head.bias
    close(network(idx), by_hand)
    for ours, theirs in zip(gradients(network(idx), network), gradients(by_hand, network), strict=True):
        close(ours, theirs)


def test_bag_of_words_is_the_mean_of_the_characters_beside_the_last_and_the_place():
    network, idx = built(BagOfWords, width=6, inner=9), windows()
    for row, logits in zip(idx, network(idx), strict=True):
        seen = row[row != 0]
        mean = network.bag.weight[seen].mean(0) if len(seen) else torch.zeros(6, dtype=torch.float64)
        x = network.last.weight[row[-1]] + network.place.weight[len(seen)] + mean
        x = x + network.mlp[2](torch.nn.functional.gelu(network.mlp[0](x)))
        close(logits, network.head(x))


def test_a_bag_does_not_know_the_order_of_what_came_before_the_last():
    network = built(BagOfWords)
    orders = torch.tensor([[0, 0, 0, 0, *order, 9] for order in itertools.permutations([3, 4, 4])])
    close(network(orders), network(orders[:1]).expand(len(orders), V))
    other = torch.tensor([[0, 0, 0, 0, 3, 4, 9, 4]])
    assert (network(other) - network(orders[:1])).abs().max() > 1e-3


@pytest.mark.parametrize("kind", [MLP, CNN])
@pytest.mark.parametrize("place", range(CONTEXT))
def test_each_place_of_the_window_matters_to_mlp_and_cnn(kind, place):
    network, idx = built(kind), torch.randint(1, V, (1, CONTEXT))
    changed = idx.clone()
    changed[0, place] = idx[0, place] % (V - 1) + 1
    assert (network(idx) - network(changed)).abs().max() > 1e-6


# -- what is true of all ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", NETWORKS)
def test_only_the_last_codes_are_looked_at_and_marks_stand_where_there_are_none(kind):
    network, idx = built(kind), windows()
    close(network(torch.cat([torch.randint(1, V, (len(idx), 5)), idx], 1)), network(idx))
    short = torch.randint(1, V, (20, 3))
    close(network(short), network(torch.cat([torch.zeros(20, CONTEXT - 3, dtype=torch.int64), short], 1)))


@pytest.mark.parametrize("kind", NETWORKS)
def test_rows_know_nothing_of_each_other(kind):
    network, idx = built(kind), windows()
    close(network(idx), torch.cat([network(row[None]) for row in idx]))
    assert network(idx).shape == (len(idx), V)


@pytest.mark.parametrize("kind", NETWORKS)
def test_every_weight_gets_a_gradient_and_float32_agrees_with_float64(kind):
    network, idx = built(kind), torch.cat([windows(), torch.arange(V).repeat(CONTEXT, 1).T])
    assert all(g.abs().max() > 0 for g in gradients(network(idx), network))
    in_double = network(idx)
    torch.testing.assert_close(network.float()(idx).double(), in_double, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("kind", NETWORKS)
def test_dropout_hides_characters_while_training_only(kind):
    network, idx = built(kind, dropout=0.5), windows()
    close(network(idx), network(idx))
    network.train()
    assert (network(idx) - network(idx)).abs().max() > 1e-3
    off = built(kind, dropout=0.0).train()
    close(off(idx), off(idx))


@pytest.mark.slow
@pytest.mark.parametrize("kind", NETWORKS)
def test_it_learns_what_comes_two_characters_after(kind):
    idx = torch.randint(1, V, (400, CONTEXT))
    idx[:, -1] = 5
    y = idx[:, -2]
    network = kind(V, context=CONTEXT, dropout=0.0) if kind is not BagOfWords else kind(V, context=2, dropout=0.0)
    adam = torch.optim.Adam(network.parameters(), lr=1e-2)
    for _ in range(100):
        loss = torch.nn.functional.cross_entropy(network(idx), y)
        adam.zero_grad()
        loss.backward()
        adam.step()
    assert loss < 0.1


@pytest.mark.parametrize("context", [0, 1, 3, 12])
def test_a_tree_needs_a_power_of_two(context):
    with pytest.raises(OptionError, match=f"context: {context} is not a power of two"):
        CNN(V, context=context)


def test_hidden_characters_are_marks_at_the_rate_that_was_asked():
    idx = torch.full((500, 40), 3)
    held = masked(idx, 0.2)
    assert set(held.unique().tolist()) == {0, 3}
    assert float((held == 0).double().mean()) == pytest.approx(0.2, abs=0.015)  # 5 standard errors
    assert torch.equal(idx, torch.full((500, 40), 3))


def test_recent_cuts_and_fills_in_front():
    idx = torch.tensor([[1, 2, 3]])
    assert recent(idx, 2).tolist() == [[2, 3]]
    assert recent(idx, 3).tolist() == [[1, 2, 3]]
    assert recent(idx, 5).tolist() == [[0, 0, 1, 2, 3]]
