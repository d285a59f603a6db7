"""Out of memory: said where something proves it, and never guessed from a SIGKILL alone."""

import os
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.core.plan import Plan
from bot.core.report import FailureReport
from bot.engine import ending, oom
from tests.faults.conftest import Run

MEBIBYTE = 1 << 20
LIMIT_BYTES = 64 * MEBIBYTE

IN_CANDIDATE = """
    "Wants too much on the candidate."
    import ctypes, os, resource
    import tinyflow

    def hog():
        {hog}

    def build():
        return hog if tinyflow.__version__ == "2.0" else (lambda: None)
"""
FINE = "import tinyflow\ndef build():\n    return lambda: sum(range(100))\n"

UNDER_A_LIMIT = f"resource.setrlimit(resource.RLIMIT_AS, ({2 << 30}, {2 << 30})); "
HOGS = {
    "Python": ("bytearray(4 << 30)", "MemoryError"),
    "C++": ("ctypes.CDLL('libstdc++.so.6')._Znwm(ctypes.c_size_t(4 << 30))", "std::bad_alloc"),
}


@pytest.fixture
def failure(plan: Callable[..., Plan], begin: Callable[..., Run]) -> Callable[[str], FailureReport]:
    """Run a case that does this on the candidate, and one that is fine; return the failure."""

    def fail(hog: str) -> FailureReport:
        bad = textwrap.dedent(IN_CANDIDATE).format(hog=hog)
        concluded = begin(plan({"bad": bad, "fine": FINE})).go_on()
        [found] = concluded.failures
        others = {cell.verdict for cell in concluded.cells if cell.case == "fine[default]"}
        assert "NOT_MEASURED" not in others
        return found

    return fail


@pytest.mark.parametrize(("hog", "says"), HOGS.values(), ids=HOGS.keys())
def test_a_limit_of_the_process(
    failure: Callable[[str], FailureReport], hog: str, says: str
) -> None:
    found = failure(UNDER_A_LIMIT + hog)
    assert (found.kind, found.environment) == ("memory", "2.0")
    assert says in found.reason
    assert "in the first call" in found.reason


@contextmanager
def a_small_group() -> Iterator[Path]:
    """Make a control group with little memory; skip where this user may not, or none can be."""
    name = f"tfperf-test-{os.getpid()}"
    groups = {
        Path("/sys/fs/cgroup/memory", name): "memory.limit_in_bytes",
        Path("/sys/fs/cgroup", name): "memory.max",
    }
    for group, limit in groups.items():
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            if (group / limit).exists():
                (group / limit).write_text(str(LIMIT_BYTES))
                yield group
                return
        finally:
            group.rmdir()
    pytest.skip("needs the right to make a control group with a memory limit")


def test_a_limit_of_the_control_group(failure: Callable[[str], FailureReport]) -> None:
    with a_small_group() as group:
        join = f"open({str(group / 'cgroup.procs')!r}, 'w').write(str(os.getpid())); "
        found = failure(join + f"bytearray({4 * LIMIT_BYTES}).replace(b'0', b'1')")
    assert (found.kind, found.environment) == ("memory", "2.0")
    assert found.reason.startswith("out of memory: killed by SIGKILL in the first call")


def test_a_kill_that_the_kernel_did_not_count_is_only_a_kill(
    failure: Callable[[str], FailureReport],
) -> None:
    found = failure("os.kill(os.getpid(), 9)")
    assert (found.kind, found.reason) == ("signal", "killed by SIGKILL in the first call")


COUNTS = {
    "no group": ({"proc/vmstat": "nr_free_pages 7\noom_kill 3\n"}, 3),
    "version 1": (
        {
            "proc/vmstat": "oom_kill 3\n",
            "proc/self/cgroup": "4:memory:/job\n1:cpu:/job\n",
            "sys/fs/cgroup/memory/job/memory.oom_control": "under_oom 0\noom_kill 2\n",
        },
        5,
    ),
    "version 2": (
        {
            "proc/self/cgroup": "0::/job/step\n",
            "sys/fs/cgroup/job/memory.events": "oom 9\noom_kill 4\noom_group_kill 1\n",
        },
        4,
    ),
    "an older kernel": ({"proc/vmstat": "nr_free_pages 7\n"}, 0),
    "nothing to read": ({}, 0),
}


@pytest.mark.parametrize(("files", "kills"), COUNTS.values(), ids=COUNTS.keys())
def test_the_counters_of_machine_and_group_are_added_up(
    tmp_path: Path, files: dict[str, str], kills: int
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert oom.kills(tmp_path) == kills


@pytest.mark.parametrize(
    ("signal", "had_oom_kill", "said", "kind"),
    [
        ("SIGKILL", True, "", "memory"),
        ("SIGKILL", False, "", "signal"),
        ("SIGSEGV", True, "", "signal"),
        ("SIGABRT", False, "throwing 'std::bad_alloc'\n" + "a stack\n" * 20, "memory"),
        ("SIGABRT", True, "", "signal"),
    ],
)
def test_only_proof_makes_a_signal_a_matter_of_memory(
    signal: str, had_oom_kill: bool, said: str, kind: str
) -> None:
    died = {"signal": signal}
    assert ending.death(died, "build", said=said, had_oom_kill=had_oom_kill).kind == kind
