"""Owns how one reading becomes one trial: the scores of an arm beside those of its opponents."""

from bot.core.evidence import Trial, pairwise_scores
from bot.core.scores import Reading


def trial_of(reading: Reading, arm: str, opponents: tuple[str, ...]) -> Trial | None:
    """Compare an arm with its opponents in one block; None where one of them has no score."""
    if any(each not in reading.scores for each in (arm, *opponents)):
        return None
    scores = pairwise_scores({each: reading.scores[each] for each in (arm, *opponents)})
    return Trial(candidate=scores[arm], baselines=tuple(scores[each] for each in opponents))
