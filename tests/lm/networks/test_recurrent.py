"""Networks that carry a state: each against PyTorch's own with the same weights, and what is true of all of them."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from lm.networks._recurrent import Beginnings, Loop  # noqa: E402
from lm.networks.gru import GRU  # noqa: E402
from lm.networks.lstm import LSTM  # noqa: E402
from lm.networks.rnn import RNN  # noqa: E402

V, WIDTH = 11, 6
NETWORKS = [RNN, GRU, LSTM]
THEIRS = {RNN: torch.nn.RNN, GRU: torch.nn.GRU, LSTM: torch.nn.LSTM}

every_network = pytest.mark.parametrize("kind", NETWORKS)


def built(kind, **options):
    network = kind(V, width=WIDTH, **options).double().eval()
    for into in network.inputs:
        torch.nn.init.normal_(into.bias)
    return network


def words(n=40, T=7):
    """Rows that begin with the mark; many begin alike, and some have ended before the last column."""
    idx = torch.randint(1, V, (n, T)).clamp(max=torch.tensor([0, 3, 4, V, V, V, V])[:T])
    return idx * (torch.arange(T) <= torch.randint(0, T, (n, 1)))


def close(a, b):
    torch.testing.assert_close(a, b, rtol=1e-10, atol=1e-12)


def gradients(logits, network):
    return torch.autograd.grad((logits * torch.arange(1.0, 1 + V)).square().sum(), list(network.parameters()))


def by_torch(network, idx):
    """The same network of torch.nn.RNN, GRU or LSTM, whose weights are ours."""
    e = network.embedding.weight[idx]
    for layer, (into, recurrent) in enumerate(zip(network.inputs, network.recurrent, strict=True)):
        theirs = THEIRS[type(network)](WIDTH, WIDTH, batch_first=True).double()
        weights = {"weight_ih_l0": into.weight, "bias_ih_l0": into.bias, "weight_hh_l0": recurrent.weight}
        weights["bias_hh_l0"] = torch.zeros_like(into.bias)
        h, _ = torch.func.functional_call(theirs, weights, (e,))
        e = e + h if layer else h
    return network.head(e)


# -- each is its formula ----------------------------------------------------------------------------------------------


@every_network
@pytest.mark.parametrize("layers", [1, 3])
def test_a_network_is_the_one_of_pytorch_and_so_are_its_gradients(kind, layers):
    network, idx = built(kind, layers=layers), words()
    close(network(idx), by_torch(network, idx))
    for ours, theirs in zip(gradients(network(idx), network), gradients(by_torch(network, idx), network), strict=True):
        close(ours, theirs)


def test_an_rnn_is_its_formula_written_out():
    network, idx = built(RNN, layers=1), words()
    h = torch.zeros(len(idx), WIDTH, dtype=torch.float64)
    for t in range(idx.size(1)):
        x = network.embedding.weight[idx[:, t]] @ network.inputs[0].weight.T + network.inputs[0].bias
        h = torch.tanh(x + h @ network.recurrent[0].weight.T)
        close(network(idx)[:, t], h @ network.head.weight.T + network.head.bias)


def test_a_gru_is_its_formula_written_out():
    network, idx = built(GRU, layers=1), words()
    h = torch.zeros(len(idx), WIDTH, dtype=torch.float64)
    for t in range(idx.size(1)):
        x = network.embedding.weight[idx[:, t]] @ network.inputs[0].weight.T + network.inputs[0].bias
        (xr, xz, xn), (ur, uz, un) = x.split(WIDTH, 1), (h @ network.recurrent[0].weight.T).split(WIDTH, 1)
        r, z = torch.sigmoid(xr + ur), torch.sigmoid(xz + uz)
        h = (1 - z) * torch.tanh(xn + r * un) + z * h
        close(network(idx)[:, t], h @ network.head.weight.T + network.head.bias)


def test_an_lstm_is_its_formula_written_out():
    network, idx = built(LSTM, layers=1), words()
    h = c = torch.zeros(len(idx), WIDTH, dtype=torch.float64)
    for t in range(idx.size(1)):
        x = network.embedding.weight[idx[:, t]] @ network.inputs[0].weight.T + network.inputs[0].bias
        i, f, g, o = (x + h @ network.recurrent[0].weight.T).split(WIDTH, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        close(network(idx)[:, t], h @ network.head.weight.T + network.head.bias)


@every_network
def test_the_gradient_is_the_difference_quotient(kind):
    network, tree = built(kind), Beginnings(words(6, 4), V)
    x = torch.randn(len(tree.last), kind.gates * WIDTH, dtype=torch.float64, requires_grad=True)
    U = network.recurrent[0].weight
    assert torch.autograd.gradcheck(lambda x, U: Loop.apply(x, U, network, tree), (x, U))


# -- true of all ------------------------------------------------------------------------------------------------------


@every_network
def test_what_comes_later_changes_nothing_before(kind):
    network, idx = built(kind, layers=2), words()
    changed = idx.clone()
    changed[:, 4:] = torch.randint(0, V, changed[:, 4:].shape)
    close(network(changed)[:, :4], network(idx)[:, :4])
    close(network(idx[:, :4]), network(idx)[:, :4])


@every_network
def test_a_word_alone_is_a_word_in_a_batch(kind):
    network, idx = built(kind, layers=2), words()
    together = network(idx)
    for row in range(5):
        close(network(idx[row : row + 1])[0], together[row])


@every_network
def test_the_whole_word_is_remembered(kind):
    network = built(kind)
    first, other = torch.tensor([[0, 1, 3, 4, 5, 6]]), torch.tensor([[0, 2, 3, 4, 5, 6]])
    assert not torch.allclose(network(first)[0, -1], network(other)[0, -1], atol=1e-6)


def test_each_beginning_is_gone_through_once():
    tree = Beginnings(torch.tensor([[0, 1, 2], [0, 1, 3], [0, 4, 2], [0, 1, 2]]), 5)
    assert tree.last.tolist() == [0, 1, 4, 2, 3, 2]
    assert tree.where.tolist() == [[0, 1, 3], [0, 1, 4], [0, 2, 5], [0, 1, 3]]
    assert [parents.tolist() for _, parents in tree.levels] == [[0], [1, 1], [2, 2, 3]]


@every_network
def test_the_same_twice_bit_for_bit(kind):
    network, idx = kind(V, width=32), words(300)
    first, again = ((out := network(idx)), *gradients(out, network)), ((out := network(idx)), *gradients(out, network))
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))


@every_network
def test_dropout_hides_characters_while_training_alone(kind):
    network, idx = built(kind, dropout=1.0), words()
    shown = network(idx)
    network.train()
    close(network(idx), network.eval()(torch.zeros_like(idx)))
    close(network(idx), shown)


def test_an_lstm_begins_by_keeping_what_it_has():
    for into in LSTM(V, width=WIDTH, layers=2).inputs:
        assert into.bias.split(WIDTH)[1].tolist() == [1.0] * WIDTH
        assert not into.bias.split(WIDTH)[0].any()
