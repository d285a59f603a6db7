"""Owns what a run could have found: the smallest slowdown the engine alarms on in its noise."""

import math
from collections.abc import Sequence

import numpy as np

from bot.core.cell_batch import SLOWER, CellBatch, Floats
from bot.core.verdict import Limits

FEWEST_BLOCKS_OF_NOISE = 5
"""Fewer blocks say too little about the noise."""

RUNS, MOST_MISSED = 200, 10
"""A shift that is found in 95 % of the runs counts as detectable."""

LARGEST = math.log(2)
"""A step that may take twice as long without being noticed is not worth a figure."""

RESOLUTION = 0.001


def detectable_shift(
    differences: Sequence[float], limits: Limits, *, most_blocks: int, seed: int = 1
) -> float | None:
    """Return the smallest shift, in log units, that 95 % of like runs would find; None if none is.

    `differences` are the control's log ratios, one per block: the noise of two processes that are
    alike. Runs of at most `most_blocks` blocks are drawn from them, the candidate is shifted, and
    the engine judges until it alarms, calls the candidate equivalent, or has no blocks left.
    """
    if len(differences) < FEWEST_BLOCKS_OF_NOISE:
        return None
    noise = _resample(differences, blocks=most_blocks, seed=seed)
    if not _is_found(noise, LARGEST, limits):
        return None
    missed, found = 0.0, LARGEST
    while found - missed > RESOLUTION:
        middle = (missed + found) / 2
        if _is_found(noise, middle, limits):
            found = middle
        else:
            missed = middle
    return found


def is_detectable(
    differences: Sequence[float], shift: float, limits: Limits, *, most_blocks: int, seed: int = 1
) -> bool:
    """Whether 95 % of like runs would find a shift, in log units, of a given size."""
    return _is_found(_resample(differences, blocks=most_blocks, seed=seed), shift, limits)


def _resample(differences: Sequence[float], *, blocks: int, seed: int) -> Floats:
    """Draw the scores of candidate and baselines, all alike, by block, label and run.

    A difference of two processes varies by the square root of two more than one process does, and
    has no direction.
    """
    residuals = np.asarray(differences) / math.sqrt(2)
    pool = np.concatenate([residuals, -residuals])
    return np.random.default_rng(seed).choice(pool, size=(blocks, 3, RUNS))


def _is_found(noise: Floats, shift: float, limits: Limits) -> bool:
    """Whether nearly all runs call a candidate slower that is shifted by `shift`."""
    cells = CellBatch(limits, RUNS)
    for block in noise + np.array([[shift], [0.0], [0.0]]):
        cells.add(block)
        found = np.count_nonzero(cells.decisions == SLOWER)
        if found >= RUNS - MOST_MISSED:
            return True
        if RUNS - cells.open.size - found > MOST_MISSED:
            return False
    return False
