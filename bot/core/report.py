"""Owns the report: everything to be said about a run, already decided; `report.json` is public."""

from typing import Annotated, Literal

from pydantic import Field

from bot.core.counts import Comparison
from bot.core.framework_rows import ReferenceReport, ReferenceResult
from bot.core.metric import CounterName, MetricName, Unit
from bot.core.plan import Model, Role
from bot.core.run_facts import EnvironmentReport, Machine, NoiseReport, RuleReport, RunFacts

Verdict = Literal["REGRESSION", "IMPROVEMENT", "EQUIVALENT", "INCONCLUSIVE", "NOT_MEASURED"]
NumericVerdict = Literal[
    "IDENTICAL", "WITHIN_TOLERANCE", "DRIFTED", "WRONG", "NON_DETERMINISTIC", "NOT_COMPARABLE"
]
ConfirmationWord = Literal["confirmed", "refuted", "unclear"]
Overall = Literal["regression", "clean", "partly-measured", "nothing-measured"]


class Acknowledgement(Model):
    """Somebody's word that a finding is known and accepted, until it ends."""

    author: Annotated[str, Field(description="login, or the file it stands in")]
    reason: str
    until: Annotated[str | None, Field(description="last day it holds, YYYY-MM-DD")] = None


class Confirmation(Model):
    """What a second measurement on a fresh machine said about an alarm."""

    word: ConfirmationWord
    reason: str
    ratio: float | None = None
    difference: float | None = None
    interval: tuple[float | None, float | None] = (None, None)
    blocks: int = 0


class CellReport(Model):
    """The verdict on one (case, metric, candidate).

    `ratio` is candidate / baseline; `interval` its anytime-valid 95 % interval, a null bound is
    unbounded. A metric that may be zero (`rss_slope`) has no ratio: `difference` is candidate -
    baseline in `unit`, and `interval` is that of the difference. Values are in `unit`, for humans
    only: they belong to this machine.
    """

    case: str
    metric: MetricName
    candidate: str
    verdict: Verdict
    ratio: float | None = None
    difference: float | None = None
    interval: tuple[float | None, float | None] = (None, None)
    blocks: int = 0
    reason: str
    baseline_value: float | None = None
    candidate_value: float | None = None
    baseline_wall_seconds: Annotated[
        float | None, Field(description="wall time, where CPU time decides")
    ] = None
    candidate_wall_seconds: float | None = None
    unit: Unit
    threshold: Annotated[float, Field(description="relative; of a difference, in `unit`")]
    matters: Annotated[
        bool, Field(description="a decided change at least as large as the threshold")
    ] = False
    foreseen: Annotated[
        bool, Field(description="rightly not measured: one side says it cannot run the case")
    ] = False
    against: Annotated[
        str | None, Field(description="label of what it is compared with; null: the baseline")
    ] = None
    confirmation: Confirmation | None = None
    acknowledged: Acknowledgement | None = None


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
    against: Annotated[
        str | None, Field(description="label of what it is compared with; null: the baseline")
    ] = None
    confirmation: Confirmation | None = None
    acknowledged: Acknowledgement | None = None


class CounterReport(Model):
    """A counter of a candidate next to the baseline's, compared exactly; medians of processes."""

    case: str
    candidate: str
    counter: CounterName
    comparison: Comparison
    baseline_value: float | None = None
    candidate_value: float | None = None


class ReportedValue(Model):
    """What a benchmark reported of itself in one environment: told, and never judged."""

    case: str
    environment: str
    role: Annotated[Role, Field(description="baseline or candidate, which may have the same label")]
    name: Annotated[
        str, Field(description="wall_time, cpu_time, throughput, iters, extras.…, metrics.…")
    ]
    value: Annotated[float, Field(description="median over blocks, in the benchmark's own unit")]


class VersionReport(Model):
    """What a candidate does to all steps together: mean evidence over its cases."""

    candidate: str
    word: Literal["slower", "faster", "mixed", "undecided"]
    typical_ratio: Annotated[
        float | None, Field(description="geometric mean of the cases' step ratios")
    ] = None
    cases: int = 0


class FailureReport(Model):
    """A case that could not be measured in one environment, and why."""

    case: Annotated[str, Field(description="workload[case], or * when the environment failed")]
    environment: str
    kind: Annotated[str, Field(description="skipped, unavailable, or how it failed")]
    reason: str
    detail: str = ""
    advice: Annotated[
        str, Field(description="which API is gone or changed, and what an upgrade would change")
    ] = ""
    is_reference: Annotated[
        bool, Field(description="of another framework: outside `overall` and the exit code")
    ] = False


