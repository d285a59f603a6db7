"""Owns why code fails in a release: which name, argument or way of working is not there.

It reads what the frameworks and Python say in such a case; the messages in the tests are real ones.
"""

import re
from collections.abc import Callable

from bot.core.plan import Environment
from bot.core.releases import PACKAGES

_INTERNALS = re.compile(
    r"^(?:tensorflow_core|tensorflow|keras)(?:\.python)?(?:\.keras)?"
    r"(?:\.api|\._api)?(?:\._?v[12])?(?:\._tf_keras)?(?:\.keras)?"
)
_LEFT = {
    "tf.contrib": "it left with TensorFlow 2.0",
    "tf.estimator": "it left with TensorFlow 2.16",
    "tf.keras.optimizers.legacy": "2.9 to 2.15 have it",
    "tf.keras.wrappers": "the package scikeras took its place",
    "tf.keras.layers.experimental": "its layers are in tf.keras.layers",
    "tf.examples": "the tutorials' data sets are in tf.keras.datasets",
}
_RENAMED = {
    "lr": "learning_rate",
    "keep_dims": "keepdims",
    "reduction_indices": "axis",
}
_METHODS = {
    "fit_generator": "fit() takes generators",
    "evaluate_generator": "evaluate() takes generators",
    "predict_generator": "predict() takes generators",
    "predict_classes": "np.argmax of predict() is the same",
    "predict_proba": "predict() is the same",
    "output_shape": "layer.output.shape is the same",
    "input_shape": "layer.input.shape is the same",
}
_LEGACY_KERAS = "Keras 2 is there with the package tf_keras and TF_USE_LEGACY_KERAS=1"


def gone_api(said: str, *, framework: str) -> str | None:
    """Say which API is gone, or changed, in a release; None where that is not what is said.

    `framework` names the release, for example TensorFlow 2.3.4.
    """
    for pattern, tell in _RULES:
        if match := pattern.search(said):
            return tell(match, framework)
    return None


def framework_name(environment: Environment) -> str:
    """Name the framework of an environment in a sentence."""
    name = "TensorFlow" if environment.package in PACKAGES else environment.package
    return f"{name} {environment.release}"


def public_name(module: str) -> str:
    """Write the name of a module as people write it: `tensorflow._api.v2.train` is `tf.train`."""
    root = module.partition(".")[0]
    if root == "numpy":
        return "np" + module.removeprefix("numpy")
    prefix = _INTERNALS.match(module)
    if prefix is None:
        return module
    rest = module[prefix.end() :].strip(".")
    rest = rest.removeprefix("util.") if module == "tensorflow.python.util.compat" else rest
    is_keras = root == "keras" or ".keras" in prefix[0]
    return ".".join(filter(None, ("tf", "keras" if is_keras else "", rest)))


def _is_not_in(name: str, framework: str) -> str:
    hint = next((text for gone, text in _LEFT.items() if f"{name}.".startswith(f"{gone}.")), None)
    return f"{name} is not in {framework}" + (f": {hint}" if hint else "")


def _attribute(match: re.Match[str], framework: str) -> str:
    name = f"{public_name(match['module'])}.{match['name']}"
    if name.startswith("np."):
        return f"{name} is not in the NumPy that {framework} runs with here"
    return _is_not_in(name, framework)


def _imported(match: re.Match[str], framework: str) -> str:
    return _is_not_in(f"{public_name(match['module'])}.{match['name']}", framework)


def _module(match: re.Match[str], framework: str) -> str:
    name = match["module"]
    if name.startswith("tensorflow.python."):
        return f"{name} is not in {framework}: nothing below tensorflow.python is public"
    return _is_not_in(public_name(name), framework)


def _package(match: re.Match[str], _framework: str) -> str:
    name = match["module"].partition(".")[0]
    return f'{name} is not installed in this environment: the key "with" of a version adds packages'


def _argument(match: re.Match[str], framework: str) -> str:
    function = match["function"]
    who = f"{function}()" if function else "what is called"
    return f"{who} takes no {match['name']} in {framework}{_renamed(match['name'])}"


def _renamed(name: str) -> str:
    return f": it is called {_RENAMED[name]}" if name in _RENAMED else ""


def _method(match: re.Match[str], framework: str) -> str:
    name = match["name"]
    return f"{match['kind']}.{name} is not in {framework}: {_METHODS[name]}"


def _keras_3(match: re.Match[str], framework: str) -> str:
    return f"{match['name']} is not in Keras 3, which {framework} has; {_LEGACY_KERAS}"


def _says(text: str) -> Callable[[re.Match[str], str], str]:
    return lambda _, framework: text.format(framework=framework)


_OURS = r"(?P<module>(?:tensorflow|tensorflow_core|keras|numpy)(?:\.\w+)*)"
_UNEXPECTED = (
    r"(?:(?P<function>[A-Za-z_][\w.]*)\(\) )?"
    r"[gG]ot an unexpected keyword argument '(?P<name>\w+)'"
)
_RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str], str]], ...] = tuple(
    (re.compile(pattern), tell)
    for pattern, tell in (
        (r"`(?P<name>[\w.]+)` is not (?:available with|supported in) Keras 3", _keras_3),
        (rf"module '{_OURS}' has no attribute '(?P<name>\w+)'", _attribute),
        (rf"cannot import name '(?P<name>\w+)' from '{_OURS}'", _imported),
        # Before Python 3.7 the message does not say from where; the line of the traceback does.
        (
            rf"from {_OURS} import [^\n]*\n(?:[^\n]*\n)??[^\n]*cannot import name '(?P<name>\w+)'",
            _imported,
        ),
        (r"No module named '(?P<module>(?:tensorflow|tensorflow_core)\.[\w.]+)'", _module),
        (r"No module named '(?P<module>\w[\w.]*)'", _package),
        (
            _UNEXPECTED,
            _argument,
        ),
        (
            r"(?P<function>)Argument\(s\) not recognized: \{'(?P<name>\w+)'",
            _argument,
        ),
        (
            r"Unrecognized keyword arguments passed to (?P<function>\w+): \{'(?P<name>\w+)'",
            _argument,
        ),
        (
            r"(?P<function>)(?P<name>\w+) is deprecated in the new Keras optimizer",
            _argument,
        ),
        (rf"'(?P<kind>\w+)' object has no attribute '(?P<name>{'|'.join(_METHODS)})'", _method),
        (
            r"(?:not compatible with|not supported when|function when) eager execution",
            _says(
                "{framework} runs eagerly, this is code for graphs:"
                " tf.compat.v1.disable_eager_execution() brings them back"
            ),
        ),
        (
            r"A KerasTensor cannot be used as input to a TensorFlow function",
            _says("Keras 3, which {framework} has, takes functions of keras.ops on its tensors"),
        ),
        (
            r"Invalid filepath extension for saving",
            _says(
                "Keras 3, which {framework} has, saves .keras and .h5 files;"
                " model.export() writes a SavedModel"
            ),
        ),
        (
            r"File format not supported: filepath=",
            _says("Keras 3, which {framework} has, loads .keras and .h5 files, no SavedModel"),
        ),
    )
)
