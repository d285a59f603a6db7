"""Variables made and dropped in a loop: eager ones go, those of a graph stay with it.

The memory slope says so; Keras models were reported to leak from 2.11 on.
(https://github.com/keras-team/keras/issues/17458)
"""

import numpy as np
from _tensorflow import keras, session, tf, use_eager, v1

CASES = {mode: {"mode": mode} for mode in ("eager", "keras_model", "new_graph", "same_graph")}
SINCE = {"eager": "1.12", "keras_model": "1.1", "new_graph": "1.0", "same_graph": "1.0"}
TAGS = ["memory", "graph", "eager", "keras"]
# No times: what is added to one graph makes each call slower than the one before, and the number
# of calls differs between processes. So does the peak then; what a call adds does not.
METRICS = {
    "eager": ["peak_rss", "rss_slope"],
    "keras_model": ["rss_slope"],
    "new_graph": ["peak_rss", "rss_slope"],
    "same_graph": ["rss_slope"],
}
TOLERANCE = 1e-6
COUNT, SIZE = 2, 64


def build(mode):
    """Return the step: it makes the same variables every time, uses them, and keeps none."""
    return {
        "eager": eager,
        "keras_model": keras_model,
        "new_graph": new_graph,
        "same_graph": same_graph,
    }[mode]()


def values():
    """Return what the variables start with."""
    noise = np.random.RandomState(0)
    return [noise.uniform(size=(SIZE, SIZE)).astype("float32") for _ in range(COUNT)]


def eager():
    """Make variables of eager mode, one after the other."""
    use_eager()
    numbers = values()
    return lambda: sum(tf.reduce_sum(tf.Variable(each)).numpy() for each in numbers)


def keras_model():
    """Make a small Keras model; up to 1.15 all of them share one graph."""
    k, numbers = keras(), values()

    def step():
        layers = [k.layers.Dense(SIZE, use_bias=False, input_shape=(SIZE,)) for _ in numbers]
        model = k.models.Sequential(layers)
        model.set_weights(numbers)
        return sum(kernel.sum() for kernel in model.get_weights())

    return step


def new_graph():
    """Make a graph and a session each time, as programs did that let go of their variables."""
    numbers = values()

    def step():
        with tf.Graph().as_default() as graph:
            total, start = in_graph(numbers)
        with session(graph) as opened:
            opened.run(start)
            return opened.run(total)

    return step


def same_graph():
    """Add to one graph each time, as programs did by mistake."""
    numbers = values()
    graph = tf.Graph()
    run = session(graph).run

    def step():
        with graph.as_default():
            total, start = in_graph(numbers)
        run(start)
        return run(total)

    return step


def in_graph(numbers):
    """Add variables to the graph; return their sum, and what initialises these alone."""
    variables = [v1.Variable(each, collections=[]) for each in numbers]
    total = tf.add_n([tf.reduce_sum(each) for each in variables])
    return total, v1.variables_initializer(variables)


def outputs(result):
    """Return what is compared between releases."""
    return {"sum": result}


def reference(**_mode):
    """Return the truth, in float64."""
    return {"sum": np.sum(values(), dtype="float64")}
