"""Owns how many turns: the calls in a sample and the rounds in a block, by one blind rule.

Both are symmetric in the arms, so they cannot favour one of them.
"""

import math
from collections.abc import Collection

LEAST_ROUNDS, MOST_ROUNDS = 10, 30
ROUNDS_SECONDS = 4.0
"""What the rounds of one case may take per block; slow steps get fewer."""

SHORTEST_SAMPLE_SECONDS = 0.005
LONGEST_SAMPLE_SECONDS = 0.1

FEELS_COLD_CACHES_SECONDS = 0.02
"""Longer calls do not notice that another arm's turn took their caches away."""


def untimed_calls(seconds_per_call: Collection[float]) -> int:
    """Let every arm make one call before its sample, where calls are short enough to profit."""
    return int(min(seconds_per_call) < FEELS_COLD_CACHES_SECONDS)


def calls_per_sample(seconds_per_call: Collection[float]) -> int:
    """Batch short calls until the fastest arm's sample is 5 ms, the slowest's not over 100 ms."""
    wanted = math.ceil(SHORTEST_SAMPLE_SECONDS / max(min(seconds_per_call), 1e-9))
    bearable = int(LONGEST_SAMPLE_SECONDS / max(*seconds_per_call, 1e-9))
    return max(1, min(wanted, bearable))


def rounds_per_block(seconds_per_call: Collection[float], calls: int) -> int:
    """Fit the rounds into their time; each arm makes `calls` calls in a round, timed or not."""
    round_seconds = sum(seconds_per_call) * calls
    return max(LEAST_ROUNDS, min(MOST_ROUNDS, int(ROUNDS_SECONDS / max(round_seconds, 1e-9))))
