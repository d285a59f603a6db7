"""Owns the 784-512-10 network: its first weights, the Keras model, the same in numpy."""

import numpy as np
from _float64 import softmax
from _mnist import DIGITS, PIXELS

HIDDEN = 512


def weights():
    """Return kernel and bias of both layers; from numpy, because TensorFlow's seeds changed."""
    noise = np.random.RandomState(1)
    hidden = noise.normal(scale=0.05, size=(PIXELS, HIDDEN))
    output = noise.normal(scale=0.06, size=(HIDDEN, DIGITS))
    return [w.astype("float32") for w in (hidden, np.zeros(HIDDEN), output, np.zeros(DIGITS))]


def network():
    """Return the Keras model, not yet compiled."""
    from _tensorflow import keras  # here: other frameworks take all but this from the file

    k = keras()
    hidden = k.layers.Dense(HIDDEN, activation="relu", input_shape=(PIXELS,))
    model = k.models.Sequential([hidden, k.layers.Dense(DIGITS, activation="softmax")])
    model.set_weights(weights())
    return model


def probabilities(w, images):
    """Return what the network answers."""
    return softmax(np.maximum(images @ w[0] + w[1], 0) @ w[2] + w[3])


def trained(w, images, labels, rate):
    """Return the loss, and the weights after one step of gradient descent, in the type of `w`."""
    hidden = np.maximum(images @ w[0] + w[1], 0)
    answer = softmax(hidden @ w[2] + w[3])
    loss = -np.log(answer[np.arange(len(labels)), labels]).mean()
    slope = (answer - np.eye(DIGITS, dtype=images.dtype)[labels]) / len(labels)
    back = slope @ w[2].T * (hidden > 0)
    slopes = [images.T @ back, back.sum(axis=0), hidden.T @ slope, slope.sum(axis=0)]
    return loss, [value - rate * s for value, s in zip(w, slopes)]
