"""A plan divided among machines: who does what, when each stops, and what all decide together."""

import math
from random import Random

import pytest

from bot.core.bias import biases, doubt_alarms
from bot.core.division import Part
from bot.core.plan import Plan, Rule
from bot.core.record import CaseBlock, Record
from bot.core.shards import digest, divided, in_order, numbered, seed_of, whole
from bot.core.table import CellKey, Table
from bot.core.verdict import FEWEST_BLOCKS, Limits, step_down
from tests.core.runs import CANDIDATE, CASE, case_block, import_block, plan, scattered

SHARDS = 4
STEP: CellKey = (CASE, "step", CANDIDATE)
NULL_TABLES = 150
ALPHA = 0.2
"""One cell and a large alpha: few blocks are needed for an alarm, so that chance has a say."""


def shared(shards: int = SHARDS, **changes: object) -> Plan:
    return plan(shards=shards, **changes)


def measured_alone(
    part: Plan, random: Random, *, noise: float, slower: float = 1.0
) -> list[Record]:
    """Carry out a part of a plan with one metric until its own table wants no more blocks."""
    table = Table(part, unavailable={})
    records: list[Record] = []
    steps = {arm.id: 0.01 * (slower if arm.role == "candidate" else 1) for arm in part.environments}
    while table.is_open(STEP):
        outcomes = {arm: scattered(random, noise, step=step) for arm, step in steps.items()}
        records.append(case_block(len(records), outcomes))
        table.add(records[-1])
    return records


def merged(part: Plan, parts: dict[int, list[Record]]) -> Table:
    table = Table(whole(part, parts), unavailable={})
    for record in in_order(parts, part.shards):
        table.add(record)
    return table


def test_a_part_knows_its_plan_and_has_a_seed_of_its_own() -> None:
    asked = shared(seed=7)
    parts = [divided(asked, number) for number in range(1, SHARDS + 1)]
    assert len({part.seed for part in parts} | {7}) == SHARDS + 1
    assert [part.part for part in parts] == [
        Part(number=number, seed=7, digest=digest(asked)) for number in range(1, SHARDS + 1)
    ]
    assert {whole(part, [1, 3]).model_dump_json() for part in parts} == {
        asked.model_copy(update={"merged": (1, 3)}).model_dump_json()
    }


@pytest.mark.parametrize("number", [0, 5, -1])
def test_there_is_no_part_beyond_the_plan(number: int) -> None:
    with pytest.raises(ValueError, match=f"no part {number}"):
        divided(shared(), number)


def test_no_two_parts_of_like_plans_share_a_seed() -> None:
    assert seed_of(1, 2) == seed_of(1, 2)
    assert len({seed_of(seed, number) for seed in range(20) for number in range(1, 21)}) == 400


def test_blocks_are_put_in_the_order_of_block_then_part() -> None:
    parts: dict[int, list[Record]] = {
        2: [import_block(0), import_block(1)],
        1: [import_block(0), import_block(1), import_block(2)],
    }
    assert [record.block for record in in_order(parts, 2)] == [0, 1, 2, 3, 4]
    assert in_order(dict(reversed(parts.items())), 2) == in_order(parts, 2)


def test_the_first_block_of_each_part_does_not_judge_imports() -> None:
    parts: dict[int, list[Record]] = {
        number: [import_block(0), import_block(1), import_block(2)] for number in (1, 2)
    }
    table = merged(divided(shared(2), 1), parts)
    assert len(table.cells["import", "import", CANDIDATE].trials) == 4
    alone = Table(divided(shared(2), 2), unavailable={})
    for record in parts[2]:
        alone.add(record)
    assert len(alone.cells["import", "import", CANDIDATE].trials) == 2


def test_a_part_has_its_share_of_the_most_blocks() -> None:
    asked = shared(3, rule=Rule(most_blocks=40))
    assert asked.most_blocks_here == 40
    assert divided(asked, 2).most_blocks_here == 14
    assert whole(divided(asked, 2), [2]).most_blocks_here == 40


@pytest.mark.parametrize("shards", [2, 4, 20])
def test_shares_of_evidence_add_up_to_what_is_needed_and_leave_room_for_a_lucky_block(
    shards: int,
) -> None:
    one = Limits(threshold=0.05, alpha=0.01, cells=39)
    part = Limits(threshold=0.05, alpha=0.01, cells=39, shards=shards)
    assert shards * (part.ln_alarm - math.log(3)) == pytest.approx(one.ln_alarm)
    assert shards * (part.ln_equivalence - math.log(3)) == pytest.approx(one.ln_equivalence)
    assert shards * part.fewest_blocks >= FEWEST_BLOCKS == one.fewest_blocks


@pytest.mark.parametrize("shards", [1, 2, 4])
@pytest.mark.parametrize(("slower", "decision"), [(1.3, "slower"), (1.0, "equivalent")])
def test_parts_stop_early_and_decide_together_what_one_machine_decides(
    shards: int, slower: float, decision: str
) -> None:
    asked = shared(shards, metrics=("step",), rule=Rule(cells=8))
    parts = {
        number: measured_alone(divided(asked, number), Random(number), noise=0.005, slower=slower)
        for number in range(1, shards + 1)
    }
    assert merged(divided(asked, 1), parts).cells[STEP].decision == decision
    longest = max(len(records) for records in parts.values())
    assert longest < asked.rule.most_blocks / shards
    if shards > 1:
        one = divided(asked.model_copy(update={"shards": 1}), 1)
        alone = measured_alone(one, Random(1), noise=0.005, slower=slower)
        assert longest <= len(alone)


@pytest.mark.parametrize("shards", [2, 3, 4])
def test_the_blocks_of_one_run_dealt_to_several_machines_decide_the_same(shards: int) -> None:
    random = Random(3)
    blocks: list[Record] = [
        case_block(number, {arm.id: scattered(random, 0.02) for arm in plan().environments})
        for number in range(16)
    ]
    one = Table(plan(), unavailable={})
    for record in blocks:
        one.add(record)
    dealt: dict[int, list[Record]] = {number: [] for number in range(1, shards + 1)}
    for index, record in enumerate(blocks):
        assert isinstance(record, CaseBlock)
        own = dealt[index % shards + 1]
        own.append(case_block(len(own), record.outcomes))
    table = merged(divided(shared(shards), 1), dealt)
    assert {key: (cell.decision, cell.trials) for key, cell in table.cells.items()} == {
        key: (cell.decision, cell.trials) for key, cell in one.cells.items()
    }


@pytest.mark.parametrize("shards", [2, 4])
def test_tables_of_like_versions_hardly_ever_alarm(shards: int) -> None:
    """The long version is benchmarks/shards.py; here, alpha is large so that few tables show it."""
    random, alarms = Random(shards), 0
    asked = shared(shards, metrics=("step",), rule=Rule(cells=1, alpha=ALPHA, most_blocks=20))
    for _ in range(NULL_TABLES):
        parts = {
            number: measured_alone(divided(asked, number), random, noise=0.05)
            for number in range(1, shards + 1)
        }
        table = merged(divided(asked, 1), parts)
        step_down(table.candidate_cells.values())
        doubt_alarms(table, tuple(biases(table)))
        alarms += table.cells[STEP].decision in {"slower", "faster"}
    assert 0 < alarms <= ALPHA * NULL_TABLES


def test_a_part_of_a_journal_gets_the_numbers_of_the_whole() -> None:
    records = [import_block(0), import_block(3)]
    assert [r.block for r in numbered(records, number=3, shards=4)] == [2, 14]
