"""Owns the decision engine's mathematics: scores of a block, betting evidence, estimate, interval.

The evidence is a bet on labels: under the null the candidate is exchangeable with the baselines,
so guessing which of a block's processes it was cannot win in the long run. The wealth of that bet
is a test martingale (Ramdas et al. 2023, "Game-theoretic statistics and safe anytime-valid
inference"): it may be looked at after every block, stopped, resumed and merged, and it exceeds
1/alpha with probability at most alpha.
"""

import math
from bisect import insort
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement
from statistics import fmean, median

BETS = (1.0, 2.0)
"""Betting fractions; the wealth is averaged over them, so none has to be tuned to the effect."""

CLIP = 1.5
"""Scores are clipped at this many scales: one disturbed process must not rule a block."""

NORMAL_CONSISTENT_MAD = 1.4826
SMALLEST_SCALE = 1e-12


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """One block seen by one cell: log scores of the candidate and of the baseline's installs.

    Only differences within a trial carry meaning; any constant may be added to all of them.
    """

    candidate: float
    baselines: tuple[float, ...]

    @property
    def log_ratio(self) -> float:
        """log(candidate / baseline), the baseline being the mean of its installs."""
        return self.candidate - fmean(self.baselines)

    @property
    def baseline_log_ratios(self) -> tuple[float, ...]:
        """The same of each install against the others: what no difference looks like."""
        others = [self.baselines[:i] + self.baselines[i + 1 :] for i in range(len(self.baselines))]
        pairs = zip(self.baselines, others, strict=True)
        return tuple(one - fmean(rest) for one, rest in pairs if rest)


def pairwise_scores(rounds: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Score each arm by the median of its per-round log ratios to every arm, itself included.

    `rounds` maps an arm to log seconds per call, one entry per round. Pairing inside the round
    cancels what disturbed all arms alike; the median forgets what disturbed only one.
    """
    scores = dict.fromkeys(rounds, 0.0)
    for one, other in combinations(rounds, 2):
        pairs = zip(rounds[one], rounds[other], strict=True)
        difference = median(a - b for a, b in pairs) / len(rounds)
        scores[one] += difference
        scores[other] -= difference
    return scores


def log_mean_exp(values: Sequence[float]) -> float:
    """log(mean(exp(values))) without overflow."""
    top = max(values)
    return top + math.log(fmean(math.exp(value - top) for value in values))


class Evidence:
    """Log wealth of betting that sign * (log ratio - null) > 0, trial after trial."""

    def __init__(self, *, null: float, sign: int) -> None:
        self.null = null
        self.sign = sign
        self._wealth = [0.0] * len(BETS)
        self._deviations: list[float] = []

    @property
    def ln(self) -> float:
        """The evidence so far, as a logarithm; at log(1/alpha) the null is rejected at alpha."""
        return log_mean_exp(self._wealth)

    def update(self, trial: Trial) -> None:
        """Bet on one more block."""
        shifted = [self.sign * (trial.candidate - self.null)]
        shifted += [self.sign * score for score in trial.baselines]
        middle = median(shifted)
        centred = [score - middle for score in shifted]
        # The scale sees this block too, but not who is who in it: the bet stays fair.
        for deviation in centred:
            insort(self._deviations, abs(deviation))
        scale = NORMAL_CONSISTENT_MAD * _median_of_sorted(self._deviations) or SMALLEST_SCALE
        clipped = [max(-CLIP, min(CLIP, deviation / scale)) for deviation in centred]
        for i, bet in enumerate(BETS):
            self._wealth[i] += bet * clipped[0] - log_mean_exp([bet * z for z in clipped])


def log_evidence(trials: Sequence[Trial], *, null: float, sign: int) -> float:
    """Log evidence of all `trials` for sign * (log ratio - null) > 0."""
    evidence = Evidence(null=null, sign=sign)
    for trial in trials:
        evidence.update(trial)
    return evidence.ln


def hodges_lehmann(trials: Sequence[Trial]) -> float:
    """Estimate the log ratio: median of the pairwise means of the blocks' log ratios."""
    ratios = [trial.log_ratio for trial in trials]
    return median((a + b) / 2 for a, b in combinations_with_replacement(ratios, 2))


WIDEST = 2.0
"""An interval's bound further than this (in log units, a factor 7.4) counts as unbounded."""

RESOLUTION = 1e-4
"""Bounds are found to this many log units (0.01 %)."""


def confidence_interval(trials: Sequence[Trial], ln_limit: float) -> tuple[float, float, float]:
    """Return (low, estimate, high) of the log ratio: all nulls the evidence does not reject.

    Valid at any time, with coverage 1 - 2 exp(-ln_limit); a bound may be infinite.
    """
    estimate = hodges_lehmann(trials)

    def is_rejected(null: float, sign: int) -> bool:
        return log_evidence(trials, null=null, sign=sign) >= ln_limit

    low = estimate - _largest_kept(lambda t: is_rejected(estimate - t, +1))
    high = estimate + _largest_kept(lambda t: is_rejected(estimate + t, -1))
    return low, estimate, high


def _largest_kept(is_rejected: Callable[[float], bool]) -> float:
    """Bisect for the distance at which rejection starts; infinite when it does not by WIDEST."""
    if not is_rejected(WIDEST):
        return math.inf
    kept, rejected = 0.0, WIDEST
    while rejected - kept > RESOLUTION:
        middle = (kept + rejected) / 2
        if is_rejected(middle):
            rejected = middle
        else:
            kept = middle
    return rejected


def _median_of_sorted(values: Sequence[float]) -> float:
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2
