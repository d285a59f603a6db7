"""Owns the disturber: a bad neighbour that takes cores in random bursts, for a limited time.

    python -m benchmarks.disturber [--seconds S] [--seed N]

One process for every core, pinned to it, with bursts and pauses of its own: sometimes one core is
taken, sometimes all are. Each ends by itself when its time is up or whoever started it is gone.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[1]
SHORTEST_SECONDS, LONGEST_SECONDS = 0.2, 3.0
DUTY = 0.4
"""The share of the time for which a core is taken."""

_LOOK_AROUND_SECONDS = 0.1


def bursts(seed: int) -> Iterator[tuple[float, float]]:
    """Yield the seconds of a pause and of the burst after it, without end."""
    random = Random(seed)
    while True:
        pause = random.uniform(SHORTEST_SECONDS, LONGEST_SECONDS) * (1 - DUTY) / DUTY
        yield pause, random.uniform(SHORTEST_SECONDS, LONGEST_SECONDS)


@contextmanager
def disturbing(*, seconds: float, seed: int) -> Iterator[list[int]]:
    """Disturb every core meanwhile, at most for `seconds`; yield the ids of the processes."""
    command = (sys.executable, "-m", "benchmarks.disturber", "--parent", str(os.getpid()))
    processes = []
    try:
        for core in sorted(os.sched_getaffinity(0)):
            own = ("--seconds", str(seconds), "--seed", str(seed + core), "--core", str(core))
            processes.append(subprocess.Popen([*command, *own], cwd=ROOT))
        yield [process.pid for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()


def disturb(*, seconds: float, seed: int, parent: int) -> None:
    """Take turns between doing nothing and taking the core, until the time is up."""
    end = time.monotonic() + seconds

    def is_over() -> bool:
        return time.monotonic() >= end or os.getppid() != parent

    for pause, burst in bursts(seed):
        _pass(pause, lambda: time.sleep(_LOOK_AROUND_SECONDS), is_over)
        _pass(burst, _spin, is_over)
        if is_over():
            return


def _pass(seconds: float, slice_of_it: Callable[[], object], is_over: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not is_over():
        slice_of_it()


def _spin() -> None:
    until = time.monotonic() + _LOOK_AROUND_SECONDS
    while time.monotonic() < until:
        pass


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--core", type=int, help="this one alone, in this process")
    parser.add_argument("--parent", type=int, default=os.getppid(), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.core is None:
        with disturbing(seconds=asked.seconds, seed=asked.seed):
            time.sleep(asked.seconds)
        return
    os.sched_setaffinity(0, {asked.core})
    disturb(seconds=asked.seconds, seed=asked.seed, parent=asked.parent)


if __name__ == "__main__":
    main()
