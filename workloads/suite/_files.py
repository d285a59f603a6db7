"""Owns where workloads may write: a folder of the environment's own in the run folder."""

import os
import shutil
import tempfile


def fresh_folder(name):
    """Return a path where nothing is, below a folder that exists; the last process's is removed."""
    own = os.environ.get("KERAS_HOME") or tempfile.mkdtemp()
    path = os.path.join(own, name)
    shutil.rmtree(path, ignore_errors=True)
    return path
