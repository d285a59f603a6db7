"""The arithmetic of the models' references: a truth that is wrong would blame every release."""

from typing import Any

import numpy as np
import pytest

NOISE = np.random.RandomState(5)


def noise(*shape: int) -> Any:
    """Return normal noise in float64."""
    return NOISE.normal(size=shape)


def test_a_convolution_sums_over_a_pixel_and_its_neighbours(suite: Any) -> None:
    maps, kernel, bias = noise(2, 4, 6, 3), noise(3, 3, 3, 5), noise(5)
    answer = suite("_float64").convolved(maps, kernel, bias)
    assert answer.shape == (2, 4, 6, 5)
    assert np.allclose(answer[1, 2, 3], np.tensordot(maps[1, 1:4, 2:5], kernel, 3) + bias)
    corner = np.tensordot(maps[0, :2, :2], kernel[1:, 1:], 3)  # outside there is nothing but zeros
    assert np.allclose(answer[0, 0, 0], corner + bias)


def test_pooling_keeps_the_largest_of_four(suite: Any) -> None:
    maps = np.arange(32.0).reshape(1, 4, 8, 1)
    assert suite("_float64").pooled(maps)[0, :, :, 0].tolist() == [
        [9, 11, 13, 15],
        [25, 27, 29, 31],
    ]


GATES = {"enter": 0, "forget": 1, "new": 2, "leave": 3}


@pytest.mark.parametrize(
    ("closed", "expected"),
    [
        ((), [np.tanh(1), np.tanh(2), np.tanh(3)]),
        (("forget",), [np.tanh(1)] * 3),
        (("enter",), [0, 0, 0]),
        (("leave",), [0, 0, 0]),
    ],
)
def test_gates_decide_what_a_long_short_term_memory_remembers(
    suite: Any, closed: tuple[str, ...], expected: list[float]
) -> None:
    bias = np.full(4, 100.0)  # all gates wide open, and 1 is what is new
    for name in closed:
        bias[GATES[name]] = -100
    nothing = np.zeros((3, 1, 2)), np.zeros((2, 4)), np.zeros((1, 4))
    states = suite("_float64").lstm_states(*nothing, bias)
    assert states[:, 0, 0] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("changed", [0, 1, 2])
def test_a_long_short_term_memory_sees_its_inputs_and_its_own_state(
    suite: Any, changed: int
) -> None:
    lstm_states, series = suite("_float64").lstm_states, noise(5, 2, 3)
    weights = [noise(3, 16), noise(4, 16), noise(16)]
    others = [1.1 * w if at == changed else w for at, w in enumerate(weights)]
    states, other_states = lstm_states(series, *weights), lstm_states(series, *others)
    assert states.shape == (5, 2, 4)
    assert not np.allclose(states[1:], other_states[1:])
    # There is no state before the first step.
    assert np.allclose(states[0], other_states[0]) == (changed == 1)


def test_a_head_follows_the_slope_of_its_loss(suite: Any) -> None:
    head_trained = suite("_float64").head_trained
    inputs, kernel, bias, labels, rate = noise(8, 6), noise(6, 10), noise(10), np.arange(8), 0.5
    loss, after = head_trained(inputs, kernel, bias, labels, rate)
    for at in ((0, 0), (3, 7), (5, 9)):
        nudged = kernel.copy()
        nudged[at] += 1e-6
        slope = (head_trained(inputs, nudged, bias, labels, rate)[0] - loss) / 1e-6
        assert after[at] == pytest.approx(kernel[at] - rate * slope, rel=1e-4)


def test_softmax_survives_large_values(suite: Any) -> None:
    answer = suite("_float64").softmax(np.array([[1000.0, 1000.0], [0.0, np.log(3)]]))
    assert answer == pytest.approx(np.array([[0.5, 0.5], [0.25, 0.75]]))


