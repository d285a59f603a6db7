"""Owns the report: everything to be said about a run, already decided; `report.json` is public."""

from typing import Annotated, Literal

from pydantic import Field

from bot.core.metric import MetricName, Unit
from bot.core.plan import Dependencies, Device, Model, Role

Verdict = Literal["REGRESSION", "IMPROVEMENT", "EQUIVALENT", "INCONCLUSIVE", "NOT_MEASURED"]
NumericVerdict = Literal[
    "IDENTICAL", "WITHIN_TOLERANCE", "DRIFTED", "WRONG", "NON_DETERMINISTIC", "NOT_COMPARABLE"
]
Overall = Literal["regression", "clean", "partly-measured", "nothing-measured"]


class CellReport(Model):
    """The verdict on one (case, metric, candidate).

    `ratio` is candidate / baseline; `interval` its anytime-valid 95 % interval, a null bound is
    unbounded. Values are in `unit`, for humans only: they belong to this machine.
    """

    case: str
    metric: MetricName
    candidate: str
    verdict: Verdict
    ratio: float | None = None
    interval: tuple[float | None, float | None] = (None, None)
    blocks: int = 0
    reason: str
    baseline_value: float | None = None
    candidate_value: float | None = None
    unit: Unit
    threshold: float
    matters: Annotated[
        bool, Field(description="a decided change at least as large as the threshold")
    ] = False


class NumericReport(Model):
    """What the candidate's results are, next to the baseline's and to a float64 reference."""

    case: str
    candidate: str
    verdict: NumericVerdict
    max_relative_error: Annotated[float | None, Field(description="against the baseline")] = None
    max_ulp: Annotated[int | None, Field(description="units in the last place, likewise")] = None
    reference_error: Annotated[
        float | None, Field(description="of the candidate, against the float64 reference")
    ] = None
    baseline_reference_error: float | None = None
    reference_ulp: Annotated[
        int | None, Field(description="of the candidate, from the reference rounded to its type")
    ] = None
    reason: str


class FailureReport(Model):
    """A case that could not be measured in one environment, and why."""

    case: Annotated[str, Field(description="workload[case], or * when the environment failed")]
    environment: str
    kind: Annotated[str, Field(description="skipped, unavailable, or how it failed")]
    reason: str
    detail: str = ""


class ControlCell(Model):
    """The baseline's second install against its first, judged by the same engine."""

    case: str
    metric: MetricName
    flagged: bool
    ratio: float | None = None
    interval: tuple[float | None, float | None] = (None, None)
    blocks: int = 0


class Control(Model):
    """The A/A control of this run: what the tool sees where there is nothing to see."""

    cells: tuple[ControlCell, ...] = ()
    flagged: int = 0
    noise_floor: Annotated[
        float | None, Field(description="median |log ratio| of the two installs' steps")
    ] = None


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
    unavailable: str | None = None


class Machine(Model):
    """Where it ran; absolute values never leave it."""

    cpu: str = "unknown"
    cores: int = 0
    memory_bytes: int = 0
    system: str = "unknown"


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
    stopped_by: Literal["decided", "budget", "most_blocks", "interrupted", "nothing"] = "decided"


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
    dependencies: Dependencies
    device: Device
    threads: int | Literal["all"]
    knobs: dict[str, str] = Field(default_factory=dict)


class Report(Model):
    """Everything a rendering needs. Cells come in the order of the plan; renderings may sort."""

    schema_version: Annotated[Literal[1], Field(alias="schema")] = 1
    tool_version: str
    overall: Overall
    baseline: str
    candidates: tuple[str, ...]
    cases: tuple[str, ...]
    cells: tuple[CellReport, ...]
    numerics: tuple[NumericReport, ...]
    failures: tuple[FailureReport, ...]
    control: Control
    environments: tuple[EnvironmentReport, ...]
    machine: Machine
    run: RunFacts
    rule: RuleReport
    notes: tuple[str, ...] = ()
    exit_code: int
