"""How many calls make a sample and how many rounds a block."""

import pytest

from bot.engine.turns import FEWEST_SERIAL_SAMPLES, calls_per_sample, serial_samples, untimed_calls


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


@pytest.mark.parametrize(("seconds_per_call", "samples"), [(0.001, 40), (0.2, 30), (5.0, 20)])
def test_an_arm_that_runs_alone_takes_enough_samples_for_a_tenth_percentile(
    seconds_per_call: float, samples: int
) -> None:
    assert serial_samples(seconds_per_call, 1) == samples


@pytest.mark.parametrize(("seconds_per_call", "samples"), [(0.001, 40), (0.5, 12), (5.0, 5)])
def test_a_benchmark_that_runs_alone_may_take_fewer(seconds_per_call: float, samples: int) -> None:
    assert serial_samples(seconds_per_call, 1, least=FEWEST_SERIAL_SAMPLES) == samples


@pytest.mark.parametrize(("seconds_per_call", "calls"), [([0.001, 0.1], 1), ([0.05, 0.1], 0)])
def test_only_short_calls_need_their_caches_back(seconds_per_call: list[float], calls: int) -> None:
    assert untimed_calls(seconds_per_call) == calls
