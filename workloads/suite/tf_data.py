"""tf.data pipelines: shuffle and cache were reported 35 % slower in 2.4 and again in 2.7.

(https://github.com/tensorflow/tensorflow/issues/60822) A step is an epoch's worth of batches out of
a pipeline that goes on. Only `short_epochs` starts and ends an iterator each time: from 2.9 on, if
not before, the end often waits 20 ms for the thread that tunes the pipeline.
"""

import numpy as np
from _tensorflow import dataset, elements, epoch, tf

CASES = {
    pipeline: {"pipeline": pipeline}
    for pipeline in (
        "from_generator",
        "map_batch_prefetch",
        "parallel_map",
        "short_epochs",
        "shuffle_cache",
    )
}
SINCE = dict(dict.fromkeys(CASES, "1.4"), short_epochs="1.2", shuffle_cache="1.3")
TAGS = {pipeline: ["data"] for pipeline in CASES}
TAGS["map_batch_prefetch"] = ["core", "data"]
TOLERANCE = 1e-6
ROWS, WIDTH, BATCH = 512, 64, 32


def build(pipeline):
    """Return the step: as many batches as an epoch has."""
    made = PIPELINES[pipeline]
    if pipeline == "short_epochs":
        return epoch(lambda: made(data()))
    return elements(lambda: made(data()).repeat(), ROWS // BATCH)


def data():
    """Return the rows that the pipelines read."""
    return np.random.RandomState(0).uniform(size=(ROWS, WIDTH)).astype("float32")


def scaled(row):
    """Return the row with a mean square of 1: a map of a few small operations."""
    return row / tf.sqrt(tf.reduce_mean(row * row))


# The arguments of 1.4, which every later release takes.
PIPELINES = {
    "from_generator": lambda rows: (
        dataset().from_generator(lambda: iter(rows), tf.float32, [WIDTH]).batch(BATCH)
    ),
    "map_batch_prefetch": lambda rows: sliced(rows).map(scaled).batch(BATCH).prefetch(2),
    "parallel_map": lambda rows: sliced(rows).map(scaled, num_parallel_calls=2).batch(BATCH),
    "short_epochs": lambda rows: sliced(rows).batch(BATCH),
    "shuffle_cache": lambda rows: sliced(rows).cache().shuffle(ROWS, seed=0).batch(BATCH),
}


def sliced(rows):
    """Return the dataset of single rows."""
    return dataset().from_tensor_slices(rows)


def outputs(batches):
    """Return all rows, sorted: the order of a shuffle is no promise between releases."""
    rows = np.concatenate(batches)
    return {"rows": rows[np.argsort(rows[:, 0])]}


def reference(pipeline):
    """Return the truth, in float64."""
    rows = data().astype("float64")
    if "map" in pipeline:
        rows = rows / np.sqrt(np.mean(rows * rows, axis=1, keepdims=True))
    return outputs([rows])
