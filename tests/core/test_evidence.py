"""The engine against an independent implementation, and the promises its mathematics makes."""

import json
import math
from itertools import permutations
from pathlib import Path
from random import Random
from statistics import fmean
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
