"""Owns what a workload file declares: its names, read and checked."""

import ast
import inspect
import os
import re
import tokenize
import types

from .faults import BadWorkload

NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,59}")  # of folders too: "." and ".." must be none
RELEASE = re.compile(r"[0-9]+(\.[0-9]+){1,3}((a|b|rc)[0-9]+)?")
METRICS = ("step", "throughput", "first_call", "build", "peak_rss", "device_memory")
JUDGED = (*METRICS, "rss_slope")
NAME_RULE = "1 to 60 of a-z 0-9 _ . -, the first a letter or digit"
FRAMEWORKS = ("torch", "numpy", "python")
MISTAKEN_FOR_FRAMEWORKS = ("jax", "keras", "np", "py", "pytorch", "tensorflow", "tf")


def workload_name(file):
    """Return the name of the workload: the stem of its file, without the framework."""
    stem, framework = _stem_and_suffix(file)
    return stem if framework in FRAMEWORKS else _stem(file)


def framework(file):
    """Return the other framework that a file implements a workload in: name.FRAMEWORK.py."""
    suffix = _stem_and_suffix(file)[1]
    return suffix if suffix in FRAMEWORKS else None


def _stem(file):
    return os.path.splitext(os.path.basename(file))[0]


def _stem_and_suffix(file):
    stem, _, suffix = _stem(file).rpartition(".")
    return (stem, suffix) if stem else (suffix, "")


def line_of_cases(file):
    """Return the line of `file` where CASES is assigned; None where it is made otherwise."""
    with tokenize.open(file) as source:
        statements = ast.parse(source.read()).body
    for statement in statements:
        for target in getattr(statement, "targets", [getattr(statement, "target", None)]):
            if getattr(target, "id", None) == "CASES":
                return statement.lineno
    return None


def cases(module):
    """Return the parameters of each case, by its name."""
    declared = getattr(module, "CASES", None)
    if declared is None:
        return {"default": {}}
    _expect(isinstance(declared, dict) and declared, "CASES must be a dict with a case or more")
    for case, parameters in declared.items():
        _expect(_is_name(case), f"CASES: the name {case!r} must be {NAME_RULE}")
        _expect(
            isinstance(parameters, dict) and all(isinstance(key, str) for key in parameters),
            f"CASES[{case!r}] must be a dict of parameters for build()",
        )
    return declared


def parameters(module, case):
    """Return the parameters of one case."""
    known = cases(module)
    _expect(case in known, f"there is no case {case!r}; there are: {', '.join(known)}")
    return known[case]


def build(module):
    """Return the function that makes the step."""
    function = getattr(module, "build", None)
    _expect(
        callable(function),
        "there is no function build() in the file, and no benchmark*() of a tf.test.Benchmark",
    )
    return function


def optional_function(module, name):
    """Return a function that the file may have, or None."""
    function = getattr(module, name, None)
    _expect(function is None or callable(function), f"{name} must be a function")
    return function


def doc(module):
    """Return the first line of the docstring."""
    return (inspect.getdoc(module) or "").strip().partition("\n")[0]


def since(module, known):
    """Return the oldest release of each of the known cases that names one, by the case's name."""
    declared = getattr(module, "SINCE", None)
    oldest = declared if isinstance(declared, dict) else dict.fromkeys(known, declared)
    for case, release in oldest.items():
        _expect(case in known, f"SINCE names {case!r}, which is no case of the file")
        _expect(
            release is None or (isinstance(release, str) and RELEASE.fullmatch(release)),
            f'SINCE: {release!r} must be a release in quotes, for example "2.0"',
        )
    return oldest


