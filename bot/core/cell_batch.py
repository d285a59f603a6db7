"""Owns many cells judged at once: the bets of `evidence` and the rule of `verdict`, in arrays.

It is made for simulations. A run's own cells are `verdict.Cell`; tests hold both to one answer.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bot.core.evidence import CLIP, NORMAL_CONSISTENT_MAD, SMALLEST_SCALE
from bot.core.verdict import FEWEST_BLOCKS, Limits

Floats = NDArray[np.float64]

OPEN, SLOWER, FASTER, EQUIVALENT = range(4)

NULL_OF_BET = [0, 0, 1, 2]
SIGN_OF_BET = np.array([[+1.0], [-1.0], [-1.0], [+1.0]])
"""Slower, faster, not slower by the threshold, not faster by it; the first two share a null."""


class CellBatch:
    """Cells with two baselines, block after block, until each is decided."""

    def __init__(self, limits: Limits, count: int) -> None:
        self._limits = limits
        self._nulls = np.array([[0.0], [limits.shift], [-limits.shift]])
        self.decisions = np.full(count, OPEN)
        self.open = np.arange(count)
        self.blocks = 0
        self._wealth = np.zeros((2, len(NULL_OF_BET), count))
        self._deviations = np.empty((len(self._nulls), count, 0))
        self._shown = np.zeros((2, count), dtype=bool)

    @property
    def ln(self) -> Floats:
        """Evidence of the open cells, as logarithms: one row for each bet."""
        mixed: Floats = np.logaddexp(*self._wealth) - np.log(2)
        return mixed

    def add(self, scores: Floats) -> None:
        """Take one more block into account; rows: candidate, two baselines; columns: all cells."""
        self.blocks += 1
        bets = SIGN_OF_BET * self._clipped(scores[:, self.open])[:, NULL_OF_BET]
        growth = np.exp(bets)
        self._wealth[0] += bets[0] - np.log(growth.mean(axis=0))
        self._wealth[1] += 2 * bets[0] - np.log(np.square(growth).mean(axis=0))
        self._decide()

    def _clipped(self, scores: Floats) -> Floats:
        """Return scores in units of the scale by label, null and open cell."""
        own = scores[0] - self._nulls
        low, high = np.sort(scores[1:], axis=0)
        middle = np.clip(own, low, high)
        apart = (np.maximum(own, high) - middle, middle - np.minimum(own, low))
        self._deviations = np.concatenate([self._deviations, np.stack(apart, axis=-1)], axis=-1)
        labels = np.stack(np.broadcast_arrays(own, low, high)) - middle
        clipped: Floats = np.clip(labels / self._scale(), -CLIP, CLIP)
        return clipped

    def _scale(self) -> Floats:
        """Return the scale by null and open cell; one deviation of each block, zero, is not kept.

        The median of 3 n values, n of them zero, is the median of the first n of the others.
        """
        upper = self.blocks // 2
        lower = upper if self.blocks % 2 else upper - 1
        self._deviations.partition((lower, upper), axis=-1)
        middle = (self._deviations[..., lower] + self._deviations[..., upper]) / 2
        scale = NORMAL_CONSISTENT_MAD * middle
        return np.where(scale == 0, SMALLEST_SCALE, scale)

    def _decide(self) -> None:
        ln = self.ln
        self._shown |= ln[2:] >= self._limits.ln_equivalence
        is_alarm = ln[:2] >= self._limits.ln_alarm
        is_equivalent = self._shown.all(axis=0) & (self.blocks >= FEWEST_BLOCKS)
        decisions = np.select([*is_alarm, is_equivalent], [SLOWER, FASTER, EQUIVALENT], OPEN)
        self.decisions[self.open] = decisions
        if decisions.any():
            self._leave(decisions != OPEN)

    def _leave(self, is_decided: NDArray[Any]) -> None:
        """Take no more blocks into account for cells that are decided."""
        stays = ~is_decided
        self.open = self.open[stays]
        self._wealth = self._wealth[:, :, stays]
        self._deviations = self._deviations[:, stays]
        self._shown = self._shown[:, stays]
