"""Owns what the machine did during a block: facts that explain noise, and never judge or drop data.

No rule of the decision sees them. A rule that throws blocks away because they look disturbed can
see which arm was slow, and would bias the answer; these facts only tell a reader why it took long.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Conditions:
    """What the machine did between two moments; None where the system cannot tell.

    CPU times are sums over the cores that we may use. `own_cpu_seconds` is this process and
    everything it started. Pressure is the time in which at least one process of the machine waited
    for a core, for memory, for the disk. `run_queue_seconds` and `involuntary_switches` are those
    of the measured processes; `throttled_seconds` is what a CPU quota took, summed over cores.
    `clock_step_seconds` is how far the wall clock ran ahead of the monotonic one. `load` is the
    one-minute average at the end, `mhz` the mean over cores at the end. `device_utilisation` is
    the share of time in which the busiest GPU worked, as its driver says.
    """

    seconds: float
    busy_seconds: float | None = None
    idle_seconds: float | None = None
    steal_seconds: float | None = None
    own_cpu_seconds: float | None = None
    cpu_pressure_seconds: float | None = None
    memory_pressure_seconds: float | None = None
    io_pressure_seconds: float | None = None
    run_queue_seconds: float | None = None
    involuntary_switches: int | None = None
    throttled_seconds: float | None = None
    clock_step_seconds: float | None = None
    mhz: float | None = None
    load: float | None = None
    device_utilisation: float | None = None

    @property
    def cpu_seconds(self) -> float | None:
        """All there was: cores times time, what the hypervisor took included."""
        parts = (self.busy_seconds, self.idle_seconds, self.steal_seconds)
        return None if None in parts else sum(part or 0.0 for part in parts)

    @property
    def stolen_share(self) -> float | None:
        """The share of CPU time that the hypervisor gave to other machines."""
        return _share(self.steal_seconds, self.cpu_seconds)

    @property
    def others_share(self) -> float | None:
        """The share of CPU time that other programs and the kernel's own work took."""
        if self.busy_seconds is None or self.own_cpu_seconds is None:
            return None
        # Counted in ticks by one and in nanoseconds by the other: the difference may be below 0.
        return _share(max(0.0, self.busy_seconds - self.own_cpu_seconds), self.cpu_seconds)

    @property
    def throttled_share(self) -> float | None:
        """The share of CPU time that a quota kept us from using."""
        return _share(self.throttled_seconds, self.cpu_seconds)

    @property
    def queued_share(self) -> float | None:
        """The share of time for which measured processes could run and had no core."""
        return _share(self.run_queue_seconds, self.seconds)

    @property
    def cpu_pressure_share(self) -> float | None:
        """The share of time in which something waited for a core."""
        return _share(self.cpu_pressure_seconds, self.seconds)

    @property
    def memory_pressure_share(self) -> float | None:
        """The share of time in which something waited for memory."""
        return _share(self.memory_pressure_seconds, self.seconds)

    @property
    def io_pressure_share(self) -> float | None:
        """The share of time in which something waited for the disk."""
        return _share(self.io_pressure_seconds, self.seconds)


def _share(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else part / whole
