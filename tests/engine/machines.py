"""Machines that are folders: a kernel's files as one machine or another has them."""

import os
from collections.abc import Mapping
from pathlib import Path

CORES = sorted(os.sched_getaffinity(0))
TICKS = os.sysconf("SC_CLK_TCK")


def make(root: Path, files: Mapping[str, str]) -> Path:
    """Write files below a folder that stands for the root of a machine."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def stat(**seconds: float) -> dict[str, str]:
    """The times of every core, in seconds, with cores beside them that are not ours."""
    names = (
        "user",
        "nice",
        "system",
        "idle",
        "iowait",
        "irq",
        "softirq",
        "steal",
        "guest",
        "gnice",
    )
    ticks = " ".join(str(round(seconds.get(name, 0.0) * TICKS)) for name in names)
    others = f"cpu  {'9 ' * 10}\ncpu{max(CORES) + 1} {'9 ' * 10}\n"
    return {"proc/stat": others + "".join(f"cpu{core} {ticks}\n" for core in CORES) + "ctxt 5\n"}


def process(pid: int, parent: int, *, own: float, late_children: float = 0.0) -> dict[str, str]:
    """A process whose name tries to look like the rest of the line."""
    times = f"{round(own * TICKS)} 0 {round(late_children * TICKS)} 0"
    return {f"proc/{pid}/stat": f"{pid} (a) S 1 (b) S {parent} {pid} {'0 ' * 8}{times} 20 0 1\n"}


def pressure(kind: str, microseconds: int) -> dict[str, str]:
    text = f"some avg10=0.00 avg60=0.00 avg300=0.00 total={microseconds}\nfull avg10=0.00 total=7\n"
    return {f"proc/pressure/{kind}": text}
