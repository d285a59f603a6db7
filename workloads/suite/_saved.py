"""Owns the two ways to a SavedModel: of a module (2.0 and later), of a session (any release)."""

from _dense import INPUTS, network, vectors, weights
from _tensorflow import builder_options, session, tf, v1

SIGNATURE, TAG = "serving_default", "serve"


def module():
    """Return a tf.Module that holds the weights and answers."""
    holder = tf.Module()
    holder.weights = [tf.Variable(value) for value in weights()]

    @tf.function(input_signature=[tf.TensorSpec([None, INPUTS], tf.float32)])
    def answer(x):
        return {"answer": network(x, holder.weights)}

    holder.answer = answer
    return holder


def save_module(folder, saved):
    """Save a module with its function as signature."""
    tf.saved_model.save(saved, folder, signatures=saved.answer)


def load_module(folder):
    """Load a module; return a callable that calls its signature."""
    loaded = tf.saved_model.load(folder)
    x, call = tf.constant(vectors()), loaded.signatures[SIGNATURE]
    keeps = {"loaded": loaded}  # a signature alone does not keep the variables
    return lambda: call(x)["answer"].numpy() if keeps else None


def graph_session():
    """Return a session with the network, and its input and output."""
    with tf.Graph().as_default() as graph:
        x = v1.placeholder(tf.float32, [None, INPUTS])
        y = network(x, [v1.Variable(value) for value in weights()])
        start = v1.global_variables_initializer()
    running = session(graph)
    running.run(start)
    return running, x, y


def save_session(folder, running, x, y):
    """Save a session with a signature, as 1.x does."""
    builder = v1.saved_model.builder.SavedModelBuilder(folder)
    with running.graph.as_default():
        made = v1.saved_model.signature_def_utils.build_signature_def(
            {"x": v1.saved_model.utils.build_tensor_info(x)},
            {"answer": v1.saved_model.utils.build_tensor_info(y)},
            "tensorflow/serving/predict",
        )
        builder.add_meta_graph_and_variables(running, [TAG], {SIGNATURE: made}, **builder_options())
    builder.save()


def load_session(folder):
    """Load into a session; return a callable that runs what the signature names."""
    graph = tf.Graph()
    with graph.as_default():
        running = session(graph)
        loaded = v1.saved_model.loader.load(running, [TAG], folder)
    signature = loaded.signature_def[SIGNATURE]
    x, y = signature.inputs["x"].name, signature.outputs["answer"].name
    given = {x: vectors()}
    return lambda: running.run(y, given)
