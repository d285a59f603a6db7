"""Owns the noise model of the simulations: five kinds of machine, from quiet to contended.

All figures are in log units (0.01 is about 1 %). Co-resident processes take turns, so what drifts
slowly hits a whole round alike; what hits single turns, or lives in a process, is what is left.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROUNDS = 20


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One kind of machine.

    `within` and `between` are the scatter of a process's rounds and of processes; a burst hits
    `burst_blocks` of the blocks, and in them `burst_turns` of the turns by up to `burst_size`;
    `bimodal` of the workloads have a slow mode in some of their processes.
    """

    within: float
    between: float
    drift: float
    burst_blocks: float
    burst_turns: float
    burst_size: float
    spikes: float
    bimodal: float


PROFILES = {
    "quiet": Profile(
        within=0.010,
        between=0.008,
        drift=0.01,
        burst_blocks=0.05,
        burst_turns=0.2,
        burst_size=0.2,
        spikes=0.03,
        bimodal=0.05,
    ),
    "typical2": Profile(
        within=0.02,
        between=0.012,
        drift=0.02,
        burst_blocks=0.2,
        burst_turns=0.3,
        burst_size=0.5,
        spikes=0.05,
        bimodal=0.1,
    ),
    "typical": Profile(
        within=0.02,
        between=0.02,
        drift=0.02,
        burst_blocks=0.2,
        burst_turns=0.3,
        burst_size=0.5,
        spikes=0.05,
        bimodal=0.1,
    ),
    "noisy": Profile(
        within=0.04,
        between=0.04,
        drift=0.05,
        burst_blocks=0.3,
        burst_turns=0.4,
        burst_size=0.7,
        spikes=0.06,
        bimodal=0.2,
    ),
    "contended": Profile(
        within=0.06,
        between=0.015,
        drift=0.1,
        burst_blocks=0.55,
        burst_turns=0.5,
        burst_size=1.1,
        spikes=0.06,
        bimodal=0.1,
    ),
}


class Workload:
    """One workload on one machine: what stays the same from block to block."""

    def __init__(self, profile: Profile, random: np.random.Generator) -> None:
        self._profile = profile
        self._random = random
        self._is_bimodal = random.random() < profile.bimodal
        self._slow_mode = random.uniform(0.03, 0.15)
        self._slow_share = random.uniform(0.1, 0.5)

    def block(self, arms: int) -> NDArray[np.float64]:
        """Draw log seconds of one block, shape (arms, rounds)."""
        profile, random = self._profile, self._random
        shape = (arms, ROUNDS)
        drift = np.cumsum(random.normal(0, profile.drift / np.sqrt(ROUNDS), ROUNDS))
        process = profile.between * random.standard_t(6, arms) * np.sqrt(4 / 6)
        if self._is_bimodal:
            process += self._slow_mode * (random.random(arms) < self._slow_share)
        times = drift + process[:, None] + random.normal(0, profile.within, shape)
        times += np.where(random.random(shape) < profile.spikes, random.uniform(0.1, 0.7, shape), 0)
        if random.random() < profile.burst_blocks:
            is_hit = random.random(shape) < random.uniform(0.05, profile.burst_turns)
            times += np.where(is_hit, random.uniform(0.1, profile.burst_size, shape), 0)
        return times
