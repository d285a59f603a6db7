"""Owns the results of a workload: a dict of arrays, checked, described and kept in an .npz."""

import contextlib
import errno
import os
import zipfile

from .faults import BadWorkload, CannotSave

REFERENCE = "reference:"
_NUMBERS = "biufc"
_LONGEST_NAME = 100
_MOST_DESCRIBED = 40
_ROOM = 3000


def converted(results, function):
    """Return what `function` of the workload returned as a dict of numpy arrays."""
    import numpy as np

    if not isinstance(results, dict):
        raise BadWorkload(
            f"{function}() must return a dict of arrays, not {type(results).__name__}"
        )
    arrays = {}
    for name, value in results.items():
        if not _is_name(name):
            raise BadWorkload(f"{function}(): {name!r:.200} is no name for an array")
        try:
            array = np.asarray(value)
        except MemoryError:
            raise
        except Exception as exc:
            raise BadWorkload(f"{function}(): {name!r} is no array: {exc}") from None
        if array.dtype.kind not in _NUMBERS:
            raise BadWorkload(
                f"{function}(): {name!r} holds {array.dtype}, not numbers (cast it to float32)"
            )
        arrays[name] = array
    return arrays


def matched(truths, arrays):
    """Check that each reference is one of an output, and return it under its name in the file."""
    for name in truths:
        if name not in arrays:
            raise BadWorkload(f"reference() names {name!r}, which outputs() does not return")
    return {REFERENCE + name: truth for name, truth in truths.items()}


def _is_name(name):
    return (
        isinstance(name, str)
        and 0 < len(name) <= _LONGEST_NAME
        and name.isprintable()
        and not name.startswith(REFERENCE)
    )


def described(arrays):
    """Return shape and type of as many arrays as a reply has room for, and how many are left."""
    outputs = {}
    room = _ROOM
    for name, array in arrays.items():
        entry = {"shape": list(array.shape), "dtype": str(array.dtype)}
        room -= len(repr((name, entry)).encode("utf-8", "replace"))
        if room < 0 or len(outputs) == _MOST_DESCRIBED:
            break
        outputs[name] = entry
    left_out = len(arrays) - len(outputs)
    return {"outputs": outputs, "outputs_left_out": left_out} if left_out else {"outputs": outputs}


def write(path, arrays):
    """Write the .npz whole or not at all."""
    part = path + ".part"
    try:
        with open(part, "wb") as file:
            _write_archive(file, arrays)
            file.flush()
            os.fsync(file.fileno())  # or the name may reach the disk before the content
        os.replace(part, path)
    except OSError as exc:
        with contextlib.suppress(OSError):
            os.remove(part)  # what it takes is missing to others
        if exc.errno == errno.EFBIG:  # the results are beyond what process.bound() allows
            raise
        raise CannotSave(f"cannot write {path}: {exc.strerror}") from None


def _write_archive(file, arrays):
    from numpy.lib import format as npy

    # Not numpy.savez: it takes names as keywords, and one of its own is called "file".
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in arrays.items():
            with archive.open(name + ".npy", "w", force_zip64=True) as member:
                npy.write_array(member, array, allow_pickle=False)
