"""Owns the verdict on one cell: when evidence is enough, and what a decided change amounts to."""

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from statistics import fmean
from typing import Literal

from bot.core.evidence import Evidence, Trial, confidence_interval
from bot.core.metric import Scale

Direction = Literal["slower", "faster", "equivalent"]

ALPHA_EQUIVALENCE = 0.025
"""Chance per cell and side of calling a change of the size of the threshold equivalent."""

ALPHA_INTERVAL = 0.05
FEWEST_BLOCKS = 3
"""No equivalence is certified on fewer blocks."""

MOST_LN_OF_A_BLOCK = math.log(3)
"""A block of three processes multiplies the wealth of a bet on labels by three at most."""

UNSTABLE_SHARE, STABLE_SHARE = 0.2, 0.05
FEWEST_BLOCKS_OF_SHARES = 5
"""A candidate is unstable when it is slow in a fifth of five blocks or more, its baseline not."""


FEWEST_BLOCKS_OF_NOISE = 20
"""No cell is called too noisy on fewer blocks; giving up after ten would miss a slowdown more in a
hundred, those of programs with a slow mode (simulated: docs/benchmarks.md)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What a cell is judged by; `alpha` is for the whole table.

    `threshold` is relative on the scale of ratios, where scores are logarithms; on the scale of
    differences it is in the unit of the scores.
    """

    threshold: float
    alpha: float
    cells: int
    scale: Scale = "ratio"
    shards: int = 1
    """How many machines share the blocks; each stops a cell at its part of the evidence needed.

    Wealth multiplies over blocks, so its logarithms add up: N machines with needed / N each have
    what is needed; and ln 3, the most that one block can bring, so that no lucky block ends it.
    Only the merged table decides, so this rule sets the cost, never the chance of a false alarm.
    """

    @property
    def shift(self) -> float:
        """The threshold in the unit of the scores."""
        return math.log1p(self.threshold) if self.scale == "ratio" else self.threshold

    @property
    def ln_alarm(self) -> float:
        """Evidence for a change: two directions, `cells` cells share `alpha` (Bonferroni)."""
        return self._share(math.log(2 * self.cells / self.alpha))

    @property
    def ln_equivalence(self) -> float:
        """Evidence, on each side, that the change is smaller than the threshold."""
        return self._share(math.log(1 / ALPHA_EQUIVALENCE))

    @property
    def fewest_blocks(self) -> int:
        """No equivalence on fewer blocks; three of all machines together."""
        return -(-FEWEST_BLOCKS // self.shards)

    def _share(self, ln_needed: float) -> float:
        return ln_needed if self.shards == 1 else ln_needed / self.shards + MOST_LN_OF_A_BLOCK


@dataclass(frozen=True, kw_only=True, slots=True)
class Estimate:
    """A change with its anytime-valid 95 % interval; bounds may be infinite.

    On the scale of ratios candidate / baseline, on that of differences candidate - baseline in
    the unit of the scores.
    """

    value: float
    low: float
    high: float


@dataclass(slots=True)
class Cell:
    """Evidence of one (case, metric, candidate), block after block, until it is decided."""

    limits: Limits
    trials: list[Trial] = field(default_factory=list)
    decision: Direction | None = None
    doubted_below: float | None = None
    """What an alarm does not exceed, in score units: installs of one release differ about so."""

    def __post_init__(self) -> None:
        threshold = self.limits.shift
        self._slower = Evidence(null=0.0, sign=+1)
        self._faster = Evidence(null=0.0, sign=-1)
        self._not_slower = Evidence(null=threshold, sign=-1)
        self._not_faster = Evidence(null=-threshold, sign=+1)
        self._below = self._above = False
        self._ln_needed = self.limits.ln_alarm

    _slower: Evidence = field(init=False, repr=False)
    _faster: Evidence = field(init=False, repr=False)
    _not_slower: Evidence = field(init=False, repr=False)
    _not_faster: Evidence = field(init=False, repr=False)
    _below: bool = field(init=False, repr=False)
    _above: bool = field(init=False, repr=False)
    _ln_needed: float = field(init=False, repr=False)
    _span: tuple[float, float, float] = field(init=False, repr=False, default=(0.0, 0.0, 0.0))
    _blocks_of_span: int = field(init=False, repr=False, default=0)
    _share: float | None = field(init=False, repr=False, default=None)
    _blocks_of_share: int = field(init=False, repr=False, default=0)

    def add(self, trial: Trial) -> None:
        """Take one more block into account; a decision, once made, stands."""
        self.trials.append(trial)
        for evidence in (self._slower, self._faster, self._not_slower, self._not_faster):
            evidence.update(trial)
        self._below = self._below or self._not_slower.ln >= self.limits.ln_equivalence
        self._above = self._above or self._not_faster.ln >= self.limits.ln_equivalence
        self.decision = self.decision or self._decide()

    def _decide(self) -> Direction | None:
        if self._slower.ln >= self.limits.ln_alarm:
            return "slower"
        if self._faster.ln >= self.limits.ln_alarm:
            return "faster"
        if self._below and self._above and len(self.trials) >= self.limits.fewest_blocks:
            return "equivalent"
        return None

    @property
    def is_within_threshold(self) -> bool:
        """Whether the evidence says that a change, real or not, is smaller than the threshold."""
        return self._below and self._above

    @property
    def ln_evidence(self) -> float:
        """The stronger of the two evidences for a change, as a logarithm."""
        return max(self.ln_slower, self.ln_faster)

    @property
    def ln_slower(self) -> float:
        """Evidence that the candidate is slower, as a logarithm."""
        return self._slower.ln

    @property
    def ln_faster(self) -> float:
        """Evidence that the candidate is faster, as a logarithm."""
        return self._faster.ln

    @property
    def slow_share(self) -> float | None:
        """The share of processes in which the candidate is slow, if that is what it does.

        A robust estimate cannot see a slowdown that only some processes have: a candidate that is
        beyond the threshold in many blocks, as its baseline hardly ever is, is not equivalent. It
        is found once per block, because who watches a run asks after every record.
        """
        if self._blocks_of_share != len(self.trials):
            self._share = self._slow_share()
            self._blocks_of_share = len(self.trials)
        return self._share

    def _slow_share(self) -> float | None:
        if len(self.trials) < FEWEST_BLOCKS_OF_SHARES:
            return None
        limit = self.limits.shift
        ours = fmean(trial.log_ratio > limit for trial in self.trials)
        theirs = [r > limit for trial in self.trials for r in trial.baseline_log_ratios]
        is_unstable = ours >= UNSTABLE_SHARE and (not theirs or fmean(theirs) < STABLE_SHARE)
        return ours if is_unstable else None

    @property
    def is_settled(self) -> bool:
        """Whether no further block is wanted; equivalence needs a candidate that is stable."""
        return self.decision is not None and not self.is_unstable

    @property
    def is_unstable(self) -> bool:
        """Whether equivalence must not be certified although the typical process shows it."""
        return self.decision == "equivalent" and self.slow_share is not None

    def accept(self, rejected: int) -> bool:
        """Decide an open cell by step-down (Holm): `rejected` cells are decided already.

        Their share of alpha is free, so the others need a little less evidence.
        """
        remaining = self.limits.cells - rejected
        if self.decision is not None or remaining < 1:
            return False
        ln_needed = math.log(2 * remaining / self.limits.alpha)
        if self.ln_evidence < ln_needed:
            return False
        self._ln_needed = ln_needed
        self.decision = "slower" if self.ln_slower >= self.ln_faster else "faster"
        return True

    @property
    def is_doubted(self) -> bool:
        """Whether a difference between installs of one release could explain the alarm."""
        return self.doubted_below is not None

    def survives(self, margin: float) -> bool:
        """Whether an alarm stands when changes up to `margin` (in score units) are allowed for."""
        sign = +1 if self.decision == "slower" else -1
        evidence = Evidence(null=sign * margin, sign=sign)
        for trial in self.trials:
            evidence.update(trial)
            if evidence.ln >= self._ln_needed:
                return True
        return False

    def is_too_noisy(self, most_blocks: int) -> bool:
        """Whether the blocks still allowed could hardly decide; then its time is for others.

        The interval shrinks with the root of the number of blocks. A cell whose interval already
        excludes no change is never given up: an alarm is near.
        """
        blocks = len(self.trials)
        if self.decision is not None or blocks < FEWEST_BLOCKS_OF_NOISE:
            return False
        low, _, high = self.span()
        if low > 0 or high < 0:
            return False
        return (high - low) / 2 * math.sqrt(blocks / most_blocks) > self.limits.shift

    def span(self) -> tuple[float, float, float]:
        """Return (low, estimate, high) in the unit of the scores; found once per block."""
        if self._blocks_of_span != len(self.trials):
            self._span = confidence_interval(self.trials, math.log(2 / ALPHA_INTERVAL))
            self._blocks_of_span = len(self.trials)
        return self._span

    def estimate(self) -> Estimate:
        """Estimate the change from all trials; there must be at least one."""
        low, middle, high = self.span()
        if self.limits.scale == "ratio":
            low, middle, high = math.exp(low), math.exp(middle), math.exp(high)
        return Estimate(value=middle, low=low, high=high)

    def blocks_to_go(self) -> int | None:
        """Guess how many more blocks would decide; None while the interval is unbounded."""
        low, _, high = self.span()
        if not math.isfinite(high - low):
            return None
        blocks = len(self.trials)
        if low > 0 or high < 0:  # a change shows: what is missing is evidence for the alarm
            wanted = math.ceil(blocks * self._ln_needed / max(self.ln_evidence, 1e-9))
        else:  # the interval shrinks with the root of the number of blocks
            wanted = math.ceil(blocks * ((high - low) / 2 / self.limits.shift) ** 2)
        return max(1, wanted - blocks)


def step_down(cells: Collection[Cell]) -> None:
    """Spend what decided cells left of alpha (Holm): once, when no block is to come."""
    rejected = sum(cell.decision in {"slower", "faster"} for cell in cells)
    strongest = sorted(cells, key=lambda cell: -cell.ln_evidence)
    for cell in (cell for cell in strongest if cell.decision is None):
        if not cell.accept(rejected):
            return
        rejected += 1
