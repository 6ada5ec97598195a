"""Nets that look at a window: each against its formula written out, and what is true of all of them."""

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
NETS = [BagOfWords, MLP, CNN]


def made(kind, **options):
    return kind(V, context=CONTEXT, **options).double().eval()


def windows(n=40):
    """Rows with marks in front of 0 to 8 characters."""
    idx = torch.randint(1, V, (n, CONTEXT))
    return idx * (torch.arange(CONTEXT) >= torch.randint(0, CONTEXT + 1, (n, 1)))


def close(a, b):
    torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-12)


def gradients(logits, net):
    return torch.autograd.grad(logits.square().sum(), list(net.parameters()))


# -- each is its formula ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("rows", [V - 1, 40])
def test_mlp_is_concatenated_embeddings_through_tanh_layers_and_so_are_its_gradients(rows, layers):
    net, idx = made(MLP, width=20, layers=layers, embedding=5), windows(rows)
    h = torch.tanh(
        torch.cat([net.embedding.weight[idx[:, k]] for k in range(CONTEXT)], 1) @ net.first.weight.T + net.first.bias
    )
    for layer in net.layers:
        h = h + torch.tanh(h @ layer.weight.T + layer.bias)
    by_hand = h @ net.head.weight.T + net.head.bias
    close(net(idx), by_hand)
    for ours, theirs in zip(gradients(net(idx), net), gradients(by_hand, net), strict=True):
        close(ours, theirs)


def test_cnn_is_a_convolution_of_stride_two_at_each_level_and_so_are_its_gradients():
    net, idx = made(CNN, width=6, embedding=5), windows()
    h = net.embedding.weight[idx].transpose(1, 2)  # (B, d, 8)
    for pair in net.pairs:
        left, right = pair.weight.chunk(2, dim=1)
        h = torch.tanh(torch.nn.functional.conv1d(h, torch.stack([left, right], 2), pair.bias, stride=2))
    by_hand = h[:, :, 0] @ net.head.weight.T + net.head.bias
    close(net(idx), by_hand)
    for ours, theirs in zip(gradients(net(idx), net), gradients(by_hand, net), strict=True):
        close(ours, theirs)


def test_bag_of_words_is_the_mean_of_the_characters_beside_the_last_and_the_place():
    net, idx = made(BagOfWords, width=6, inner=9), windows()
    for row, logits in zip(idx, net(idx), strict=True):
        seen = row[row != 0]
        mean = net.bag.weight[seen].mean(0) if len(seen) else torch.zeros(6, dtype=torch.float64)
        x = net.last.weight[row[-1]] + net.place.weight[len(seen)] + mean
        x = x + net.mlp[2](torch.nn.functional.gelu(net.mlp[0](x)))
        close(logits, net.head(x))


def test_a_bag_does_not_know_the_order_of_what_came_before_the_last():
    net = made(BagOfWords)
    orders = torch.tensor([[0, 0, 0, 0, *order, 9] for order in itertools.permutations([3, 4, 4])])
    close(net(orders), net(orders[:1]).expand(len(orders), V))
    other = torch.tensor([[0, 0, 0, 0, 3, 4, 9, 4]])
    assert (net(other) - net(orders[:1])).abs().max() > 1e-3


@pytest.mark.parametrize("kind", [MLP, CNN])
@pytest.mark.parametrize("place", range(CONTEXT))
def test_each_place_of_the_window_matters_to_mlp_and_cnn(kind, place):
    net, idx = made(kind), torch.randint(1, V, (1, CONTEXT))
    changed = idx.clone()
    changed[0, place] = idx[0, place] % (V - 1) + 1
    assert (net(idx) - net(changed)).abs().max() > 1e-6


# -- what is true of all ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", NETS)
def test_only_the_last_codes_are_looked_at_and_marks_stand_where_there_are_none(kind):
    net, idx = made(kind), windows()
    close(net(torch.cat([torch.randint(1, V, (len(idx), 5)), idx], 1)), net(idx))
    short = torch.randint(1, V, (20, 3))
    close(net(short), net(torch.cat([torch.zeros(20, CONTEXT - 3, dtype=torch.int64), short], 1)))


@pytest.mark.parametrize("kind", NETS)
def test_rows_know_nothing_of_each_other(kind):
    net, idx = made(kind), windows()
    close(net(idx), torch.cat([net(row[None]) for row in idx]))
    assert net(idx).shape == (len(idx), V)


@pytest.mark.parametrize("kind", NETS)
def test_every_weight_gets_a_gradient_and_float32_agrees_with_float64(kind):
    net, idx = made(kind), torch.cat([windows(), torch.arange(V).repeat(CONTEXT, 1).T])
    assert all(g.abs().max() > 0 for g in gradients(net(idx), net))
    in_double = net(idx)
    torch.testing.assert_close(net.float()(idx).double(), in_double, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("kind", NETS)
def test_dropout_hides_characters_while_training_only(kind):
    net, idx = made(kind, dropout=0.5), windows()
    close(net(idx), net(idx))
    net.train()
    assert (net(idx) - net(idx)).abs().max() > 1e-3
    off = made(kind, dropout=0.0).train()
    close(off(idx), off(idx))


@pytest.mark.parametrize("kind", NETS)
def test_it_learns_what_comes_two_characters_after(kind):
    idx = torch.randint(1, V, (400, CONTEXT))
    idx[:, -1] = 5
    y = idx[:, -2]
    net = kind(V, context=CONTEXT, dropout=0.0) if kind is not BagOfWords else kind(V, context=2, dropout=0.0)
    adam = torch.optim.Adam(net.parameters(), lr=1e-2)
    for _ in range(100):
        loss = torch.nn.functional.cross_entropy(net(idx), y)
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
