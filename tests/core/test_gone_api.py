"""Real messages of real releases, collected by running snippets under them, and what is said."""

import pytest

from bot.core.gone_api import framework_name, gone_api, public_name
from tests.core.runs import CANDIDATE, environment

SESSION = "AttributeError: module 'tensorflow' has no attribute 'Session'"
KERAS_2 = "; Keras 2 is there with the package tf_keras and TF_USE_LEGACY_KERAS=1"
GRAPHS = "tf.compat.v1.disable_eager_execution() brings them back"
EAGER = f" runs eagerly, this is code for graphs: {GRAPHS}"


@pytest.mark.parametrize(
    ("release", "message", "says"),
    [
        ("2.3.4", SESSION, "tf.Session is not in TensorFlow 2.3.4"),
        (
            "1.3.0",
            "AttributeError: module 'tensorflow' has no attribute 'data'",
            "tf.data is not in TensorFlow 1.3.0",
        ),
        (
            "1.3.0",
            "AttributeError: module 'tensorflow.python.util.compat' has no attribute 'v1'",
            "tf.compat.v1 is not in TensorFlow 1.3.0",
        ),
        (
            "1.3.0",
            "ModuleNotFoundError: No module named 'tensorflow.keras'",
            "tf.keras is not in TensorFlow 1.3.0",
        ),
        (
            "1.15.5",
            "AttributeError: module 'tensorflow._api.v1.random' has no attribute 'set_seed'",
            "tf.random.set_seed is not in TensorFlow 1.15.5",
        ),
        (
            "1.15.5",
            (
                "AttributeError: module 'tensorflow.python.keras.api._v1.keras.layers' has no"
                " attribute 'MultiHeadAttention'"
            ),
            "tf.keras.layers.MultiHeadAttention is not in TensorFlow 1.15.5",
        ),
        (
            "1.15.5",
            (
                "ImportError: cannot import name 'np_utils' from 'tensorflow.keras.utils'"
                " (/env/tensorflow_core/python/keras/api/_v1/keras/utils/__init__.py)"
            ),
            "tf.keras.utils.np_utils is not in TensorFlow 1.15.5",
        ),
        (
            "2.3.4",
            "ModuleNotFoundError: No module named 'tensorflow.contrib'",
            "tf.contrib is not in TensorFlow 2.3.4: it left with TensorFlow 2.0",
        ),
        (
            "2.3.4",
            "AttributeError: module 'tensorflow._api.v2.train' has no attribute 'AdamOptimizer'",
            "tf.train.AdamOptimizer is not in TensorFlow 2.3.4",
        ),
        (
            "2.3.4",
            "TypeError: reduce_sum() got an unexpected keyword argument 'keep_dims'",
            "reduce_sum() takes no keep_dims in TensorFlow 2.3.4: it is called keepdims",
        ),
        (
            "2.15.1",
            "TypeError: Got an unexpected keyword argument 'reduction_indices'",
            "what is called takes no reduction_indices in TensorFlow 2.15.1: it is called axis",
        ),
        (
            "2.3.4",
            "RuntimeError: tf.placeholder() is not compatible with eager execution.",
            f"TensorFlow 2.3.4{EAGER}",
        ),
        (
            "2.15.1",
            (
                "RuntimeError: `loss` passed to Optimizer.compute_gradients should be a function"
                " when eager execution is enabled."
            ),
            f"TensorFlow 2.15.1{EAGER}",
        ),
        (
            "2.15.1",
            "AttributeError: module 'keras.api._v2.keras.backend' has no attribute 'get_session'",
            "tf.keras.backend.get_session is not in TensorFlow 2.15.1",
        ),
        (
            "2.15.1",
            "AttributeError: 'Sequential' object has no attribute 'predict_classes'",
            (
                "Sequential.predict_classes is not in TensorFlow 2.15.1: np.argmax of predict()"
                " is the same"
            ),
        ),
        (
            "2.15.1",
            (
                "ValueError: decay is deprecated in the new Keras optimizer, please check the"
                " docstring for valid arguments, or use the legacy optimizer"
            ),
            "what is called takes no decay in TensorFlow 2.15.1",
        ),
        (
            "2.15.1",
            "AttributeError: module 'numpy' has no attribute 'float'.\n`np.float` was a deprecated",
            "np.float is not in the NumPy that TensorFlow 2.15.1 runs with here",
        ),
        (
            "2.16.2",
            "AttributeError: module 'tensorflow' has no attribute 'estimator'",
            "tf.estimator is not in TensorFlow 2.16.2: it left with TensorFlow 2.16",
        ),
        (
            "2.16.2",
            "AttributeError: module 'keras._tf_keras.keras.backend' has no attribute 'get_session'",
            "tf.keras.backend.get_session is not in TensorFlow 2.16.2",
        ),
        (
            "2.16.2",
            "AttributeError: `dense` is not available with Keras 3.",
            f"dense is not in Keras 3, which TensorFlow 2.16.2 has{KERAS_2}",
        ),
        (
            "2.21.0",
            "ImportError: `keras.optimizers.legacy` is not supported in Keras 3. When using",
            f"keras.optimizers.legacy is not in Keras 3, which TensorFlow 2.21.0 has{KERAS_2}",
        ),
        (
            "2.21.0",
            "ValueError: Argument(s) not recognized: {'lr': 0.1}",
            "what is called takes no lr in TensorFlow 2.21.0: it is called learning_rate",
        ),
        (
            "2.21.0",
            "ValueError: Unrecognized keyword arguments passed to Dense: {'weights': [1]}",
            "Dense() takes no weights in TensorFlow 2.21.0",
        ),
        (
            "2.21.0",
            "TypeError: TensorFlowTrainer.fit() got an unexpected keyword argument 'workers'",
            "TensorFlowTrainer.fit() takes no workers in TensorFlow 2.21.0",
        ),
        (
            "2.21.0",
            "AttributeError: module 'keras.mixed_precision' has no attribute 'experimental'",
            "tf.keras.mixed_precision.experimental is not in TensorFlow 2.21.0",
        ),
        (
            "2.21.0",
            "ValueError: Invalid filepath extension for saving. Please add either a `.keras`",
            (
                "Keras 3, which TensorFlow 2.21.0 has, saves .keras and .h5 files;"
                " model.export() writes a SavedModel"
            ),
        ),
        (
            "2.21.0",
            "ModuleNotFoundError: No module named 'matplotlib'",
            (
                'matplotlib is not installed in this environment: the key "with" of a version adds'
                " packages"
            ),
        ),
        (
            "1.3.0",  # on Python 3.6, which does not say from where
            (
                'File "a.py", line 2\n    from tensorflow.contrib.data import Iterator\n'
                "ImportError: cannot import name 'Iterator'"
            ),
            "tf.contrib.data.Iterator is not in TensorFlow 1.3.0: it left with TensorFlow 2.0",
        ),
    ],
)
def test_what_is_gone_is_named(release: str, message: str, says: str) -> None:
    assert gone_api(message, framework=f"TensorFlow {release}") == says


