"""Owns where a report stands: its cells counted, and what that asks of the reader.

The core decides; this only makes sure that colour and words never say more than all parts of the
report do together.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

from bot.core.conclusion import is_regression, stands
from bot.core.report import CellReport, FailureReport, NumericVerdict, Report
from bot.errors import ExitCode

INTENDED = "skipped"
"""The kind of a failure that the plan foresaw: a case newer than the release."""

EVERYTHING = "*"
"""Stands for every case, or every version, in a failure."""


class Standing(Enum):
    """What the reader has to do, from the most urgent down."""

    ACT = "act"
    LOOK = "look"
    NO_ANSWER = "no answer"
    INCOMPLETE = "incomplete"
    DOUBTFUL = "doubtful"
    UNDECIDED = "undecided"
    FIGURES = "figures"
    CLEAR = "clear"


@dataclass(frozen=True)
class Tally:
    """The cells of a report, sorted by what they say."""

    report: Report

    def _cells(self, keep: Callable[[CellReport], bool]) -> tuple[CellReport, ...]:
        return tuple(cell for cell in self.report.cells if keep(cell))

    @cached_property
    def worse(self) -> tuple[CellReport, ...]:
        """Regressions that matter, the largest first."""
        return tuple(sorted(self._cells(is_regression), key=lambda cell: -(cell.ratio or 0.0)))

    @cached_property
    def excused(self) -> tuple[CellReport, ...]:
        """Regressions that matter, and do not count: accepted, or refuted when measured again."""
        return self._cells(
            lambda cell: cell.verdict == "REGRESSION" and cell.matters and not stands(cell)
        )

    @cached_property
    def better(self) -> tuple[CellReport, ...]:
        """Improvements that matter, the largest first."""
        cells = self._cells(lambda cell: cell.verdict == "IMPROVEMENT" and cell.matters)
        return tuple(sorted(cells, key=lambda cell: cell.ratio or 0.0))

    @cached_property
    def small(self) -> tuple[CellReport, ...]:
        """Changes that are real and smaller than the threshold."""
        decided = {"REGRESSION", "IMPROVEMENT"}
        return self._cells(lambda cell: cell.verdict in decided and not cell.matters)

    @cached_property
    def unchanged(self) -> tuple[CellReport, ...]:
        """Cells shown to be within the threshold."""
        return self._cells(lambda cell: cell.verdict == "EQUIVALENT")

    @cached_property
    def undecided(self) -> tuple[CellReport, ...]:
        """Cells for which the run was too short or the machine too noisy."""
        return self._cells(lambda cell: cell.verdict == "INCONCLUSIVE")

    @cached_property
    def not_measured(self) -> tuple[CellReport, ...]:
        """Cells without a single comparison."""
        return self._cells(lambda cell: cell.verdict == "NOT_MEASURED")

    @cached_property
    def unexplained(self) -> tuple[CellReport, ...]:
        """Cells that were not measured although no failure says why."""
        return tuple(cell for cell in self.not_measured if not any(self._failures_of(cell)))

    @property
    def decided(self) -> int:
        """How many cells have an answer."""
        changed = (self.worse, self.excused, self.better, self.small)
        return sum(map(len, changed)) + len(self.unchanged)

    @cached_property
    def numerics(self) -> Counter[NumericVerdict]:
        """How many results are what."""
        return Counter(numeric.verdict for numeric in self.report.numerics)

    @cached_property
    def standing_results(self) -> Counter[NumericVerdict]:
        """The same without those that somebody accepted or a second measurement refuted."""
        return Counter(each.verdict for each in self.report.numerics if stands(each))

    @property
    def compared(self) -> int:
        """How many cells and results could be compared at all."""
        results = self.numerics.total() - self.numerics["NOT_COMPARABLE"]
        return self.decided + len(self.undecided) + results

    @property
    def is_mute(self) -> bool:
        """Whether the cells say nothing at all."""
        if self.is_look:
            return False
        return not self.decided if self.report.cells else not self.compared

    @property
    def is_look(self) -> bool:
        """Whether no version was to be judged, and other frameworks were seen instead."""
        rows = self.report.references
        return not self.report.candidates and any(row.ratio is not None for row in rows)

    @cached_property
    def broken(self) -> tuple[FailureReport, ...]:
        """Failures that nobody intended; those of other frameworks are told, and are no gap."""
        return tuple(f for f in self.report.failures if f.kind != INTENDED and not f.is_reference)

    @property
    def is_doubtful(self) -> bool:
        """Whether the control saw a difference where there is none."""
        return bool(self.report.control.flagged or self.report.control.biases)

    @property
    def has_alarm(self) -> bool:
        """Whether a cell or a result calls for somebody's eyes."""
        results = self.standing_results
        return bool(self.worse or results["WRONG"] or results["DRIFTED"])

    @property
    def has_gaps(self) -> bool:
        """Whether something is missing that the plan wanted."""
        return bool(self.broken) or any(self._is_missed(cell) for cell in self.not_measured)

    def is_open(self, cell: CellReport) -> bool:
        """Whether a cell that was wanted has no answer."""
        if cell.verdict == "NOT_MEASURED":
            return not cell.foreseen and self._is_missed(cell)
        return cell.verdict == "INCONCLUSIVE"

    def _is_missed(self, cell: CellReport) -> bool:
        kinds = [failure.kind for failure in self._failures_of(cell)]
        return not kinds or any(kind != INTENDED for kind in kinds)

    def _failures_of(self, cell: CellReport) -> Iterator[FailureReport]:
        for case in (cell.case, EVERYTHING):
            for environment in (cell.candidate, cell.against or "", *self._baselines):
                yield from self._failures_by_place.get((case, environment), ())

    @cached_property
    def _baselines(self) -> frozenset[str]:
        controls = (env.label for env in self.report.environments if env.role == "control")
        return frozenset((self.report.baseline, *controls))

    @cached_property
    def _failures_by_place(self) -> dict[tuple[str, str], list[FailureReport]]:
        places: dict[tuple[str, str], list[FailureReport]] = {}
        for failure in self.report.failures:
            places.setdefault((failure.case, failure.environment), []).append(failure)
        return places


def standing_of(tally: Tally) -> Standing:
    """Find what the report asks of its reader; the first that holds counts."""
    report = tally.report
    checks = (
        (Standing.ACT, _fails(tally)),
        (Standing.LOOK, tally.has_alarm or report.overall == "regression"),
        (Standing.NO_ANSWER, report.overall == "nothing-measured" or tally.is_mute),
        (Standing.INCOMPLETE, _is_incomplete(tally)),
        (Standing.DOUBTFUL, tally.is_doubtful),
        (Standing.UNDECIDED, bool(tally.undecided or _doubtful_results(tally))),
        (Standing.FIGURES, tally.is_look),
    )
    return next((standing for standing, holds in checks if holds), Standing.CLEAR)


def _fails(tally: Tally) -> bool:
    """Whether the process ends with the code for a finding, or would if it had not been stopped."""
    match tally.report.exit_code:
        case ExitCode.REGRESSION:
            return True
        case ExitCode.INTERRUPTED:
            return tally.report.overall == "regression"
        case _:
            return False


def _is_incomplete(tally: Tally) -> bool:
    report = tally.report
    return (
        report.overall == "partly-measured"
        or report.run.stopped_by == "interrupted"
        or tally.has_gaps
    )


def _doubtful_results(tally: Tally) -> int:
    return tally.numerics["NON_DETERMINISTIC"] + tally.numerics["NOT_COMPARABLE"]
