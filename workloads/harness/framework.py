"""Owns the import of the framework, and what it cost."""

import importlib
import sys

from . import process
from .clock import timed
from .faults import CannotImport

# Where TensorFlow, before and after 1.13, and PyTorch say what they were built from.
_GIT_VERSION = ("version.GIT_VERSION", "__git_version__", "version.git_version")
_COMPILER = ("version.COMPILER_VERSION", "__compiler_version__")


def imported(module, paths):
    """Import `module` and return who it is and what that cost."""
    sys.path.extend(paths)
    before = len(sys.modules)
    try:
        framework, cost = timed(lambda: importlib.import_module(module))
    except BaseException as exc:
        raise CannotImport(module) from exc
    cost.update(rss_bytes=process.resident_bytes(), modules=len(sys.modules) - before)
    return {
        "framework_version": _text(framework, ("__version__",)),
        "git_version": _text(framework, _GIT_VERSION),
        "compiler": _text(framework, _COMPILER),
        "file": _text(framework, ("__file__",)),
        "python": "{}.{}.{}".format(*sys.version_info),
        "numpy_version": _numpy_version(),
        "import": cost,
    }


def _numpy_version():
    # Only now: imported any earlier, numpy's cost would not count as the framework's.
    try:
        import numpy as np
    except ImportError:
        return None
    return np.__version__


def _text(module, names):
    for name in names:
        value = module
        for part in name.split("."):
            value = getattr(value, part, None)
        if value is not None:
            return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return None
