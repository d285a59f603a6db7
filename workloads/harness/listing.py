"""Owns the listing: what workload files declare, read without running a workload."""

import json
import os
import sys

from . import declared, faults, placeholder
from .loading import load

PROTOCOL = 1


def write(output, files):
    """Write the listing of `files` whole or not at all; shared code (_name.py) is left out."""
    placeholder.install(files)
    workloads = [os.path.abspath(f) for f in files if not os.path.basename(f).startswith("_")]
    listing = {"protocol": PROTOCOL, "workloads": [entry(file) for file in workloads]}
    with open(output + ".part", "w", encoding="utf-8") as part:
        json.dump(listing, part, indent=1)
    os.replace(output + ".part", output)


def entry(file):
    """Return what one file declares, or why that cannot be told."""
    listed = {"file": file, "workload": declared.workload_name(file)}
    path = list(sys.path)
    try:
        listed.update(_declaration(file))
    except BaseException as exc:
        listed["error"] = {
            "type": faults.type_name(exc),
            "message": faults.message(exc),
            "line": faults.line_of(exc, file),
        }
    finally:
        sys.path[:] = path
        _forget(os.path.dirname(file))
    return listed


def _declaration(file):
    declared.check_name(file)
    module = load(file)
    declared.check_calls(module)
    oldest = declared.since(module)
    shared = {
        "tags": declared.tags(module),
        "thresholds": declared.thresholds(module),
        "tolerance": declared.tolerance(module),
        "isolate": declared.isolate(module),
    }
    return {
        "doc": declared.doc(module),
        "cases": [
            dict(shared, case=case, parameters=_plain(case, parameters), since=oldest.get(case))
            for case, parameters in declared.cases(module).items()
        ],
    }


def _plain(case, parameters):
    # A parameter may be an object of the framework; its name is all that can be told here.
    try:
        return json.loads(json.dumps(parameters, default=repr, allow_nan=False))
    except (TypeError, ValueError) as exc:
        raise faults.BadWorkload(f"CASES[{case!r}] cannot be written as JSON: {exc}") from None


def _forget(folder):
    """Forget the modules of a folder: another one may have shared code of the same name."""
    for name, module in list(sys.modules.items()):
        if os.path.dirname(getattr(module, "__file__", None) or "") == folder:
            del sys.modules[name]
