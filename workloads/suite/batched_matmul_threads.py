"""A batched product of a matrix with itself, transposed, is garbage in 2.13 on AVX-512 machines.

https://github.com/tensorflow/tensorflow/issues/61510: from four threads on, in 2.13.0 and 2.13.1.
"""

import os
import warnings

import numpy as np
from _tensorflow import session, tf, use_eager, use_threads, v1

CASES = {"eager": {"mode": "eager"}, "graph": {"mode": "graph"}}
SINCE = {"eager": "1.7", "graph": "1.0"}
TAGS = ["numeric", "ops"]
METRICS = []  # with more threads than many machines have cores, only the numbers mean something
TOLERANCE = 1e-4
THREADS, COPIES = 4, 3


def columns():
    """Return 5000 rows: one, and two normal numbers."""
    noise = np.random.RandomState(0)
    return np.stack([np.ones(5000), noise.normal(size=5000), noise.normal(size=5000)], 1).astype(
        "float32"
    )


def build(mode):
    """Return the product of one way, always on four threads."""
    if not has_avx512():
        warnings.warn(
            "this processor has no AVX-512: what is wrong in 2.13 cannot show here", stacklevel=1
        )
    use_threads(THREADS)
    return {"eager": eager, "graph": graph}[mode](columns())


def has_avx512():
    """Tell whether Linux says so."""
    if not os.path.exists("/proc/cpuinfo"):
        return False
    with open("/proc/cpuinfo") as cpuinfo:
        return "avx512f" in cpuinfo.read()


def product(x):
    """Return the product, the way the issue has it."""
    batch = tf.stack([x] * COPIES)
    return tf.matmul(batch, batch, transpose_a=True)


def eager(x):
    """Run each operation at once."""
    use_eager()
    constant = tf.constant(x)
    return lambda: product(constant).numpy()


def graph(x):
    """Run a graph in a session."""
    with tf.Graph().as_default() as whole:
        fed = v1.placeholder(tf.float32, x.shape)
        total = product(fed)
    run = session(whole).run
    return lambda: run(total, {fed: x})


def outputs(result):
    """Return what is compared between releases."""
    return {"product": result}


def reference(**_mode):
    """Return the truth, in float64."""
    x = columns().astype("float64")
    return {"product": np.stack([x.T @ x] * COPIES)}
