"""A small convolutional network with batch normalization: one forward and one training step."""

import numpy as np
from _float64 import convolved, in_float64, pooled
from _model_steps import CLASSES, drawn, fetched, forward, give, samples, training, truth
from _tensorflow import keras

CASES = {mode: {"mode": mode} for mode in ("forward", "training")}
SINCE = "1.3"
TAGS = ["keras", "training", "inference"]
TOLERANCE = 1e-4
BATCH, SIDE, COLOURS, FILTERS, EPSILON = 16, 32, 3, (16, 32), 1e-3


def build(mode):
    """Return the step."""
    k = keras()
    inputs, labels = samples(BATCH, SIDE, SIDE, COLOURS)
    layers = []
    for filters, shape in zip(FILTERS, ({"input_shape": inputs.shape[1:]}, {})):
        layers += [
            k.layers.Conv2D(filters, 3, padding="same", **shape),
            # Without a scale, which a relu makes needless: its place among the weights changed.
            k.layers.BatchNormalization(momentum=0.99, epsilon=EPSILON, scale=False),
            k.layers.Activation("relu"),
            k.layers.MaxPooling2D(2),
        ]
    layers += [k.layers.GlobalAveragePooling2D(), k.layers.Dense(CLASSES, activation="softmax")]
    model = k.models.Sequential(layers)
    give(layers, weights())
    return training(model, inputs, labels) if mode == "training" else forward(model, inputs)


def weights():
    """Return the weights of the layers that have any."""
    shapes, channels = [], COLOURS
    for filters in FILTERS:
        shapes += [[(3, 3, channels, filters), (filters,)], [(filters,)] * 3]
        channels = filters
    return drawn(*shapes, [(channels, CLASSES), (CLASSES,)])


outputs = fetched


def reference(mode):
    """Return the truth, in float64."""
    inputs, labels = samples(BATCH, SIDE, SIDE, COLOURS)
    w = in_float64(weights())
    maps = inputs.astype("float64")
    for kernel, norm in ((w[0], w[1]), (w[2], w[3])):
        maps = convolved(maps, *kernel)
        shift, mean, variance = norm
        if mode == "training":  # then the batch says what is normal
            mean, variance = maps.mean(axis=(0, 1, 2)), maps.var(axis=(0, 1, 2))
        maps = (maps - mean) / np.sqrt(variance + EPSILON) + shift
        maps = pooled(np.maximum(maps, 0))
    return truth(mode, maps.mean(axis=(1, 2)), w[4], labels)
