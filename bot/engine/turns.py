"""Owns how many turns: the calls in a sample and the time for rounds, by one blind rule.

Both are symmetric in the arms, so they cannot favour one of them. How many rounds are worth their
time is decided in `bot.core.rounds`.
"""

import math
from collections.abc import Collection

ROUNDS_SECONDS = 6.0
"""What the rounds of one case may take per block once there are enough; slow steps get fewer."""

SHORTEST_SAMPLE_SECONDS = 0.005
LONGEST_SAMPLE_SECONDS = 0.1

FEELS_COLD_CACHES_SECONDS = 0.02
"""Longer calls do not notice that another arm's turn took their caches away."""

LEAST_SERIAL_SAMPLES, MOST_SERIAL_SAMPLES = 20, 40
"""The tenth percentile of fewer samples is their minimum, which varies more."""

FEWEST_SERIAL_SAMPLES = 5
"""Of benchmarks: each of their samples is a mean over a loop of its own, and may take seconds."""


def untimed_calls(seconds_per_call: Collection[float]) -> int:
    """Let every arm make one call before its sample, where calls are short enough to profit."""
    return int(min(seconds_per_call) < FEELS_COLD_CACHES_SECONDS)


def calls_per_sample(seconds_per_call: Collection[float]) -> int:
    """Batch short calls until the fastest arm's sample is 5 ms, the slowest's not over 100 ms."""
    wanted = math.ceil(SHORTEST_SAMPLE_SECONDS / max(min(seconds_per_call), 1e-9))
    bearable = int(LONGEST_SAMPLE_SECONDS / max(*seconds_per_call, 1e-9))
    return max(1, min(wanted, bearable))


def serial_samples(
    seconds_per_call: float, calls: int, *, least: int = LEAST_SERIAL_SAMPLES
) -> int:
    """Fit the samples of an arm that runs alone into their time."""
    sample_seconds = max(seconds_per_call * calls, 1e-9)
    return max(least, min(MOST_SERIAL_SAMPLES, int(ROUNDS_SECONDS / sample_seconds)))