def test_both_kinds_of_attention_get_the_same_weights(suite: Any) -> None:
    block = suite("transformer_block")
    by_hand, (of_keras, *others) = block.arranged("by_hand"), block.arranged("of_keras")
    tokens = noise(3, block.WIDTH)
    for at in range(3):
        kernel, bias = of_keras[2 * at : 2 * at + 2]
        heads = np.einsum("tw,whe->the", tokens, kernel) + bias
        assert np.allclose(heads.reshape(3, -1), tokens @ by_hand[at][0] + by_hand[at][1])
    mixed = noise(3, block.HEADS, block.EACH)
    out = np.einsum("the,hew->tw", mixed, of_keras[6]) + of_keras[7]
    assert np.allclose(out, mixed.reshape(3, -1) @ by_hand[3][0] + by_hand[3][1])
    assert [len(layer) for layer in others] == [len(layer) for layer in by_hand[4:]]


def test_tokens_attend_to_themselves_alone_if_no_other_fits(suite: Any) -> None:
    block = suite("transformer_block")
    same, none = np.eye(block.WIDTH), np.zeros(block.WIDTH)
    tokens = np.zeros((1, block.TOKENS, block.WIDTH))
    for head in range(block.HEADS):  # a token is one of few directions in each head
        for time in range(block.TOKENS):
            tokens[0, time, head * block.EACH + time % block.EACH] = 100
    assert np.allclose(block.attended(tokens, [(same, none)] * 4), tokens)


def test_normalized_tokens_have_the_mean_and_spread_that_are_asked_for(suite: Any) -> None:
    block = suite("transformer_block")
    tokens = block.normalized(100 * noise(2, 3, block.WIDTH), (np.full(block.WIDTH, 2.0), 5.0))
    assert tokens.mean(axis=-1) == pytest.approx(np.full((2, 3), 5.0))
    assert tokens.std(axis=-1) == pytest.approx(np.full((2, 3), 2.0), rel=1e-5)


MODELS = [
    ("conv_net", {"mode": "forward"}, {"answers": (16, 10)}),
    ("conv_net", {"mode": "training"}, {"loss": (), "kernel": (32, 10)}),
    ("lstm", {"mode": "forward"}, {"answers": (16, 10)}),
    ("lstm", {"mode": "training"}, {"loss": (), "kernel": (64, 10)}),
    ("lstm", {"mode": "defaults"}, {}),
    ("transfer_learning", {"mode": "training_unfrozen"}, {"loss": (), "kernel": (64, 10)}),
    ("transformer_block", {"mode": "forward", "attention": "of_keras"}, {"answers": (8, 10)}),
    ("dynamic_rnn", {"loop": "autograph"}, {"first": (16, 64), "last": (16, 64)}),
    ("call_overhead", {"mode": "predict"}, {"answer": (1, 8)}),
]


@pytest.mark.parametrize(("name", "parameters", "shapes"), MODELS)
def test_the_truth_has_the_shape_of_what_is_measured(
    suite: Any, name: str, parameters: dict[str, str], shapes: dict[str, tuple[int, ...]]
) -> None:
    truth = suite(name).reference(**parameters)
    assert {output: np.shape(value) for output, value in truth.items()} == shapes
    assert all(np.asarray(value).dtype == "float64" for value in truth.values())


def test_weights_are_given_to_layers_that_have_any_and_no_layer_is_forgotten(suite: Any) -> None:
    class Layer:
        def __init__(self, *weights: int) -> None:
            self.weights: Any = weights

        def set_weights(self, weights: Any) -> None:
            self.weights = weights

    give, dense = suite("_model_steps").give, Layer(1, 2)
    give([Layer(), dense, Layer()], [[3, 4]])
    assert dense.weights == [3, 4]
    with pytest.raises(ValueError, match="weights for 1 layers, but 2 have any"):
        give([dense, Layer(1)], [[3, 4]])


@pytest.mark.filterwarnings("ignore:MNIST is not in the Keras cache")
def test_more_training_on_the_same_images_lowers_their_loss(suite: Any) -> None:
    mlp = suite("mnist_mlp")
    losses = mlp.reference("five_epochs")["loss"]
    assert losses.shape == (5,)
    assert np.all(np.diff(losses) < 0)


@pytest.mark.filterwarnings("ignore:MNIST is not in the Keras cache")
def test_batches_of_changing_sizes_take_all_images_once(suite: Any) -> None:
    mlp = suite("mnist_mlp")
    taken = [at for part in mlp.parts(mlp.SIZES) for at in range(*part.indices(1000))]
    assert taken == list(range(len(mlp.data("train_on_batch")[0])))
    assert len(set(mlp.SIZES)) == len(mlp.SIZES)
