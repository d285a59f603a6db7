"""What asv times: the steps, built and called once before the timing."""

import os
from functools import cache

from _steps import STEPS


@cache
def built(name):
    """Build a step once in a process: asv sets up anew before every call."""
    step = STEPS[name]()
    step()
    return step


class KnownWork:
    """One benchmark for every step; asv runs each in processes of its own."""

    params = tuple(os.environ["BENCH_STEPS"].split())
    param_names = ("step",)
    timeout = 300

    def setup(self, name):
        """Have the step ready."""
        self.step = built(name)

    def time_step(self, _name):
        """Call it."""
        self.step()
