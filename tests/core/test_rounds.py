"""How many rounds a block needs, decided without seeing which arm is which."""

from itertools import permutations
from random import Random

import pytest

from bot.core.rounds import (
    FEWEST_ROUNDS,
    LEAST_ROUNDS,
    MOST_ROUNDS,
    half_width,
    least_rounds,
    rounds_for,
    standard_error,
    wants_more,
)


def arms(noise: float, rounds: int, count: int = 3) -> list[list[float]]:
    random = Random(3)
    return [[random.gauss(0, noise) for _ in range(rounds)] for _ in range(count)]


@pytest.mark.parametrize(
    ("noise", "rounds", "more"),
    [
        (0.0, LEAST_ROUNDS - 1, True),
        (0.0, LEAST_ROUNDS, False),
        (0.002, LEAST_ROUNDS, False),
        (0.05, LEAST_ROUNDS, True),
        (0.0, LEAST_ROUNDS + 1, True),  # only every fifth is looked at
        (0.05, MOST_ROUNDS, False),
    ],
)
def test_more_rounds_only_while_they_make_the_answer_more_precise(
    noise: float, rounds: int, more: bool
) -> None:
    assert wants_more(arms(noise, rounds)) == more


def test_a_disturbance_that_hits_all_arms_of_a_round_asks_for_nothing() -> None:
    storm = [Random(1).uniform(0, 3) for _ in range(LEAST_ROUNDS)]
    assert half_width([storm, storm, storm]) == 0.0


def test_it_does_not_matter_which_arm_is_which() -> None:
    measured = arms(0.03, 20)
    assert len({half_width(order) for order in permutations(measured)}) == 1


def test_four_times_the_rounds_halve_the_width() -> None:
    assert half_width(arms(0.03, 4000)) == pytest.approx(half_width(arms(0.03, 1000)) / 2, rel=0.2)


def test_no_arm_wants_nothing() -> None:
    assert not wants_more([])


SLOWNESS = [
    ([0.001, 0.001], LEAST_ROUNDS),
    ([0.3, 0.2], LEAST_ROUNDS),
    ([0.1, 0.6], 5),
    ([0.9, 1.0], FEWEST_ROUNDS),
    ([30.0, 0.1], FEWEST_ROUNDS),
    ([0.0], LEAST_ROUNDS),
]


@pytest.mark.parametrize(("seconds", "rounds"), SLOWNESS)
def test_slow_samples_make_fewer_rounds_whichever_arm_is_slow(
    seconds: list[float], rounds: int
) -> None:
    assert {least_rounds(order) for order in permutations(seconds)} == {rounds}


@pytest.mark.parametrize(
    ("done", "more"), [(2, True), (3, False), (4, True), (7, True), (8, False)]
)
def test_looks_are_taken_after_the_least_rounds_and_every_fifth(done: int, more: bool) -> None:
    assert wants_more(arms(0.0, done), least=3) == more


@pytest.mark.parametrize("rounds", [LEAST_ROUNDS, 33, MOST_ROUNDS])
def test_as_many_rounds_are_asked_for_as_bring_the_error_down(rounds: int) -> None:
    allowed = standard_error(0.03, rounds) * 1.001
    assert rounds_for(0.03, error=allowed) == rounds


@pytest.mark.parametrize(
    ("spread", "error", "rounds"),
    [(0.0, 0.0, LEAST_ROUNDS), (0.01, 1.0, LEAST_ROUNDS), (0.01, 0.0, MOST_ROUNDS)],
)
def test_no_block_has_fewer_or_more_rounds_than_the_limits(
    spread: float, error: float, rounds: int
) -> None:
    assert rounds_for(spread, error=error) == rounds
