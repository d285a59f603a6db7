"""Owns how a fault is told: its kind, and the error object of a reply."""

import errno
import os
import traceback
from unittest.case import SkipTest

from . import process

_LAST_FRAMES = 200
_LAST_CHARACTERS = 2000


class Fault(Exception):
    """Something that is not simply an exception out of a workload's step."""

    kind = "exception"


class OutOfPlace(Fault):
    """A request that cannot be carried out now."""

    kind = "protocol"


class CannotImport(Fault):
    """The framework cannot be imported; the cause is what the import raised."""

    kind = "import"


class CannotSave(Fault):
    """What is kept of a workload cannot be written; the workload is not to blame."""

    kind = "disk"


class NoDevice(Fault):
    """What the case should run on is not there for the framework."""


class BadWorkload(Fault):
    """A file that is no workload; the cause, if any, is what loading it raised."""

    kind = "workload"


def told(exc, file=None):
    """Return the error object that describes `exc`, as seen from the workload `file`."""
    origin = _origin(exc)
    return {
        "kind": _kind(exc),
        "type": type(origin).__name__,
        "message": message(exc),
        "where": _where(origin, file),
        "traceback": "" if isinstance(origin, Fault) else _last_lines(origin),
    }


def _kind(exc):
    if isinstance(_origin(exc), MemoryError):
        return "memory"
    if isinstance(_origin(exc), SkipTest):
        return "skipped"
    if _tells_of_full_disk(message(exc)):
        return "disk"
    return getattr(exc, "kind", "exception")


def _tells_of_full_disk(text):
    """Tell whether the disk is full that the log and the results are on.

    By the words, because frameworks turn the system's errors into their own. A workload may fill
    a disk of its own, which is then its own fault; a quota is one of all the user's files.
    """
    if os.strerror(errno.EDQUOT) in text:
        return True
    return os.strerror(errno.ENOSPC) in text and not process.has_room()


def message(exc):
    """Return the text of what went wrong first."""
    origin = _origin(exc)
    try:
        text = str(origin)
    except Exception:
        return f"a {type(origin).__name__} that cannot say what it is"
    return text[:_LAST_CHARACTERS]


def type_name(exc):
    """Return the name of the type of what went wrong first."""
    return type(_origin(exc)).__name__


def line_of(exc, file):
    """Return the line of `file` where it went wrong first, or None."""
    origin = _origin(exc)
    if isinstance(origin, SyntaxError) and origin.filename == file:
        return origin.lineno
    lines = [frame.lineno for frame in _frames(origin) if frame.filename == file]
    return lines[-1] if lines else None


def belongs_to(filename, file):
    """Tell whether `filename` is the workload `file` or shared code (_name.py) beside it."""
    folder, name = os.path.split(filename)
    return filename == file or (folder == os.path.dirname(file) and name.startswith("_"))


def _origin(exc):
    # A fault of ours that wraps another exception speaks for that one.
    return exc.__cause__ if isinstance(exc, Fault) and exc.__cause__ is not None else exc


def _frames(exc):
    return traceback.extract_tb(exc.__traceback__, limit=-_LAST_FRAMES)


def _where(exc, file):
    if isinstance(exc, Fault):
        return os.path.basename(file) if file else None
    if isinstance(exc, SyntaxError) and exc.filename:
        return f"{os.path.basename(exc.filename)}:{exc.lineno}"
    frames = _frames(exc)
    own = [frame for frame in frames if file and belongs_to(frame.filename, file)]
    for frame in (own or frames)[-1:]:
        return f"{os.path.basename(frame.filename)}:{frame.lineno}"
    return None


def _last_lines(exc):
    text = "".join(
        traceback.format_exception(type(exc), exc, exc.__traceback__, limit=-_LAST_FRAMES)
    )
    if len(text) <= _LAST_CHARACTERS:
        return text
    # From the start of a line on, if one starts there at all.
    return text[-_LAST_CHARACTERS:].partition("\n")[2] or text[-_LAST_CHARACTERS:]
