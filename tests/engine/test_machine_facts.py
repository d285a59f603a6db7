"""What a machine is: the real one, and those of others as their kernels tell them."""

import os
from pathlib import Path
from typing import Any

import pytest

from bot.engine.clock import clock
from bot.engine.machine_facts import machine_facts
from tests.engine.machines import CORES, make

GIB = 2**30
MEMINFO = "MemTotal:       16384000 kB\nMemFree:  1 kB\nMemAvailable:   8192000 kB\n"
X86 = (
    "processor\t: 0\nmodel name\t: AMD EPYC 7763\nflags\t\t: fpu avx avx2 fma\n\nmodel name\t: b\n"
)
VIRTUAL = X86.replace("avx2", "avx2 hypervisor")
ARM = "processor\t: 0\nFeatures\t: fp asimd sve bf16\n"
TOP = "sys/fs/cgroup"


def test_this_machine_is_described() -> None:
    facts = machine_facts()

    assert facts.cores == len(os.sched_getaffinity(0))
    assert facts.memory_bytes == os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    assert facts.usable_memory_bytes is not None
    assert facts.system.startswith("Linux ")


MACHINES: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "nothing can be read": (
        {},
        {
            "cpu_flags": None,
            "are_siblings": None,
            "memory_bytes": None,
            "usable_memory_bytes": None,
            "cpu_quota_cores": None,
            "governor": None,
            "has_turbo": None,
            "is_virtual": None,
            "is_container": False,
        },
    ),
    "a server": (
        {"proc/cpuinfo": X86, "proc/meminfo": MEMINFO},
        {
            "cpu": "AMD EPYC 7763",
            "cpu_flags": ("avx", "avx2", "fma"),
            "is_virtual": False,
            "memory_bytes": 16384000 * 1024,
            "usable_memory_bytes": 8192000 * 1024,
        },
    ),
    "a virtual machine": ({"proc/cpuinfo": VIRTUAL}, {"is_virtual": True}),
    "an ARM board does not say whether it is virtual": (
        {"proc/cpuinfo": ARM},
        {"cpu_flags": ("asimd", "sve", "bf16"), "is_virtual": None},
    ),
    "version 2 with limits, the tightest above ours": (
        {
            "proc/self/cgroup": "0::/pod/box\n",
            "proc/meminfo": MEMINFO,
            f"{TOP}/pod/cpu.max": "150000 100000\n",
            f"{TOP}/pod/box/cpu.max": "max 100000\n",
            f"{TOP}/pod/memory.max": f"{GIB}\n",
            f"{TOP}/pod/box/memory.max": f"{2 * GIB}\n",
        },
        {"cpu_quota_cores": 1.5, "memory_limit_bytes": GIB, "usable_memory_bytes": GIB},
    ),
    "version 2 without limits": (
        {
            "proc/self/cgroup": "0::/\n",
            f"{TOP}/cpu.max": "max 100000\n",
            f"{TOP}/memory.max": "max\n",
        },
        {"cpu_quota_cores": None, "memory_limit_bytes": None},
    ),
    "version 1 with limits": (
        {
            "proc/self/cgroup": "7:memory:/box\n4:cpu,cpuacct:/box\n1:name=systemd:/box\n",
            f"{TOP}/memory/box/memory.limit_in_bytes": f"{GIB}\n",
            f"{TOP}/cpu,cpuacct/box/cpu.cfs_quota_us": "50000\n",
            f"{TOP}/cpu,cpuacct/box/cpu.cfs_period_us": "100000\n",
        },
        {"cpu_quota_cores": 0.5, "memory_limit_bytes": GIB},
    ),
    "version 1 without limits": (
        {
            "proc/self/cgroup": "7:memory:/\n4:cpu:/\n",
            f"{TOP}/memory/memory.limit_in_bytes": "9223372036854771712\n",
            f"{TOP}/cpu/cpu.cfs_quota_us": "-1\n",
            f"{TOP}/cpu/cpu.cfs_period_us": "100000\n",
        },
        {"cpu_quota_cores": None, "memory_limit_bytes": None},
    ),
    "a group beside the top that is seen": (
        {"proc/self/cgroup": "0::/../other\n", f"{TOP}/memory.max": f"{GIB}\n"},
        {"memory_limit_bytes": None},
    ),
    "a container by its file": ({".dockerenv": ""}, {"is_container": True}),
    "a container by its group": (
        {"proc/self/cgroup": "0::/kubepods/pod1\n"},
        {"is_container": True},
    ),
    "turbo on Intel": (
        {"sys/devices/system/cpu/intel_pstate/no_turbo": "0\n"},
        {"has_turbo": True},
    ),
    "no boost on AMD": ({"sys/devices/system/cpu/cpufreq/boost": "0\n"}, {"has_turbo": False}),
    "a governor": (
        {"sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "powersave\n"},
        {"governor": "powersave"},
    ),
}


@pytest.mark.parametrize(("files", "expected"), MACHINES.values(), ids=MACHINES.keys())
def test_other_machines_are_described_from_their_files(
    tmp_path: Path, files: dict[str, str], expected: dict[str, Any]
) -> None:
    facts = machine_facts(make(tmp_path, files))

    assert {name: getattr(facts, name) for name in expected} == expected


@pytest.mark.parametrize(("siblings", "expected"), [("0-1", len(CORES) > 1), ("{}", False)])
def test_cores_are_siblings_when_two_of_ours_are_threads_of_one(
    tmp_path: Path, siblings: str, expected: bool
) -> None:
    place = "sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"
    make(tmp_path, {place.format(core): siblings.format(core) for core in CORES})

    assert machine_facts(tmp_path).are_siblings is expected


def test_the_clock_steps_and_may_have_no_name(tmp_path: Path) -> None:
    assert clock(tmp_path).source is None
    assert 0 < clock().step_seconds < 1
