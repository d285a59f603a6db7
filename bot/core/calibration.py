"""Owns what a run of like versions teaches: false alarms, noise, and settings that fit a machine.

Nothing is different in such a run, so every alarm is a false one, and every two processes of a
block show the noise. The alarms are those of its report: the two can never contradict each other.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import expm1
from typing import Annotated, Literal, TypeVar

from pydantic import Field

from bot.core.control_history import upper_bound
from bot.core.detectable import detectable_shift, is_detectable
from bot.core.metric import MetricName
from bot.core.plan import Environment, Model, Plan
from bot.core.record import Record
from bot.core.report import BiasReport, FailureReport, Report
from bot.core.rounds import LEAST_ROUNDS, MOST_ROUNDS
from bot.core.run_facts import RunFacts
from bot.core.step_noise import StepNoise, step_noise
from bot.core.verdict import Limits
from bot.errors import ExitCode

CAPS = (10, 15, 20, 30, 40, 60)
THRESHOLDS = (0.02, 0.03, 0.05, 0.10, 0.15, 0.20, 0.30)

MOST_CASES = 0.9
"""A setting fits when it does for nine of ten cases: one wild case must not choose for all."""

FEWEST_BLOCKS = 3
"""A block of four processes has six pairs of like ones; fewer blocks still say too little."""

Case = TypeVar("Case")
Option = TypeVar("Option", int, float)


class FalseAlarm(Model):
    """A cell that was called different although nothing is."""

    case: str
    metric: MetricName
    version: str


class Alarms(Model):
    """False alarms among the cells that were measured."""

    cells: int
    flagged: tuple[FalseAlarm, ...]
    upper_bound: Annotated[
        float, Field(description="exact upper 95 % bound of false alarms per cell")
    ]


class CaseNoise(Model):
    """The noise of one case's steps: robust standard deviations of log ratios."""

    case: str
    blocks: int
    rounds: Annotated[int, Field(description="in a block; median")]
    of_processes: Annotated[float, Field(description="of two like processes of a block")]
    of_rounds: Annotated[
        float | None, Field(description="of their single rounds; null where they took no turns")
    ]
    rounds_wanted: Annotated[
        int | None, Field(description="rounds that keep their own part of the noise small")
    ]
    threshold: float
    detectable: Annotated[
        float | None,
        Field(description="smallest relative slowdown that 95 % of like runs would find"),
    ]

    @property
    def is_known(self) -> bool:
        """Whether there were blocks enough to say something."""
        return self.blocks >= FEWEST_BLOCKS


class Advice(Model):
    """Settings that fit nine of ten cases; null: none that was tried does, or nothing is known."""

    rounds: int | None
    most_blocks: int | None
    threshold: float | None


class Calibration(Model):
    """Everything that a run of like versions says about a machine; `calibration.json`."""

    schema_version: Annotated[Literal[1], Field(alias="schema")] = 1
    tool_version: str
    package: str
    release: str
    python: str
    installs: int
    candidates: Alarms
    control: Alarms
    biases: tuple[BiasReport, ...]
    alpha: Annotated[float, Field(description="chance of any alarm in a run that was allowed")]
    noise: tuple[CaseNoise, ...]
    most_blocks: int
    advice: Advice
    failures: tuple[FailureReport, ...]
    run: RunFacts
    exit_code: int


def are_alike(plan: Plan) -> bool:
    """Whether all versions of a plan are one, so that every alarm would be false."""
    return all(_content(each) == _content(plan.baseline) for each in plan.environments)


def _content(environment: Environment) -> dict[str, object]:
    return environment.model_dump(exclude={"id", "label", "role", "unavailable"})


def learn(report: Report, records: Iterable[Record]) -> Calibration:
    """Find what a finished run teaches, from its report and from everything it measured."""
    candidates, control = _of_candidates(report), _of_control(report)
    cases = _cases(report, step_noise(records))
    baseline = report.environments[0]
    return Calibration(
        tool_version=report.tool_version,
        package=baseline.package,
        release=baseline.release,
        python=baseline.python,
        installs=sum(environment.unavailable is None for environment in report.environments),
        candidates=candidates,
        control=control,
        biases=report.control.biases,
        alpha=report.rule.alpha,
        noise=tuple(case.noise for case in cases),
        most_blocks=report.rule.most_blocks,
        advice=_advice([case for case in cases if case.noise.is_known], report.rule.most_blocks),
        failures=report.failures,
        run=report.run,
        exit_code=_exit_code(report, candidates, control),
    )


