"""Owns the plan: what is to be measured, as it stands in `plan.json` before anything runs."""

from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.core.appearance import PLAIN, Appearance
from bot.core.arm_ids import with_own_ids
from bot.core.division import Division
from bot.core.metric import (
    IMPORT_METRICS,
    KIND_METRICS,
    METRICS,
    REFERENCE_METRICS,
    CaseKind,
    MetricName,
)
from bot.core.waiver import Waiver

Role = Literal["baseline", "control", "candidate", "reference"]
Dependencies = Literal["release-date", "newest", "project"]
Ref = Literal["base", "head"]
Device = Literal["cpu", "gpu"]
Isolation = Literal["fork", "process"]
Framework = Literal["torch", "numpy", "python"]
FRAMEWORKS: tuple[Framework, ...] = get_args(Framework)
"""Other frameworks that a case may be written in: packages of references, suffixes of files."""


class Model(BaseModel):
    """A value read once at the border, then trusted."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Subject(Model):
    """The user's own project as it was at one commit, built to be installed."""

    name: Annotated[str, Field(description="its distribution, for example my-model")]
    ref: Ref
    commit: Annotated[str, Field(description="full hash")]
    wheel: Annotated[str, Field(description="absolute path of the wheel")]
    digest: Annotated[str, Field(description="SHA-256 of the wheel")]


class ProjectLock(Model):
    """What the user's project pins for one commit, with hashes, instead of a resolution of ours."""

    path: Annotated[str, Field(description="absolute path of the requirements, hashed")]
    digest: Annotated[str, Field(description="SHA-256 of that file")]
    source: Annotated[str, Field(description="file it was read from, for example uv.lock")]
    commit: str


class Environment(Model):
    """A framework release on a Python, with knobs: one column of the report, one arm of a block."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    label: Annotated[str, Field(description="how the report calls it, for example 2.15.1")]
    role: Role
    package: Annotated[str, Field(description="the distribution, for example tensorflow")]
    release: Annotated[str, Field(description="its exact version, for example 2.15.1")]
    python: Annotated[str, Field(description="minor version, for example 3.11")]
    module: Annotated[str, Field(description="what is imported and timed")] = "tensorflow"
    not_newer_than: Annotated[
        str | None, Field(description="date that bounds dependencies; null: as of today")
    ] = None
    extra_requirements: tuple[str, ...] = ()
    existing: Annotated[
        str | None, Field(description="interpreter that is used as it is; null: one is built")
    ] = None
    imported_from: Annotated[
        str | None, Field(description="folder an existing interpreter imports the framework from")
    ] = None
    wheel: Annotated[
        str | None, Field(description="path or address of the wheel; null: a release of the index")
    ] = None
    knobs: Annotated[
        dict[str, str], Field(description="environment variables of its own; they win")
    ] = Field(default_factory=dict)
    unavailable: Annotated[
        str | None, Field(description="why it cannot be had on this machine; null when it can")
    ] = None
    ref: Annotated[
        Ref | None, Field(description="which side of a pull request; null: there are no sides")
    ] = None
    against: Annotated[
        str | None, Field(description="id of what it is compared with; null: the baseline")
    ] = None
    subject: Annotated[
        Subject | None, Field(description="the user's project that is installed into it")
    ] = None
    project_lock: Annotated[
        ProjectLock | None, Field(description="what it is installed from; null: our resolution")
    ] = None

    @property
    def has_change(self) -> bool:
        """Whether the user's project is installed with what the pull request changes."""
        return self.subject is not None and self.ref == "head"


class Implementation(Model):
    """The same case written in another framework."""

    file: Annotated[str, Field(description="absolute path of the implementation's file")]
    file_digest: Annotated[str, Field(description="SHA-256 of the file when it was planned")] = ""


class Script(Model):
    """How a case of kind `script` is run: a program of its own, as it is."""

    path: Annotated[str, Field(description="absolute path of the script")]
    digest: Annotated[str, Field(description="SHA-256 of the script when it was planned")] = ""
    folder: Annotated[str, Field(description="absolute path of the folder it is run in")]
    arguments: tuple[str, ...] = ()
    numbers: Annotated[
        dict[str, str], Field(description="result -> pattern whose group is the number")
    ] = Field(default_factory=dict)
    upgrade: Annotated[
        bool, Field(description="2.x releases run the copy that tf_upgrade_v2 made")
    ] = False


class Case(Model):
    """A workload with one set of parameters."""

    name: Annotated[str, Field(description="workload[case]")]
    workload: str
    case: str
    file: Annotated[str, Field(description="absolute path of the workload's file")]
    file_digest: Annotated[str, Field(description="SHA-256 of the file when it was planned")] = ""
    since: Annotated[str | None, Field(description="oldest release it supports")] = None
    thresholds: Annotated[
        dict[str, float], Field(description="metric name -> relative change worth telling")
    ] = Field(default_factory=dict)
    tolerance: Annotated[
        float | None, Field(description="largest relative difference of results that is fine")
    ] = None
    tags: tuple[str, ...] = ()
    metrics: Annotated[
        tuple[MetricName, ...] | None,
        Field(description="what is judged of it at most; empty: its results alone; null: all"),
    ] = None
    kind: Annotated[
        CaseKind, Field(description="a step, a tf.test.Benchmark method, or a whole script")
    ] = "step"
    isolate: Annotated[
        bool, Field(description="its arms run one after the other, never resident together")
    ] = False
    makes_artifact: Annotated[
        bool, Field(description="the baseline writes files first, which all releases read")
    ] = False
    script: Annotated[
        Script | None, Field(description="of a case of kind script; `file` is its description")
    ] = None
    implementations: Annotated[
        dict[Framework, Implementation], Field(description="by other frameworks")
    ] = Field(default_factory=dict)

    @property
    def has_results_only(self) -> bool:
        """Whether it has nothing to be measured by: two processes of each arm are enough."""
        return self.metrics == ()

    def program(self, environment: Environment) -> Implementation | None:
        """Return what an environment runs; None where nobody wrote it in that framework."""
        if environment.role != "reference":
            return Implementation(file=self.file, file_digest=self.file_digest)
        its = (
            i for framework, i in self.implementations.items() if framework == environment.package
        )
        return next(its, None)


