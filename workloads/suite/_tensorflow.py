"""Owns what differs between TensorFlow releases, so that workloads need not know."""

import contextlib
import functools
import importlib.util
import inspect
import os
import sys
import warnings
from unittest import SkipTest

import tensorflow as tf

v1 = getattr(getattr(tf, "compat", None), "v1", tf)  # 1.13 and later; tf itself before
_BEFORE_2 = tf.__version__.startswith("1.")


def named(*names):
    """Return what TensorFlow calls by one of these names, the newest first: `math.erf`, `erf`."""
    for name in names:
        found = tf
        for part in name.split("."):
            found = getattr(found, part, None)
        if found is not None:
            return found
    raise AttributeError("TensorFlow " + tf.__version__ + " has none of " + ", ".join(names))


def set_seed(seed):
    """Set the seed of the graph, or of eager operations."""
    named("random.set_seed", "set_random_seed")(seed)


def use_threads(count):
    """Use so many threads for operations, whatever the run's number is; before anything ran."""
    # Every release since 1.15 reads the variable, and config() serves those before.
    os.environ["TFPERF_THREADS"] = os.environ["TF_NUM_INTRAOP_THREADS"] = str(count)


def config():
    """Return a session's configuration; before 1.15 no environment variable sets the threads."""
    threads = int(os.environ.get("TFPERF_THREADS", "0"))  # 0: as many as there are cores
    return v1.ConfigProto(
        intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads
    )


def session(graph):
    """Return a session that runs `graph`."""
    return v1.Session(graph=graph, config=config())


def use_eager():
    """Run operations at once, as 2.x does by itself (1.7 and later)."""
    # Not by asking tf.executing_eagerly(): up to 1.12 the question itself fixes the threads.
    if _BEFORE_2:
        v1.enable_eager_execution(config=config())


@functools.lru_cache(maxsize=None)  # a second session would know nothing of the first's weights
def keras():
    """Return Keras; a function, because many releases load it only when it is first touched."""
    library = getattr(tf, "keras", None) or tf.contrib.keras
    if _BEFORE_2:  # Keras runs in a session there
        backend = v1.keras.backend if hasattr(v1, "keras") else library.backend
        backend.set_session(v1.Session(config=config()))
    return library


def train_in_order():
    """Use one thread where Keras trains in no fixed order; before it is first asked for.

    Up to 1.8, but not in 1.11, weights may be updated before the slopes of others are computed
    with them: on two threads, results differ from process to process.
    """
    if _minor(tf.__version__) >= [1, 11] or os.environ.get("TFPERF_THREADS") == "1":
        return
    use_threads(1)
    warnings.warn(
        "TensorFlow {} trains on one thread here: on more, Keras's results differ from process "
        "to process".format(tf.__version__),
        stacklevel=1,
    )


def runs_keras_in_a_session():
    """Return whether Keras makes a graph of all it does, as in 1.x."""
    return _BEFORE_2


def compiled(function, *arrays):
    """Return a callable that runs `function` of tensors and returns a list of arrays.

    `function` returns a list of tensors; it runs as a graph everywhere: in a session before 2.0,
    where the arrays are fed, and as a tf.function from then on.
    """
    if not _BEFORE_2:
        traced, tensors = tf.function(function), [tf.constant(array) for array in arrays]
        return lambda: [result.numpy() for result in traced(*tensors)]
    with tf.Graph().as_default() as graph:
        inputs = [tf.placeholder(array.dtype, array.shape) for array in arrays]
        results = function(*inputs)
    run, feed = session(graph).run, dict(zip(inputs, arrays))
    return lambda: run(results, feed)


def dataset():
    """Return the class of tf.data; in contrib before 1.4."""
    return tf.data.Dataset if hasattr(tf, "data") else tf.contrib.data.Dataset


def epoch(pipeline):
    """Return a callable that reads all that the dataset `pipeline()` has, as a list of arrays."""
    if not _BEFORE_2:
        whole = pipeline()
        return lambda: [element.numpy() for element in whole]
    start, following = _iterator(pipeline)

    def read():
        start()
        elements = []
        while True:
            try:
                elements.append(following())
            except tf.errors.OutOfRangeError:
                return elements

    return read


def elements(pipeline, count):
    """Return a callable that reads the next elements of `pipeline()`, which must never end."""
    if not _BEFORE_2:
        iterator = iter(pipeline())
        return lambda: [next(iterator).numpy() for _ in range(count)]
    start, following = _iterator(pipeline)
    start()
    return lambda: [following() for _ in range(count)]