def _exit_code(report: Report, *alarms: Alarms) -> ExitCode:
    if report.run.stopped_by == "interrupted":
        return ExitCode.INTERRUPTED
    if any(seen.flagged for seen in alarms):
        return ExitCode.REGRESSION
    is_measured = any(seen.cells for seen in alarms)
    return ExitCode.NOTHING_TO_ACT_ON if is_measured else ExitCode.PARTLY_MEASURED


def _of_candidates(report: Report) -> Alarms:
    measured = [cell for cell in report.cells if cell.verdict != "NOT_MEASURED"]
    flagged = [cell for cell in measured if cell.verdict in {"REGRESSION", "IMPROVEMENT"}]
    return _alarms(
        len(measured),
        [FalseAlarm(case=c.case, metric=c.metric, version=c.candidate) for c in flagged],
    )


def _of_control(report: Report) -> Alarms:
    version = next(each.label for each in report.environments if each.role == "control")
    flagged = [cell for cell in report.control.cells if cell.flagged]
    return _alarms(
        len(report.control.cells),
        [FalseAlarm(case=c.case, metric=c.metric, version=version) for c in flagged],
    )


def _alarms(cells: int, flagged: Collection[FalseAlarm]) -> Alarms:
    bound = upper_bound(len(flagged), cells)
    return Alarms(cells=cells, flagged=tuple(flagged), upper_bound=bound)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Case:
    """The noise of a case, raw and summed up, and what its steps are judged by."""

    raw: StepNoise
    limits: Limits
    noise: CaseNoise

    def would_find(self, threshold: float, most_blocks: int) -> bool:
        """Whether a step slower by a threshold would be found, where that is the threshold."""
        limits = replace(self.limits, threshold=threshold)
        return is_detectable(self.raw.differences, limits.shift, limits, most_blocks=most_blocks)


def _cases(report: Report, noise: Mapping[str, StepNoise]) -> list[_Case]:
    thresholds = {cell.case: cell.threshold for cell in report.cells if cell.metric == "step"}
    rule = report.rule
    limits = {
        case: Limits(threshold=threshold, alpha=rule.alpha, cells=rule.cells)
        for case, threshold in thresholds.items()
    }
    return [
        _Case(
            raw=noise[case],
            limits=limits[case],
            noise=_summed_up(case, noise[case], limits[case], rule.most_blocks),
        )
        for case in thresholds
        if case in noise
    ]


def _summed_up(case: str, raw: StepNoise, limits: Limits, most_blocks: int) -> CaseNoise:
    is_known = raw.blocks >= FEWEST_BLOCKS
    shift = detectable_shift(raw.differences, limits, most_blocks=most_blocks) if is_known else None
    return CaseNoise(
        case=case,
        blocks=raw.blocks,
        rounds=raw.rounds,
        of_processes=raw.of_processes,
        of_rounds=raw.of_rounds,
        rounds_wanted=raw.rounds_wanted,
        threshold=limits.threshold,
        detectable=None if shift is None else expm1(shift),
    )


def _advice(cases: Sequence[_Case], most_blocks: int) -> Advice:
    in_turns = [wanted for case in cases if (wanted := case.noise.rounds_wanted)]
    return Advice(
        rounds=_smallest(
            range(LEAST_ROUNDS, MOST_ROUNDS + 1), in_turns, lambda wanted, rounds: wanted <= rounds
        ),
        most_blocks=_smallest(
            CAPS, cases, lambda case, cap: case.would_find(case.limits.threshold, cap)
        ),
        threshold=_smallest(
            THRESHOLDS, cases, lambda case, threshold: case.would_find(threshold, most_blocks)
        ),
    )


def _smallest(
    options: Iterable[Option], cases: Sequence[Case], fits: Callable[[Case, Option], bool]
) -> Option | None:
    """Return the first option that fits nearly all cases."""
    if not cases:
        return None
    return next(
        (o for o in options if sum(fits(case, o) for case in cases) >= MOST_CASES * len(cases)),
        None,
    )
