"""What pyperf times: the steps, each built in its own processes and not in those of the others."""

import os
import time

import pyperf
from _steps import STEPS


def timed(name):
    """Return the function that times so many calls, as pyperf asks for it."""
    built = []

    def calls_timed(loops):
        if not built:
            built.append(STEPS[name]())
            built[0]()
        step = built[0]
        began = time.perf_counter()
        for _ in range(loops):
            step()
        return time.perf_counter() - began

    return calls_timed


runner = pyperf.Runner()
for name in os.environ["BENCH_STEPS"].split():
    runner.bench_time_func(name, timed(name))
