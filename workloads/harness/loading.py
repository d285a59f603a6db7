"""Owns the loading of a workload file as a module that shadows no other."""

import importlib.util
import os
import re
import sys

from .faults import BadWorkload


def load(file):
    """Return the module of `file`; shared code (_name.py) beside it can be imported by it."""
    folder, name = os.path.split(file)
    if folder not in sys.path:
        sys.path.append(folder)  # last: a file called random.py must stay without effect
    mangled = "tfperf_workload_" + re.sub(r"\W", "_", name)
    spec = importlib.util.spec_from_file_location(mangled, file)
    if spec is None:
        raise BadWorkload(f"{name} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[mangled] = module  # where pickle and inspect look for what the file defines
    try:
        spec.loader.exec_module(module)
    except BaseException as exc:
        raise BadWorkload(f"{name} cannot be loaded") from exc
    return module