def tags(module, known):
    """Return the list of tags of each of the known cases, by the case's name."""
    declared = getattr(module, "TAGS", [])
    by_case = declared if isinstance(declared, dict) else dict.fromkeys(known, declared)
    for case, names in by_case.items():
        _expect(case in known, f"TAGS names {case!r}, which is no case of the file")
        _expect(
            isinstance(names, (list, tuple)) and all(isinstance(tag, str) for tag in names),
            "TAGS must be a list of texts, or a dict: case -> list of texts",
        )
    return {case: list(by_case.get(case, [])) for case in known}


def metrics(module, known):
    """Return what is judged of each of the known cases that says so, by the case's name."""
    declared = getattr(module, "METRICS", None)
    by_case = declared if isinstance(declared, dict) else dict.fromkeys(known, declared)
    for case, names in by_case.items():
        _expect(case in known, f"METRICS names {case!r}, which is no case of the file")
        _expect(
            names is None or isinstance(names, (list, tuple)),
            "METRICS must be a list of metrics, or a dict: case -> list of metrics",
        )
        for metric in names or ():
            _expect(
                metric in JUDGED,
                f"METRICS: there is no metric {metric!r}; there are: {', '.join(JUDGED)}",
            )
        _expect(
            names is None or names or optional_function(module, "outputs") is not None,
            "METRICS is empty: then only results are compared, but there is no outputs()",
        )
    return by_case


def thresholds(module):
    """Return the relative change worth telling of each metric that names one."""
    declared = getattr(module, "THRESHOLDS", {})
    _expect(isinstance(declared, dict), 'THRESHOLDS must be a dict, for example {"step": 0.1}')
    for metric, threshold in declared.items():
        _expect(
            metric in METRICS,
            f"THRESHOLDS: there is no metric {metric!r}; there are: {', '.join(METRICS)}",
        )
        _expect(
            _is_number(threshold) and 0 < threshold < 1,
            f"THRESHOLDS[{metric!r}] must be a number between 0 and 1 (0.1 is 10 %)",
        )
    return declared


def tolerance(module):
    """Return the largest relative difference of outputs that is fine, or None."""
    declared = getattr(module, "TOLERANCE", None)
    _expect(
        declared is None or (_is_number(declared) and 0 <= declared < float("inf")),
        "TOLERANCE must be a number, 0 or more",
    )
    return declared


def isolate(module):
    """Return whether versions must run the cases one after the other."""
    declared = getattr(module, "ISOLATE", False)
    _expect(isinstance(declared, bool), "ISOLATE must be True or False")
    return declared


def check_calls(module):
    """Check that the functions of the file take the parameters of every case."""
    optional_function(module, "outputs")
    make_artifact = optional_function(module, "make_artifact")
    artifact = {} if make_artifact is None else {"artifact": ""}
    for function, first, more in (
        (build(module), (), artifact),
        (optional_function(module, "reference"), (), {}),
        (make_artifact, ("",), {}),
    ):
        if not isinstance(function, types.FunctionType):
            continue  # the signature of what a decorator made of it is not ours to read
        for case, given in cases(module).items():
            try:
                inspect.signature(function).bind(*first, **given, **more)
            except TypeError as exc:
                raise BadWorkload(
                    f"{function.__name__}() does not take the parameters of {case!r}: {exc}"
                ) from None


def check_name(file):
    """Check that the stem of the file can be the name of a workload."""
    name = workload_name(file)
    _expect(_is_name(name), f"the file's name {name!r} must be {NAME_RULE}")
    stem, suffix = _stem_and_suffix(file)
    # Names may have dots; beside a workload of the same name these can only be meant otherwise.
    is_beside_workload = os.path.exists(os.path.join(os.path.dirname(file), stem + ".py"))
    _expect(
        suffix not in MISTAKEN_FOR_FRAMEWORKS or not is_beside_workload,
        f"there is no other framework {suffix!r}; there are: {', '.join(FRAMEWORKS)}",
    )


def _is_name(name):
    return isinstance(name, str) and NAME.fullmatch(name) is not None


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _expect(condition, otherwise):
    if not condition:
        raise BadWorkload(otherwise)
