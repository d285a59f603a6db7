"""The interpreter of a release answers the same as others about what the baseline converted.

A device often has an older or newer runtime than the machine that converted. One that is older
than the baseline need not be able to read its models, and is then skipped.
"""

import os

from _dense import truth
from _exchange import sign, writer
from _lite import converter, invoker
from _tensorflow import reading

SINCE = "1.13"
TAGS = ["export", "inference"]
TOLERANCE = 1e-6


def make_artifact(folder):
    """Convert, in the baseline."""
    sign(folder)
    with open(os.path.join(folder, "model.tflite"), "wb") as model:
        model.write(converter()())


def build(artifact):
    """Return the step: to ask about what the baseline converted."""
    with open(os.path.join(artifact, "model.tflite"), "rb") as model, reading(writer(artifact)):
        return invoker(model.read())


def outputs(result):
    """Return the answers."""
    return {"answer": result}


def reference():
    """Return the truth, in float64."""
    return {"answer": truth()}
