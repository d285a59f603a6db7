"""The cost of a call: a tiny layer by session, tf.function, eager, a Keras model and predict."""

import numpy as np
from _tensorflow import keras, session, tf, use_eager, v1

CASES = {mode: {"mode": mode} for mode in ("session", "function", "eager", "model", "predict")}
SINCE = {"session": "1.0", "function": "1.14", "eager": "1.7", "model": "1.14", "predict": "1.3"}
TAGS = ["graph", "eager", "keras", "inference"]
TOLERANCE = 1e-5
WIDTH = 8


def build(mode):
    """Return the step of one way to call the same layer."""
    makers = {maker.__name__: maker for maker in (function, eager, model, predict)}
    return makers.get(mode, in_session)(*arrays())


def arrays():
    """Return one sample, kernel and bias."""
    noise = np.random.RandomState(0)
    return [noise.normal(size=s).astype("float32") for s in ((1, WIDTH), (WIDTH, WIDTH), WIDTH)]


def layer(sample, kernel, bias):
    """Return what the layer answers."""
    return tf.nn.relu(tf.matmul(sample, kernel) + bias)


def in_session(sample, kernel, bias):
    """Feed and fetch by a session."""
    with tf.Graph().as_default() as graph:
        fed = v1.placeholder(tf.float32, sample.shape)
        answer = layer(fed, kernel, bias)
    run, feed = session(graph).run, {fed: sample}
    return lambda: run(answer, feed)


def function(sample, kernel, bias):
    """Call what tf.function traced."""
    use_eager()
    traced, given = tf.function(lambda x: layer(x, kernel, bias)), tf.constant(sample)
    return lambda: traced(given).numpy()


def eager(*values):
    """Run each of the three operations at once."""
    use_eager()
    tensors = [tf.constant(value) for value in values]
    return lambda: layer(*tensors).numpy()


def model(sample, kernel, bias):
    """Call a Keras model as a function."""
    use_eager()
    network, given = keras_model(kernel, bias), tf.constant(sample)
    return lambda: network(given).numpy()


def predict(sample, kernel, bias):
    """Ask a Keras model by predict, which is meant for many samples."""
    network = keras_model(kernel, bias)
    return lambda: network.predict(sample, verbose=0)


def keras_model(kernel, bias):
    """Return the layer as a Keras model."""
    k = keras()
    dense = k.layers.Dense(WIDTH, activation="relu", input_shape=(WIDTH,))
    network = k.models.Sequential([dense])
    network.set_weights([kernel, bias])
    return network


def outputs(result):
    """Return what is compared between releases."""
    return {"answer": result}


def reference(**_mode):
    """Return the truth, in float64."""
    sample, kernel, bias = [value.astype("float64") for value in arrays()]
    return {"answer": np.maximum(sample @ kernel + bias, 0)}
