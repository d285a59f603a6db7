"""The noise of like processes: what differs between two of them, and from round to round."""

import math
from random import Random

import pytest

from bot.core.outcome import Failed, Outcome
from bot.core.record import CaseBlock
from bot.core.rounds import LEAST_ROUNDS, MOST_ROUNDS
from bot.core.step_noise import StepNoise, step_noise
from tests.core.alike import block, measured


def noise_of(*, process: float, round_: float, rounds: int = 20) -> StepNoise:
    random = Random(4)
    blocks = [block(random, process=process, round_=round_, rounds=rounds) for _ in range(100)]
    return step_noise(blocks)["mlp[fit]"]


def test_both_kinds_of_noise_are_told_apart() -> None:
    noise = noise_of(process=0.01, round_=0.02)
    assert noise.blocks == 100
    assert noise.rounds == 20
    assert noise.of_rounds == pytest.approx(0.02 * math.sqrt(2), rel=0.1)
    of_medians = 1.2533 * 0.02 / math.sqrt(20)
    assert noise.of_processes == pytest.approx(math.hypot(0.01, of_medians) * math.sqrt(2), rel=0.1)


@pytest.mark.parametrize(
    ("process", "round_", "least", "most"),
    [
        (0.02, 0.001, LEAST_ROUNDS, LEAST_ROUNDS),  # processes differ, rounds do not
        (0.02, 0.04, 20, 32),  # 1.25 x 0.04 / sqrt(25) is half of 0.02
        (0.0, 0.04, 60, MOST_ROUNDS),  # all noise is that of rounds
        (0.0, 0.0, LEAST_ROUNDS, LEAST_ROUNDS),
    ],
)
def test_rounds_are_wanted_until_processes_make_the_noise(
    process: float, round_: float, least: int, most: int
) -> None:
    wanted = noise_of(process=process, round_=round_).rounds_wanted
    assert wanted is not None
    assert least <= wanted <= most


def test_every_two_processes_of_a_block_are_compared() -> None:
    (noise,) = step_noise([block(Random(1), process=0.01, round_=0.01)]).values()
    assert len(noise.differences) == len(noise.spreads) == 6


def test_processes_that_ran_one_after_the_other_have_no_pairs_of_rounds() -> None:
    serial = block(Random(1), process=0.01, round_=0.01, is_serial=True)
    (noise,) = step_noise([serial]).values()
    assert noise.rounds == 20
    assert noise.of_rounds is noise.rounds_wanted is None
    assert noise.of_processes > 0


@pytest.mark.parametrize(
    "outcomes",
    [
        {"base-a": measured(), "base-b": measured()},  # the block asked for cold metrics alone
        {"base-a": measured(0.1), "base-b": Failed(kind="exit", reason="left")},
        {},
    ],
    ids=["not timed", "one arm left", "no arm"],
)
def test_a_block_without_two_timed_processes_says_nothing(outcomes: dict[str, Outcome]) -> None:
    assert step_noise([CaseBlock(block=0, case="mlp[fit]", outcomes=outcomes)]) == {}
