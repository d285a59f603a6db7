"""Owns what is done when the control shows that two installs of one release differ.

A constant difference between installs is no noise: no number of blocks averages it out, and every
test takes it for a change. Only the control can see it; then smaller alarms are not believed.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from statistics import median

from bot.core.evidence import log_mean_exp
from bot.core.metric import MetricName
from bot.core.table import CellKey, Table
from bot.core.verdict import Cell

E_OF_BIAS = 100.0
"""Mean evidence over the cases of one metric that calls its installs different: once in a hundred
runs by chance, because a bias that is none takes true alarms back."""

LEAST_BIAS = 0.01
"""A difference of the installs, in score units, that is a bias when several cases agree on it."""

SEVERAL_CASES = 3
SAFETY = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Bias:
    """By how much the installs of the baseline differ in one metric, in score units."""

    metric: MetricName
    shift: float

    @property
    def margin(self) -> float:
        """What a change must exceed to be believed."""
        return max(LEAST_BIAS, SAFETY * abs(self.shift))


def biases(table: Table, *, tables: int = 1) -> Iterator[Bias]:
    """Find the metrics in which the control differs from the baseline, beyond chance.

    `tables`: how many are looked at; they share the chance of seeing a difference that is none.
    """
    controls: defaultdict[MetricName, list[Cell]] = defaultdict(list)
    for (_, metric, environment), cell in table.cells.items():
        if environment == table.plan.control.id and cell.trials:
            controls[metric].append(cell)
    for metric, cells in controls.items():
        shift = _shift(cells, tests=len(controls) * tables)
        if shift is not None:
            yield Bias(metric=metric, shift=shift)


def _shift(cells: Collection[Cell], *, tests: int) -> float | None:
    """Return the typical shift of a metric's cells if there is one.

    An average of e-values is one, so the mean evidence is wrong once in E_OF_BIAS * tests runs.
    """
    spans = [cell.span() for cell in cells]
    mean_evidence = max(
        log_mean_exp([cell.ln_slower for cell in cells]),
        log_mean_exp([cell.ln_faster for cell in cells]),
    )
    certain = [
        middle for low, middle, high in spans if (low > 0 or high < 0) and abs(middle) > LEAST_BIAS
    ]
    if mean_evidence >= math.log(2 * E_OF_BIAS * tests) or len(certain) >= SEVERAL_CASES:
        return max(certain or [median(middle for _, middle, _ in spans)], key=abs)
    return None


def wants_block(table: Table, key: CellKey, found: Collection[Bias]) -> bool:
    """Whether a cell is open, or has an alarm that a bias could explain as yet."""
    if table.is_open(key):
        return True
    cell = table.cells.get(key)
    margins = [bias.margin for bias in found if bias.metric == key[1] and is_watched(table, key[2])]
    if cell is None or not margins or cell.decision not in {"slower", "faster"}:
        return False
    (margin,) = margins
    low, _, high = cell.span()
    is_hopeless = cell.is_within_threshold or -margin < low <= high < margin
    has_blocks = len(cell.trials) < table.plan.most_blocks_here and not table.is_silent(key)
    return has_blocks and not is_hopeless and not cell.survives(margin)


def doubt_alarms(table: Table, found: Collection[Bias]) -> None:
    """Take back the alarms that a bias could explain: unchanged where that was shown too."""
    margins = {bias.metric: bias.margin for bias in found}
    for key, cell in table.candidate_cells.items():
        metric = key[1]
        if metric not in margins or cell.decision not in {"slower", "faster"}:
            continue
        if not is_watched(table, key[2]):
            continue
        if cell.survives(margins[metric]):
            continue
        if cell.is_within_threshold:
            cell.decision = "equivalent"
        else:
            cell.doubted_below = margins[metric]


def is_watched(table: Table, candidate: str) -> bool:
    """Whether a candidate is compared with the baseline, whose installs the control watches.

    What these differ in tells nothing about a release compared with itself, at another commit.
    """
    return all(each.against is None for each in table.plan.candidates if each.id == candidate)
