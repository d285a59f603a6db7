"""What is known while a run goes on, and what a person is shown first."""

import pytest

from bot.core.outcome import Failed
from bot.core.report import Verdict
from bot.core.so_far import CellSoFar, cells_so_far, failures_so_far, report_so_far
from bot.core.table import Table
from tests.core.test_table import CASES, case_block, filled, make_plan, measured


def cell(verdict: Verdict | None, alarm: float = 0.0) -> CellSoFar:
    return CellSoFar(key=("a", "step", "cand-a"), verdict=verdict, alarm=alarm)


def test_alarms_come_first_then_what_is_open_then_what_is_decided() -> None:
    order = [
        cell(None, 0.9),
        cell(None, 0.5),
        cell("REGRESSION"),
        cell(None, 0.4),
        cell("IMPROVEMENT"),
        cell("INCONCLUSIVE"),
        cell("NOT_MEASURED"),
        cell("EQUIVALENT"),
    ]
    jumbled = [*order[4:], *order[:4]]
    assert sorted(jumbled, key=lambda each: each.urgency) == order


def test_open_cells_stay_where_they_are_until_an_alarm_is_near() -> None:
    cells = [cell(None, 0.1), cell(None, 0.3), cell(None, 0.2)]
    assert sorted(cells, key=lambda each: each.urgency) == cells


def only_steps(blocks: int, *, slowdown: float = 1.0) -> Table:
    return filled(blocks, slowdown=slowdown, plan=make_plan(metrics=("step",)))


@pytest.mark.parametrize(
    ("blocks", "slowdown", "verdict", "is_near"),
    [
        (0, 1.0, None, False),
        (2, 1.0, None, False),
        (12, 1.0, "EQUIVALENT", False),
        (5, 1.3, None, True),
        (15, 1.3, "REGRESSION", False),
        (15, 0.7, "IMPROVEMENT", False),
    ],
)
def test_a_cell_is_what_the_report_would_say_or_open(
    blocks: int, slowdown: float, verdict: Verdict | None, *, is_near: bool
) -> None:
    table = only_steps(blocks, slowdown=slowdown)
    cells = cells_so_far(table)

    assert {each.verdict for each in cells} == {verdict}
    assert {each.is_near_alarm for each in cells} == {is_near}
    if verdict:
        assert {report_so_far(table, each.key).verdict for each in cells} == {verdict}


def test_a_case_that_is_given_up_is_not_waited_for() -> None:
    table = only_steps(1)
    for number in (1, 2):
        broken = Failed(kind="exception", reason="broke")
        both = {"base_a": measured(), "base_b": measured()}
        table.add(case_block(number, CASES[0], **both, cand_a=broken))

    verdicts = {each.key[0]: each.verdict for each in cells_so_far(table)}
    assert verdicts == {CASES[0]: "NOT_MEASURED", CASES[1]: None}
    (failure,) = failures_so_far(table)
    assert (failure.case, failure.environment.label, failure.times) == (CASES[0], "2.21.0", 2)
