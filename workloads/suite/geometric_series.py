"""1 + 1/2 + 1/4 + ... + 1/2^50, one division and one addition a term: what small ops cost."""

import numpy as np
from _tensorflow import session, tf, use_eager, v1

CASES = {mode: {"mode": mode} for mode in ("eager", "function", "graph")}
SINCE = {"eager": "1.7", "function": "1.14", "graph": "1.0"}
TAGS = ["core", "graph", "eager", "ops"]
TOLERANCE = 1e-6
TERMS = 50


def series(one):
    """Return the sum, the way one writes it down."""
    total = power = one
    for _ in range(TERMS):
        power = power / 2.0
        total = total + power
    return total


def build(mode):
    """Return the step of one way to run the same lines."""
    return {"eager": eager, "function": function, "graph": graph}[mode]()


def eager():
    """Run each operation at once."""
    use_eager()
    return lambda: series(tf.constant(1.0)).numpy()


def function():
    """Run what tf.function traced."""
    use_eager()
    traced = tf.function(series)
    one = tf.constant(1.0)  # an argument: a series of constants would be folded into its sum
    return lambda: traced(one).numpy()


def graph():
    """Run a graph in a session."""
    with tf.Graph().as_default() as whole:
        one = v1.placeholder(tf.float32, [])
        total = series(one)
    run = session(whole).run
    return lambda: run(total, {one: 1.0})


def outputs(result):
    """Return what is compared between releases."""
    return {"sum": result}


def reference(**_mode):
    """Return the truth, in float64."""
    return {"sum": np.sum(0.5 ** np.arange(TERMS + 1.0))}