@pytest.mark.parametrize(
    "message",
    [
        "",
        "ZeroDivisionError: division by zero",
        "ValueError: Shape (2, 1) must have rank 0",
        "AttributeError: 'NoneType' object has no attribute 'shape'",
        "AttributeError: module 'mine' has no attribute 'helper'",
        "killed by SIGKILL in build",
        "OSError: SavedModel file does not exist at: /tmp/{saved_model.pbtxt|saved_model.pb}",
    ],
)
def test_of_other_failures_nothing_is_said(message: str) -> None:
    assert gone_api(message, framework="TensorFlow 2.3.4") is None


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("tensorflow", "tf"),
        ("tensorflow_core._api.v2.version", "tf.version"),
        ("tensorflow_core.python.keras.api._v2.keras.losses", "tf.keras.losses"),
        ("tensorflow.keras.layers", "tf.keras.layers"),
        ("keras", "tf.keras"),
        ("numpy.random", "np.random"),
        ("mine.own", "mine.own"),
    ],
)
def test_modules_are_named_as_people_name_them(module: str, name: str) -> None:
    assert public_name(module) == name


def test_the_release_is_named_as_people_name_it() -> None:
    candidate = environment("2.21.0", "candidate", CANDIDATE, package="tensorflow-cpu")
    assert framework_name(candidate) == "TensorFlow 2.21.0"
    assert framework_name(candidate.model_copy(update={"package": "torch"})) == "torch 2.21.0"
