"""Owns the table of cells: every record goes in, and what is still undecided comes out."""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping
from statistics import fmean, median

from bot.core.evidence import Trial, pairwise_scores
from bot.core.metric import CASE_METRICS, IMPORT_CASE, METRICS, MetricName
from bot.core.outcome import Failed, Imported, Measured, Outcome, Skipped
from bot.core.plan import Case, Environment, Plan
from bot.core.record import CaseBlock, ImportBlock, Record
from bot.core.releases import supports
from bot.core.verdict import Cell, Limits

CellKey = tuple[str, MetricName, str]
"""(case, metric, environment id of the candidate)."""

FAILURES_BEFORE_GIVING_UP = 2
"""A case that fails this often in a row in one environment is not tried there again."""


class Table:
    """Everything known so far; the same records in the same order give the same table."""

    def __init__(self, plan: Plan, *, unavailable: Mapping[str, str]) -> None:
        self.plan = plan
        self.unavailable = unavailable
        self.cells: dict[CellKey, Cell] = {}
        self._absolute: defaultdict[CellKey, list[tuple[float, float]]] = defaultdict(list)
        self.failures: defaultdict[tuple[str, str], list[Failed]] = defaultdict(list)
        self.notes: dict[str, None] = {}
        self.frameworks: dict[str, Mapping[str, str | None]] = {}
        self._given_up: dict[tuple[str, str], Failed] = {}
        self._in_a_row: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._cases = {case.name: case for case in plan.cases}
        self._open_cells()

    def _open_cells(self) -> None:
        for environment in (self.plan.control, *self.plan.candidates):
            for case in self.plan.cases:
                for metric in CASE_METRICS:
                    self._open_cell(case.name, metric, environment)
            self._open_cell(IMPORT_CASE, "import", environment)

    def _open_cell(self, case: str, metric: MetricName, environment: Environment) -> None:
        # Also where it is unavailable: before it was, a resumed run may have measured it.
        if case not in self._cases or is_supported(self._cases[case], environment):
            limits = Limits(
                threshold=self.threshold(case, metric),
                alpha=self.plan.rule.alpha,
                cells=self.plan.rule.cells,
            )
            self.cells[case, metric, environment.id] = Cell(limits=limits)

    @property
    def candidate_cells(self) -> dict[CellKey, Cell]:
        """The cells that get a verdict; the others belong to the A/A control."""
        control = self.plan.control.id
        away = {control, *self.unavailable}
        return {key: cell for key, cell in self.cells.items() if key[2] not in away}

    def threshold(self, case: str, metric: MetricName) -> float:
        """Relative change worth telling: the workload's own, else the run's, else the metric's."""
        own = self._cases[case].thresholds if case in self._cases else {}
        chosen = own.get(metric, self.plan.rule.thresholds.get(metric))
        return METRICS[metric].threshold if chosen is None else chosen

    def skipped(self, case: str, environment: Environment) -> Skipped | None:
        """Say why a case is never tried in an environment; None when it is."""
        if environment.id in self.unavailable:
            return Skipped(reason=self.unavailable[environment.id])
        if case in self._cases and not is_supported(self._cases[case], environment):
            since = self._cases[case].since
            return Skipped(reason=f"needs {environment.package} {since} or newer")
        return None

    def given_up(self, case: str, environment: Environment) -> Failed | Skipped | None:
        """Say why a case is not tried in an environment (any more); None when it is."""
        return (
            self.skipped(case, environment)
            or self._given_up.get((case, environment.id))
            or self._given_up.get((IMPORT_CASE, environment.id))
        )

    def add(self, record: Record) -> None:
        """Take a record into account."""
        for arm, outcome in record.outcomes.items():
            self._note_ending(_case_of(record), arm, outcome)
        if isinstance(record, ImportBlock):
            self._add_imports(record)
        else:
            self._add_case(record)

    def _note_ending(self, case: str, arm: str, outcome: Outcome | Imported) -> None:
        if not isinstance(outcome, Failed):
            self._in_a_row[case, arm] = 0
            return
        self.failures[case, arm].append(outcome)
        self._in_a_row[case, arm] += 1
        is_hopeless = outcome.kind in {"timeout", "version"}
        if is_hopeless or self._in_a_row[case, arm] >= FAILURES_BEFORE_GIVING_UP:
            self._given_up[case, arm] = outcome

    def _add_imports(self, record: ImportBlock) -> None:
        self.frameworks.update(record.frameworks)
        if record.block == 0:
            return  # it filled the page cache for everybody else
        seconds = {
            arm: outcome.cpu_seconds
            for arm, outcome in record.outcomes.items()
            if isinstance(outcome, Imported)
        }
        self._add_scalars(IMPORT_CASE, "import", seconds)

    def _add_case(self, record: CaseBlock) -> None:
        measured = {
            arm: outcome
            for arm, outcome in record.outcomes.items()
            if isinstance(outcome, Measured)
        }
        self.notes.update(dict.fromkeys(n for m in measured.values() for n in m.notes))
        first_calls = {arm: m.first_call_cpu_seconds for arm, m in measured.items()}
        self._add_scalars(record.case, "first_call", first_calls)
        peaks = {arm: float(m.peak_rss_bytes) for arm, m in measured.items()}
        self._add_scalars(record.case, "peak_rss", peaks)
        rounds = {arm: m.round_seconds for arm, m in measured.items() if m.round_seconds}
        self._add_rounds(record.case, rounds)

    def _add_scalars(self, case: str, metric: MetricName, values: Mapping[str, float]) -> None:
        logs = {arm: (math.log(value),) for arm, value in values.items() if value > 0}
        self._add_trials(case, metric, logs, values)

    def _add_rounds(self, case: str, rounds: Mapping[str, tuple[float, ...]]) -> None:
        logs = {arm: tuple(map(math.log, seconds)) for arm, seconds in rounds.items()}
        typical = {arm: median(seconds) for arm, seconds in rounds.items()}
        self._add_trials(case, "step", logs, typical)

    def _add_trials(
        self,
        case: str,
        metric: MetricName,
        logs: Mapping[str, tuple[float, ...]],
        values: Mapping[str, float],
    ) -> None:
        first, second = self.plan.baseline.id, self.plan.control.id
        if first not in logs or second not in logs:
            return
        control = pairwise_scores({arm: logs[arm] for arm in (first, second)})
        self._add_trial((case, metric, second), control, (first,))
        for arm in logs.keys() - {first, second}:
            scores = pairwise_scores({each: logs[each] for each in (arm, first, second)})
            self._add_trial((case, metric, arm), scores, (first, second))
            before = fmean((values[first], values[second]))
            self._absolute[case, metric, arm].append((before, values[arm]))

    def _add_trial(
        self, key: CellKey, scores: Mapping[str, float], baselines: Collection[str]
    ) -> None:
        trial = Trial(candidate=scores[key[2]], baselines=tuple(scores[arm] for arm in baselines))
        self.cells[key].add(trial)

    def absolute(self, key: CellKey) -> tuple[float, float]:
        """Values of baseline (mean of its installs) and candidate: medians over their blocks."""
        before, after = zip(*self._absolute[key], strict=True)
        return median(before), median(after)

    def is_open(self, key: CellKey) -> bool:
        """Whether one more block could still change the verdict on a candidate's cell."""
        cell = self.cells.get(key)
        return (
            cell is not None
            and not cell.is_settled
            and len(cell.trials) < self.plan.rule.most_blocks
        )


def is_supported(case: Case, environment: Environment) -> bool:
    """Whether the environment's release is new enough for the case."""
    return supports(environment.release, case.since)


def _case_of(record: Record) -> str:
    return record.case if isinstance(record, CaseBlock) else IMPORT_CASE
