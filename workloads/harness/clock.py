"""Owns the reading of clocks: wall time, and CPU time of all threads of the process."""

from time import perf_counter, process_time


def timed(call):
    """Return what `call()` returned, and what it cost."""
    cpu = process_time()
    wall = perf_counter()
    result = call()
    wall = perf_counter() - wall
    cpu = process_time() - cpu
    return result, {"wall_seconds": wall, "cpu_seconds": cpu}
