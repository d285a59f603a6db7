"""One family of operations at a time: which of them got slower, and which now round differently."""

import numpy as np
from _tensorflow import compiled, tf, v1

CASES = {
    family: {"family": family}
    for family in ("elementwise", "fft", "flip", "matmul", "nan_inf", "reductions")
}
SINCE = dict(dict.fromkeys(CASES, "1.0"), fft="1.3")  # no FFT on a CPU before
TAGS = ["ops", "numeric", "inference"]
TOLERANCE = 1e-5  # most are off by 1e-6 at most, the Fourier transforms up to 2.9 by 5e-6
ROWS, COLUMNS, CHANNELS = 256, 512, 4


def build(family):
    """Return the step of one family, compiled into one graph."""
    return compiled(OPERATIONS[family], *data(family))


def data(family):
    """Return the arrays that the family works on."""
    noise = np.random.RandomState(0)
    # Nothing that cancels and no log(1): a relative difference would say nothing there.
    x = noise.uniform(1.5, 9.5, size=(ROWS, COLUMNS)).astype("float32")
    if family == "matmul":
        return [x, noise.uniform(size=(COLUMNS, 128)).astype("float32")]
    if family == "fft":
        return [chirps().astype("complex64")]
    if family == "nan_inf":
        x[::3, ::5], x[::7, ::11], x[::13, ::17] = np.nan, np.inf, -np.inf
    return [x]


def chirps():
    """Return rows of rising frequency: all values of their transforms are of one magnitude."""
    turns = np.outer(np.arange(1, 2 * ROWS, 2), np.arange(COLUMNS) ** 2) % (2 * COLUMNS)
    return np.exp(1j * np.pi * turns / COLUMNS)


# The names of 1.0, which v1 has in every release; beside each function, the same in numpy.
OPERATIONS = {
    "elementwise": lambda x: [tf.sqrt(x), tf.exp(x), v1.log(x), tf.sigmoid(x), tf.nn.softmax(x)],
    "fft": lambda x: [v1.fft(x), v1.ifft(x)],
    "flip": lambda x: [tf.reverse(x, [0]), tf.reverse(x, [1]), tf.image.flip_left_right(image(x))],
    "matmul": lambda x, y: [tf.matmul(x, y)],
    "nan_inf": lambda x: [v1.is_nan(x), v1.is_inf(x)],
    "reductions": lambda x: [
        tf.reduce_sum(x, 0),
        tf.reduce_sum(x, 1),
        tf.reduce_sum(x),
        tf.reduce_mean(x, 0),
        tf.reduce_max(x, 0),
        tf.reduce_logsumexp(x, 1),
    ],
}
TRUTHS = {
    "elementwise": lambda x: [np.sqrt(x), np.exp(x), np.log(x), 1 / (1 + np.exp(-x)), softmax(x)],
    "fft": lambda x: [np.fft.fft(x), np.fft.ifft(x)],
    "flip": lambda x: [x[::-1], x[:, ::-1], x.reshape(ROWS, -1, CHANNELS)[:, ::-1]],
    "matmul": lambda x, y: [x @ y],
    "nan_inf": lambda x: [np.isnan(x), np.isinf(x)],
    "reductions": lambda x: [
        x.sum(0),
        x.sum(1),
        x.sum(),
        x.mean(0),
        x.max(0),
        np.log(np.exp(x).sum(1)),
    ],
}


def image(x):
    """Return the matrix as an image of four channels."""
    return tf.reshape(x, [ROWS, -1, CHANNELS])


def softmax(x):
    """Return the shares of the exponentials in each row."""
    return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)


def outputs(results):
    """Return every result by its place."""
    return {"result {}".format(place): result for place, result in enumerate(results)}


def reference(family):
    """Return the truth, in float64."""
    wide = [array.astype("c16" if family == "fft" else "f8") for array in data(family)]
    return outputs(TRUTHS[family](*wide))
