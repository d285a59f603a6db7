"""Owns the kernel's own count of the processes that it ended for want of memory."""

from pathlib import Path

from bot.engine import cgroup


def kills(root: Path = Path("/")) -> int:
    """Add up what the machine and our control groups count; only a rise has a meaning."""
    groups = cgroup.files(root, "memory", v1="memory.oom_control", v2="memory.events")
    return sum(map(_count, (root / "proc/vmstat", *groups)))


def _count(file: Path) -> int:
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return 0
    fields = (line.split() for line in lines)
    return sum(int(found[1]) for found in fields if found[:1] == ["oom_kill"])
