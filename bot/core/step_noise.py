"""Owns how much the steps of like processes differ: from process to process, and round by round."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from statistics import median

from bot.core.evidence import NORMAL_CONSISTENT_MAD
from bot.core.outcome import Measured
from bot.core.record import CaseBlock, Record
from bot.core.rounds import rounds_for, spread_of_rounds, standard_error
from bot.core.scores import case_readings

SHARE_OF_ROUNDS = 0.5
"""A median of rounds that errs by half of what processes differ by adds an eighth to the noise."""


@dataclass(kw_only=True, slots=True)
class StepNoise:
    """One case in blocks whose processes are all alike.

    `differences` are the log ratios of every two processes of a block, `spreads` the robust
    standard deviations of their single rounds. A case whose processes ran one after the other has
    no pairs of rounds.
    """

    blocks: int = 0
    differences: list[float] = field(default_factory=list)
    spreads: list[float] = field(default_factory=list)
    _rounds: list[int] = field(default_factory=list)

    @property
    def of_processes(self) -> float:
        """How much two processes differ: the robust standard deviation around none at all."""
        return NORMAL_CONSISTENT_MAD * median(map(abs, self.differences))

    @property
    def of_rounds(self) -> float | None:
        """How much the log ratio of two processes varies from round to round."""
        return median(self.spreads) if self.spreads else None

    @property
    def rounds(self) -> int:
        """How many rounds a block had, typically."""
        return round(median(self._rounds))

    @property
    def rounds_wanted(self) -> int | None:
        """How many rounds would keep their own part of the noise small."""
        if self.of_rounds is None:
            return None
        own = standard_error(self.of_rounds, self.rounds)
        without_own = math.sqrt(max(0.0, self.of_processes**2 - own**2))
        return rounds_for(self.of_rounds, error=SHARE_OF_ROUNDS * without_own)

    def add(self, record: CaseBlock) -> None:
        """Take one more block into account, if it has two processes to compare."""
        step = next(each for each in case_readings(record) if each.metric == "step")
        pairs = list(combinations(step.scores.values(), 2))
        if not pairs:
            return
        self.blocks += 1
        self._rounds.append(_rounds(record))
        self.differences += [median(x - y for x, y in zip(*pair, strict=True)) for pair in pairs]
        if not record.is_serial:
            self.spreads += [spread_of_rounds(*pair) for pair in pairs]


def step_noise(records: Iterable[Record]) -> dict[str, StepNoise]:
    """Find the noise of every case that was timed."""
    found: dict[str, StepNoise] = {}
    for record in records:
        if isinstance(record, CaseBlock):
            found.setdefault(record.case, StepNoise()).add(record)
    return {case: noise for case, noise in found.items() if noise.blocks}


def _rounds(record: CaseBlock) -> int:
    arms = [each for each in record.outcomes.values() if isinstance(each, Measured)]
    return max(len(measured.round_seconds) for measured in arms)
