"""The engine against an independent implementation, and the promises its mathematics makes."""

import json
import math
from itertools import permutations
from pathlib import Path
from random import Random
from statistics import fmean, median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.evidence import (
    Evidence,
    Trial,
    confidence_interval,
    hodges_lehmann,
    log_evidence,
    pairwise_scores,
)
from bot.core.verdict import Cell, Limits

KNOWN = json.loads(Path(__file__).with_name("decisions.json").read_text())
WORDS = {
    "regression": "slower",
    "improvement": "faster",
    "equivalent": "equivalent",
    None: None,
}


def trial(candidate: float, *baselines: float) -> Trial:
    return Trial(candidate=candidate, baselines=baselines)


@pytest.mark.parametrize("known", KNOWN["cells"])
def test_every_look_agrees_with_the_reference(known: dict[str, Any]) -> None:
    cell = Cell(Limits(threshold=known["threshold"], alpha=0.01, cells=known["cells"]))
    decisions = []
    for scores in known["trials"]:
        cell.add(trial(*scores))
        decisions.append(cell.decision)
    assert decisions == [WORDS[verdict] for verdict in known["verdicts"]]
    assert log_evidence(cell.trials, null=0.0, sign=+1) == pytest.approx(known["ln_slower"])
    assert log_evidence(cell.trials, null=0.0, sign=-1) == pytest.approx(known["ln_faster"])


@pytest.mark.parametrize("known", KNOWN["cells"])
def test_the_interval_agrees_with_the_reference(known: dict[str, Any]) -> None:
    low, estimate, high = confidence_interval(
        [trial(*scores) for scores in known["trials"]], math.log(40)
    )
    assert estimate == pytest.approx(known["estimate"], abs=1e-9)
    for bound, expected in zip((low, high), known["interval"], strict=True):
        assert math.isinf(bound) if expected is None else bound == pytest.approx(expected, abs=2e-4)


@pytest.mark.parametrize("known", KNOWN["blocks"])
def test_pairwise_scores_agree_with_the_reference(known: dict[str, Any]) -> None:
    assert pairwise_scores(known["rounds"]) == pytest.approx(known["scores"])


def test_three_equal_arms_are_no_evidence() -> None:
    assert log_evidence([trial(1.0, 1.0, 1.0)] * 20, null=0.0, sign=+1) == 0.0


def test_the_bet_is_fair_whoever_is_the_candidate() -> None:
    """Averaged over the labels of a block, wealth neither grows nor shrinks."""
    random = Random(7)
    past = [trial(*(random.gauss(0, 1) for _ in range(3))) for _ in range(5)]
    block = (0.3, -1.2, 0.9)
    before = log_evidence(past, null=0.0, sign=+1)
    after = [
        log_evidence([*past, trial(*labels)], null=0.0, sign=+1) for labels in permutations(block)
    ]
    assert fmean(math.exp(ln - before) for ln in after) == pytest.approx(1.0)


@given(st.lists(st.tuples(*[st.floats(-3, 3)] * 3), min_size=1, max_size=8), st.floats(-5, 5))
def test_a_constant_added_to_a_block_changes_nothing(
    blocks: list[tuple[float, float, float]], constant: float
) -> None:
    blocks = [tuple(round(score, 3) for score in block) for block in blocks]  # type: ignore[misc]
    shifted = [
        trial(*(round(score + round(constant, 3), 3) for score in block)) for block in blocks
    ]
    plain = [trial(*block) for block in blocks]
    assert hodges_lehmann(shifted) == pytest.approx(hodges_lehmann(plain), abs=1e-9)


def test_evidence_against_a_true_slowdown_of_five_percent_grows() -> None:
    random = Random(3)
    evidence = Evidence(null=0.0, sign=+1)
    for _ in range(15):
        evidence.update(trial(0.05 + random.gauss(0, 0.01), *(random.gauss(0, 0.01),) * 2))
    assert evidence.ln > math.log(2 * 39 / 0.01)


