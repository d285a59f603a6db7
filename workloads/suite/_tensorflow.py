"""Owns what differs between TensorFlow releases, so that workloads need not know."""

import functools
import os

import tensorflow as tf

v1 = getattr(getattr(tf, "compat", None), "v1", tf)  # 1.13 and later; tf itself before
_BEFORE_2 = tf.__version__.startswith("1.")


def config():
    """Return a session's configuration; before 1.15 no environment variable sets the threads."""
    threads = int(os.environ.get("TFPERF_THREADS", "0"))  # 0: as many as there are cores
    return v1.ConfigProto(
        intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads
    )


def session(graph):
    """Return a session that runs `graph`."""
    return v1.Session(graph=graph, config=config())


def use_eager():
    """Run operations at once, as 2.x does by itself (1.7 and later)."""
    # Not by asking tf.executing_eagerly(): up to 1.12 the question itself fixes the threads.
    if _BEFORE_2:
        v1.enable_eager_execution(config=config())


@functools.lru_cache(maxsize=None)  # a second session would know nothing of the first's weights
def keras():
    """Return Keras; a function, because many releases load it only when it is first touched."""
    library = getattr(tf, "keras", None) or tf.contrib.keras
    if _BEFORE_2:  # Keras runs in a session there
        backend = v1.keras.backend if hasattr(v1, "keras") else library.backend
        backend.set_session(v1.Session(config=config()))
    return library