class UpgradeReport(Model):
    """What `tf_upgrade_v2` made of a script that is written for TensorFlow 1.x."""

    workload: str
    script: Annotated[str, Field(description="name of its file")]
    made_by: Annotated[
        str | None, Field(description="label of the environment whose tool it was")
    ] = None
    changed_lines: int = 0
    problems: Annotated[
        tuple[str, ...], Field(description="what the tool says it could not convert")
    ] = ()
    diff: Annotated[str, Field(description="unified diff; a long one is cut")] = ""
    is_measured: Annotated[
        bool, Field(description="2.x releases ran the copy, not the original")
    ] = False
    reason: Annotated[str | None, Field(description="why there is no copy")] = None


class ControlCell(Model):
    """The baseline's second install against its first, judged by the same engine."""

    case: str
    metric: MetricName
    flagged: bool
    ratio: float | None = None
    difference: float | None = None
    interval: tuple[float | None, float | None] = (None, None)
    blocks: int = 0


class BiasReport(Model):
    """Two installs of the baseline differ in a metric: smaller alarms in it are not believed."""

    metric: MetricName
    shift: Annotated[float, Field(description="how much, relative; in `unit` of a difference")]
    margin: Annotated[float, Field(description="what a change must exceed, likewise")]


class ControlHistory(Model):
    """The A/A controls of all runs remembered here, this one included."""

    runs: int
    controls: int
    flagged: int
    upper_bound: Annotated[
        float, Field(description="upper 95 % bound of the false alarms per control")
    ]


class Control(Model):
    """The A/A control of this run: what the tool sees where there is nothing to see."""

    cells: tuple[ControlCell, ...] = ()
    flagged: int = 0
    noise_floor: Annotated[
        float | None, Field(description="median |log ratio| of the two installs' steps")
    ] = None
    detectable: Annotated[
        float | None,
        Field(description="relative slowdown of a step that 95 % of like runs would find; median"),
    ] = None
    biases: tuple[BiasReport, ...] = ()
    history: ControlHistory | None = None


class SubjectReport(Model):
    """The user's project at the two sides of a pull request, in every release."""

    name: str
    base: Annotated[str, Field(description="commit before the change")]
    head: Annotated[str, Field(description="commit with the change")]
    pairs: Annotated[
        dict[str, str], Field(description="label at head -> label at base, same release")
    ] = Field(default_factory=dict)


class ShardReport(Model):
    """One machine's part of a run that several shared."""

    number: int
    machine: Machine
    blocks: int
    seconds: float
    stopped_by: str


class Place(Model):
    """Where a case is written, in the repository that was measured."""

    path: Annotated[str, Field(description="relative to the repository, with /")]
    line: int = 1


class Review(Model):
    """What publishing found by the base branch's rule; a measuring job says nothing here."""

    changed_files: Annotated[
        tuple[str, ...],
        Field(description="of the pull request, that decide what is measured; at most 5"),
    ] = ()
    more_files: Annotated[int, Field(description="how many more of these")] = 0
    notes: Annotated[
        tuple[str, ...], Field(description="where the base branch's rule is another")
    ] = ()


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
    counters: tuple[CounterReport, ...] = ()
    reported: tuple[ReportedValue, ...] = ()
    versions: tuple[VersionReport, ...] = ()
    references: tuple[ReferenceReport, ...] = ()
    reference_results: tuple[ReferenceResult, ...] = ()
    failures: tuple[FailureReport, ...]
    upgrades: tuple[UpgradeReport, ...] = ()
    control: Control
    environments: tuple[EnvironmentReport, ...]
    machine: Machine
    run: RunFacts
    noise: NoiseReport = NoiseReport()
    rule: RuleReport
    commit: Annotated[
        str | None, Field(description="head of the pull request that was measured, full hash")
    ] = None
    subject: SubjectReport | None = None
    shards: Annotated[
        tuple[ShardReport, ...], Field(description="empty: one machine did it all")
    ] = ()
    places: Annotated[
        dict[str, Place], Field(description="case -> where it is written, if in the repository")
    ] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()
    review: Annotated[
        Review | None, Field(description="by the publishing job; null: it was not published")
    ] = None
    exit_code: int
