"""Watching the machine: the real kernel, and kernels that keep less or other records."""

import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

from bot.engine.conditions import Snapshot, Watch, between, look, mean_mhz
from tests.engine.machines import CORES, make, pressure, process, stat

FACTS = ("busy", "idle", "steal", "own", "cpu_pressure", "memory_pressure", "io_pressure")
EVERYTHING = (*FACTS, "throttled")
BURN = "import time\nwhile time.process_time() < 0.3: pass"


def test_this_kernel_counts_the_time_that_passes() -> None:
    watch = Watch()
    subprocess.run([sys.executable, "-c", "import time; time.sleep(0.2)"], check=True)

    conditions = watch.conditions()

    assert conditions.seconds >= 0.2
    assert conditions.cpu_seconds is not None
    assert conditions.cpu_seconds > 0
    assert conditions.own_cpu_seconds is not None
    assert conditions.clock_step_seconds is not None


def test_the_work_of_a_child_is_our_own_while_it_runs_and_after() -> None:
    watch = Watch()
    script = f"{BURN}\nprint(flush=True)\ninput()"
    child = subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    child.stdout.readline()
    running = watch.conditions().own_cpu_seconds
    child.communicate(b"\n")
    ended = watch.conditions().own_cpu_seconds

    assert running is not None
    assert ended is not None
    assert running >= 0.25  # the kernel counts in ticks
    assert ended >= running


def test_a_machine_without_any_record_is_all_unknown(tmp_path: Path) -> None:
    conditions = Watch(root=tmp_path).conditions()

    known = {f.name for f in fields(conditions) if getattr(conditions, f.name) is not None}
    assert known == {"seconds", "clock_step_seconds"}


def test_a_kernel_without_pressure_still_tells_the_rest(tmp_path: Path) -> None:
    files = {**stat(user=1), **process(os.getpid(), 1, own=1), "proc/loadavg": "0.50 0.4 0.3 1/9 9"}

    conditions = Watch(root=make(tmp_path, files)).conditions()

    assert conditions.cpu_pressure_seconds is None
    assert conditions.busy_seconds == 0.0
    assert conditions.own_cpu_seconds == 0.0
    assert conditions.load == 0.5


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"proc/stat": "", "proc/pressure/cpu": "", "proc/loadavg": ""}, id="empty"),
        pytest.param({"proc/stat": "cpu0 1 2\n", "proc/pressure/cpu": "some\n"}, id="cut off"),
        pytest.param(
            {"proc/stat": "".join(f"cpu{c} a b c d e f g h\n" for c in CORES)}, id="no numbers"
        ),
        pytest.param({"proc/cpuinfo": "cpu MHz\t: fast\n", "proc/loadavg": "high"}, id="words"),
        pytest.param({f"proc/{os.getpid()}/stat": "1 (a) S"}, id="half a process"),
    ],
)
def test_what_cannot_be_read_is_unknown(tmp_path: Path, files: dict[str, str]) -> None:
    seen = look(make(tmp_path, files))

    assert {name for name in EVERYTHING if getattr(seen, name) is not None} == set()
    assert mean_mhz(tmp_path) is None


def test_times_are_those_of_the_cores_we_may_use(tmp_path: Path) -> None:
    files = stat(user=4, nice=1, system=2, idle=8, iowait=1, irq=0.5, softirq=0.5, steal=3, guest=4)

    seen = look(make(tmp_path, files))

    assert (seen.busy, seen.idle, seen.steal) == pytest.approx(
        (8 * len(CORES), 9 * len(CORES), 3 * len(CORES))
    )


def test_our_own_time_is_that_of_the_whole_family_and_of_nobody_else(tmp_path: Path) -> None:
    me, child, grandchild, stranger = os.getpid(), 900_001, 900_002, 900_003
    files = {
        **process(me, 1, own=1.0, late_children=0.5),
        **process(child, me, own=2.0),
        **process(grandchild, child, own=4.0, late_children=8.0),
        **process(stranger, 1, own=100.0),
        "proc/version": "not a process",
    }

    assert look(make(tmp_path, files)).own == pytest.approx(15.5)


def test_pressure_is_the_time_that_some_process_waited(tmp_path: Path) -> None:
    root = make(tmp_path, {**pressure("cpu", 2_500_000), **pressure("memory", 0)})

    seen = look(root)

    assert (seen.cpu_pressure, seen.memory_pressure) == (2.5, 0.0)
    assert seen.io_pressure is None


THROTTLED = {
    "version 2": {
        "proc/self/cgroup": "0::/mine/inner\n",
        "sys/fs/cgroup/mine/cpu.stat": "usage_usec 5\nthrottled_usec 3000000\n",
        "sys/fs/cgroup/mine/inner/cpu.stat": "nr_throttled 1\nthrottled_usec 500000\n",
        "sys/fs/cgroup/cpu.stat": "usage_usec 77\n",
    },
    "version 1": {
        "proc/self/cgroup": "5:memory:/mine\n4:cpu,cpuacct:/mine\n",
        "sys/fs/cgroup/cpu,cpuacct/mine/cpu.stat": "nr_throttled 2\nthrottled_time 3500000000\n",
    },
    "a container that sees the host's path": {
        "proc/self/cgroup": "4:cpu,cpuacct:/docker/abc\n",
        "sys/fs/cgroup/cpu,cpuacct/cpu.stat": "throttled_time 3500000000\n",
    },
    "both versions at once": {
        "proc/self/cgroup": "4:cpu:/\n0::/\n",
        "sys/fs/cgroup/unified/cgroup.procs": "",
        "sys/fs/cgroup/cpu/cpu.stat": "throttled_time 3500000000\n",
    },
}


@pytest.mark.parametrize("files", THROTTLED.values(), ids=THROTTLED.keys())
def test_what_a_quota_took_is_found_in_either_version(
    tmp_path: Path, files: dict[str, str]
) -> None:
    assert look(make(tmp_path, files)).throttled == pytest.approx(3.5)


def test_a_group_that_never_had_a_quota_has_no_such_figure(tmp_path: Path) -> None:
    files = {"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.stat": "usage_usec 77\n"}

    assert look(make(tmp_path, files)).throttled is None


def test_the_frequency_is_that_of_now_or_what_the_processor_is_listed_with(tmp_path: Path) -> None:
    make(tmp_path, {"proc/cpuinfo": "cpu MHz\t\t: 2000.0\n\ncpu MHz\t\t: 3000.0\n"})
    assert mean_mhz(tmp_path) == 2500.0

    now = "sys/devices/system/cpu/cpu{}/cpufreq/scaling_cur_freq"
    make(tmp_path, {now.format(core): "1400000\n" for core in CORES})
    assert mean_mhz(tmp_path) == 1400.0


ZERO = Snapshot(
    monotonic=100.0,
    wall=5000.0,
    busy=10.0,
    idle=10.0,
    steal=0.0,
    own=3.0,
    cpu_pressure=1.0,
    memory_pressure=1.0,
    io_pressure=1.0,
    throttled=None,
)


def test_a_clock_that_was_set_is_seen_against_the_one_that_cannot_be() -> None:
    ended = replace(ZERO, monotonic=160.0, wall=5000.0 + 60.0 - 2.5)

    assert between(ZERO, ended).clock_step_seconds == pytest.approx(-2.5)


def test_a_count_that_steps_back_is_no_time() -> None:
    ended = replace(ZERO, monotonic=101.0, idle=9.9, own=2.0, throttled=4.0)

    conditions = between(ZERO, ended)

    assert conditions.idle_seconds == 0.0
    assert conditions.own_cpu_seconds == 0.0
    assert conditions.throttled_seconds is None
