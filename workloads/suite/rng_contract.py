"""Which seeds give the same numbers in every release? numpy's do; of the others, some.

A difference is a fact and no bug: of most generators TensorFlow promises their distribution only.
Who needs the same numbers everywhere takes what is IDENTICAL here.
"""

import numpy as np
from _tensorflow import keras, named, session, set_seed, tf, use_eager

MODES = (
    "numpy",
    "graph_op_seed",
    "eager_op_seed",
    "eager_global_seed",
    "stateless",
    "philox",
    "dataset_shuffle",
    "glorot_seed",
    "glorot_global_seed",
    "glorot_keras_seed",
)
CASES = {mode: {"mode": mode} for mode in MODES}
SINCE = {
    "numpy": "1.0",
    "graph_op_seed": "1.0",
    "eager_op_seed": "1.7",
    "eager_global_seed": "1.7",
    "stateless": "1.13",
    "philox": "2.0",
    "dataset_shuffle": "2.0",
    "glorot_seed": "2.0",
    "glorot_global_seed": "2.0",
    "glorot_keras_seed": "2.7",
}
TAGS = ["numeric"]
METRICS = []  # the numbers are all that is asked for
TOLERANCE = 0
SEED, SHAPE = 1234, [8, 256]


def build(mode):
    """Return the step, which draws; the first draw is what is compared."""
    return globals()[mode]()


def numpy():
    """Draw by numpy: the control, which must never change."""
    noise = np.random.RandomState(SEED)
    return lambda: {"normal": noise.normal(size=SHAPE), "uniform": noise.uniform(size=SHAPE)}


def drawn():
    """Return what one draws by operations with a seed of their own."""
    random = {
        "normal": named("random.normal", "random_normal"),
        "uniform": named("random.uniform", "random_uniform"),
        "truncated_normal": named("random.truncated_normal", "truncated_normal"),
    }
    return {name: draw(SHAPE, seed=SEED) for name, draw in random.items()}


def graph_op_seed():
    """Draw in a graph by operations with a seed."""
    with tf.Graph().as_default() as graph:
        set_seed(SEED)
        fetched = drawn()
    run = session(graph).run
    return lambda: run(fetched)


def eager_op_seed():
    """Draw at once by operations with a seed."""
    use_eager()
    set_seed(SEED)
    return lambda: {name: tensor.numpy() for name, tensor in drawn().items()}


def eager_global_seed():
    """Draw at once, with the global seed alone."""
    use_eager()
    set_seed(SEED)
    normal = named("random.normal", "random_normal")
    return lambda: {"normal": normal(SHAPE).numpy()}


def stateless():
    """Draw by functions of the seed, which promise the same numbers on one kind of machine."""
    use_eager()
    return lambda: {
        "normal": tf.random.stateless_normal(SHAPE, seed=[SEED, 1]).numpy(),
        "uniform": tf.random.stateless_uniform(SHAPE, seed=[SEED, 1]).numpy(),
    }


def philox():
    """Draw from a generator whose algorithm is named, and so is promised."""
    make = named("random.Generator", "random.experimental.Generator").from_seed
    generator = make(SEED, alg=1)  # philox; 2.0 does not know its name
    return lambda: {
        "normal": generator.normal(SHAPE).numpy(),
        "uniform": generator.uniform(SHAPE).numpy(),
    }


def dataset_shuffle():
    """Shuffle a data set with a seed."""
    whole = tf.data.Dataset.range(64).shuffle(64, seed=SEED, reshuffle_each_iteration=False)
    return lambda: {"order": [int(each.numpy()) for each in whole]}


def glorot_seed():
    """Make weights by an initializer with a seed, twice."""
    initializer = keras().initializers.GlorotUniform(seed=SEED)
    return lambda: {name: np.asarray(initializer(SHAPE)) for name in ("first", "second")}


def glorot_global_seed():
    """Make weights under TensorFlow's seed: after 2.9, Keras asks Python's generator instead."""
    set_seed(SEED)
    return unseeded_weights()


def glorot_keras_seed():
    """Make weights under the seed of Keras, which sets those of Python and numpy too."""
    keras().utils.set_random_seed(SEED)
    return unseeded_weights()


def unseeded_weights():
    """Make weights by an initializer without a seed of its own."""
    initializer = keras().initializers.GlorotUniform()
    return lambda: {"first": np.asarray(initializer(SHAPE))}


def outputs(result):
    """Return what is compared; there is no truth about it."""
    return result
