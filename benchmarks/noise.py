"""Owns the noise model of the simulations: a machine in time, the same for whoever measures on it.

What is modelled, in log units (0.01 is about 1 %):

- the machine's state at a moment: *drift* that forgets in seconds; a neighbour's *regime*, +12 to
  +20 % for minutes; *bursts*, seconds long, that hit a fifth to all of the turns made meanwhile;
- what lives in a process from start to end: its luck with memory layout (t with 6 degrees of
  freedom) and, in some workloads, a slow mode that some of the processes are in;
- what happens to single turns: scatter and spikes.

A turn is one timed call. Processes that run one after the other meet the machine each at its own
moment: all of its state is in the comparison. Processes that are resident together take turns: a
round is one moment for all of them, so regimes and drift cancel inside it, and what a burst does to
single turns, processes and scatter are left.

Every workload has the machine to itself: noise that hits several workloads alike is not modelled,
nor are installs that differ (what the A/A control watches), slow warm-up and periodic disturbers.

`quiet` and `contended` are tied to real processes, and `model_check.py` prints how well; the others
lie between them and beyond, by judgement.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Rows = NDArray[np.intp]
Draw = Callable[[tuple[int, ...]], Array]

CALL_SECONDS = 0.025
"""One call of the simulated workload."""

START_SECONDS = 4.0
"""Import, build and warm-up of a process: between two serial processes this much time passes."""

DRIFT_SECONDS, REGIME_SECONDS, BURST_SECONDS = 10.0, 300.0, 3.0
"""How long the state is remembered; regimes and bursts are drawn anew after that, on average."""

PROCESS_DEGREES = 6


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One kind of machine.

    `within` and `between` are the scatter of a process's turns and of processes, `drift` that of
    the machine; `regime` and `burst` are shares of the time, `burst_size` the largest one's;
    `spikes` is a share of the turns; `bimodal` of the workloads have a slow mode.
    """

    within: float
    between: float
    drift: float
    regime: float
    burst: float
    burst_size: float
    spikes: float
    bimodal: float


PROFILES = {
    "quiet": Profile(
        within=0.01,
        between=0.008,
        drift=0.02,
        regime=0.03,
        burst=0.03,
        burst_size=0.2,
        spikes=0.03,
        bimodal=0.05,
    ),
    "typical2": Profile(
        within=0.02,
        between=0.012,
        drift=0.02,
        regime=0.2,
        burst=0.2,
        burst_size=0.5,
        spikes=0.05,
        bimodal=0.1,
    ),
    "typical": Profile(
        within=0.02,
        between=0.02,
        drift=0.02,
        regime=0.2,
        burst=0.2,
        burst_size=0.5,
        spikes=0.05,
        bimodal=0.1,
    ),
    "noisy": Profile(
        within=0.04,
        between=0.04,
        drift=0.04,
        regime=0.4,
        burst=0.3,
        burst_size=0.7,
        spikes=0.06,
        bimodal=0.2,
    ),
    "contended": Profile(
        within=0.03,
        between=0.015,
        drift=0.03,
        regime=0.5,
        burst=0.4,
        burst_size=1.1,
        spikes=0.06,
        bimodal=0.1,
    ),
}


class Machine:
    """As many machines of one kind as there are rows, each with its own workload and time."""

    def __init__(self, profile: Profile, rows: int, random: np.random.Generator) -> None:
        self._profile = profile
        self._random = random
        self._slow_mode = random.uniform(0.03, 0.15, rows)
        is_bimodal = random.random(rows) < profile.bimodal
        self._slow_share = np.where(is_bimodal, random.uniform(0.1, 0.5, rows), 0.0)
        self._drift = random.normal(0, profile.drift, rows)
        self._regime = self._regimes((rows,))
        self._burst = self._bursts((rows,))
        self.every = np.arange(rows)

    def processes(self, rows: Rows, count: int) -> Array:
        """Draw what `count` fresh processes are born with, shape (rows, count)."""
        shape = (len(rows), count)
        unit_variance = np.sqrt((PROCESS_DEGREES - 2) / PROCESS_DEGREES)
        luck = self._random.standard_t(PROCESS_DEGREES, shape) * unit_variance
        is_slow = self._random.random(shape) < self._slow_share[rows, None]
        return self._profile.between * luck + is_slow * self._slow_mode[rows, None]

    def turns(self, rows: Rows, *, rest: float, moments: int, seconds: float, arms: int) -> Array:
        """Draw log seconds of a sitting, shape (rows, moments, arms): all arms share a moment.

        The first moment comes `rest` seconds after the last sitting's end, the others follow each
        other every `seconds`.
        """
        profile, random = self._profile, self._random
        steps = np.r_[rest, np.full(moments - 1, seconds)]
        burst = self._hold(self._burst, rows, self._bursts, steps, BURST_SECONDS)
        regime = self._hold(self._regime, rows, self._regimes, steps, REGIME_SECONDS)
        state = self._drifted(rows, steps) + regime[..., 0]
        shape = (len(rows), moments, arms)
        size = burst[..., :1] * random.uniform(0.8, 1.2, shape)
        times = state[..., None] + random.normal(0, profile.within, shape)
        times += np.where(random.random(shape) < burst[..., 1:], size, 0.0)
        times += np.where(random.random(shape) < profile.spikes, random.uniform(0.1, 0.7, shape), 0)
        return times

    def _regimes(self, shape: tuple[int, ...]) -> Array:
        """Draw regimes; the last axis has one entry, the size."""
        is_on = self._random.random(shape) < self._profile.regime
        size = np.log1p(self._random.uniform(0.12, 0.2, shape))
        return np.where(is_on, size, 0.0)[..., None]

    def _bursts(self, shape: tuple[int, ...]) -> Array:
        """Draw bursts; the last axis has the size and the share of the turns that it hits."""
        is_on = self._random.random(shape) < self._profile.burst
        size = self._random.uniform(0.1, self._profile.burst_size, shape)
        share = np.minimum(1.0, self._random.uniform(0.2, 1.2, shape))
        return np.stack([np.where(is_on, size, 0.0), share], axis=-1)

    def _hold(self, kept: Array, rows: Rows, draw: Draw, steps: Array, mean: float) -> Array:
        """Hold what is kept until it is drawn anew, on average after `mean` seconds."""
        shape = (len(rows), len(steps))
        is_new = self._random.random(shape) < -np.expm1(-steps / mean)
        newest = np.maximum.accumulate(np.where(is_new, np.arange(1, len(steps) + 1), 0), axis=1)
        drawn = np.concatenate([kept[rows, None], draw(shape)], axis=1)
        held = drawn[np.arange(len(rows))[:, None], newest]
        kept[rows] = held[:, -1]
        return held

    def _drifted(self, rows: Rows, steps: Array) -> Array:
        """Follow the drift, an Ornstein-Uhlenbeck process, over the steps."""
        memory = np.exp(-steps / DRIFT_SECONDS)
        pushes = self._random.normal(0, self._profile.drift, (len(steps), len(rows)))
        pushes *= np.sqrt(1 - memory**2)[:, None]
        path = np.empty_like(pushes)
        now = self._drift[rows]
        for moment, push in enumerate(pushes):
            now = path[moment] = memory[moment] * now + push
        self._drift[rows] = now
        return path.T
