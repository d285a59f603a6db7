"""What the page shows behind the figures is what the journal says, block after block."""

import math
from typing import Any

import pytest

from bot.core.conditions import Conditions
from bot.core.details import BlockRatio, Details, details
from bot.core.metric import METRICS
from bot.core.outcome import Failed, Imported, Outcome, Ran, Skipped
from bot.core.plan import Plan, Rule
from bot.core.record import CaseBlock, ConditionsBlock, ImportBlock, Record
from bot.core.table import Table
from tests.core.runs import case, measured, plan

NAME = "mlp[fit]"


def make_plan() -> Plan:
    return plan(cases=(case(NAME),), rule=Rule(cells=9))


def block(number: int, ratio: float = 1.2, **changes: Any) -> CaseBlock:
    arms = {"base-a": 0.01, "base-b": 0.01, "cand-a": 0.01 * ratio}
    calls = {"first_call_wall_seconds": 0.6, **changes}
    outcomes = {
        arm: measured(step, warm_up_seconds=(2 * step, step), **calls) for arm, step in arms.items()
    }
    return CaseBlock(block=number, case=NAME, outcomes=outcomes)


def gathered(*records: Record, **options: Any) -> Details:
    return details(make_plan(), records, **options)


def test_every_arm_is_named_and_the_installs_of_the_baseline_are_told_apart() -> None:
    names = [arm.name for arm in gathered().arms]

    assert len(set(names)) == 3
    assert [name.rpartition("(")[2] for name in names[:2]] == ["baseline)", "control)"]


def test_samples_and_the_calls_before_them_are_kept_as_they_were() -> None:
    part = gathered(block(0)).cases[NAME].blocks[0].parts["cand-a"]

    assert part.rounds == (0.012,) * 10
    assert part.warm_up == (0.6, 0.024, 0.012)
    assert part.values["first_call"] == 0.5
    assert part.values["peak_rss"] == 10**9


def test_a_ratio_of_every_block_is_that_of_the_evidence() -> None:
    blocks = [block(number, ratio) for number, ratio in enumerate((1.2, 1.3, 0.9))]
    table = Table(make_plan(), unavailable={})
    for each in blocks:
        table.add(each)

    found = gathered(*blocks).cases[NAME].ratios["step"]["cand-a"]

    trials = table.cells[NAME, "step", "cand-a"].trials
    assert [each.value for each in found] == [math.exp(trial.log_ratio) for trial in trials]
    assert [each.block for each in found] == [0, 1, 2]
    assert found[0].value == pytest.approx(1.2)


def test_a_growth_of_memory_is_a_difference_in_its_unit() -> None:
    grown = measured(0.01, rss_growth_bytes=5_000, calls_in_rounds=10)
    outcomes: dict[str, Outcome] = {"base-a": measured(), "base-b": measured(), "cand-a": grown}
    record = CaseBlock(block=0, case=NAME, outcomes=outcomes)

    (found,) = gathered(record).cases[NAME].ratios["rss_slope"]["cand-a"]

    assert METRICS["rss_slope"].scale == "difference"
    assert found.value == pytest.approx(500_000)  # 5,000 bytes in 10 calls, for 1,000 calls


def test_the_first_import_is_not_shown_as_it_is_not_judged() -> None:
    one = Imported(cpu_seconds=2.0, wall_seconds=2.5, rss_bytes=3, modules=4)
    outcomes = dict.fromkeys(("base-a", "base-b", "cand-a"), one)
    records = [ImportBlock(block=number, outcomes=outcomes) for number in range(2)]

    found = gathered(*records).cases["import"]

    assert [each.block for each in found.blocks] == [1]
    assert found.ratios["import"]["cand-a"] == (BlockRatio(block=1, value=1.0),)


def test_what_failed_or_was_skipped_has_no_part_and_the_others_have() -> None:
    outcomes: dict[str, Outcome] = {
        "base-a": measured(),
        "base-b": Skipped(reason="too old"),
        "cand-a": Failed(kind="exit", reason="gone"),
    }

    found = gathered(CaseBlock(block=0, case=NAME, outcomes=outcomes)).cases[NAME]

    assert [*found.blocks[0].parts] == ["base-a"]
    assert found.ratios == {}


def test_a_script_has_values_and_no_samples() -> None:
    ran = Ran(wall_seconds=3.0, cpu_seconds=2.0, peak_rss_bytes=5)
    outcomes = dict.fromkeys(("base-a", "base-b", "cand-a"), ran)

    part = gathered(CaseBlock(block=0, case=NAME, outcomes=outcomes)).cases[NAME].blocks[0].parts

    assert part["cand-a"].rounds == ()
    assert part["cand-a"].values == {"wall": 3.0, "cpu": 2.0, "peak_rss": 5.0}


def test_what_the_machine_did_is_kept_in_order() -> None:
    records = [ConditionsBlock(block=n, conditions=Conditions(seconds=n + 1.0)) for n in range(3)]

    assert [each.conditions.seconds for each in gathered(*records).machine] == [1.0, 2.0, 3.0]


@pytest.mark.parametrize(("most", "every"), [(10**6, 1), (150, 2), (60, 4), (1, 234)])
def test_of_too_many_samples_each_so_manieth_block_is_kept(most: int, every: int) -> None:
    records = [block(number) for number in range(6)]  # 3 arms of 13 calls: 39 a block

    found = gathered(*records, most_samples=most)

    kept = [bool(each.parts["cand-a"].rounds) for each in found.cases[NAME].blocks]
    assert found.kept_every == every
    assert kept == [number % every == 0 for number in range(6)]
    assert len(found.cases[NAME].ratios["step"]["cand-a"]) == 6
    assert all(each.parts["cand-a"].values for each in found.cases[NAME].blocks)