class BrokenWorkload(Model):
    """A workload file that cannot be read as one; it becomes a row of the report."""

    workload: str
    file: str
    reason: str
    framework: Annotated[
        Framework | None, Field(description="of an implementation in another framework")
    ] = None


class Rule(Model):
    """The rule a verdict is made by; printed in every comment."""

    thresholds: Annotated[
        dict[MetricName, float], Field(description="metric -> relative change worth telling")
    ] = Field(default_factory=dict)
    alpha: float = 0.01
    cells: Annotated[int, Field(description="how many cells share alpha")] = 1
    most_blocks: int = 40
    fail_on: tuple[str, ...] = ("regression", "wrong")
    confirm: Annotated[
        bool, Field(description="alarms are to be measured again on a fresh machine")
    ] = False


class Plan(Division):
    """Everything a run needs to start, or to start again."""

    schema_version: Annotated[Literal[1], Field(alias="schema")] = 1
    created: str
    command: str
    seed: int
    environments: Annotated[tuple[Environment, ...], AfterValidator(with_own_ids)]
    cases: tuple[Case, ...]
    broken_workloads: tuple[BrokenWorkload, ...] = ()
    rule: Rule
    metrics: Annotated[
        tuple[MetricName, ...], Field(description="what is judged; every cell of theirs is in m")
    ] = tuple(METRICS)
    dependencies: Dependencies
    device: Device
    isolation: Isolation
    threads: Annotated[int | Literal["all"], Field(description="intra- and inter-op threads")]
    knobs: dict[str, str] = Field(default_factory=dict)
    budget_seconds: float
    timeout_seconds: float
    commit: Annotated[
        str | None, Field(description="head of the pull request that is measured, full hash")
    ] = None
    acknowledged: Annotated[
        tuple[Waiver, ...], Field(description="findings that the configuration accepts")
    ] = ()
    appearance: Appearance = PLAIN
    found: Annotated[
        tuple[str, ...], Field(description="what was read of a pull request, and where it stands")
    ] = ()

    @property
    def most_blocks_here(self) -> int:
        """The most blocks of a case on this machine: its share, where several have a part."""
        parts = self.shards if self.part else 1
        return -(-self.rule.most_blocks // parts)

    def judges(self, case: str, metric: MetricName | None, environment: Environment) -> bool:
        """Whether a cell (or, without a metric, results) is judged; the control is where any is."""
        return self.is_asked(
            case,
            metric,
            {each.id for each in self.candidates}
            if environment.role == "control"
            else {environment.id},
        )

    def metrics_of(self, case: Case) -> tuple[MetricName, ...]:
        """What is judged of a case; a GPU's memory only where one is used."""
        return tuple(metric for metric in self.metrics_at_most(case) if metric in self.metrics)

    def metrics_at_most(self, case: Case) -> tuple[MetricName, ...]:
        """What can be judged of a case, whatever this run asks for."""
        on_device = {"device_memory"} if self.device == "cpu" else set[str]()
        its = KIND_METRICS[case.kind] if case.metrics is None else case.metrics
        known = {*KIND_METRICS[case.kind]} & {*its} - on_device
        return tuple(metric for metric in METRICS if metric in known)

    def reference_metrics(self, case: Case) -> tuple[MetricName, ...]:
        """What is told of a case in other frameworks."""
        return tuple(m for m in self.metrics_of(case) if m in REFERENCE_METRICS)

    @property
    def unjudged(self) -> tuple[Case, ...]:
        """The cases that are not measured, because nothing asked for can be judged of them."""
        return tuple(
            case for case in self.cases if not case.has_results_only and not self.metrics_of(case)
        )

    @property
    def case_metrics(self) -> tuple[MetricName, ...]:
        """What is judged of one case or another."""
        judged = {metric for case in self.cases for metric in self.metrics_of(case)}
        return tuple(metric for metric in METRICS if metric in judged)

    @property
    def import_metrics(self) -> tuple[MetricName, ...]:
        """What is judged of importing the framework; whole scripts have their own imports."""
        if self.case_metrics and all(case.kind == "script" for case in self.cases):
            return ()
        return tuple(metric for metric in IMPORT_METRICS if metric in self.metrics)

    @property
    def baseline(self) -> Environment:
        """The first install of the baseline."""
        return next(e for e in self.environments if e.role == "baseline")

    @property
    def control(self) -> Environment:
        """The second install of the baseline: the A/A control."""
        return next(e for e in self.environments if e.role == "control")

    def opponents(self, environment: Environment) -> tuple[Environment, ...]:
        """What an arm is compared with: both installs of the baseline, or one other arm.

        The control is compared with the first install, which is compared with nothing.
        """
        if environment.against is not None:
            return tuple(e for e in self.environments if e.id == environment.against)
        match environment.role:
            case "baseline":
                return ()
            case "control":
                return (self.baseline,)
            case _:
                return (self.baseline, self.control)

    @property
    def references(self) -> tuple[Environment, ...]:
        """Other frameworks to look at beside the releases; they get no verdict."""
        return tuple(e for e in self.environments if e.role == "reference")

    @property
    def candidates(self) -> tuple[Environment, ...]:
        """What is compared with the baseline, in the order asked for."""
        return tuple(e for e in self.environments if e.role == "candidate")
