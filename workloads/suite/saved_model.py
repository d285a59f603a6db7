"""What it costs to save a SavedModel, to load it, and to call the signature that a server calls.

TensorFlow Serving is no Python package: `signature` and `session_run` stand for it.
"""

from _dense import truth
from _files import fresh_folder
from _saved import graph_session, load_module, load_session, module, save_module, save_session

MODES = ("save", "load", "signature", "session_save", "session_load", "session_run")
CASES = {mode: {"mode": mode} for mode in MODES}
SINCE = {mode: "1.0" if mode.startswith("session") else "2.0" for mode in MODES}
TAGS = ["export", "inference"]
TOLERANCE = 1e-6


def build(mode):
    """Return the step of one mode."""
    if mode.startswith("session"):
        save, load = saver_of_session(), load_session
    else:
        save, load = saver_of_module(), load_module
    if mode.endswith("save"):
        return lambda: saved(save, load)
    folder = fresh_folder("saved_model")
    save(folder)
    if mode.endswith("load"):
        return lambda: load(folder)
    return load(folder)


def saver_of_module():
    """Return a function that saves a module into a folder."""
    made = module()
    return lambda folder: save_module(folder, made)


def saver_of_session():
    """Return a function that saves a session into a folder."""
    made = graph_session()
    return lambda folder: save_session(folder, *made)


def saved(save, load):
    """Save into a folder that is new; return how to load it."""
    folder = fresh_folder("saved_model")
    save(folder)
    return lambda: load(folder)


def outputs(result):
    """Return the answers; what was only saved or loaded is asked here, outside the timing."""
    while callable(result):
        result = result()
    return {"answer": result}


def reference(**_mode):
    """Return the truth, in float64."""
    return {"answer": truth()}
