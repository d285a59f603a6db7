"""Owns the functions that every benchmark with a known slowdown times, in any tool.

`BENCH_EXTRA_WORK=0.05` makes each of them do 5 % more of the same work, exactly: 42 training steps
instead of 40. What is around the work (one call into TensorFlow, fetching one number) stays.
"""

import os

import numpy as np

MLP_STEPS, CONV_PASSES, EAGER_TERMS = 40, 100, 400
"""Multiples of 20, so that 5 % of each is a whole number; 5 to 30 ms a call on one core."""

ROUNDING = 1e-6


def amount(base):
    """How often the work is done in one call; a fraction of it cannot be done."""
    asked = base * (1 + float(os.environ.get("BENCH_EXTRA_WORK", "0")))
    whole = round(asked)
    if abs(asked - whole) > ROUNDING:
        raise ValueError(f"BENCH_EXTRA_WORK makes {asked} of {base}: not a whole number")
    return whole


def mlp():
    """Train 784-512-10 on batches of 32 in one graph."""
    import tensorflow as tf

    random = np.random.RandomState(0)
    images = tf.constant(random.uniform(size=(32, 784)).astype("float32"))
    digits = tf.constant(random.randint(10, size=32))
    hidden = tf.Variable((0.05 * random.normal(size=(784, 512))).astype("float32"))
    output = tf.Variable((0.05 * random.normal(size=(512, 10))).astype("float32"))

    def loss_of(images, digits):
        logits = tf.nn.relu(images @ hidden) @ output
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=digits, logits=logits)
        return tf.reduce_mean(losses)

    @tf.function
    def train(images, digits, steps):
        loss = tf.constant(0.0)
        for _ in tf.range(steps):
            with tf.GradientTape() as tape:
                loss = loss_of(images, digits)
            of_hidden, of_output = tape.gradient(loss, (hidden, output))
            hidden.assign_sub(0.01 * of_hidden)
            output.assign_sub(0.01 * of_output)
        return loss

    steps = tf.constant(amount(MLP_STEPS))  # an argument: a number would be unrolled or folded
    return lambda: float(train(images, digits, steps))


def conv():
    """Pass batches of images through two convolutions in one graph."""
    import tensorflow as tf

    random = np.random.RandomState(1)
    images = tf.constant(random.uniform(size=(4, 8, 28, 28, 1)).astype("float32"))
    first = tf.constant((0.1 * random.normal(size=(3, 3, 1, 16))).astype("float32"))
    second = tf.constant((0.1 * random.normal(size=(3, 3, 16, 32))).astype("float32"))

    @tf.function
    def forward(images, first, second, passes):
        total = tf.constant(0.0)
        for number in tf.range(passes):  # other images each time: nothing moves out of the loop
            shown = tf.nn.relu(tf.nn.conv2d(images[number % 4], first, 1, "SAME"))
            shown = tf.nn.relu(
                tf.nn.conv2d(tf.nn.max_pool2d(shown, 2, 2, "SAME"), second, 1, "SAME")
            )
            total += tf.reduce_mean(shown)
        return total

    passes = tf.constant(amount(CONV_PASSES))
    return lambda: float(forward(images, first, second, passes))


def eager():
    """Add up a series, one small operation after the other."""
    import tensorflow as tf

    start, ratio = tf.constant(1.0), tf.constant(0.5)
    terms = amount(EAGER_TERMS)

    def series():
        total, term = start, start
        for _ in range(terms):
            term = term * ratio
            total = total + term
        return float(total)

    return series


STEPS = {"mlp": mlp, "conv": conv, "eager": eager}
