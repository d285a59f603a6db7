"""An epoch over a tf.data pipeline: by a gradient tape under tf.function, and by Keras fit."""

import numpy as np
from _mlp import network, trained, weights
from _mnist import images_and_labels
from _model_steps import descent
from _tensorflow import keras, tf

CASES = {mode: {"mode": mode} for mode in ("tape", "tape_epoch", "fit")}
SINCE = {"tape": "2.0", "tape_epoch": "2.0", "fit": "1.14"}
TAGS = ["keras", "training", "data"]
TOLERANCE = 1e-4
BATCH, BATCHES, RATE = 32, 8, 0.01


def build(mode):
    """Return the step, one epoch; it returns the losses, and how to get at the weights."""
    return {"tape": tape, "tape_epoch": tape_epoch, "fit": fit}[mode](network(), pipeline())


def data():
    """Return the images, as bytes as they are stored, and the labels."""
    images, labels = images_and_labels(BATCH * BATCHES)
    return (images * 255).astype("uint8"), labels


def pipeline():
    """Return the pipeline: scale, batch and prefetch, in a fixed order."""
    samples = tf.data.Dataset.from_tensor_slices(data())
    scaled = samples.map(lambda image, label: (tf.cast(image, tf.float32) / 255.0, label))
    return scaled.batch(BATCH, drop_remainder=True).prefetch(2)


def tape(model, batches):
    """Loop over the batches in Python and call a traced training step."""
    train = tf.function(descent(model, RATE))

    def step():
        losses = [train(images, labels) for images, labels in batches]
        return {"loss": np.mean([loss.numpy() for loss in losses]), "kernel": kernel_of(model)}

    return step


def tape_epoch(model, batches):
    """Trace the whole epoch: AutoGraph turns the loop into a part of the graph."""
    train = descent(model, RATE)

    @tf.function
    def epoch():
        total = 0.0
        for images, labels in batches:
            total += train(images, labels)
        return total / BATCHES

    return lambda: {"loss": epoch().numpy(), "kernel": kernel_of(model)}


def fit(model, batches):
    """Give the pipeline to Keras fit."""
    model.compile(keras().optimizers.SGD(RATE), "sparse_categorical_crossentropy")

    def step():
        history = model.fit(batches, epochs=1, verbose=0)
        return {"loss": history.history["loss"][0], "kernel": kernel_of(model)}

    return step


def kernel_of(model):
    """Return a way to fetch the last kernel, outside the timing of the step."""
    return lambda: model.get_weights()[2]


def outputs(result):
    """Return what is compared between releases."""
    return {"loss": result["loss"], "kernel": result["kernel"]()}


def reference(**_mode):
    """Return the truth, in float64."""
    images, labels = data()
    images, losses = images / 255.0, []
    w = [value.astype("float64") for value in weights()]
    for start in range(0, len(images), BATCH):
        part = slice(start, start + BATCH)
        loss, w = trained(w, images[part], labels[part], RATE)
        losses.append(loss)
    return {"loss": np.mean(losses), "kernel": w[2]}
