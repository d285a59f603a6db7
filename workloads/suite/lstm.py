"""A Keras LSTM of 64 units over 20 steps: what one forward and one training step cost."""

from _float64 import in_float64, lstm_states
from _model_steps import CLASSES, drawn, fetched, forward, give, samples, training, truth
from _tensorflow import keras

# "defaults" leaves the activations to the release: the recurrent one was another in 1.x.
CASES = {mode: {"mode": mode} for mode in ("forward", "training", "defaults")}
SINCE = "1.3"
TAGS = ["keras", "training", "inference"]
TOLERANCE = 1e-5
BATCH, TIMES, FEATURES, UNITS = 16, 20, 32, 64
ACTIVATIONS = {"activation": "tanh", "recurrent_activation": "sigmoid"}


def build(mode):
    """Return the step."""
    k = keras()
    inputs, labels = samples(BATCH, TIMES, FEATURES)
    given = {} if mode == "defaults" else ACTIVATIONS
    layers = [
        k.layers.LSTM(UNITS, input_shape=(TIMES, FEATURES), **given),
        k.layers.Dense(CLASSES, activation="softmax"),
    ]
    model = k.models.Sequential(layers)
    give(layers, weights())
    return training(model, inputs, labels) if mode == "training" else forward(model, inputs)


def weights():
    """Return the weights of both layers."""
    recurrent = [(FEATURES, 4 * UNITS), (UNITS, 4 * UNITS), (4 * UNITS,)]
    return drawn(recurrent, [(UNITS, CLASSES), (CLASSES,)])


outputs = fetched


def reference(mode):
    """Return the truth in float64; what the defaults are is for each release to say."""
    if mode == "defaults":
        return {}
    inputs, labels = samples(BATCH, TIMES, FEATURES)
    recurrent, head = in_float64(weights())
    last = lstm_states(inputs.astype("float64").swapaxes(0, 1), *recurrent)[-1]
    return truth(mode, last, head, labels)
