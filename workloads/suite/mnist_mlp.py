"""A 784-512-10 network on MNIST: Keras fit and predict, a step in a session, a traced step."""

import numpy as np
from _mlp import network, probabilities, trained, weights
from _mnist import images_and_labels
from _tensorflow import keras, session, tf, v1

CASES = {m: {"mode": m} for m in ("fit", "predict_one", "graph_step", "train_step")}
# 1.3 may train the first layer through a second one already updated: its fit is not deterministic.
SINCE = {"fit": "1.3", "predict_one": "1.3", "graph_step": "1.0", "train_step": "2.0"}
TOLERANCE = 1e-4
BATCH, BATCHES_OF_FIT, RATE = 32, 4, 0.01


def build(mode):
    """Return the step; each returns a loss, and how to get at the weights that it left."""
    images, labels = data(mode)
    make = {step.__name__: step for step in (fit, predict_one, graph_step, train_step)}
    return make[mode](images, labels)


def data(mode):
    """Return the images and labels of one step."""
    return images_and_labels(BATCH * (BATCHES_OF_FIT if mode == "fit" else 1))


def fit(images, labels):
    """Train on a few batches by Keras fit."""
    model = network()
    # By position: the name of the learning rate changed.
    model.compile(keras().optimizers.SGD(RATE), "sparse_categorical_crossentropy")

    def step():
        history = model.fit(images, labels, BATCH, epochs=1, shuffle=False, verbose=0)
        return {"loss": history.history["loss"][0], "kernel": lambda: model.get_weights()[2]}

    return step


def predict_one(images, _labels):
    """Predict one image by Keras predict."""
    model, one = network(), images[:1]
    return lambda: {"probabilities": model.predict(one, verbose=0)}


def graph_step(images, labels):
    """Train on one batch by a graph in a session."""
    with tf.Graph().as_default() as graph:
        x, y = v1.placeholder(tf.float32, images.shape), v1.placeholder(tf.int32, labels.shape)
        w = [v1.Variable(value) for value in weights()]
        logits = tf.matmul(tf.nn.relu(tf.matmul(x, w[0]) + w[1]), w[2]) + w[3]
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=logits)
        loss = tf.reduce_mean(losses)
        train = v1.train.GradientDescentOptimizer(RATE).minimize(loss)
        start = v1.global_variables_initializer()
    run = session(graph).run
    run(start)
    feed = {x: images, y: labels}
    return lambda: {"loss": run([loss, train], feed)[0], "kernel": lambda: run(w[2])}


def train_step(images, labels):
    """Train a Keras model on one batch by a gradient tape under tf.function."""
    model, x, y = network(), tf.constant(images), tf.constant(labels)
    sgd, crossentropy = keras().optimizers.SGD(RATE), keras().losses.SparseCategoricalCrossentropy()

    @tf.function
    def traced():
        with tf.GradientTape() as tape:
            loss = crossentropy(y, model(x, training=True))
        slopes = tape.gradient(loss, model.trainable_variables)
        sgd.apply_gradients(zip(slopes, model.trainable_variables))
        return loss

    return lambda: {"loss": traced().numpy(), "kernel": lambda: model.get_weights()[2]}


def outputs(result):
    """Return what is compared; the weights are fetched here, outside the timing of the step."""
    return {name: value() if callable(value) else value for name, value in result.items()}


def reference(mode):
    """Return the truth, in float64."""
    images, labels = data(mode)
    w, losses = [value.astype("float64") for value in weights()], []
    if mode == "predict_one":
        return {"probabilities": probabilities(w, images[:1].astype("float64"))}
    for start in range(0, len(images), BATCH):
        part = slice(start, start + BATCH)
        loss, w = trained(w, images[part].astype("float64"), labels[part], RATE)
        losses.append(loss)
    return {"loss": np.mean(losses), "kernel": w[2]}
