"""Three kinds of work, of which BENCH_EXTRA_WORK adds a known share."""

from _steps import STEPS

CASES = {name: {"name": name} for name in STEPS}


def build(name):
    return STEPS[name]()
