"""The disturber is the same for everybody who names its seed, and it is always over."""

import os
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.disturber import (
    DUTY,
    LONGEST_SECONDS,
    ROOT,
    SHORTEST_SECONDS,
    bursts,
    disturbing,
)

PATIENCE_SECONDS = 60.0


def is_running(process: int) -> bool:
    """Whether it does something; a zombie does not."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def wait_until_over(processes: list[int]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while any(map(is_running, processes)):
        assert time.monotonic() < end, "it is still there"
        time.sleep(0.05)


def test_a_seed_gives_the_same_bursts_again_and_another_seed_others() -> None:
    first, again, other = (list(islice(bursts(seed), 50)) for seed in (1, 1, 2))
    assert first == again != other


def test_bursts_are_bounded_and_take_their_share() -> None:
    drawn = list(islice(bursts(1), 2000))
    assert all(SHORTEST_SECONDS <= burst <= LONGEST_SECONDS for _, burst in drawn)
    busy, all_of_it = sum(burst for _, burst in drawn), sum(map(sum, drawn))
    assert busy / all_of_it == pytest.approx(DUTY, abs=0.02)


def test_it_ends_by_itself() -> None:
    with disturbing(seconds=0.3, seed=1) as processes:
        assert len(processes) == len(os.sched_getaffinity(0))
        wait_until_over(processes)


def test_it_ends_with_the_work_beside_it_even_if_that_fails() -> None:
    started: list[int] = []

    def work() -> None:
        with disturbing(seconds=3600, seed=1) as processes:
            started.extend(processes)
            assert all(map(is_running, processes))
            raise ValueError("failed")

    with pytest.raises(ValueError, match="failed"):
        work()
    assert started
    assert not any(map(is_running, started))


def test_it_does_not_outlive_whoever_started_it() -> None:
    program = (
        "import time\nfrom benchmarks.disturber import disturbing\n"
        "with disturbing(seconds=3600, seed=1) as processes:\n"
        "    print(*processes, flush=True)\n    time.sleep(3600)\n"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        processes = [int(word) for word in parent.stdout.readline().split()]
        parent.send_signal(signal.SIGKILL)
    assert processes
    wait_until_over(processes)
