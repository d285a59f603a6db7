"""Owns the serving of one case: from its file to its last call."""

import os
from itertools import repeat
from time import perf_counter

from . import arrays, artifact, benchmark, declared, device, process
from .clock import timed
from .counting import counted
from .faults import BadWorkload, OutOfPlace
from .loading import load
from .notes import collected

# What can be asked for: in which state, and the state that follows. A fault leads to "broken".
_STATES = {
    "make_artifact": ("opened", "spent"),
    "build": ("opened", "built"),
    "first_call": ("built", "called"),
    "call": ("called", "called"),
    "count": ("called", "called"),
    "warm_up": ("called", "called"),
    "memory": ("called", "called"),
    "round": ("called", "called"),
    "see_device": ("called", "called"),
}
_COMPARED_CALLS = 3


def serve(channel, opening):
    """Serve the case that `opening` names until it is closed, or EOFError: nobody asks any more."""
    case = Case(opening.field("file"), opening.field("case"))
    channel.reply(opening, {"pid": os.getpid()})
    while True:
        request = channel.receive()
        if request.do == "close":
            process.flush()
            channel.answer(request, case.closing, case.file)
            return
        channel.answer(request, case.perform, case.file)


class Case:
    """A workload with one set of parameters, in this process."""

    def __init__(self, file, name):
        self.file = os.path.abspath(file)
        self._name = name
        self._state = "opened"
        self._module = None
        self._step = None
        self._benchmark = None

    def perform(self, request):
        """Carry out a request and return the fields of its reply."""
        if request.do not in _STATES:
            raise OutOfPlace(f"{request.do!r} is nothing that can be asked of a case")
        expected, following = _STATES[request.do]
        if self._state != expected:
            raise OutOfPlace(f"{request.do}: the case is {self._state}, it must be {expected}")
        self._state = "broken"
        fields = getattr(self, "_" + request.do)(request)
        self._state = following
        return fields

    def _make_artifact(self, request):
        self._module = load(self.file)
        given = declared.parameters(self._module, self._name)
        make = declared.optional_function(self._module, "make_artifact")
        if make is None:
            raise OutOfPlace("make_artifact: the workload has no such function")
        artifact.make(request.field("artifact"), lambda folder: make(folder, **given))
        return {}

    def _build(self, request):
        # Loading counts as building: frameworks load parts of themselves at the first use of a
        # name, and a file may use it at its top or inside build().
        with collected(self.file) as notes:
            self._step, cost = timed(lambda: self._loaded_and_built(request))
        if not callable(self._step):
            raise BadWorkload(
                "build() must return the step, a function without arguments,"
                f" not {type(self._step).__name__}"
            )
        return dict(cost, notes=notes)

    def _loaded_and_built(self, request):
        self._module = load(self.file)
        if benchmark.methods(self._module):
            self._benchmark = benchmark.Benchmark(self._module, self._name)
            return self._benchmark
        given = declared.parameters(self._module, self._name)
        if declared.optional_function(self._module, "make_artifact") is not None:
            given = dict(given, artifact=request.field("artifact"))
        return declared.build(self._module)(**given)

    def _first_call(self, request):
        path = request.field("outputs")
        result, fields = timed(self._step)
        fields["minor_faults"] = process.minor_faults()  # of loading, building and one call
        if self._benchmark is not None:
            return dict(fields, notes=self._benchmark.notes())
        results = {} if path is None else self._results(result)
        if results:
            truths = self._truths(results)
            arrays.write(path, dict(results, **truths))
        fields.update(arrays.described(results))
        return fields

    def _results(self, result):
        outputs = declared.optional_function(self._module, "outputs")
        return {} if outputs is None else arrays.converted(outputs(result), "outputs")

    def _truths(self, results):
        reference = declared.optional_function(self._module, "reference")
        if reference is None:
            return {}
        truths = reference(**declared.parameters(self._module, self._name))
        return arrays.matched(arrays.converted(truths, "reference"), results)

    def _warm_up(self, request):
        least, most, most_seconds, spread = (
            request.field(name) for name in ("least_calls", "most_calls", "most_seconds", "spread")
        )
        ends = perf_counter() + most_seconds
        seconds = []
        while True:
            seconds.append(timed(self._step)[1]["wall_seconds"])
            last = sorted(seconds[-_COMPARED_CALLS:])
            median = last[len(last) // 2]
            settled = len(last) == _COMPARED_CALLS and last[-1] - last[0] <= spread * median
            enough = settled and len(seconds) >= least
            if enough or len(seconds) >= most or perf_counter() >= ends:
                return {"wall_seconds": seconds, "seconds_per_call": median}

    def _call(self, _request):
        self._step()
        return {}

    def _count(self, _request):
        return {"counters": counted()}

    def _see_device(self, _request):
        device.must_be_seen()
        return {}

    def _memory(self, _request):
        return {"rss_bytes": process.resident_bytes()}

    def _round(self, request):
        calls, untimed_calls = request.field("calls"), request.field("untimed_calls")
        step = self._step

        def turn():
            for _ in repeat(None, calls):
                step()

        began = perf_counter()
        for _ in repeat(None, untimed_calls):  # bring back the caches that other arms took away
            step()
        untimed_seconds = perf_counter() - began
        if self._benchmark is None:
            return dict(timed(turn)[1], untimed_seconds=untimed_seconds)
        self._benchmark.taken()  # what earlier calls reported
        fields = timed(turn)[1]
        taken = self._benchmark.taken()
        return dict(fields, untimed_seconds=untimed_seconds, reported_seconds=taken)

    def closing(self, request):
        """Return what this process used, before what is asked changes it."""
        used = process.usage()
        if request.wants("device"):
            used["device_peak_bytes"] = device.peak_bytes()
        if self._benchmark is not None:
            used["reported"] = self._benchmark.values()
        return used
