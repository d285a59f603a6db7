"""Owns the counters: whole numbers that are compared exactly, without a test."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from bot.core.metric import COUNTERS, CounterName

COUNTS = 3
"""A counter is constant when this many processes agree."""

TOLERANCES: dict[CounterName, float] = {"minor_faults": 0.001}
"""Page faults differ by a few from process to process; others must agree to the last one."""

Comparison = Literal["SAME", "MORE", "FEWER", "NOT_CONSTANT", "NOT_COUNTED"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Count:
    """A counter of one candidate next to both installs of the baseline; values are medians."""

    counter: CounterName
    comparison: Comparison
    baseline_value: float | None = None
    candidate_value: float | None = None


class Counts:
    """What was counted in the first processes of every (case, arm)."""

    def __init__(self) -> None:
        self._counted: defaultdict[tuple[str, str, str], list[int]] = defaultdict(list)
        self._processes: defaultdict[tuple[str, str], int] = defaultdict(int)

    def add(self, case: str, arm: str, counters: Mapping[str, int]) -> None:
        """Take the counters of one more process; more than enough are ignored."""
        if not counters or not self.are_wanted(case, arm):
            return
        self._processes[case, arm] += 1
        for counter, value in counters.items():
            self._counted[case, arm, counter].append(value)

    def of(self, case: str) -> dict[tuple[str, str, str], list[int]]:
        """Return what was counted of a case, by case, arm and counter."""
        return {key: list(values) for key, values in self._counted.items() if key[0] == case}

    def show(self, case: str, counted: Mapping[tuple[str, str, str], list[int]]) -> None:
        """Show what one machine counted of a case, and nothing of the others."""
        for mine in self.of(case):
            del self._counted[mine]
        self._counted.update(counted)

    def are_wanted(self, case: str, arm: str) -> bool:
        """Whether another process should count."""
        return self._processes[case, arm] < COUNTS

    def compare(self, case: str, baselines: Sequence[str], candidate: str) -> Iterator[Count]:
        """Compare every counter that somebody counted."""
        for counter in COUNTERS:
            before = [list(self._counted[case, arm, counter]) for arm in baselines]
            after = list(self._counted[case, candidate, counter])
            if after and all(before):
                yield _compared(counter, before, after)


def _compared(counter: CounterName, before: Sequence[list[int]], after: list[int]) -> Count:
    tolerance = TOLERANCES.get(counter, 0.0)
    values = {
        "baseline_value": float(median(value for each in before for value in each)),
        "candidate_value": float(median(after)),
    }
    if min(len(after), *map(len, before)) < COUNTS:
        return Count(counter=counter, comparison="NOT_COUNTED", **values)
    together = [value for each in before for value in each]
    if not (_agree(together, tolerance) and _agree(after, tolerance)):
        return Count(counter=counter, comparison="NOT_CONSTANT", **values)
    return Count(counter=counter, comparison=_direction(together, after, tolerance), **values)


def _agree(values: Sequence[int], tolerance: float) -> bool:
    return max(values) - min(values) <= tolerance * max(values)


def _direction(before: list[int], after: list[int], tolerance: float) -> Comparison:
    if _agree([*before, *after], tolerance):
        return "SAME"
    return "MORE" if median(after) > median(before) else "FEWER"
