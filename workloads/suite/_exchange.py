"""Owns the note of who wrote an artifact."""

import os

from _tensorflow import tf


def sign(folder):
    """Note the release that wrote into the folder."""
    with open(os.path.join(folder, "written_by"), "w") as note:
        note.write(tf.__version__)


def writer(folder):
    """Return the release that wrote into the folder."""
    with open(os.path.join(folder, "written_by")) as note:
        return note.read()
