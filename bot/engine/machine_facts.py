"""Owns finding out what this machine is: processor, memory, limits, and who else it belongs to."""

import os
import platform
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.core.machine_facts import FLAGS, MachineFacts
from bot.engine import cgroup

_CONTAINER_FILES = (".dockerenv", "run/.containerenv")
_CONTAINER_GROUPS = ("docker", "kubepods", "containerd", "libpod", "lxc")
_UNLIMITED = 1 << 60
"""Version 1 writes a number near 2**63 where there is no limit."""


def machine_facts(root: Path = Path("/")) -> MachineFacts:
    """Describe the machine; what cannot be read stays unknown."""
    cores = os.sched_getaffinity(0)
    cpu = _pairs(root / "proc/cpuinfo")
    memory = _pairs(root / "proc/meminfo")
    flags = cpu.get("flags", cpu.get("Features"))
    return MachineFacts(
        cpu=cpu.get("model name") or platform.processor() or None,
        architecture=platform.machine(),
        cpu_flags=None if flags is None else tuple(f for f in FLAGS if f in flags.split()),
        cores=len(cores),
        cores_online=os.cpu_count(),
        are_siblings=_are_siblings(root, cores),
        memory_bytes=_kibibytes(memory.get("MemTotal")),
        memory_available_bytes=_kibibytes(memory.get("MemAvailable")),
        memory_limit_bytes=_memory_limit(root),
        cpu_quota_cores=_cpu_quota(root),
        governor=_text(root / "sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        has_turbo=_has_turbo(root / "sys/devices/system/cpu"),
        is_virtual="hypervisor" in cpu["flags"].split() if "flags" in cpu else None,
        is_container=_is_container(root),
        system=f"{platform.system()} {platform.release()}",
    )


def _are_siblings(root: Path, cores: Iterable[int]) -> bool | None:
    """Whether two of the cores are threads of one physical core."""
    topology = "sys/devices/system/cpu/cpu{}/topology/thread_siblings_list"
    siblings = [_text(root / topology.format(core)) for core in cores]
    return None if None in siblings else len(set(siblings)) < len(siblings)


def _has_turbo(cpus: Path) -> bool | None:
    """Whether cores may run faster for a while than they can for long."""
    no_turbo, boost = _text(cpus / "intel_pstate/no_turbo"), _text(cpus / "cpufreq/boost")
    if no_turbo is not None:
        return no_turbo == "0"
    return None if boost is None else boost == "1"


def _memory_limit(root: Path) -> int | None:
    files = cgroup.files(root, "memory", v1="memory.limit_in_bytes", v2="memory.max")
    limits = (int(text) for file in files if (text := _text(file) or "").isdigit())
    return min((limit for limit in limits if limit < _UNLIMITED), default=None)


def _cpu_quota(root: Path) -> float | None:
    """How many cores' time the tightest of our groups allows."""
    quotas = [*_quotas_v2(root), *_quotas_v1(root)]
    return min(quotas, default=None)


def _quotas_v2(root: Path) -> Iterator[float]:
    for file in cgroup.files(root, "cpu", v2="cpu.max"):
        quota, _, period = (_text(file) or "").partition(" ")  # "200000 100000" or "max 100000"
        if quota.isdigit() and period.isdigit():
            yield int(quota) / int(period)


def _quotas_v1(root: Path) -> Iterator[float]:
    for file in cgroup.files(root, "cpu", v1="cpu.cfs_quota_us"):
        quota, period = _text(file) or "", _text(file.with_name("cpu.cfs_period_us")) or ""
        if quota.isdigit() and period.isdigit():  # "-1" is no quota
            yield int(quota) / int(period)


def _is_container(root: Path) -> bool:
    if any((root / name).exists() for name in _CONTAINER_FILES):
        return True
    groups = _text(root / "proc/self/cgroup") or ""
    return any(name in groups for name in _CONTAINER_GROUPS)


def _kibibytes(said: str | None) -> int | None:
    number = (said or "").removesuffix("kB").strip()
    return int(number) * 1024 if number.isdigit() else None


def _pairs(path: Path) -> dict[str, str]:
    """Read `name : value` lines; of several with one name, the first."""
    pairs = (line.partition(":") for line in reversed((_text(path) or "").splitlines()))
    return {name.strip(): value.strip() for name, _, value in pairs}


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return None
