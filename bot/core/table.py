"""Owns the table of cells: every record goes in, and what is still undecided comes out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from bot.core.conditions import Conditions
from bot.core.counts import Counts
from bot.core.metric import IMPORT_CASE, METRICS, REFERENCE_METRICS, ROUND_METRICS, MetricName
from bot.core.outcome import Failed, Imported, Measured, Outcome, Ran, Skipped
from bot.core.plan import Case, Environment, Plan
from bot.core.record import CaseBlock, ConditionsBlock, ImportBlock, Record
from bot.core.releases import supports
from bot.core.reported import Reported
from bot.core.scores import Reading, case_readings, import_readings
from bot.core.shown_values import ShownValues
from bot.core.trials import trial_of
from bot.core.verdict import Cell, Limits
from bot.core.wall import add, split

CellKey = tuple[str, MetricName, str]
"""(case, metric, environment id of the candidate)."""

FAILURES_BEFORE_GIVING_UP = 2
"""A case that fails this often in a row in one environment is not tried there again."""

BLOCKS_OF_REFERENCE = 10
"""Another framework has no verdict that could end its blocks. It is in every block of its case; if
those are fewer, because all was decided or nothing is to be decided, it gets blocks up to this
many: an interval is bounded after seven or so, and ten bring it close to the noise."""


BLOCKS_OF_RESULTS = 2
"""A case that is judged by its results alone computes them once, and again in another process."""


class Table:
    """Everything known so far; the same records in the same order give the same table."""

    def __init__(self, plan: Plan, *, unavailable: Mapping[str, str]) -> None:
        self.plan = plan
        self.unavailable = unavailable
        self.cells: dict[CellKey, Cell] = {}
        self.references: dict[CellKey, Cell] = {}
        self.shown = ShownValues()
        self.failures: defaultdict[tuple[str, str], list[Failed]] = defaultdict(list)
        self._silent: set[CellKey] = set()
        self.counts = Counts()
        self.reported = Reported()
        self.conditions: list[Conditions] = []
        self.phases: dict[str, float] = {}
        self.notes: dict[str, None] = {}
        self.frameworks: dict[str, Mapping[str, str | None]] = {}
        self._blocks_of: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._runs_of: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._measured: set[tuple[str, str]] = set()
        self._given_up: dict[tuple[str, str], Failed | Skipped] = {}
        self._in_a_row: defaultdict[tuple[str, str], int] = defaultdict(int)
        self._cases = {case.name: case for case in plan.cases}
        self._opponents = {
            arm.id: tuple(opponent.id for opponent in plan.opponents(arm))
            for arm in plan.environments
            if arm.role != "baseline"
        }
        self._open_cells()

    def _open_cells(self) -> None:
        for environment in (self.plan.control, *self.plan.candidates):
            for case in self.plan.cases:
                for metric in self.plan.metrics_of(case):
                    self._open_cell(case.name, metric, environment)
            for metric in self.plan.import_metrics:
                self._open_cell(IMPORT_CASE, metric, environment)
        for reference in self.plan.references:  # apart: nobody judges them
            for case in self.plan.cases:
                for metric in self.plan.reference_metrics(case):
                    self._open_cell(case.name, metric, reference)
            for metric in self.plan.import_metrics:
                if metric in REFERENCE_METRICS:
                    self._open_cell(IMPORT_CASE, metric, reference)

    def _open_cell(self, case: str, metric: MetricName, environment: Environment) -> None:
        # Also where it is unavailable: before it was, a resumed run may have measured it.
        if self.is_supported(case, environment) and self.plan.judges(case, metric, environment):
            limits = Limits(
                threshold=self.threshold(case, metric),
                alpha=self.plan.rule.alpha,
                cells=self.plan.rule.cells,
                scale=METRICS[metric].scale,
                shards=self.plan.shards if self.plan.part else 1,
            )
            cells = self.references if environment.role == "reference" else self.cells
            cells[case, metric, environment.id] = Cell(limits=limits)

    @property
    def candidate_cells(self) -> dict[CellKey, Cell]:
        """The cells that get a verdict; the others belong to the A/A control."""
        control = self.plan.control.id
        away = {control, *self.unavailable}
        return {key: cell for key, cell in self.cells.items() if key[2] not in away}

    def threshold(self, case: str, metric: MetricName) -> float:
        """Change worth telling: the workload's own, else the run's, else the metric's.

        Relative, or on the scale of differences in the unit of the scores.
        """
        rule = METRICS[metric]
        if rule.scale == "difference":
            return rule.threshold / rule.score_unit
        own = self._cases[case].thresholds if case in self._cases else {}
        chosen = own.get(metric, self.plan.rule.thresholds.get(metric))
        return rule.threshold if chosen is None else chosen

    def is_supported(self, case: str, environment: Environment) -> bool:
        """Whether an environment can run a case; each can import its framework."""
        return case not in self._cases or is_supported(self._cases[case], environment)

    def skipped(self, case: str, environment: Environment) -> Skipped | None:
        """Say why a case is never tried in an environment; None when it is."""
        if environment.id in self.unavailable:
            return Skipped(reason=self.unavailable[environment.id])
        if not self.is_supported(case, environment):
            if environment.role == "reference":
                return Skipped(reason=f"nobody wrote it in {environment.package}")
            since = self._cases[case].since
            return Skipped(reason=f"needs {environment.package} {since} or newer")
        said = self._given_up.get((case, environment.id))
        return said if isinstance(said, Skipped) else None

    def given_up(self, case: str, environment: Environment) -> Failed | Skipped | None:
        """Say why a case is not tried in an environment (any more); None when it is."""
        return (
            self.skipped(case, environment)
            or self._given_up.get((case, environment.id))
            or self._given_up.get((IMPORT_CASE, environment.id))
        )

    def add(self, record: Record) -> None:
        """Take a record into account."""
        add(self.phases, split(record))
        match record:
            case ConditionsBlock(conditions=conditions):
                self.conditions.append(conditions)
            case ImportBlock():
                self._note_endings(IMPORT_CASE, record.outcomes)
                self._add_imports(record)
            case CaseBlock():
                self._note_endings(record.case, record.outcomes)
                self._add_case(record)

    def _note_endings(self, case: str, outcomes: Mapping[str, Outcome | Imported]) -> None:
        for arm, outcome in outcomes.items():
            self._note_ending(case, arm, outcome)

    def _note_ending(self, case: str, arm: str, said: Outcome | Imported) -> None:
        outcome = self._believed(case, arm, said)
        if isinstance(outcome, Measured | Ran):
            self._measured.add((case, arm))
        if isinstance(outcome, Skipped):  # by the workload itself, which would say so again
            self._given_up[case, arm] = outcome
        if not isinstance(outcome, Failed):
            self._in_a_row[case, arm] = 0
            return
        self.failures[case, arm].append(outcome)
        self._in_a_row[case, arm] += 1
        is_hopeless = outcome.kind in {"timeout", "version"}
        if is_hopeless or self._in_a_row[case, arm] >= FAILURES_BEFORE_GIVING_UP:
            self._given_up[case, arm] = outcome

    def _believed(self, case: str, arm: str, said: Outcome | Imported) -> Outcome | Imported:
        """Take a skip for a failure where the case was tried before: else it would look foreseen.

        What cannot run somewhere says so the first time; a later skip would hide what was found.
        """
        was_tried = (case, arm) in self._measured or bool(self.failures.get((case, arm)))
        if not isinstance(said, Skipped) or not was_tried:
            return said
        reason = f"it skipped itself, which it did not the first time: {said.reason}"
        return Failed(kind="exception", reason=reason)

    def was_measured(self, case: str, environment: Environment) -> bool:
        """Whether a case came to its end in an environment at least once."""
        return (case, environment.id) in self._measured

    def _add_imports(self, record: ImportBlock) -> None:
        self.frameworks.update(record.frameworks)
        for arm, outcome in record.outcomes.items():
            if isinstance(outcome, Imported):
                self.counts.add(IMPORT_CASE, arm, {"modules": outcome.modules})
        if record.block < self.plan.first_blocks:
            return  # it filled the page cache for everybody else
        for reading in import_readings(record):
            self._add_reading(IMPORT_CASE, reading)

    def _add_case(self, record: CaseBlock) -> None:
        is_whole = self._is_whole(record)
        for arm, outcome in record.outcomes.items():
            self._blocks_of[record.case, arm] += is_whole
            self._runs_of[record.case, arm] += 1
            if isinstance(outcome, Measured):
                self.notes.update(dict.fromkeys(outcome.notes))
                self.counts.add(record.case, arm, outcome.counters)
                self.reported.add(record.case, arm, outcome.reported)
        for reading in case_readings(record):
            self._add_reading(record.case, reading)
            if reading.metric not in ROUND_METRICS:
                self._note_silence(record, reading)

    def _is_whole(self, record: CaseBlock) -> bool:
        """Whether a block had rounds, if the case has metrics that need them."""
        has_rounds = ROUND_METRICS & {*self.plan.metrics_of(self._cases[record.case])}
        outcomes = record.outcomes.values()
        return not has_rounds or any(isinstance(o, Measured) and o.round_seconds for o in outcomes)

    def _note_silence(self, record: CaseBlock, reading: Reading) -> None:
        """Remember who cannot tell a metric: waiting for it would never end."""
        for arm, outcome in record.outcomes.items():
            if isinstance(outcome, Measured) and arm not in reading.scores:
                self._silent.add((record.case, reading.metric, arm))

    def _add_reading(self, case: str, reading: Reading) -> None:
        if reading.metric not in self.plan.metrics:
            return
        for arm, opponents in self._opponents.items():
            trial = trial_of(reading, arm, opponents)
            if trial is None:
                continue
            key = (case, reading.metric, arm)
            cell = self.cells.get(key) or self.references.get(key)
            if cell is not None:  # not every metric is told of other frameworks
                cell.add(trial)
            self.shown.add(key, reading.values, reading.walls, opponents)

    def blocks_of(self, key: CellKey) -> int:
        """Return how many blocks a cell has; that of a reference, too."""
        cell = self.cells.get(key) or self.references.get(key)
        return len(cell.trials) if cell else 0

    def take_up_again(self, case: str, environment: Environment) -> None:
        """Forget that a case was given up in an environment: another machine measured it there."""
        self._given_up.pop((case, environment.id), None)

    def absolute(self, key: CellKey) -> tuple[float, float]:
        """Values of what it is compared with (mean of installs) and its own: medians of blocks."""
        return self.shown.values(key)

    def walls(self, key: CellKey) -> tuple[float, float] | tuple[None, None]:
        """Return the same as wall seconds, where CPU time decides."""
        return self.shown.walls(key)

    def is_open(self, key: CellKey) -> bool:
        """Whether one more block could still change the verdict on a candidate's cell."""
        cell = self.cells.get(key)
        return (
            cell is not None
            and not cell.is_settled
            and len(cell.trials) < self.plan.most_blocks_here
            and not cell.is_too_noisy(self.plan.rule.most_blocks)
            and not self.is_silent(key)
        )

    def is_silent(self, key: CellKey) -> bool:
        """Whether an arm of the cell cannot tell the metric; waiting for it would never end."""
        case, metric, candidate = key
        arms = (*self._opponents[candidate], candidate)
        return any((case, metric, arm) in self._silent for arm in arms)

    def is_comparable(self, case: str, arm: Environment) -> bool:
        """Whether a case is still tried in an arm and in everything it is compared with."""
        return not any(self.given_up(case, each) for each in (arm, *self.plan.opponents(arm)))

    def wants_reference(self, case: str, reference: Environment) -> bool:
        """Whether another framework was in too few blocks for an interval."""
        is_tried = self.given_up(case, reference) is None
        return is_tried and self._blocks_of[case, reference.id] < BLOCKS_OF_REFERENCE

    def wants_results(self, case: Case, arm: Environment) -> bool:
        """Whether a case that is judged by its results was not yet run twice in an arm."""
        if self.given_up(case.name, arm) is not None:
            return False
        if self.plan.suspects is not None:
            is_asked = self.plan.judges(case.name, None, arm)
            return is_asked and self._runs_of[case.name, arm.id] < BLOCKS_OF_RESULTS
        is_asked = case.has_results_only
        return is_asked and self._blocks_of[case.name, arm.id] < BLOCKS_OF_RESULTS

    def wants_counts(self, case: str, arms: Iterable[Environment]) -> bool:
        """Whether some arm's counters were not counted often enough to be compared."""
        return any(self.counts.are_wanted(case, arm.id) for arm in arms)


def is_supported(case: Case, environment: Environment) -> bool:
    """Whether the release is new enough for the case, or somebody wrote it in the framework."""
    if environment.role == "reference":
        return case.program(environment) is not None
    return supports(environment.release, case.since)
