"""A transformer block, attention by hand or by Keras's own layer: a forward and a training step."""

import numpy as np
from _float64 import in_float64, softmax
from _model_steps import CLASSES, drawn, fetched, forward, give, samples, training, truth
from _tensorflow import keras, tf

CASES = {
    "forward": {"mode": "forward", "attention": "by_hand"},
    "training": {"mode": "training", "attention": "by_hand"},
    "keras_forward": {"mode": "forward", "attention": "of_keras"},
    "keras_training": {"mode": "training", "attention": "of_keras"},
}
SINCE = {"forward": "1.14", "training": "1.14", "keras_forward": "2.4", "keras_training": "2.4"}
TAGS = ["keras", "training", "inference"]
TOLERANCE = 1e-5
BATCH, TOKENS, WIDTH, HEADS, EPSILON = 8, 32, 64, 4, 1e-3
EACH = WIDTH // HEADS


def build(mode, attention):
    """Return the step."""
    k = keras()
    inputs, labels = samples(BATCH, TOKENS, WIDTH)
    tokens = k.layers.Input((TOKENS, WIDTH))
    attended, projections = {"by_hand": by_hand, "of_keras": of_keras}[attention](tokens)
    norms = [k.layers.LayerNormalization(epsilon=EPSILON) for _ in range(2)]
    wide, narrow = k.layers.Dense(4 * WIDTH, activation="relu"), k.layers.Dense(WIDTH)
    classes = k.layers.Dense(CLASSES, activation="softmax")
    middle = norms[0](k.layers.Add()([tokens, attended]))
    block = norms[1](k.layers.Add()([middle, narrow(wide(middle))]))
    model = k.models.Model(tokens, classes(k.layers.GlobalAveragePooling1D()(block)))
    give([*projections, norms[0], wide, narrow, norms[1], classes], arranged(attention))
    return training(model, inputs, labels) if mode == "training" else forward(model, inputs)


def by_hand(tokens):
    """Return what four dense layers and plain operations attend to, and these layers."""
    k = keras()
    projections = [k.layers.Dense(WIDTH) for _ in range(4)]
    parts = [projection(tokens) for projection in projections[:3]]
    return projections[3](k.layers.Lambda(mixed)(parts)), projections


def mixed(parts):
    """Return the values, mixed by how well their keys fit the queries."""
    query, key, value = [
        tf.transpose(tf.reshape(part, [-1, TOKENS, HEADS, EACH]), [0, 2, 1, 3]) for part in parts
    ]
    fit = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) / EACH**0.5)
    heads = tf.transpose(tf.matmul(fit, value), [0, 2, 1, 3])
    return tf.reshape(heads, [-1, TOKENS, WIDTH])


def of_keras(tokens):
    """Return what Keras's layer attends to, and this layer."""
    layer = keras().layers.MultiHeadAttention(HEADS, EACH)
    return layer(tokens, tokens), [layer]


def weights():
    """Return the weights of the layers, the four of the attention first."""
    dense = [(WIDTH, WIDTH), (WIDTH,)]
    norm, wide = [(WIDTH,)] * 2, [(WIDTH, 4 * WIDTH), (4 * WIDTH,)]
    narrow, head = [(4 * WIDTH, WIDTH), (WIDTH,)], [(WIDTH, CLASSES), (CLASSES,)]
    return drawn(*[dense] * 4, norm, wide, narrow, norm, head)


def arranged(attention):
    """Return the weights as the layers want them: Keras's own has four projections by head."""
    w = weights()
    if attention == "by_hand":
        return w
    ways_in = [
        [kernel.reshape(WIDTH, HEADS, EACH), bias.reshape(HEADS, EACH)] for kernel, bias in w[:3]
    ]
    way_out = (w[3][0].reshape(HEADS, EACH, WIDTH), w[3][1])
    return [[value for pair in (*ways_in, way_out) for value in pair], *w[4:]]


outputs = fetched


def reference(mode, **_attention):
    """Return the truth in float64, which is the same for both kinds of attention."""
    inputs, labels = samples(BATCH, TOKENS, WIDTH)
    w = in_float64(weights())
    tokens = inputs.astype("float64")
    middle = normalized(tokens + attended(tokens, w[:4]), w[4])
    wide = np.maximum(middle @ w[5][0] + w[5][1], 0)
    block = normalized(middle + wide @ w[6][0] + w[6][1], w[7])
    return truth(mode, block.mean(axis=1), w[8], labels)


def attended(tokens, projections):
    """Return what self-attention makes of the tokens."""
    query, key, value = [
        (tokens @ kernel + bias).reshape(-1, TOKENS, HEADS, EACH).swapaxes(1, 2)
        for kernel, bias in projections[:3]
    ]
    heads = softmax(query @ key.swapaxes(2, 3) / EACH**0.5) @ value
    kernel, bias = projections[3]
    return heads.swapaxes(1, 2).reshape(-1, TOKENS, WIDTH) @ kernel + bias


def normalized(values, norm):
    """Return each token with mean 0 and variance 1, scaled and shifted."""
    scale, shift = norm
    centred = values - values.mean(axis=-1, keepdims=True)
    variance = (centred**2).mean(axis=-1, keepdims=True)
    return centred / np.sqrt(variance + EPSILON) * scale + shift
