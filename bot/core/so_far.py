"""Owns what is known of each cell while a run goes on, and which of them somebody should see first.

Looking at every cell after every record must be cheap: estimates are for the few that are shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.cell_reports import VERDICTS, cell_report
from bot.core.outcome import Failed
from bot.core.plan import Environment
from bot.core.report import CellReport, Verdict
from bot.core.table import CellKey, Table

NEAR = 0.5
"""An alarm is near at half of the evidence that it needs."""

_LAST = 9
_RANKS: dict[Verdict | None, int] = {
    "REGRESSION": 1,
    None: 2,
    "IMPROVEMENT": 3,
    "INCONCLUSIVE": 4,
    "NOT_MEASURED": 5,
    "EQUIVALENT": _LAST,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class CellSoFar:
    """A cell and its verdict; None while a block could still change it.

    `alarm` is the evidence of a slowdown as a share of what an alarm needs.
    """

    key: CellKey
    verdict: Verdict | None
    alarm: float = 0.0

    @property
    def is_near_alarm(self) -> bool:
        """Whether it is open, and may soon be called slower."""
        return self.verdict is None and self.alarm >= NEAR

    @property
    def urgency(self) -> tuple[int, float]:
        """Sort by it: alarms that are near, alarms, what is open, and then what is decided."""
        return (0, -self.alarm) if self.is_near_alarm else (_RANKS[self.verdict], 0.0)


@dataclass(frozen=True, kw_only=True, slots=True)
class FailureSoFar:
    """The last failure of a case in an environment, and how many there were."""

    case: str
    environment: Environment
    failed: Failed
    times: int


def cells_so_far(table: Table) -> list[CellSoFar]:
    """Give all cells that get a verdict, the most urgent first, else in the order of the plan."""
    cells = (_cell_so_far(table, key) for key in table.candidate_cells)
    return sorted(cells, key=lambda cell: cell.urgency)


def _cell_so_far(table: Table, key: CellKey) -> CellSoFar:
    cell = table.cells[key]
    if is_open(table, key):
        share = cell.ln_slower / cell.limits.ln_alarm
        return CellSoFar(key=key, verdict=None, alarm=share)
    if not cell.is_settled and not (cell.trials and _is_tried(table, key)):
        return CellSoFar(key=key, verdict="NOT_MEASURED")
    return CellSoFar(
        key=key, verdict="INCONCLUSIVE" if cell.is_unstable else VERDICTS[cell.decision]
    )


def is_open(table: Table, key: CellKey) -> bool:
    """Whether a block could still change a verdict, and its case is still tried."""
    return table.is_open(key) and _is_tried(table, key)


def _is_tried(table: Table, key: CellKey) -> bool:
    case, _, candidate = key
    return table.is_comparable(case, _environment(table, candidate))


def report_so_far(table: Table, key: CellKey) -> CellReport:
    """Report one cell as if the run ended here; what it says is said in the same words."""
    return cell_report(table, key, _environment(table, key[2]))


def failures_so_far(table: Table) -> Iterator[FailureSoFar]:
    """Give what failed, by case and environment."""
    for (case, arm), failures in table.failures.items():
        if failures:
            yield FailureSoFar(
                case=case,
                environment=_environment(table, arm),
                failed=failures[-1],
                times=len(failures),
            )


def _environment(table: Table, arm: str) -> Environment:
    return next(each for each in table.plan.environments if each.id == arm)
