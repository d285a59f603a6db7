"""What it costs to convert a network to TFLite, and to ask the interpreter.

Up to 2.0 the converter starts a program that imports TensorFlow: seconds instead of milliseconds.
"""

from _dense import truth
from _lite import converter, invoker

CASES = {"convert": {"mode": "convert"}, "invoke": {"mode": "invoke"}}
SINCE = "1.13"
TAGS = ["export", "inference"]
TOLERANCE = 1e-6


def build(mode):
    """Return the step: the conversion, or a call of the interpreter."""
    convert = converter()
    return convert if mode == "convert" else invoker(convert())


def outputs(result):
    """Return the answers; what was only converted is asked here, outside the timing."""
    return {"answer": invoker(result)() if isinstance(result, bytes) else result}


def reference(**_mode):
    """Return the truth, in float64."""
    return {"answer": truth()}
