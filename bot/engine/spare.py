"""Owns what the machine has to spare while a block is measured: a core, and memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from bot.core.machine_facts import MachineFacts
from bot.engine import cgroup

MEMORY_FACTOR = 2.0
"""Cases need more than the import did; swapping would cost more than waiting for an import."""


def has_spare_core(threads: int | Literal["all"], machine: MachineFacts) -> bool:
    """Whether the measured process leaves a core free: one at a time has its turn."""
    allowed = min(float(machine.cores), machine.cpu_quota_cores or float(machine.cores))
    return threads != "all" and allowed >= threads + 1


def has_room(wanted_bytes: float, root: Path = Path("/")) -> bool:
    """Whether another set of processes of this size fits into the memory; unknown is no."""
    free = [*_free_on_machine(root / "proc/meminfo"), *_free_in_groups(root)]
    return bool(free) and min(free) > MEMORY_FACTOR * wanted_bytes


def _free_on_machine(meminfo: Path) -> Iterator[int]:
    if not meminfo.is_file():
        return
    for line in meminfo.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            yield int(value.split()[0]) * 1024


def _free_in_groups(root: Path) -> Iterator[int]:
    """What every control group with a limit has left."""
    pairs = {"memory.limit_in_bytes": "memory.usage_in_bytes", "memory.max": "memory.current"}
    for file in cgroup.files(root, "memory", v1="memory.limit_in_bytes", v2="memory.max"):
        limit, used = file.read_text().strip(), file.with_name(pairs[file.name])
        if limit.isdigit() and used.is_file():  # "max" is no limit
            yield int(limit) - int(used.read_text())
