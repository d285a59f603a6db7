"""Owns the facts of this machine that a reader needs to place absolute values."""

import os
import platform
from pathlib import Path

from bot.core.report import Machine


def this_machine() -> Machine:
    """Describe the machine; what cannot be read stays unknown."""
    return Machine(
        cpu=_cpu_model(Path("/proc/cpuinfo")) or platform.processor() or "unknown",
        cores=len(os.sched_getaffinity(0)),
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        system=f"{platform.system()} {platform.release()}",
    )


def _cpu_model(cpuinfo: Path) -> str | None:
    if not cpuinfo.exists():
        return None
    for line in cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return None
