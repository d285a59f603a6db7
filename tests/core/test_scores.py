"""What a record says about each metric."""

import math
from typing import Any

import pytest

from bot.core.metric import MetricName
from bot.core.outcome import Failed, Outcome
from bot.core.record import ImportBlock
from bot.core.scores import Reading, case_readings, import_readings
from tests.core.runs import BASELINE, CANDIDATE, CONTROL, case_block, imported, measured


def readings(candidate: Outcome, **changes: Any) -> dict[MetricName, Reading]:
    outcomes: dict[str, Outcome] = {BASELINE: measured(), CONTROL: measured()}
    record = case_block(0, {**outcomes, CANDIDATE: candidate}, **changes)
    return {reading.metric: reading for reading in case_readings(record)}


ROUNDS = tuple(0.010 if number % 4 else 0.050 for number in range(40))


@pytest.mark.parametrize(
    ("metric", "value"),
    [
        ("step", 0.010),
        ("throughput", 0.020),
        ("first_call", 0.5),
        ("build", 0.1),
        ("peak_rss", 1e9),
    ],
)
def test_a_slowdown_now_and_then_is_seen_by_throughput_only(
    metric: MetricName, value: float
) -> None:
    reading = readings(measured(round_seconds=ROUNDS))[metric]
    assert reading.values[CANDIDATE] == pytest.approx(value)


def test_rounds_are_kept_apart_so_that_they_can_be_paired() -> None:
    reading = readings(measured(round_seconds=ROUNDS))["step"]
    assert reading.scores[CANDIDATE] == tuple(map(math.log, ROUNDS))


def test_arms_that_ran_one_after_the_other_are_compared_by_their_fast_samples() -> None:
    rounds = tuple(0.010 + 0.001 * number for number in range(21))
    reading = readings(measured(round_seconds=rounds), is_serial=True)["step"]
    assert reading.values[CANDIDATE] == pytest.approx(0.012)
    (score,) = reading.scores[CANDIDATE]
    assert score == pytest.approx(math.log(0.012))


def test_where_cpu_time_decides_the_wall_time_is_kept_for_people() -> None:
    slow = measured(first_call_wall_seconds=0.9, build_wall_seconds=0.2)
    found = readings(slow)
    assert found["first_call"].values[CANDIDATE] == 0.5
    assert found["first_call"].walls[CANDIDATE] == 0.9
    assert found["build"].walls[CANDIDATE] == 0.2
    assert found["peak_rss"].walls == {}


def test_memory_that_grows_is_told_per_thousand_calls() -> None:
    reading = readings(measured(rss_growth_bytes=64 * 2**20, calls_in_rounds=500))["rss_slope"]
    assert reading.values[CANDIDATE] == 128 * 2**20
    assert reading.scores[CANDIDATE] == (2.0,)
    assert reading.scores[BASELINE] == (0.0,)


@pytest.mark.parametrize(
    ("candidate", "metric"),
    [
        (measured(), "device_memory"),
        (measured(round_seconds=()), "step"),
        (measured(round_seconds=()), "throughput"),
        (measured(calls_in_rounds=0), "rss_slope"),
        (measured(first_call_cpu_seconds=0.0), "first_call"),
        (Failed(kind="exit", reason="left"), "peak_rss"),
    ],
)
def test_what_nobody_knows_is_left_out(candidate: Outcome, metric: MetricName) -> None:
    assert CANDIDATE not in readings(candidate)[metric].scores


def test_an_import_has_a_time_and_a_size() -> None:
    record = ImportBlock(block=1, outcomes={BASELINE: imported(2.5)})
    values = {reading.metric: reading.values[BASELINE] for reading in import_readings(record)}
    assert values == {"import": 2.5, "import_rss": 1e8}
