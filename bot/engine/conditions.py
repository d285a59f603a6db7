"""Owns watching the machine: what the kernel counted between two moments."""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TypeVar

from bot.core.conditions import Conditions
from bot.engine import cgroup

Value = TypeVar("Value")

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_MICRO, _NANO = 1e-6, 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """What the kernel has counted up to one moment; None where it does not tell."""

    monotonic: float
    wall: float
    busy: float | None
    idle: float | None
    steal: float | None
    own: float | None
    cpu_pressure: float | None
    memory_pressure: float | None
    io_pressure: float | None
    throttled: float | None


class Watch:
    """Looks at the machine when it is made, and again when it is asked what happened since."""

    def __init__(self, *, root: Path = Path("/")) -> None:
        self._root = root
        self._began = look(root)

    def conditions(self) -> Conditions:
        """Say what the machine did since this watch was made."""
        ended = look(self._root)
        return between(self._began, ended, mhz=mean_mhz(self._root), load=load(self._root))


def between(
    began: Snapshot, ended: Snapshot, *, mhz: float | None = None, load: float | None = None
) -> Conditions:
    """Subtract two snapshots."""
    seconds = ended.monotonic - began.monotonic
    return Conditions(
        seconds=seconds,
        busy_seconds=_growth(began.busy, ended.busy),
        idle_seconds=_growth(began.idle, ended.idle),
        steal_seconds=_growth(began.steal, ended.steal),
        own_cpu_seconds=_growth(began.own, ended.own),
        cpu_pressure_seconds=_growth(began.cpu_pressure, ended.cpu_pressure),
        memory_pressure_seconds=_growth(began.memory_pressure, ended.memory_pressure),
        io_pressure_seconds=_growth(began.io_pressure, ended.io_pressure),
        throttled_seconds=_growth(began.throttled, ended.throttled),
        clock_step_seconds=ended.wall - began.wall - seconds,
        mhz=mhz,
        load=load,
    )


def look(root: Path = Path("/")) -> Snapshot:
    """Read what the kernel has counted so far."""
    cores = os.sched_getaffinity(0)
    busy, idle, steal = _known(lambda: _cpu_times(root, cores)) or (None, None, None)
    return Snapshot(
        monotonic=time.monotonic(),
        wall=time.time(),
        busy=busy,
        idle=idle,
        steal=steal,
        own=_known(lambda: _family_cpu(root, os.getpid())),
        cpu_pressure=_known(lambda: _pressure(root, "cpu")),
        memory_pressure=_known(lambda: _pressure(root, "memory")),
        io_pressure=_known(lambda: _pressure(root, "io")),
        throttled=_known(lambda: _throttled(root)),
    )


def load(root: Path = Path("/")) -> float | None:
    """Read the load: how many processes ran or waited to run, over the last minute."""
    return _known(lambda: float((root / "proc/loadavg").read_text().split()[0]))


def mean_mhz(root: Path = Path("/")) -> float | None:
    """Read the frequency of the cores we may use; without cpufreq, that of the whole machine."""
    return _known(lambda: _scaled_mhz(root)) or _known(lambda: _listed_mhz(root))


def _known(read: Callable[[], Value]) -> Value | None:
    """Read one figure; None where the kernel has no such file or writes it in another way."""
    try:
        return read()
    except (OSError, ValueError, LookupError):
        return None


def _growth(before: float | None, after: float | None) -> float | None:
    # Some counts step back a little when a core comes or goes.
    return None if before is None or after is None else max(0.0, after - before)


def _cpu_times(root: Path, cores: Collection[int]) -> tuple[float, float, float]:
    """Add up busy, idle and stolen seconds of some cores."""
    busy = idle = steal = 0.0
    lines = dict(_named_lines(root / "proc/stat"))
    for core in cores:
        ticks = [int(word) for word in lines[f"cpu{core}"].split()]
        user, nice, system, idling, waiting, hard, soft, stolen = ticks[:8]
        busy += (user + nice + system + hard + soft) / _TICKS_PER_SECOND
        idle += (idling + waiting) / _TICKS_PER_SECOND
        steal += stolen / _TICKS_PER_SECOND
    return busy, idle, steal


def _family_cpu(root: Path, pid: int) -> float:
    """Add up the CPU time of a process, of all it started, and of those that ended before."""
    ticks: dict[int, int] = {}
    children = defaultdict(list)
    for process, parent, used in _processes(root / "proc"):
        ticks[process] = used
        children[parent].append(process)
    family = [pid]
    for member in family:  # grows while it is walked
        family += children[member]
    return sum(ticks[member] for member in family) / _TICKS_PER_SECOND


def _processes(proc: Path) -> Iterator[tuple[int, int, int]]:
    """List every process with its parent and the ticks that it and its late children used."""
    for folder in proc.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            stat = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:  # it ended meanwhile, or is another user's
            continue
        # After the name, which may hold anything, even brackets: state, parent, ...
        fields = stat.rpartition(")")[2].split()
        yield int(folder.name), int(fields[1]), sum(map(int, fields[11:15]))


def _pressure(root: Path, kind: str) -> float:
    """Read for how long at least one process waited."""
    lines = dict(_named_lines(root / "proc/pressure" / kind))
    return int(lines["some"].rpartition("total=")[2]) * _MICRO


def _throttled(root: Path) -> float:
    """Add up what the quotas of our control groups took."""
    told = [
        dict(_named_lines(file)) for file in cgroup.files(root, "cpu", v1="cpu.stat", v2="cpu.stat")
    ]
    version_2 = [
        int(lines["throttled_usec"]) * _MICRO for lines in told if "throttled_usec" in lines
    ]
    version_1 = [
        int(lines["throttled_time"]) * _NANO for lines in told if "throttled_time" in lines
    ]
    if not version_1 and not version_2:
        raise LookupError("no control group counts it")
    return sum(version_1) + sum(version_2)


def _scaled_mhz(root: Path) -> float:
    folders = (
        root / f"sys/devices/system/cpu/cpu{core}/cpufreq" for core in os.sched_getaffinity(0)
    )
    return fmean(int((folder / "scaling_cur_freq").read_text()) / 1000 for folder in folders)


def _listed_mhz(root: Path) -> float:
    lines = (root / "proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    pairs = (line.partition(":") for line in lines)
    return fmean(float(value) for name, _, value in pairs if name.strip() == "cpu MHz")


def _named_lines(path: Path) -> Iterator[tuple[str, str]]:
    """Read lines of a name and what is said of it."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        name, _, rest = line.partition(" ")
        yield name, rest
