"""Conditions of blocks and the one sentence they add up to; no decision ever sees them."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pytest

from bot.core.conditions import Conditions
from bot.core.noise import Noise, Spread, disturbance, strongest, sum_up

QUIET: dict[str, Any] = {
    "seconds": 10.0,
    "busy_seconds": 10.2,
    "idle_seconds": 9.8,
    "steal_seconds": 0.0,
    "own_cpu_seconds": 10.0,
    "cpu_pressure_seconds": 0.3,
    "memory_pressure_seconds": 0.0,
    "io_pressure_seconds": 0.1,
    "run_queue_seconds": 0.1,
    "throttled_seconds": 0.0,
    "clock_step_seconds": 0.0,
    "mhz": 3000.0,
}


def block(**changes: Any) -> Conditions:
    return Conditions(**{**QUIET, **changes})


def said(blocks: Sequence[Conditions]) -> str | None:
    return disturbance(sum_up(blocks))


def test_a_quiet_machine_has_nothing_to_tell() -> None:
    assert said([block()] * 5) is None


def test_without_blocks_there_is_nothing_to_tell() -> None:
    assert said([]) is None


def test_a_system_that_keeps_no_records_has_nothing_to_tell() -> None:
    blind = Conditions(seconds=10.0)

    assert said([blind] * 3) is None
    assert sum_up([blind] * 3) == Noise(blocks=3)


SENTENCES: dict[str, tuple[dict[str, Any], str, str]] = {
    "a neighbour on the host": (
        {"steal_seconds": 2.0, "idle_seconds": 7.8},
        "stolen",
        "the hypervisor took 10 % of the CPU time",
    ),
    "another program": (
        {"busy_seconds": 16.2, "idle_seconds": 3.8},
        "others",
        "other programs took 31 % of the CPU time",
    ),
    "a quota": (
        {"throttled_seconds": 0.5},
        "throttled",
        "a CPU quota withheld 2.5 % of the CPU time",
    ),
    "too little memory": (
        {"memory_pressure_seconds": 1.0},
        "memory",
        "processes waited for memory 10 % of the time",
    ),
    "a queue for the cores": (
        {"run_queue_seconds": 1.8},
        "queued",
        "measured processes waited for a core 18 % of the time",
    ),
    "pressure without a known cause": (
        {"cpu_pressure_seconds": 4.0, "run_queue_seconds": None, "own_cpu_seconds": None},
        "core",
        "processes waited for a core 40 % of the time",
    ),
    "a busy disk": (
        {"io_pressure_seconds": 3.0},
        "disk",
        "processes waited for a disk 30 % of the time",
    ),
    "a machine that slept": (
        {"clock_step_seconds": 3600.0},
        "clock",
        "the clock was set, or the machine slept, for 3600 s",
    ),
    "a clock that was set back": (
        {"clock_step_seconds": -2.0},
        "clock",
        "the clock was set, or the machine slept, for 2.00 s",
    ),
}


@pytest.mark.parametrize(("changes", "kind", "sentence"), SENTENCES.values(), ids=SENTENCES.keys())
def test_what_disturbed_most_blocks_is_told_with_its_size(
    changes: dict[str, Any], kind: str, sentence: str
) -> None:
    blocks = [block(**changes)] * 3 + [block()] * 2

    found = strongest(sum_up(blocks))

    assert found is not None
    assert (found.kind, found.says) == (kind, sentence)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"steal_seconds": 0.3}, id="a little stolen"),
        pytest.param({"busy_seconds": 11.5, "idle_seconds": 8.5}, id="an idle desktop"),
        pytest.param({"run_queue_seconds": 0.4}, id="a short queue"),
        pytest.param({"cpu_pressure_seconds": 1.5}, id="threads of our own in each other's way"),
        pytest.param({"io_pressure_seconds": 1.5}, id="imports from the disk"),
        pytest.param({"clock_step_seconds": 0.2}, id="NTP"),
        pytest.param({"own_cpu_seconds": 10.6}, id="ticks that do not add up"),
        pytest.param({"mhz": 900.0}, id="a slow clock: all arms had the same"),
    ],
)
def test_what_is_usual_is_not_told(changes: dict[str, Any]) -> None:
    assert said([block(**changes)] * 5) is None


def test_a_cause_is_told_before_its_symptoms() -> None:
    noisy = block(
        busy_seconds=13.0, idle_seconds=7.0, cpu_pressure_seconds=9.0, run_queue_seconds=5
    )

    assert said([noisy] * 3) == "other programs took 15 % of the CPU time"


def test_the_larger_of_two_causes_is_told() -> None:
    noisy = block(busy_seconds=13.0, idle_seconds=5.0, steal_seconds=2.0)

    assert said([noisy] * 3) == "the hypervisor took 10 % of the CPU time"


def test_one_bad_block_is_told_as_one_and_only_when_it_is_bad() -> None:
    bad, poor = (block(busy_seconds=busy, idle_seconds=20.0 - busy) for busy in (18.0, 14.0))

    assert (
        said([block()] * 4 + [bad]) == "other programs took 40 % of the CPU time in the worst block"
    )
    assert said([block()] * 4 + [poor]) is None


def test_blocks_are_summed_up_by_their_median_and_their_worst() -> None:
    blocks = [
        block(steal_seconds=s, mhz=m) for s, m in ((0.0, 3000.0), (0.2, 2000.0), (2.0, 2900.0))
    ]

    noise = sum_up([*blocks, Conditions(seconds=10.0)])

    assert noise.blocks == 4
    assert noise.mhz == Spread(median=2900.0, worst=2000.0)
    assert noise.stolen is not None
    assert noise.stolen.median == pytest.approx(0.2 / 20.2)
    assert noise.stolen.worst == pytest.approx(2.0 / 22.0)


def test_shares_are_of_all_cores_or_of_the_time() -> None:
    conditions = block(busy_seconds=8.0, idle_seconds=10.0, steal_seconds=2.0, own_cpu_seconds=6.0)

    assert conditions.stolen_share == pytest.approx(0.1)
    assert conditions.others_share == pytest.approx(0.1)
    assert conditions.cpu_pressure_share == pytest.approx(0.03)


def test_a_share_of_no_time_is_unknown() -> None:
    conditions = Conditions(seconds=0.0, io_pressure_seconds=0.0, steal_seconds=1.0)

    assert conditions.io_pressure_share is None
    assert conditions.stolen_share is None


def test_conditions_are_a_line_of_the_journal() -> None:
    conditions = block(run_queue_seconds=None)

    assert Conditions(**json.loads(json.dumps(asdict(conditions)))) == conditions
