"""A frozen convolutional base and a new head: one forward and one training step."""

import os
import tempfile

import numpy as np
from _float64 import convolved, in_float64, pooled
from _model_steps import CLASSES, drawn, fetched, forward, give, samples, training, truth
from _tensorflow import keras

# How much more does a training step cost when the base learns, too?
CASES = {mode: {"mode": mode} for mode in ("forward", "training", "training_unfrozen")}
SINCE = "1.3"
TAGS = ["keras", "training", "inference"]
TOLERANCE = 1e-4
BATCH, SIDE, COLOURS, FILTERS = 16, 32, 3, (16, 32, 64)


def build(mode):
    """Return the step."""
    k = keras()
    base = base_model()
    for layer in base.layers:  # 1.3 would go on training them if only the base were frozen
        layer.trainable = mode == "training_unfrozen"
    head = k.layers.Dense(CLASSES, activation="softmax")
    model = k.models.Sequential([base, head])
    give([head], weights()[-1:])
    inputs, labels = samples(BATCH, SIDE, SIDE, COLOURS)
    return forward(model, inputs) if mode == "forward" else training(model, inputs, labels)


def base_model():
    """Return the base with the weights of a file, as one gets it from others."""
    k = keras()
    layers = []
    for filters, shape in zip(FILTERS, [{"input_shape": (SIDE, SIDE, COLOURS)}, {}, {}]):
        convolution = k.layers.Conv2D(filters, 3, padding="same", activation="relu", **shape)
        layers += [convolution, k.layers.MaxPooling2D(2)]
    base = k.models.Sequential([*layers, k.layers.GlobalAveragePooling2D()])
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "base.npz")
        np.savez(file, *[value for layer in weights()[:-1] for value in layer])
        with np.load(file) as arrays:
            base.set_weights([arrays[f"arr_{at}"] for at in range(len(arrays.files))])
    return base


def weights():
    """Return the weights of the base's convolutions and of the head."""
    convolutions = [
        [(3, 3, channels, filters), (filters,)]
        for channels, filters in zip((COLOURS, *FILTERS), FILTERS)
    ]
    return drawn(*convolutions, [(FILTERS[-1], CLASSES), (CLASSES,)])


outputs = fetched


def reference(mode):
    """Return the truth, in float64; one step later the head is the same with either base."""
    inputs, labels = samples(BATCH, SIDE, SIDE, COLOURS)
    convolutions_and_head = in_float64(weights())
    maps = inputs.astype("float64")
    for kernel, bias in convolutions_and_head[:-1]:
        maps = pooled(np.maximum(convolved(maps, kernel, bias), 0))
    kind = "forward" if mode == "forward" else "training"
    return truth(kind, maps.mean(axis=(1, 2)), convolutions_and_head[-1], labels)
