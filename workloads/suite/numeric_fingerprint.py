"""The same operations on the same float32 numbers give other bits, seldom wrong ones."""

import math

import numpy as np
from _tensorflow import named, session, tf, v1

CASES = {
    name: {"group": name} for name in ("elementwise", "reductions", "products", "conv", "exact")
}
SINCE = "1.0"
TAGS = ["core", "numeric", "graph"]
# Most change by less than 1e-6. More: sigmoid from 1.14 to 2.9, 2e-6; sums, 1e-4 in 1.3. None is
# wrong, which a hundred tolerances would be.
TOLERANCE = 2e-6


def noise(*shape):
    """Return normal numbers, the same everywhere."""
    return np.random.RandomState(7).normal(size=shape).astype("float32")


def inputs():
    """Return the numbers that go in, by name."""
    x = noise(64, 512)
    # Sums of products are of positive numbers: what a cancellation leaves over has any error.
    odd = x[:8].copy()
    odd[1, ::7], odd[2, ::5], odd[3, ::3] = np.nan, np.inf, -np.inf
    return {
        "x": x,
        "positive": np.abs(x) + np.float32(0.001),
        "like": np.full((250, 250), 1.23456, "float32"),
        "right": np.abs(noise(512, 256)),
        "batch": np.abs(noise(3, 500, 8)),
        "images": np.abs(noise(2, 16, 16, 8)),
        "kernel": np.abs(noise(3, 3, 8, 16)),
        "odd": odd,
    }


def operations(group, of):
    """Return the tensors of one group, by name."""
    return {
        "elementwise": elementwise,
        "reductions": reductions,
        "products": products,
        "conv": conv,
        "exact": exact,
    }[group](of)


def elementwise(of):
    """Each element for itself: a polynomial, whose terms and order change with the compiler."""
    x, positive = of["x"], of["positive"]
    return {
        "sqrt": tf.sqrt(positive),
        "rsqrt": named("math.rsqrt", "rsqrt")(positive),
        "exp": tf.exp(x),
        "log": named("math.log", "log")(positive),
        "log1p": named("math.log1p", "log1p")(positive),
        "pow": tf.pow(positive, x),
        "tanh": tf.tanh(x),
        "sigmoid": tf.sigmoid(x),
        "erf": named("math.erf", "erf")(x),
        "sin": tf.sin(x),
    }


def reductions(of):
    """Sums, whose order changes with the width of the registers."""
    return {
        "softmax": tf.nn.softmax(of["x"]),
        "reduce_sum": tf.reduce_sum(of["like"]),
        "reduce_mean": tf.reduce_mean(of["positive"], 0),
        "reduce_max": tf.reduce_max(of["x"], 1),
        "cumsum": tf.cumsum(of["positive"], 1),
    }


def products(of):
    """Matrix products, from 2.9 on by oneDNN."""
    return {
        "matmul": tf.matmul(of["positive"], of["right"]),
        "bmm_transpose_a": tf.matmul(of["batch"], of["batch"], transpose_a=True),
    }


def conv(of):
    """A convolution of images."""
    return {
        "conv2d": tf.nn.conv2d(of["images"], of["kernel"], strides=[1, 1, 1, 1], padding="VALID")
    }


def exact(of):
    """What has no rounding and must never change."""
    return {
        "reverse": tf.reverse(of["x"], [1]),
        "is_nan": named("math.is_nan", "is_nan")(of["odd"]),
        "is_inf": named("math.is_inf", "is_inf")(of["odd"]),
        "relu": tf.nn.relu(of["x"]),
    }


def build(group):
    """Return a session's run of the group; the numbers are fed, or they would be folded."""
    given = inputs()
    with tf.Graph().as_default() as graph:
        of = {name: v1.placeholder(tf.float32, value.shape) for name, value in given.items()}
        fetched = operations(group, of)
    run, feed = session(graph).run, {of[name]: value for name, value in given.items()}
    return lambda: run(fetched, feed)


def outputs(result):
    """Return what is compared."""
    return result


def reference(group):
    """Return the truth, in float64."""
    of = {name: value.astype("float64") for name, value in inputs().items()}
    x, positive, batch, odd = of["x"], of["positive"], of["batch"], of["odd"]
    powers = np.exp(x - x.max(axis=1, keepdims=True))
    return {
        "elementwise": lambda: {
            "sqrt": np.sqrt(positive),
            "rsqrt": 1 / np.sqrt(positive),
            "exp": np.exp(x),
            "log": np.log(positive),
            "log1p": np.log1p(positive),
            "pow": positive**x,
            "tanh": np.tanh(x),
            "sigmoid": 1 / (1 + np.exp(-x)),
            "erf": np.vectorize(math.erf)(x),
            "sin": np.sin(x),
        },
        "reductions": lambda: {
            "softmax": powers / powers.sum(axis=1, keepdims=True),
            "reduce_sum": of["like"].sum(),
            "reduce_mean": positive.mean(axis=0),
            "reduce_max": x.max(axis=1),
            "cumsum": positive.cumsum(axis=1),
        },
        "products": lambda: {
            "matmul": positive @ of["right"],
            "bmm_transpose_a": batch.transpose(0, 2, 1) @ batch,
        },
        "conv": lambda: {"conv2d": convolved(of["images"], of["kernel"])},
        "exact": lambda: {
            "reverse": x[:, ::-1],
            "is_nan": np.isnan(odd),
            "is_inf": np.isinf(odd),
            "relu": np.maximum(x, 0),
        },
    }[group]()


def convolved(images, kernel):
    """Return the convolution without padding: one matrix product for each place in the kernel."""
    height, width = (images.shape[i + 1] - kernel.shape[i] + 1 for i in (0, 1))
    return sum(
        images[:, i : i + height, j : j + width] @ kernel[i, j]
        for i in range(kernel.shape[0])
        for j in range(kernel.shape[1])
    )
