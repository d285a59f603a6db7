"""Owns the benchmarks of a file: classes written for tf.test.Benchmark, and how one is called."""

import inspect
import re
from time import perf_counter

from . import placeholder
from .faults import BadWorkload
from .reports import Reports

CASE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.]{0,119}")


def methods(module):
    """Return class and method name of every benchmark of a file, by the name of its case.

    As TensorFlow's own registrar has it, every class derived from tf.test.Benchmark counts that
    does not say is_abstract(): a shared base class too, if it has benchmarks itself. But classes
    that were imported from elsewhere are not run again here, nor are private ones (_Name).
    """
    return {
        f"{cls.__name__}.{name}": (cls, name) for cls in _classes(module) for name in _names(cls)
    }


def _classes(module):
    for cls in list(vars(module).values()):
        is_own = isinstance(cls, type) and cls.__module__ == module.__name__
        if is_own and not cls.__name__.startswith("_") and _is_benchmark(cls):
            yield cls


def _is_benchmark(cls):
    is_one = placeholder.derives(cls) or hasattr(cls, "report_benchmark")
    return is_one and not (hasattr(cls, "is_abstract") and cls.is_abstract())


def _names(cls):
    own = vars(cls)
    for name in dir(cls):
        if not name.startswith("benchmark") or not callable(getattr(cls, name)):
            continue
        if name in own and "_benchmark_parameters" in own and placeholder.derives(cls):
            # What the metaclass ParameterizedBenchmark would make of it, were it there.
            for parameters in own["_benchmark_parameters"]:
                yield f"{name}__{parameters[0]}"
        else:
            yield name


def check(module, found):
    """Check that the file is one of benchmarks only, and that their names can be names of cases."""
    first = next(iter(found))
    for name in ("build", "CASES"):
        if hasattr(module, name):
            raise BadWorkload(
                f"the file has {name} and benchmarks ({first}{_line_of(found, first)}):"
                " benchmarks need a file of their own, without build and CASES"
            )
    for case in found:
        if not CASE_NAME.fullmatch(case):
            raise BadWorkload(
                f"the name {case!r}{_line_of(found, case)} must be 1 to 120 of a-z A-Z 0-9 _"
            )


class Benchmark:
    """One method of one class, to be called like a step; what it reports is caught."""

    def __init__(self, module, case):
        cls, name = _chosen(module, case)
        self._case = case
        self._reports = Reports()
        _catch(cls, self._reports)
        _check_call(cls, cls.__name__, cls)
        self._method = getattr(cls(), name)
        _check_call(self._method, case, self._method)
        self._reported_seconds = 0.0

    def __call__(self):
        """Call the method, as TensorFlow does: without a setUp, and without arguments."""
        began = perf_counter()
        self._method()
        seconds = self._reports.settled()
        if seconds is None:
            raise BadWorkload(
                f"{self._case}(){_line(self._method)} reported no wall_time:"
                " it must call self.report_benchmark(wall_time=seconds)"
            )
        self.took_less = seconds > perf_counter() - began
        self._reported_seconds += seconds

    def taken(self):
        """Return the seconds reported since this was last asked."""
        seconds, self._reported_seconds = self._reported_seconds, 0.0
        return seconds

    def notes(self):
        """Say what a reader should know about the unit of the last call's wall_time."""
        if not self.took_less:
            return []
        note = "reports a wall_time longer than the whole call took: not in seconds, it seems"
        return [f"{self._case} {note}; ratios are right nevertheless"]

    def values(self):
        """Return everything that was reported: medians over the calls, by name."""
        return self._reports.medians()


def _chosen(module, case):
    known = methods(module)
    if case not in known:
        raise BadWorkload(
            f"there is no benchmark {case!r} under this release; there are: {', '.join(known)}"
        )
    return known[case]


def _catch(cls, reports):
    """Take the place of TensorFlow's own report_benchmark, under those that a file may define."""
    definers = [each for each in cls.__mro__ if "report_benchmark" in vars(each)]

    def report_benchmark(  # noqa: PLR0917  # TensorFlow's own order
        _self,
        iters=None,
        cpu_time=None,
        wall_time=None,
        throughput=None,
        extras=None,
        name=None,
        metrics=None,
    ):
        times = {"cpu_time": cpu_time, "wall_time": wall_time}
        reports.add(name, dict(times, iters=iters, throughput=throughput), extras, metrics)

    definers[-1].report_benchmark = report_benchmark


def _check_call(function, name, where):
    try:
        inspect.signature(function).bind()
    except TypeError as exc:
        raise BadWorkload(f"{name}(){_line(where)} is called without arguments: {exc}") from None


def _line(function):
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return "" if code is None else f" (line {code.co_firstlineno})"


def _line_of(found, case):
    cls, name = found[case]
    return _line(getattr(cls, name, None))