def _iterator(pipeline):
    """Return what starts an iterator in a session, and what reads its next element."""
    with tf.Graph().as_default() as graph:
        iterator = pipeline().make_initializable_iterator()
        following = iterator.get_next()
    run = session(graph).run
    return lambda: run(iterator.initializer), lambda: run(following)


def accelerated(function, with_xla):
    """Return a tf.function, compiled by XLA if asked; what asks has had two names."""
    if not with_xla:
        return tf.function(function)
    known = inspect.signature(tf.function).parameters
    for name in ("jit_compile", "experimental_compile"):
        if name in known:
            return tf.function(function, **{name: True})
    raise SkipTest("tf.function cannot compile by XLA: 1.15 can, 2.0 cannot, 2.1 and later can")


def set_policy(name):
    """Set the types that Keras layers compute with: `mixed_bfloat16`, for example."""
    policies = keras().mixed_precision
    if hasattr(policies, "set_global_policy"):  # 2.4
        policies.set_global_policy(name)
    else:
        policies.experimental.set_policy(name)


def virtual_cpus(count):
    """Divide the CPU into devices and return their names; before TensorFlow does anything."""
    config = tf.config.experimental
    (cpu,) = config.list_physical_devices("CPU")
    config.set_virtual_device_configuration(cpu, [config.VirtualDeviceConfiguration()] * count)
    return ["/cpu:{}".format(number) for number in range(count)]


def run_replicas(strategy, function):
    """Run `function` in every replica of a tf.distribute strategy."""
    run = getattr(strategy, "run", None) or strategy.experimental_run_v2  # before 2.2
    return run(function)


def need_tensorboard():
    """Skip where tf.summary writes nothing: it needs a package that 2.21 no longer brings."""
    if importlib.util.find_spec("tensorboard") is None:
        raise SkipTest(
            "tf.summary needs the package tensorboard, which is not installed (2.21 does"
            " not bring it): add `with: [tensorboard]` to the environment"
        )


def scalars_in(folder):
    """Return the scalars of all event files in a folder, by name; 2.x writes them as tensors."""
    found = {}
    for name in os.listdir(folder):
        for event in v1.train.summary_iterator(os.path.join(folder, name)):
            for value in event.summary.value:
                is_tensor = value.WhichOneof("value") == "tensor"
                found[value.tag] = (
                    tf.make_ndarray(value.tensor) if is_tensor else value.simple_value
                )
    return found


@contextlib.contextmanager
def reading(writer):
    """Skip where a release cannot read what the newer release `writer` wrote.

    TensorFlow promises the other direction only: what a newer release cannot read is a failure.
    """
    try:
        yield
    except Exception as exc:
        if _minor(tf.__version__) >= _minor(writer) or not _may_be_of_reading(exc):
            raise
        said = str(exc).strip().partition("\n")[0][:200]
        raise SkipTest(
            "TensorFlow {} cannot read what {} wrote: {}".format(tf.__version__, writer, said)
        ) from exc


def _may_be_of_reading(exc):
    """Return whether a release may raise this over a file that it does not know.

    Not what memory, the machine (an OSError with a number) or a mistake in the workload is to
    blame for.
    """
    others = (MemoryError, tf.errors.ResourceExhaustedError, ImportError, NameError)
    return not isinstance(exc, others) and getattr(exc, "errno", None) is None


def _minor(release):
    return [int(part) for part in release.split(".")[:2]]


def builder_options():
    """Return what makes the SavedModel of a session readable by older releases; unknown to 1.3."""
    add = v1.saved_model.builder.SavedModelBuilder.add_meta_graph_and_variables
    known = inspect.signature(add).parameters
    return {name: True for name in ("strip_default_attrs",) if name in known}


def tflite_converter(function, shape):
    """Return a callable that makes a TFLite model of `function` of a tensor, and returns its bytes.

    Up to 2.0 it starts a program that lies beside the interpreter, and looks for it on the path.
    """
    os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]
    return lambda: (_tflite_of_graph if _BEFORE_2 else _tflite_of_trace)(function, shape)


def _tflite_of_trace(function, shape):
    traced = tf.function(function, input_signature=[tf.TensorSpec(shape, tf.float32)])
    converter = tf.lite.TFLiteConverter
    return converter.from_concrete_functions([traced.get_concrete_function()]).convert()


def _tflite_of_graph(function, shape):
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, shape)
        y = function(x)
        running = session(graph)
        running.run(v1.global_variables_initializer())
    return tf.lite.TFLiteConverter.from_session(running, [x], [y]).convert()
