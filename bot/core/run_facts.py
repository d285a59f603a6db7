"""Owns the facts of a run in its report: environments, machine, noise, the run, and the rule."""

from typing import Annotated, Literal

from pydantic import Field

from bot.core.metric import MetricName
from bot.core.plan import Dependencies, Device, Model, Role

StoppedBy = Literal[
    "decided", "too_noisy", "nothing_left", "budget", "most_blocks", "interrupted", "nothing"
]


class EnvironmentReport(Model):
    """What was really installed and seen from inside."""

    label: str
    role: Role
    package: str
    release: str
    python: str
    packages: dict[str, str] = Field(default_factory=dict)
    git_version: str | None = None
    compiler: str | None = None
    lock_digest: Annotated[
        str | None, Field(description="SHA-256 of the hash-pinned lock it was installed from")
    ] = None
    installed_bytes: Annotated[
        int | None, Field(description="size of everything installed, as files say")
    ] = None
    unavailable: str | None = None
    knobs: Annotated[
        dict[str, str], Field(description="environment variables that it alone ran with")
    ] = Field(default_factory=dict)


class Machine(Model):
    """Where it ran; absolute values never leave it."""

    cpu: str = "unknown"
    cores: int = 0
    memory_bytes: int = 0
    system: str = "unknown"


class NoiseReport(Model):
    """What the machine did while it measured; a null is what it cannot tell."""

    blocks: int = 0
    stolen_share: Annotated[
        float | None, Field(description="of the CPU time, taken by the machine's host; median")
    ] = None
    others_share: Annotated[
        float | None, Field(description="of the CPU time, used by other programs; median")
    ] = None
    queued_share: Annotated[
        float | None, Field(description="of the time, a measured process had no core; median")
    ] = None
    waiting_share: Annotated[
        float | None, Field(description="of the time, some process waited for a core; median")
    ] = None
    mhz: Annotated[float | None, Field(description="clock of the cores; median")] = None
    gpu_share: Annotated[
        float | None, Field(description="of the time, the busiest GPU worked; median")
    ] = None
    disturbance: Annotated[
        str | None, Field(description="what disturbed the measuring; null: nothing to speak of")
    ] = None


class RunFacts(Model):
    """The run itself: when, how long, how much of the budget."""

    id: str
    started: str
    seconds: float
    budget_seconds: float
    blocks: int
    command: str
    seed: int
    resumed: int = 0
    stopped_by: StoppedBy = "decided"
    phases: Annotated[
        dict[str, float], Field(description="where the time went: seconds by what was done")
    ] = Field(default_factory=dict)


class RuleReport(Model):
    """The rule that was applied, so that disputes are about the rule."""

    threshold: Annotated[float, Field(description="of a step, unless a workload sets its own")]
    thresholds: Annotated[
        dict[MetricName, float], Field(description="of every metric, likewise")
    ] = Field(default_factory=dict)
    alpha: float
    cells: int
    most_blocks: int
    fail_on: tuple[str, ...]
    confirm: Annotated[
        bool, Field(description="alarms are to be measured again on a fresh machine")
    ] = False
    dependencies: Dependencies
    device: Device
    threads: int | Literal["all"]
    knobs: dict[str, str] = Field(default_factory=dict)
