"""A release loads what the baseline saved, and answers the same.

A server is often newer than what trained the model. All releases are given one and the same
SavedModel. One that is older than the baseline need not be able to read it, and is then skipped.
"""

import os

from _dense import truth
from _exchange import sign, writer
from _saved import graph_session, load_module, load_session, module, save_module, save_session
from _tensorflow import reading

CASES = {
    "load_module": {"kind": "module", "is_loading": True},
    "signature": {"kind": "module", "is_loading": False},
    "load_session": {"kind": "session", "is_loading": True},
    "session_run": {"kind": "session", "is_loading": False},
}
SINCE = {"load_module": "2.0", "signature": "2.0", "load_session": "1.0", "session_run": "1.0"}
TAGS = ["export", "inference"]
TOLERANCE = 1e-6


def make_artifact(folder, kind, **_case):
    """Save, in the baseline."""
    sign(folder)
    if kind == "module":
        save_module(path(folder), module())
    else:
        save_session(path(folder), *graph_session())


def path(folder):
    """Return where the model is: in a folder that the builder of a session wants to make itself."""
    return os.path.join(folder, "model")


def build(kind, is_loading, artifact):
    """Return the step: to load what the baseline saved, or to ask it."""
    load = {"module": load_module, "session": load_session}[kind]

    def loaded():
        with reading(writer(artifact)):
            return load(path(artifact))

    return loaded if is_loading else loaded()


def outputs(result):
    """Return the answers; what was only loaded is asked here, outside the timing."""
    return {"answer": result() if callable(result) else result}


def reference(**_case):
    """Return the truth, in float64."""
    return {"answer": truth()}
