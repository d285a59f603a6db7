"""Owns how many rounds a block needs: more only while they make its answer more precise."""

import math
from collections.abc import Collection, Sequence
from itertools import combinations
from statistics import median

PRECISE_ENOUGH = 0.01
"""Half-width of a median log ratio below which another block tells more than more rounds do.

Processes differ by about as much. Half of this would ask for four times the rounds on a quiet
machine, where a block then costs twice the time, and saves no block (docs/benchmarks.md).
"""

LEAST_ROUNDS, MOST_ROUNDS = 10, 80
ROUNDS_BETWEEN_LOOKS = 5

FEWEST_ROUNDS = 3
"""Of samples that take seconds, as benchmarks with loops of their own do."""

BEARABLE_SECONDS = 3.0
"""What the least rounds may cost an arm before there are fewer of them."""

_MAD_TO_SD = 1.4826
_MEDIAN_TO_MEAN = 1.2533
_Z_95 = 1.96
_SMALLEST_ERROR = 1e-9


def half_width(rounds: Collection[Sequence[float]]) -> float:
    """Return the widest 95 % half-width of the median log ratio over all pairs of arms.

    `rounds` has log seconds per call of each arm, one entry per round. The rule sees spread and no
    direction, and all pairs alike, so it cannot favour an arm.
    """
    pairs = combinations(rounds, 2)
    return max((_half_width_of_median(a, b) for a, b in pairs), default=0.0)


def least_rounds(seconds_per_sample: Collection[float]) -> int:
    """Return how many rounds must be made: fewer where the slowest arm's samples take long.

    Any number makes a valid score, as long as it is the same for all arms. Only for cases without
    `rss_slope`, which is what memory grows by in the later rounds, and needs them.
    """
    bearable = int(BEARABLE_SECONDS / max(1e-9, *seconds_per_sample))
    return max(FEWEST_ROUNDS, min(LEAST_ROUNDS, bearable))


def wants_more(rounds: Collection[Sequence[float]], *, least: int = LEAST_ROUNDS) -> bool:
    """Whether another round is worth its time, looking after the least and every fifth only."""
    done = min(map(len, rounds), default=MOST_ROUNDS)
    if done < least or (done - least) % ROUNDS_BETWEEN_LOOKS:
        return True
    return done < MOST_ROUNDS and half_width(rounds) > PRECISE_ENOUGH


def rounds_for(spread: float, *, error: float) -> int:
    """Return how many rounds bring the standard error of their median down to `error`.

    `spread` is that of single rounds; the answer is one that a block can have.
    """
    needed = math.ceil((_MEDIAN_TO_MEAN * spread / max(error, _SMALLEST_ERROR)) ** 2)
    return max(LEAST_ROUNDS, min(MOST_ROUNDS, needed))


def standard_error(spread: float, rounds: int) -> float:
    """Return the standard error of the median of so many rounds."""
    return _MEDIAN_TO_MEAN * spread / math.sqrt(rounds)


def spread_of_rounds(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the robust standard deviation of the log ratios of two arms, round by round."""
    differences = [x - y for x, y in zip(a, b, strict=True)]
    middle = median(differences)
    return _MAD_TO_SD * median(abs(d - middle) for d in differences)


def _half_width_of_median(a: Sequence[float], b: Sequence[float]) -> float:
    return _Z_95 * standard_error(spread_of_rounds(a, b), len(a))
