"""Owns what the page shows behind the figures: every block, sample and warm-up call of a run.

Nothing here decides anything. All of it is read again from the journal, in the journal's order.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from bot.core.conditions import Conditions
from bot.core.metric import IMPORT_CASE, METRICS, MetricName
from bot.core.outcome import Imported, Measured, Outcome, Ran
from bot.core.plan import Plan
from bot.core.record import CaseBlock, ConditionsBlock, ImportBlock, Record
from bot.core.scores import Reading, case_readings, import_readings
from bot.core.trials import trial_of

MOST_SAMPLES = 300_000
"""Of a whole run: about two megabytes of text, which a browser reads in a tenth of a second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arm:
    """One environment's place in the figures; `name` tells the two installs of the baseline."""

    id: str
    label: str
    name: str
    role: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What one arm said of one case in one block.

    Seconds per call of the rounds and of the calls before them: the first call, then the warm-up.
    `values` are those of the metrics, in their units.
    """

    rounds: tuple[float, ...] = ()
    warm_up: tuple[float, ...] = ()
    values: dict[MetricName, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseInBlock:
    """One case in one block, by the id of the arm."""

    block: int
    parts: dict[str, Part]


@dataclass(frozen=True, kw_only=True, slots=True)
class BlockRatio:
    """A candidate next to what it is compared with, in one block.

    A ratio, or, for a metric that may be zero, a difference in its unit.
    """

    block: int
    value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseDetails:
    """A case through the run; ratios by metric and the id of the arm."""

    blocks: tuple[CaseInBlock, ...] = ()
    ratios: dict[MetricName, dict[str, tuple[BlockRatio, ...]]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineInBlock:
    """What the machine did meanwhile."""

    block: int
    conditions: Conditions


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """Everything behind a report; `kept_every` says that only each so-manieth block has samples."""

    arms: tuple[Arm, ...]
    cases: dict[str, CaseDetails]
    machine: tuple[MachineInBlock, ...] = ()
    kept_every: int = 1


def details(plan: Plan, records: Iterable[Record], *, most_samples: int = MOST_SAMPLES) -> Details:
    """Gather what is behind a run's report; samples of some blocks only where there are too many.

    Ratios of every block are kept whatever there is.
    """
    gathered = _Gathered(plan)
    for record in records:
        gathered.add(record)
    return _thinned(gathered.details(), most_samples)


class _Gathered:
    """What the records read so far have said."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._blocks: dict[str, list[CaseInBlock]] = {}
        self._ratios: dict[str, dict[MetricName, dict[str, list[BlockRatio]]]] = {}
        self._machine: list[MachineInBlock] = []

    def add(self, record: Record) -> None:
        match record:
            case ConditionsBlock(block=block, conditions=conditions):
                self._machine.append(MachineInBlock(block=block, conditions=conditions))
            case ImportBlock():
                if record.block >= self._plan.first_blocks:  # the first fills the page cache
                    self._add(IMPORT_CASE, record, [*import_readings(record)])
            case CaseBlock():
                self._add(record.case, record, [*case_readings(record)])

    def _add(self, case: str, record: CaseBlock | ImportBlock, readings: list[Reading]) -> None:
        known = [reading for reading in readings if reading.metric in self._plan.metrics]
        parts = {arm: _part(arm, outcome, known) for arm, outcome in record.outcomes.items()}
        told = {arm: part for arm, part in parts.items() if part is not None}
        if told:
            self._blocks.setdefault(case, []).append(CaseInBlock(block=record.block, parts=told))
        for reading in known:
            self._add_ratios(case, record.block, reading)

    def _add_ratios(self, case: str, block: int, reading: Reading) -> None:
        rule = METRICS[reading.metric]
        for arm in self._plan.environments:
            opponents = tuple(each.id for each in self._plan.opponents(arm))
            trial = trial_of(reading, arm.id, opponents) if opponents else None
            if trial is None:
                continue
            is_ratio = rule.scale == "ratio"
            value = math.exp(trial.log_ratio) if is_ratio else trial.log_ratio * rule.score_unit
            by_arm = self._ratios.setdefault(case, {}).setdefault(reading.metric, {})
            by_arm.setdefault(arm.id, []).append(BlockRatio(block=block, value=value))

    def details(self) -> Details:
        cases = (IMPORT_CASE, *(case.name for case in self._plan.cases))
        return Details(
            arms=tuple(_arms(self._plan)),
            cases={name: self._case(name) for name in cases if name in self._blocks},
            machine=tuple(self._machine),
        )

    def _case(self, name: str) -> CaseDetails:
        ratios = {
            metric: {arm: tuple(told) for arm, told in by_arm.items()}
            for metric, by_arm in self._ratios.get(name, {}).items()
        }
        return CaseDetails(blocks=tuple(self._blocks[name]), ratios=ratios)


def _arms(plan: Plan) -> Iterator[Arm]:
    """Name every arm; the control has the label of the baseline, with a prime of its own."""
    for each in plan.environments:
        name = f"{each.label} ({each.role})" if each.role in {"baseline", "control"} else each.label
        yield Arm(id=each.id, label=each.label, name=name, role=each.role)


def _part(arm: str, outcome: Outcome | Imported, readings: Iterable[Reading]) -> Part | None:
    if not isinstance(outcome, Measured | Ran | Imported):
        return None
    values = {reading.metric: reading.values[arm] for reading in readings if arm in reading.values}
    if not isinstance(outcome, Measured):
        return Part(values=values)
    calls = (outcome.first_call_wall_seconds, *outcome.warm_up_seconds)
    return Part(rounds=outcome.round_seconds, warm_up=calls, values=values)


def _thinned(whole: Details, most: int) -> Details:
    """Keep the samples of each so-manieth block of a case, so many that all of it is read soon."""
    number = sum(
        len(part.rounds) + len(part.warm_up)
        for case in whole.cases.values()
        for block in case.blocks
        for part in block.parts.values()
    )
    every = max(1, math.ceil(number / most))
    if every == 1:
        return whole
    cases = {name: _every(case, every) for name, case in whole.cases.items()}
    return replace(whole, cases=cases, kept_every=every)


def _every(case: CaseDetails, every: int) -> CaseDetails:
    blocks = (
        block if index % every == 0 else replace(block, parts=_without_samples(block.parts))
        for index, block in enumerate(case.blocks)
    )
    return replace(case, blocks=tuple(blocks))


def _without_samples(parts: dict[str, Part]) -> dict[str, Part]:
    return {arm: Part(values=part.values) for arm, part in parts.items()}
