"""Owns the artifact of a case: a folder that one release fills, there whole or not at all."""

import os
import shutil

from .faults import CannotSave


def make(path, fill):
    """Have `fill` write into a new folder, which gets the name `path` when it is complete."""
    part = path + ".part"
    shutil.rmtree(part, ignore_errors=True)  # of somebody who was interrupted
    try:
        os.makedirs(part)
    except OSError as exc:
        raise CannotSave(f"cannot make {part}: {exc.strerror}") from None
    try:
        fill(part)
        _keep(part, path)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)  # what it takes is missing to others
        raise


def _keep(part, path):
    try:
        for folder, _, names in os.walk(part):
            for name in names:
                _sync(os.path.join(folder, name))  # or the name may reach the disk before it
        os.rename(part, path)
    except OSError as exc:
        raise CannotSave(f"cannot write {path}: {exc.strerror}") from None


def _sync(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
