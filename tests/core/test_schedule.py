"""Who gets the next block, and what is asked of it."""

from random import Random
from typing import Any

import pytest

from bot.core.metric import METRICS
from bot.core.outcome import Skipped
from bot.core.plan import Implementation
from bot.core.reasons import unjudged_notes
from bot.core.schedule import next_block
from bot.core.table import BLOCKS_OF_RESULTS, Table
from bot.core.verdict import Direction
from tests.core.runs import (
    BASELINE,
    CANDIDATE,
    CASE,
    CONTROL,
    case,
    case_block,
    environment,
    filled,
    measured,
    plan,
)

PRIMARY = {name for name, metric in METRICS.items() if metric.is_primary}


def decide(table: Table, *metrics: str) -> None:
    decision: Direction = "equivalent"
    for (_, metric, _), cell in table.cells.items():
        if metric in metrics:
            cell.decision = decision


def test_as_long_as_a_primary_cell_is_open_only_its_cases_get_blocks() -> None:
    table = Table(plan(cases=(case("a[x]"), case("b[x]"))), unavailable={})
    table.cells["a[x]", "step", CANDIDATE].decision = "equivalent"
    table.cells["a[x]", "peak_rss", CANDIDATE].decision = "equivalent"
    block = next_block(table, 0, Random(1))
    assert block
    assert [task.case.name for task in block.tasks] == ["b[x]"]


def test_then_the_other_metrics_get_blocks_of_their_own() -> None:
    table = filled(4)
    decide(table, *PRIMARY)
    block = next_block(table, 4, Random(1))
    assert block
    assert [task.case.name for task in block.tasks] == [CASE]


@pytest.mark.parametrize(
    ("open_metric", "is_timed"),
    [("throughput", True), ("rss_slope", True), ("first_call", False), ("build", False)],
)
def test_rounds_are_asked_for_only_where_they_can_tell(open_metric: str, is_timed: bool) -> None:
    table = filled(0)
    decide(table, *(METRICS.keys() - {open_metric}))
    block = next_block(table, 0, Random(1))
    assert block
    assert [task.is_timed for task in block.tasks] == [is_timed]


def test_a_metric_that_nobody_can_tell_is_not_waited_for() -> None:
    on_gpu: dict[str, Any] = {"device": "gpu"}
    table = Table(plan(**on_gpu), unavailable={})
    decide(table, *(METRICS.keys() - {"device_memory"}))
    assert next_block(table, 0, Random(1)) is not None
    outcomes = dict.fromkeys((BASELINE, CONTROL, CANDIDATE), measured())
    table.add(case_block(0, outcomes))
    assert next_block(table, 1, Random(1)) is None


def test_counting_stops_after_three_processes_of_every_arm() -> None:
    asked = []
    for blocks in range(5):
        table = filled(0)
        for number in range(blocks):
            counted = measured(counters={"traces": 1})
            table.add(case_block(number, dict.fromkeys((BASELINE, CONTROL, CANDIDATE), counted)))
        block = next_block(table, blocks, Random(1))
        assert block
        asked.append(block.tasks[0].is_counted)
    assert asked == [True, True, True, False, False]


def test_metrics_that_were_not_asked_for_have_no_cells() -> None:
    table = Table(plan(metrics=("step",)), unavailable={})
    assert {metric for _, metric, _ in table.cells} == {"step"}
    block = next_block(table, 0, Random(1))
    assert block
    assert block.tasks[0].is_timed


def test_a_workload_says_what_is_judged_of_it_at_most() -> None:
    cases = (case("a[x]", metrics=("peak_rss", "rss_slope")), case("b[x]"))
    a_plan = plan(cases=cases, metrics=("step", "peak_rss"))
    assert a_plan.metrics_of(a_plan.cases[0]) == ("peak_rss",)
    assert a_plan.metrics_of(a_plan.cases[1]) == ("step", "peak_rss")
    assert a_plan.unjudged == ()


def test_results_alone_are_computed_by_two_processes_of_each_arm() -> None:
    table = Table(plan(cases=(case(metrics=()),), metrics=("step",)), unavailable={})
    outcomes = dict.fromkeys((BASELINE, CONTROL, CANDIDATE), measured())
    for number in range(2):
        block = next_block(table, number, Random(1))
        assert block
        assert [(task.case.name, task.is_timed) for task in block.tasks] == [(CASE, False)]
        assert {arm.id for arm in block.tasks[0].arms} == {BASELINE, CONTROL, CANDIDATE}
        table.add(case_block(number, outcomes))
    assert next_block(table, 2, Random(1)) is None
    assert table.cells == {}


def test_another_framework_gets_no_blocks_for_results_that_are_there() -> None:
    torch = Implementation(file="/mlp.torch.py")
    environments = (
        *plan().environments,
        environment("2.5.1", "reference", "torch", package="torch"),
    )
    a_plan = plan(cases=(case(metrics=(), implementations={"torch": torch}),), metrics=("step",))
    table = Table(a_plan.model_copy(update={"environments": environments}), unavailable={})
    blocks = 0
    while block := next_block(table, blocks, Random(1)):
        arms = block.tasks[0].arms
        assert "torch" in {arm.id for arm in arms}
        table.add(case_block(blocks, {arm.id: measured() for arm in arms}))
        blocks += 1
    assert blocks == BLOCKS_OF_RESULTS


def test_what_was_given_up_is_not_asked_for_results() -> None:
    table = Table(plan(cases=(case(metrics=()),), metrics=("step",)), unavailable={})
    skipped = Skipped(reason="cannot")
    table.add(case_block(0, {BASELINE: measured(), CONTROL: measured(), CANDIDATE: skipped}))
    assert next_block(table, 1, Random(1)) is None


def test_a_case_of_which_nothing_is_asked_is_not_measured_and_told() -> None:
    a_plan = plan(cases=(case(metrics=("rss_slope",)),), metrics=("step",))
    assert next_block(Table(a_plan, unavailable={}), 0, Random(1)) is None
    (note,) = unjudged_notes(a_plan)
    assert note == f"{CASE} not measured: judged by rss_slope, but metrics asks for step"
    assert list(unjudged_notes(plan(cases=(case(metrics=()),)))) == []


def test_the_same_table_gives_the_same_block() -> None:
    first, second = (next_block(filled(3), 3, Random("1 3")) for _ in range(2))
    assert first == second
