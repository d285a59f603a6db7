"""A training step with Keras's mixed-precision policies: on a CPU they are expected to be slower.

Half-precision products are emulated there, except by processors with instructions for them.
"""

import numpy as np
from _mlp import network, trained, weights
from _mnist import images_and_labels
from _tensorflow import keras, set_policy, tf

CASES = {p: {"policy": p} for p in ("float32", "mixed_bfloat16", "mixed_float16")}
SINCE = "2.1"
TAGS = ["keras", "training", "numeric"]
TOLERANCE = 0.02  # 8 bits of bfloat16 are 0.004 each time something is rounded
BATCH, RATE = 8, 0.1


def build(policy):
    """Return the step; it returns a loss, and how to get at the weights that it left."""
    set_policy(policy)
    images, labels = images_and_labels(BATCH)
    model, x, y = network(), tf.constant(images), tf.constant(labels)
    crossentropy = keras().losses.SparseCategoricalCrossentropy()

    @tf.function
    def traced():
        with tf.GradientTape() as tape:
            answer = tf.cast(model(x, training=True), tf.float32)  # a loss is not for 16 bits
            loss = crossentropy(y, answer)
        variables = model.trainable_variables
        for variable, slope in zip(variables, tape.gradient(loss, variables)):
            variable.assign_sub(RATE * slope)
        return loss

    return lambda: (traced().numpy(), lambda: model.get_weights()[2])


def way(kernel):
    """Return how far the weights of each digit went: single weights lose all digits in 16 bits."""
    return np.linalg.norm(kernel - weights()[2].astype("float64"), axis=0)


def outputs(result):
    """Return what is compared; the weights are fetched here, outside the timing of the step."""
    loss, kernel = result
    return {"loss": loss, "way": way(kernel())}


def reference(**_policy):
    """Return the truth, in float64."""
    images, labels = images_and_labels(BATCH)
    first = [value.astype("float64") for value in weights()]
    loss, after = trained(first, images.astype("float64"), labels, RATE)
    return {"loss": loss, "way": way(after[2])}
