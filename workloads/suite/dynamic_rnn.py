"""A recurrent cell over 20 steps: AutoGraph's tf.range loop, the same unrolled, v1's while_loop."""

import numpy as np
from _float64 import lstm_states
from _tensorflow import session, tf, use_eager, v1

CASES = {loop: {"loop": loop} for loop in ("autograph", "unrolled", "while_loop")}
SINCE = {"autograph": "1.14", "unrolled": "1.14", "while_loop": "1.0"}
TAGS = ["graph", "inference"]
TOLERANCE = 3e-4  # of single states, and some are close to zero
TIMES, BATCH, FEATURES, UNITS = 20, 16, 32, 64


def build(loop):
    """Return the step of one way to loop over the same cell."""
    return {"autograph": autograph, "unrolled": unrolled, "while_loop": while_loop}[loop]()


def arrays():
    """Return the inputs, time first, and the weights of the cell."""
    noise = np.random.RandomState(0)
    inputs = noise.normal(size=(TIMES, BATCH, FEATURES))
    kernel = noise.normal(scale=0.1, size=(FEATURES + UNITS, 4 * UNITS))
    return [value.astype("float32") for value in (inputs, kernel, noise.normal(size=4 * UNITS))]


def cell(now, hidden, carry, kernel, bias):
    """Return the next hidden state and carry of a long short-term memory."""
    # By hand: the cells of compat.v1 do not work from 2.16 on.
    gates = tf.matmul(tf.concat([now, hidden], 1), kernel) + bias
    enter, forget, new, leave = tf.split(gates, 4, 1)
    carry = tf.sigmoid(forget) * carry + tf.sigmoid(enter) * tf.tanh(new)
    return tf.sigmoid(leave) * tf.tanh(carry), carry


def autograph():
    """Write a loop over tensors and let AutoGraph make a graph of it."""
    use_eager()
    inputs, kernel, bias = [tf.constant(value) for value in arrays()]

    @tf.function
    def run(series):
        hidden = carry = tf.zeros([BATCH, UNITS])
        times = tf.shape(series)[0]
        states = tf.TensorArray(tf.float32, size=times)
        for time in tf.range(times):
            hidden, carry = cell(series[time], hidden, carry, kernel, bias)
            states = states.write(time, hidden)
        return states.stack()

    return lambda: run(inputs).numpy()


def unrolled():
    """Let a Python loop trace the cell once for each step."""
    use_eager()
    inputs, kernel, bias = [tf.constant(value) for value in arrays()]

    @tf.function
    def run(series):
        hidden = carry = tf.zeros([BATCH, UNITS])
        states = []
        for time in range(TIMES):
            hidden, carry = cell(series[time], hidden, carry, kernel, bias)
            states.append(hidden)
        return tf.stack(states)

    return lambda: run(inputs).numpy()


def while_loop():
    """Write the loop with v1's while_loop and run it in a session."""
    inputs, kernel, bias = arrays()
    with tf.Graph().as_default() as graph:
        fed = v1.placeholder(tf.float32, inputs.shape)
        series = tf.TensorArray(tf.float32, size=TIMES).unstack(fed)

        def body(time, hidden, carry, states):
            hidden, carry = cell(series.read(time), hidden, carry, kernel, bias)
            return time + 1, hidden, carry, states.write(time, hidden)

        zeros, empty = tf.zeros([BATCH, UNITS]), tf.TensorArray(tf.float32, size=TIMES)
        start = (tf.constant(0), zeros, zeros, empty)
        states = v1.while_loop(lambda time, *_: time < TIMES, body, start)[-1].stack()
    run, feed = session(graph).run, {fed: inputs}
    return lambda: run(states, feed)


def outputs(result):
    """Return what is compared: the first hidden state and the last, which all others lead to."""
    return {"first": result[0], "last": result[-1]}


def reference(**_loop):
    """Return the truth, in float64."""
    inputs, kernel, bias = [value.astype("float64") for value in arrays()]
    return outputs(lstm_states(inputs, kernel[:FEATURES], kernel[FEATURES:], bias))
