"""Owns what the doctor concludes: what this machine can measure, and what would help."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from bot.core import coverage, gpu
from bot.core.checkup import Checkup, PythonHere
from bot.core.finding import Finding, advise, fine, stop, unknown
from bot.core.noise_findings import noise_findings
from bot.core.units import format_bytes, format_seconds
from bot.errors import ExitCode

ARM_BYTES = 600 * 2**20
"""What a process that imported TensorFlow 2.21 and runs a small model takes."""

SMALLEST_ARM_BYTES = 230 * 2**20
"""The same for 1.15: who has less cannot measure what people still compare."""

BASELINE_ARMS = 2
ENVIRONMENT_BYTES = 1800 * 2**20
"""TensorFlow 2.21 with its dependencies, byte-compiled."""

LEAST_DISK_BYTES = 500 * 2**20
"""Less does not hold the smallest release and what a run writes."""

SLOW_CLOCK_SECONDS = 10e-6
"""A fifth of a percent of the shortest sample."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """Everything found, in the order in which it is shown."""

    findings: tuple[Finding, ...]

    @property
    def can_measure(self) -> bool:
        """Whether a run on this machine would measure anything."""
        return all(finding.level != "stops" for finding in self.findings)

    @property
    def advice(self) -> list[str]:
        """What to do, the pressing first."""
        urgent_first = sorted(self.findings, key=lambda finding: finding.level != "stops")
        return [finding.advice for finding in urgent_first if finding.advice]

    @property
    def exit_code(self) -> ExitCode:
        """How the command ends."""
        return ExitCode.NOTHING_TO_ACT_ON if self.can_measure else ExitCode.PARTLY_MEASURED


def diagnose(checkup: Checkup) -> Diagnosis:
    """Judge every fact."""
    return Diagnosis(
        findings=(
            _machine(checkup),
            _instructions(checkup),
            _cores(checkup),
            _memory(checkup),
            _disk(checkup),
            *_pythons(checkup),
            *_cards(checkup),
            _clock(checkup),
            _records(checkup),
            *noise_findings(checkup),
        )
    )


def to_json(checkup: Checkup, diagnosis: Diagnosis) -> dict[str, object]:
    """Turn all of it into JSON values: the conclusions first, then the facts they are made of."""
    return {
        "can_measure": diagnosis.can_measure,
        "exit_code": int(diagnosis.exit_code),
        "advice": diagnosis.advice,
        "findings": [asdict(finding) for finding in diagnosis.findings],
        "facts": asdict(checkup),
    }


def _machine(checkup: Checkup) -> Finding:
    machine = checkup.machine
    parts = [machine.cpu or "unknown processor", machine.architecture, machine.system]
    parts += ["virtual"] if machine.is_virtual else []
    parts += ["in a container"] if machine.is_container else []
    return fine("machine", ", ".join(parts))


def _instructions(checkup: Checkup) -> Finding:
    """TensorFlow chooses kernels by these; from 1.6 on it crashes without the first of them."""
    flags = checkup.machine.cpu_flags
    if flags is None:
        return unknown("machine", "which instructions it has is unknown")
    known = ", ".join(flags) or "no vector instructions that TensorFlow asks for"
    if checkup.machine.architecture != "x86_64":
        advice = "use an x86_64 machine for releases that have no wheel for this one"
        return advise("machine", f"{known}; many releases have wheels for x86_64 only", advice)
    if "avx" not in flags:
        advice = "compare 1.0 to 1.5 only, or use a machine with AVX"
        return advise("machine", "no AVX: TensorFlow 1.6 and newer crash at import", advice)
    return fine("machine", known)


def _cores(checkup: Checkup) -> Finding:
    machine, quota = checkup.machine, checkup.machine.cpu_quota_cores
    says = f"{machine.cores} of {machine.cores_online or machine.cores} usable"
    says += ", some of them threads of one core" if machine.are_siblings else ""
    if quota is not None and quota < machine.cores:
        return advise(
            "cores",
            f"{says}; a quota allows {quota:.3g} and stops processes in the middle of a turn",
            "give the container whole cores: docker run --cpuset-cpus=0,1 instead of --cpus",
        )
    if machine.cores == 1:
        advice = "use a machine with two cores or more"
        return advise("cores", f"{says}: whatever else runs disturbs", advice)
    return fine("cores", says)


def _cards(checkup: Checkup) -> Iterator[Finding]:
    """Say which releases can run on the graphics cards; those who have none know that."""
    for card in checkup.cards:
        yield fine("GPU", gpu.line(card))


def _memory(checkup: Checkup) -> Finding:
    usable, limit = checkup.machine.usable_memory_bytes, checkup.machine.memory_limit_bytes
    if usable is None:
        return unknown("memory", "how much is free is unknown")
    says = f"{format_bytes(usable)} {'allowed' if usable == limit else 'free'}"
    more = "end other programs, or allow more: docker run --memory=4g"
    if usable < (BASELINE_ARMS + 1) * SMALLEST_ARM_BYTES:
        return stop("memory", f"{says}: three processes with TensorFlow do not fit", more)
    candidates = usable // ARM_BYTES - BASELINE_ARMS
    if candidates < 1:
        return advise("memory", f"{says}: fits three processes of 1.x, hardly of newer ones", more)
    room = f"{says}: room for the baseline twice and {candidates} more at a time"
    if candidates == 1:
        return advise("memory", room, f"name one candidate a run, or {more}")
    return fine("memory", room)


def _disk(checkup: Checkup) -> Finding:
    room = checkup.room
    if room.free_bytes is None:
        return unknown("disk", f"how much is free for {room.folder} is unknown")
    says = f"{format_bytes(room.free_bytes)} free for {room.folder}"
    free_some = (
        f"make room: rm -r {room.folder}/environments (built again when needed), or uv cache clean"
    )
    if room.free_bytes < LEAST_DISK_BYTES:
        return stop("disk", f"{says}: not even one release fits", free_some)
    if room.has_hard_links is None:
        return unknown("disk", f"{says}; whether installs share files is unknown")
    if not room.has_hard_links:
        beside = f"keep uv's cache on the same disk: export UV_CACHE_DIR={room.folder}/cache"
        return advise("disk", f"{says}; every install is a copy of its own", beside)
    if room.free_bytes < 2 * ENVIRONMENT_BYTES:
        return advise("disk", f"{says}: two releases may not fit", free_some)
    return fine("disk", f"{says}; installs share files with uv's cache")


def _pythons(checkup: Checkup) -> Iterator[Finding]:
    """Say which Python serves which releases, and what to get for those without one."""
    for python in checkup.pythons:
        if python.path is not None:
            yield fine("Python", f"{python.minor} for TF {_served([python])}: {python.path}")
    fetched = [p for p in checkup.pythons if p.path is None and p.is_fetchable]
    if fetched:
        minors = ", ".join(python.minor for python in fetched)
        yield fine("Python", f"{minors} for TF {_served(fetched)}: uv fetches them when needed")
    usable = [python.minor for python in checkup.pythons if python.path or python.is_fetchable]
    remedies = {python.minor: python.remedy for python in checkup.pythons}
    for minor, releases in coverage.gaps(usable).items():
        says = f"{minor} is not here, and TensorFlow {coverage.ranges(releases)} needs it"
        yield (advise if usable else stop)("Python", says, f"for Python {minor}: {remedies[minor]}")


def _served(pythons: Sequence[PythonHere]) -> str:
    return coverage.ranges(coverage.releases([python.minor for python in pythons]))


def _clock(checkup: Checkup) -> Finding:
    clock = checkup.clock
    says = f"steps of {format_seconds(clock.step_seconds)}"
    says += f" ({clock.source})" if clock.source else ""
    if clock.step_seconds > SLOW_CLOCK_SECONDS:
        place = "/sys/devices/system/clocksource/clocksource0/current_clocksource"
        return advise(
            "clock", f"{says}: too slow", f"use the processor's clock: echo tsc | sudo tee {place}"
        )
    return fine("clock", says)


_RECORDS = {
    "steal_seconds": "stolen time",
    "own_cpu_seconds": "other programs",
    "cpu_pressure_seconds": "pressure",
    "throttled_seconds": "CPU quota",
    "mhz": "frequency",
    "load": "load",
}


def _records(checkup: Checkup) -> Finding:
    """What every block notes down about the machine; a lack of it stops nothing."""
    conditions = checkup.conditions
    kept = [word for name, word in _RECORDS.items() if getattr(conditions, name) is not None]
    lost = [word for name, word in _RECORDS.items() if getattr(conditions, name) is None]
    says = f"of each block: {', '.join(kept) or 'nothing'}"
    says += f"; unknown here: {', '.join(lost)}" if lost else ""
    if conditions.cpu_pressure_seconds is None:
        says += " (psi=1 on the kernel's command line turns pressure on)"
    return fine("records", says)
