"""Owns the TFLite model of the small network: converting it, and asking it."""

from _dense import INPUTS, VECTORS, network, vectors, weights
from _tensorflow import tf, tflite_converter


def converter():
    """Return a callable that converts the network, and returns the bytes of the model."""
    drawn = weights()
    return tflite_converter(
        lambda x: network(x, [tf.constant(w) for w in drawn]), [VECTORS, INPUTS]
    )


def invoker(model):
    """Return a callable that asks a model, of which the bytes are given."""
    interpreter = tf.lite.Interpreter(model_content=model)
    interpreter.allocate_tensors()
    x = interpreter.get_input_details()[0]["index"]
    y = interpreter.get_output_details()[0]["index"]
    given = vectors()

    def invoke():
        interpreter.set_tensor(x, given)
        interpreter.invoke()
        return interpreter.get_tensor(y)

    return invoke
