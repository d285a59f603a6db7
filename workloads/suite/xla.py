"""The same step with and without XLA: what jit_compile saves in each call, and costs in the first.

Compile time stands apart by itself: it is in `first_call`, never in `step`.
"""

import numpy as np
from _tensorflow import accelerated, tf, use_eager

CASES = {"off": {"with_xla": False}, "on": {"with_xla": True}}
SINCE = {"off": "1.14", "on": "1.15"}
TAGS = ["compile", "numeric"]
TOLERANCE = 1e-5
ROWS, WIDTH, LAYERS = 1024, 64, 4


def build(with_xla):
    """Return the step: matrix products, and between them small operations that XLA can fuse."""
    use_eager()
    compiled = accelerated(network, with_xla)
    x, w = (tf.constant(array) for array in data())
    return lambda: compiled(x, w).numpy()


def data():
    """Return the rows that go in and the weights of the layers."""
    noise = np.random.RandomState(0)
    x = noise.normal(size=(ROWS, WIDTH))
    w = noise.normal(scale=WIDTH**-0.5, size=(LAYERS, WIDTH, WIDTH))
    return [array.astype("float32") for array in (x, w)]


def network(x, w):
    """Return the mean square of each row after a few layers with swish, scaled and added."""
    for layer in range(LAYERS):
        y = tf.matmul(x, w[layer])
        y = y * tf.sigmoid(y)
        x = x + y / tf.sqrt(tf.reduce_mean(y * y, axis=1, keepdims=True) + 1e-6)
    return tf.reduce_mean(x * x, axis=1)


def outputs(result):
    """Return what is compared between releases."""
    return {"mean squares": result}


def reference(**_with_xla):
    """Return the truth, in float64."""
    x, w = (array.astype("float64") for array in data())
    for layer in w:
        y = x @ layer
        y = y / (1 + np.exp(-y))
        x = x + y / np.sqrt((y * y).mean(axis=1, keepdims=True) + 1e-6)
    return {"mean squares": (x * x).mean(axis=1)}
