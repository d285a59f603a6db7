"""Owns what the machine has to spare while a block is measured: a core, and memory."""

import os
from pathlib import Path
from typing import Literal

MEMORY_FACTOR = 2.0
"""Cases need more than the import did; swapping would cost more than waiting for an import."""


def spare_cores(threads: int | Literal["all"]) -> int:
    """Return how many cores the measured process leaves free: one at a time has its turn."""
    return 0 if threads == "all" else max(0, len(os.sched_getaffinity(0)) - threads)


def has_room(wanted_bytes: float, meminfo: Path = Path("/proc/meminfo")) -> bool:
    """Whether another set of processes of this size fits into the memory; unknown is no."""
    if not meminfo.exists():
        return False
    lines = (line.split() for line in meminfo.read_text(encoding="utf-8").splitlines())
    sizes = {words[0]: int(words[1]) * 1024 for words in lines if len(words) > 1}
    return sizes.get("MemAvailable:", 0) > MEMORY_FACTOR * wanted_bytes
