"""Training and asking a 784-512-10 network on MNIST: the program that 1.x and 2.x are compared by.

Memory before training is the metric `import_rss`, after it `peak_rss`; what each step adds is
`rss_slope`. The counter `traces` tells how often train_on_batch traces for batches of other sizes.
"""

import numpy as np
from _mlp import network, probabilities, trained, weights
from _mnist import images_and_labels
from _model_steps import descent
from _tensorflow import keras, session, tf, train_in_order, v1

SINCE = {
    "fit": "1.3",
    "five_epochs": "1.3",
    "train_on_batch": "1.3",
    "evaluate": "1.3",
    "predict": "1.3",
    "predict_one": "1.3",
    "graph_step": "1.0",
    "train_step": "2.0",
}
CASES = {mode: {"mode": mode} for mode in SINCE}
CORE = ("fit", "predict_one", "graph_step", "train_step")
TAGS = {mode: ["keras", "training", "inference", "memory"] for mode in CASES}
TAGS.update({mode: ["core"] + TAGS[mode] for mode in CORE})
TOLERANCE = 1e-4
BATCH, RATE = 32, 0.01
EPOCHS = {"fit": 1, "five_epochs": 5}
SIZES = 8, 16, 24, 32  # of batches that change
IMAGES = {
    "fit": 4 * BATCH,
    "five_epochs": 8 * BATCH,
    "train_on_batch": sum(SIZES),
    "evaluate": 16 * BATCH,
    "predict": 16 * BATCH,
}


def build(mode):
    """Return the step; those that train return how to get at the weights they left."""
    images, labels = data(mode)
    keras_steps = (fit, five_epochs, train_on_batch, evaluate, predict, predict_one)
    make = {step.__name__: step for step in (*keras_steps, graph_step, train_step)}
    return make[mode](images, labels)


def data(mode):
    """Return the images and labels of one step."""
    return images_and_labels(IMAGES.get(mode, BATCH))


def compiled_network():
    """Return the Keras model, ready to be trained."""
    train_in_order()
    model = network()
    # By position: the name of the learning rate changed.
    model.compile(keras().optimizers.SGD(RATE), "sparse_categorical_crossentropy")
    return model


def fit(images, labels, epochs=EPOCHS["fit"]):
    """Train on a few batches by Keras fit."""
    model = compiled_network()

    def step():
        history = model.fit(images, labels, BATCH, epochs=epochs, shuffle=False, verbose=0)
        return {"loss": history.history["loss"], "kernel": lambda: model.get_weights()[2]}

    return step


def five_epochs(images, labels):
    """Train over the same images again and again, as tutorials do."""
    return fit(images, labels, EPOCHS["five_epochs"])


def train_on_batch(images, labels):
    """Train on batches of changing sizes, one call each."""
    model = compiled_network()
    batches = [(images[part], labels[part]) for part in parts(SIZES)]

    def step():
        for batch in batches:
            model.train_on_batch(*batch)
        # Not the loss: what it is the mean of changed with Keras 3.
        return {"kernel": lambda: model.get_weights()[2]}

    return step


def evaluate(images, labels):
    """Get the loss of many images by Keras evaluate."""
    model = compiled_network()
    return lambda: {"loss": model.evaluate(images, labels, BATCH, verbose=0)}


def predict(images, _labels):
    """Predict many images by Keras predict."""
    model = network()
    return lambda: {"probabilities": model.predict(images, BATCH, verbose=0)}


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
    train = tf.function(descent(model, RATE))
    return lambda: {"loss": train(x, y).numpy(), "kernel": lambda: model.get_weights()[2]}


def outputs(result):
    """Return what is compared; the weights are fetched here, outside the timing of the step."""
    return {name: value() if callable(value) else value for name, value in result.items()}


def reference(mode):
    """Return the truth, in float64."""
    images, labels = data(mode)
    images, w = images.astype("float64"), [value.astype("float64") for value in weights()]
    if mode in ("predict", "predict_one"):
        asked = images if mode == "predict" else images[:1]
        return {"probabilities": probabilities(w, asked)}
    if mode == "evaluate":
        return {"loss": trained(w, images, labels, RATE)[0]}
    epochs = EPOCHS.get(mode, 1)
    sizes = SIZES if mode == "train_on_batch" else [BATCH] * (len(images) // BATCH)
    losses = []
    for part in parts(sizes) * epochs:
        loss, w = trained(w, images[part], labels[part], RATE)
        losses.append(loss)
    kernel = {"kernel": w[2]}
    if mode == "train_on_batch":
        return kernel
    means = np.reshape(losses, (epochs, -1)).mean(axis=1)
    return dict(kernel, loss=means if mode in EPOCHS else means[0])


def parts(sizes):
    """Return the slices that cut images into batches of these sizes."""
    return [slice(end - size, end) for end, size in zip(np.cumsum(sizes), sizes)]
