"""Owns the listing: what workload files declare, read without running a workload."""

import json
import os
import sys

from . import benchmark, declared, faults, placeholder
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
    framework = declared.framework(file)
    if framework is not None:
        listed["framework"] = framework
    path = list(sys.path)
    try:
        listed.update(_declaration(file) if framework is None else _implementation(file))
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
    benchmarks = benchmark.methods(module)
    if benchmarks:
        benchmark.check(module, benchmarks)
        cases = {case: {} for case in benchmarks}
    else:
        declared.check_calls(module)
        cases = declared.cases(module)
    oldest, tags = declared.since(module, cases), declared.tags(module, cases)
    metrics = declared.metrics(module, cases)
    shared = {
        "kind": "benchmark" if benchmarks else "step",
        "thresholds": declared.thresholds(module),
        "tolerance": declared.tolerance(module),
        "isolate": declared.isolate(module),
        "makes_artifact": declared.optional_function(module, "make_artifact") is not None,
    }
    return {
        "doc": declared.doc(module),
        "cases": [
            dict(
                shared,
                case=case,
                parameters=_plain(case, parameters),
                since=oldest.get(case),
                tags=tags[case],
                metrics=metrics.get(case),
            )
            for case, parameters in cases.items()
        ],
    }


def _implementation(file):
    """Return what matters of a workload in another framework; the main file says all else."""
    declared.check_name(file)
    module = load(file)
    declared.check_calls(module)
    cases = declared.cases(module).items()
    return {
        "line": declared.line_of_cases(file),
        "cases": {case: _plain(case, parameters) for case, parameters in cases},
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
