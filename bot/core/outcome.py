"""Owns every way a block can end for one case in one arm."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

FailureKind = Literal[
    "import", "version", "exception", "exit", "signal", "timeout", "protocol", "memory"
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """One arm's part of a block: raw numbers, nothing derived.

    `round_seconds` holds wall seconds per call, one entry per round, in the order of the rounds;
    it is empty when the block only asked for the cold metrics. `warm_up_seconds` are those of the
    calls before, one by one, for people only. `rss_growth_bytes` is the resident
    memory gained in the last `calls_in_rounds` calls of the rounds, timed or not. `counters` are
    counted in the first blocks only, because counting takes time. `reported` is what a benchmark
    says of itself (wall_time, throughput, extras.…), by name: medians over its calls.
    """

    first_call_cpu_seconds: float
    first_call_wall_seconds: float
    build_cpu_seconds: float
    build_wall_seconds: float
    peak_rss_bytes: int
    round_seconds: tuple[float, ...] = ()
    warm_up_seconds: tuple[float, ...] = ()
    rss_growth_bytes: int | None = None
    calls_in_rounds: int = 0
    device_memory_bytes: int | None = None
    counters: Mapping[str, int] = field(default_factory=dict)
    run_queue_seconds: float | None = None
    involuntary_switches: int | None = None
    notes: tuple[str, ...] = ()
    reported: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ran:
    """What one run of a whole script used: the process, and those it started and waited for."""

    wall_seconds: float
    cpu_seconds: float
    peak_rss_bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What importing the framework cost one fresh process."""

    cpu_seconds: float
    wall_seconds: float
    rss_bytes: int
    modules: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """Something broke: `reason` is one line, `detail` the last lines it said."""

    kind: FailureKind
    reason: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Skipped:
    """Nothing was tried, and why (the release is too old for the case, the version is not here)."""

    reason: str


Outcome = Measured | Ran | Failed | Skipped
