"""Owns the decision engine's mathematics: scores of a block, betting evidence, estimate, interval.

The evidence is a bet on labels: under the null the candidate is exchangeable with the baselines,
so guessing which of a block's processes it was cannot win in the long run. The wealth of that bet
is a test martingale (Ramdas et al. 2023, "Game-theoretic statistics and safe anytime-valid
inference"): it may be looked at after every block, stopped, resumed and merged, and it exceeds
1/alpha with probability at most alpha.

A report is made of millions of bets: loops here are plain, and nothing is computed twice.
"""

from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, combinations_with_replacement
from math import copysign, exp, inf, log
from operator import sub

CLIP = 1.5
"""Scores are clipped at this many scales: one disturbed process must not rule a block."""

NORMAL_CONSISTENT_MAD = 1.4826
USUAL_BASELINES = 2
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
        return self.candidate - sum(self.baselines) / len(self.baselines)

    @property
    def baseline_log_ratios(self) -> tuple[float, ...]:
        """The same of each install against the others: what no difference looks like."""
        others = [self.baselines[:i] + self.baselines[i + 1 :] for i in range(len(self.baselines))]
        pairs = zip(self.baselines, others, strict=True)
        return tuple(one - sum(rest) / len(rest) for one, rest in pairs if rest)


def pairwise_scores(rounds: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Score each arm by the median of its per-round log ratios to every arm, itself included.

    `rounds` maps an arm to log seconds per call, one entry per round. Pairing inside the round
    cancels what disturbed all arms alike; the median forgets what disturbed only one.
    """
    if len({len(seconds) for seconds in rounds.values()}) > 1:
        raise ValueError("arms that took turns have equally many rounds")
    scores = dict.fromkeys(rounds, 0.0)
    for one, other in combinations(rounds, 2):
        difference = _median(sorted(map(sub, rounds[one], rounds[other]))) / len(rounds)
        scores[one] += difference
        scores[other] -= difference
    return scores


def log_mean_exp(values: Sequence[float]) -> float:
    """log(mean(exp(values))) without overflow."""
    top = max(values)
    return top + log(sum([exp(value - top) for value in values]) / len(values))


class Evidence:
    """Log wealth of betting that sign * (log ratio - null) > 0, trial after trial.

    Wealth is averaged over a cautious and a bold gambler, who bet once and twice the score: none
    has to be tuned to the effect.
    """

    __slots__ = ("_bold", "_cautious", "_deviations", "null", "sign")

    def __init__(self, *, null: float, sign: int) -> None:
        self.null = null
        self.sign = sign
        self._cautious = self._bold = 0.0
        self._deviations: list[float] = []

    @property
    def ln(self) -> float:
        """The evidence so far, as a logarithm; at log(1/alpha) the null is rejected at alpha."""
        return log_mean_exp((self._cautious, self._bold))

    def update(self, trial: Trial) -> None:
        """Bet on one more block."""
        scores = (*trial.baselines, trial.candidate - self.null)
        middle = _median(sorted(scores))
        deviations = self._deviations
        # The scale sees this block too, but not who is who in it: the bet stays fair.
        for score in scores:
            insort(deviations, abs(score - middle))
        scale = self.sign * (NORMAL_CONSISTENT_MAD * _median(deviations) or SMALLEST_SCALE)
        own = cautious = bold = 0.0
        for score in scores:  # the candidate's is the last, and stays
            own = (score - middle) / scale
            if not -CLIP <= own <= CLIP:
                own = copysign(CLIP, own)
            growth = exp(own)
            cautious += growth
            bold += growth * growth
        self._cautious += own - log(cautious / len(scores))
        self._bold += 2 * own - log(bold / len(scores))


def log_evidence(trials: Sequence[Trial], *, null: float, sign: int) -> float:
    """Log evidence of all `trials` for sign * (log ratio - null) > 0."""
    evidence = Evidence(null=null, sign=sign)
    for trial in trials:
        evidence.update(trial)
    return evidence.ln


def hodges_lehmann(trials: Sequence[Trial]) -> float:
    """Estimate the log ratio: median of the pairwise means of the blocks' log ratios."""
    ratios = [trial.log_ratio for trial in trials]
    return _median(sorted([a + b for a, b in combinations_with_replacement(ratios, 2)])) / 2


WIDEST = 2.0
"""An interval's bound further than this (in log units, a factor 7.4) counts as unbounded."""

RESOLUTION = 1e-4
"""Bounds are found to this many log units (0.01 %)."""


def confidence_interval(trials: Sequence[Trial], ln_limit: float) -> tuple[float, float, float]:
    """Return (low, estimate, high) of the log ratio: all nulls the evidence does not reject.

    Valid at any time, with coverage 1 - 2 exp(-ln_limit); a bound may be infinite.
    """
    estimate = hodges_lehmann(trials)
    low = estimate - _largest_kept(trials, estimate, ln_limit, sign=+1)
    high = estimate + _largest_kept(trials, estimate, ln_limit, sign=-1)
    return low, estimate, high


def _largest_kept(trials: Sequence[Trial], estimate: float, ln_limit: float, *, sign: int) -> float:
    """Bisect for the distance at which rejection starts; infinite when it does not by WIDEST."""

    def is_rejected(distance: float) -> bool:
        return log_evidence(trials, null=estimate - sign * distance, sign=sign) >= ln_limit

    if not is_rejected(WIDEST):
        return inf
    same_from = _no_change_from(trials, estimate, sign)
    kept, rejected = 0.0, WIDEST
    while rejected - kept > RESOLUTION:
        middle = (kept + rejected) / 2
        if middle >= same_from or is_rejected(middle):
            rejected = middle
        else:
            kept = middle
    return rejected


def _no_change_from(trials: Sequence[Trial], estimate: float, sign: int) -> float:
    """Return a distance beyond which every null has the same evidence against it.

    There the candidate is outside the two baselines in every block, so far that its score is
    clipped, and the scale is a distance between baselines. With one baseline there is no such
    distance: the scale grows with it.
    """
    if any(len(trial.baselines) != USUAL_BASELINES for trial in trials):
        return inf
    gap = max(max(trial.baselines) - min(trial.baselines) for trial in trials)
    clipped_at = CLIP * max(NORMAL_CONSISTENT_MAD * gap, SMALLEST_SCALE)
    farthest = max(
        sign * (score - trial.candidate + estimate) for trial in trials for score in trial.baselines
    )
    return farthest + clipped_at


def _median(values: Sequence[float]) -> float:
    """Median of values that are sorted."""
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2
