"""How many calls make a sample and how many rounds a block."""

import pytest

from bot.engine.turns import calls_per_sample, rounds_per_block, untimed_calls


@pytest.mark.parametrize(
    ("seconds_per_call", "calls"),
    [
        ([0.010, 0.010], 1),
        ([0.001, 0.001], 5),
        ([0.0001, 0.001], 50),
        ([0.0001, 0.030], 3),
        ([0.0001, 0.2], 1),
        ([0.0, 0.0], 5_000_000),
    ],
)
def test_the_fastest_arm_fills_5_ms_and_the_slowest_stays_below_100_ms(
    seconds_per_call: list[float], calls: int
) -> None:
    assert calls_per_sample(seconds_per_call) == calls


@pytest.mark.parametrize(
    ("seconds_per_call", "rounds"),
    [([0.001] * 3, 30), ([0.1] * 3, 13), ([1.0] * 3, 10)],
)
def test_slow_steps_get_fewer_rounds_but_never_too_few(
    seconds_per_call: list[float], rounds: int
) -> None:
    assert rounds_per_block(seconds_per_call, 1) == rounds


@pytest.mark.parametrize(("seconds_per_call", "calls"), [([0.001, 0.1], 1), ([0.05, 0.1], 0)])
def test_only_short_calls_need_their_caches_back(seconds_per_call: list[float], calls: int) -> None:
    assert untimed_calls(seconds_per_call) == calls