def plain_log_evidence(trials: list[Trial], null: float, sign: int) -> float:
    """The formula of the evidence, written down once more without any regard to speed."""
    past: list[float] = []
    wealth = {1: 0.0, 2: 0.0}
    for each in trials:
        scores = [sign * (each.candidate - null), *(sign * score for score in each.baselines)]
        deviations = [score - median(scores) for score in scores]
        past += [abs(deviation) for deviation in deviations]
        scale = 1.4826 * median(past) or 1e-12
        z = [max(-1.5, min(1.5, deviation / scale)) for deviation in deviations]
        for bet in wealth:
            wealth[bet] += bet * z[0] - math.log(fmean(math.exp(bet * each) for each in z))
    top = max(wealth.values())
    return top + math.log(fmean(math.exp(ln - top) for ln in wealth.values()))


def plain_interval(trials: list[Trial], ln_limit: float) -> tuple[float, float, float]:
    """The interval by bisection of everything within two log units."""
    ratios = [each.candidate - fmean(each.baselines) for each in trials]
    middle = median((a + b) / 2 for i, a in enumerate(ratios) for b in ratios[i:])
    bounds = []
    for sign in (+1, -1):
        kept, rejected = 0.0, 2.0
        if plain_log_evidence(trials, middle - sign * rejected, sign) < ln_limit:
            rejected = math.inf
        while math.isfinite(rejected) and rejected - kept > 1e-4:
            between = (kept + rejected) / 2
            if plain_log_evidence(trials, middle - sign * between, sign) < ln_limit:
                kept = between
            else:
                rejected = between
        bounds.append(middle - sign * rejected)
    return bounds[0], middle, bounds[1]


@st.composite
def histories(draw: st.DrawFn, most: int = 20) -> list[Trial]:
    """Blocks of any noise and any effect, with one, two or three installs of the baseline."""
    baselines = draw(st.integers(1, 3))
    random = Random(draw(st.integers(0, 2**32)))
    noise, effect = draw(st.sampled_from((0.0, 0.001, 0.01, 0.1, 1.0))), draw(st.floats(-1, 1))
    return [
        trial(
            effect + random.gauss(0, noise),
            *(
                round(random.gauss(0, noise), draw(st.sampled_from((2, 9))))
                for _ in range(baselines)
            ),
        )
        for _ in range(draw(st.integers(1, most)))
    ]


@given(histories(), st.floats(-1, 1), st.sampled_from((-1, +1)))
def test_evidence_is_what_its_formula_says(trials: list[Trial], null: float, sign: int) -> None:
    expected = plain_log_evidence(trials, null, sign)
    assert log_evidence(trials, null=null, sign=sign) == pytest.approx(expected, abs=1e-9)


@given(histories(), st.sampled_from((math.log(2), math.log(40), math.log(1000))))
def test_bounds_are_what_a_plain_bisection_finds(trials: list[Trial], ln_limit: float) -> None:
    expected = plain_interval(trials, ln_limit)
    assert confidence_interval(trials, ln_limit) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.tuples(*[st.floats(-3, 3)] * 3), min_size=1, max_size=80))
def test_scores_are_medians_of_round_differences(rounds: list[tuple[float, float, float]]) -> None:
    arms = dict(zip("abc", zip(*rounds, strict=True), strict=True))
    expected = {
        arm: sum(median(x - y for x, y in zip(mine, other, strict=True)) for other in arms.values())
        / 3
        for arm, mine in arms.items()
    }
    assert pairwise_scores(arms) == pytest.approx(expected, abs=1e-9)


def test_arms_that_did_not_take_turns_have_no_scores() -> None:
    with pytest.raises(ValueError, match="equally many rounds"):
        pairwise_scores({"a": (1.0, 2.0), "b": (1.0,)})


def test_far_nulls_are_all_alike_so_they_are_not_tried_one_by_one() -> None:
    """Where the candidate is outside its baselines by far, the distance does not matter."""
    random = Random(4)
    scores = [[random.gauss(0, 0.01) for _ in range(3)] for _ in range(9)]
    trials = [trial(0.1 + own, *baselines) for own, *baselines in scores]
    assert len({log_evidence(trials, null=null, sign=+1) for null in (-0.5, -1.0, -1.9)}) == 1
