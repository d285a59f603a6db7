"""Owns what workloads of a Keras model share: weights from numpy, a forward and a training step."""

import numpy as np
from _float64 import head_trained, softmax
from _tensorflow import keras, runs_keras_in_a_session, tf

RATE, CLASSES = 0.01, 10


def drawn(*layers):
    """Return float32 weights: a list of arrays for each layer, which is given by their shapes."""
    noise = np.random.RandomState(1)
    return [[_drawn(noise, shape).astype("float32") for shape in shapes] for shapes in layers]


def _drawn(noise, shape):
    if len(shape) == 1:  # a bias, a scale or a variance, which must be positive
        return noise.uniform(0.5, 1.0, size=shape)
    return noise.normal(scale=np.prod(shape[:-1]) ** -0.5, size=shape)  # keeps the size of inputs


def samples(count, *shape):
    """Return normal noise of the shape of `count` inputs, and their classes."""
    noise = np.random.RandomState(0)
    inputs = noise.normal(size=(count, *shape)).astype("float32")
    return inputs, noise.randint(CLASSES, size=count).astype("int32")


def give(layers, weights):
    """Give the weights, a list for each layer, to those of the layers that have any."""
    with_weights = [layer for layer in layers if layer.weights]
    if len(with_weights) != len(weights):
        raise ValueError(f"weights for {len(weights)} layers, but {len(with_weights)} have any")
    for layer, values in zip(with_weights, weights):
        layer.set_weights(values)


def forward(model, inputs):
    """Return a step that asks the model about one batch."""
    # Not predict(), whose own loop costs more than a small model.
    return lambda: {"answers": np.asarray(model.predict_on_batch(inputs))}


def training(model, inputs, labels):
    """Return a step that trains the model on one batch, by a graph in every release."""
    if runs_keras_in_a_session():
        # By position: the name of the learning rate changed.
        model.compile(keras().optimizers.SGD(RATE), "sparse_categorical_crossentropy")
        train, batch = model.train_on_batch, (inputs, labels)
    else:  # train_on_batch is eager in 2.0, and 2.16 traces it anew in each call
        train, batch = tf.function(descent(model, RATE)), (tf.constant(inputs), tf.constant(labels))
    # The last kernel: 1.8 may compute the slopes of others with weights already updated.
    kernel = {"kernel": lambda: model.layers[-1].get_weights()[0]}
    return lambda: dict(kernel, loss=float(train(*batch)))


def descent(model, rate):
    """Return a function that trains the model on one batch by a gradient tape (2.0 and later)."""
    sgd, crossentropy = keras().optimizers.SGD(rate), keras().losses.SparseCategoricalCrossentropy()

    def train(inputs, labels):
        with tf.GradientTape() as tape:
            loss = crossentropy(labels, model(inputs, training=True))
        slopes = tape.gradient(loss, model.trainable_variables)
        sgd.apply_gradients(zip(slopes, model.trainable_variables))
        return loss

    return train


def fetched(result):
    """Return what is compared; the weights are fetched here, outside the timing of the step."""
    return {name: value() if callable(value) else value for name, value in result.items()}


def truth(mode, last, head, labels):
    """Return the outputs of either step from what comes into the last layer, in float64."""
    if mode == "forward":
        return {"answers": softmax(last @ head[0] + head[1])}
    loss, kernel = head_trained(last, *head, labels, RATE)
    return {"loss": loss, "kernel": kernel}
