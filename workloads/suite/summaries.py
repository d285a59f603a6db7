"""What keeping watch costs in each step: events written for TensorBoard, Keras metrics added up."""

import os
import shutil
import tempfile
from itertools import count

import numpy as np
from _tensorflow import keras, need_tensorboard, scalars_in, session, tf, v1

CASES = {mode: {"mode": mode} for mode in ("eager", "graph", "metrics")}
SINCE = {"eager": "2.0", "graph": "1.0", "metrics": "2.0"}
TAGS = ["graph", "eager", "keras", "training"]
TOLERANCE = 1e-6
SCALARS, BATCHES, BATCH, CLASSES = 10, 10, 32, 10


def build(mode):
    """Return the step; it returns how to get at what it wrote down."""
    return {"eager": eager, "graph": graph, "metrics": metrics}[mode]()


def folder():
    """Return an empty folder; what the last case left there goes, so that little ever remains."""
    path = os.path.join(os.environ.get("KERAS_HOME", tempfile.gettempdir()), "tfperf-events")
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def values():
    """Return the scalars of a step, by name."""
    return {"loss-{}".format(place): 0.5**place for place in range(SCALARS)}


def eager():
    """Write scalars by tf.summary."""
    need_tensorboard()
    path, steps = folder(), count()
    writer = tf.summary.create_file_writer(path)
    scalars = {name: tf.constant(value) for name, value in values().items()}

    def step():
        number = next(steps)
        with writer.as_default():
            for name, value in scalars.items():
                tf.summary.scalar(name, value, step=number)
        writer.flush()
        return lambda: scalars_in(path)

    return step


def graph():
    """Write scalars that a session computed, as programs for 1.x do."""
    path, steps = folder(), count()
    with tf.Graph().as_default() as whole:
        scalars = {name: v1.placeholder(tf.float32, []) for name in values()}
        merged = v1.summary.merge([v1.summary.scalar(n, each) for n, each in scalars.items()])
        writer = v1.summary.FileWriter(path)
    run, feed = session(whole).run, {scalars[name]: value for name, value in values().items()}

    def step():
        writer.add_summary(run(merged, feed), next(steps))
        writer.flush()
        return lambda: scalars_in(path)

    return step


def batches():
    """Return losses, labels and answers of an epoch."""
    noise = np.random.RandomState(0)
    return [
        (
            noise.uniform(size=BATCH).astype("float32"),
            noise.randint(CLASSES, size=BATCH),
            noise.uniform(size=(BATCH, CLASSES)).astype("float32"),
        )
        for _ in range(BATCHES)
    ]


def metrics():
    """Add up a mean and an accuracy over an epoch."""
    mean, accuracy = keras().metrics.Mean(), keras().metrics.SparseCategoricalAccuracy()
    epoch = [[tf.constant(each) for each in batch] for batch in batches()]

    def step():
        for losses, labels, answers in epoch:
            mean.update_state(losses)
            accuracy.update_state(labels, answers)
        found = {"mean": float(mean.result()), "accuracy": float(accuracy.result())}
        return lambda: found

    return step


def outputs(result):
    """Return what was written down; files are read here, outside the timing of the step."""
    return result()


def reference(mode):
    """Return the truth, in float64."""
    if mode != "metrics":
        return values()
    losses, labels, answers = (np.concatenate(each) for each in zip(*batches()))
    return {
        "mean": losses.astype("float64").mean(),
        "accuracy": np.mean(answers.argmax(axis=1) == labels),
    }
