"""How long a run may still take, from nothing but figures; and what a table says of its cases."""

import pytest

from bot.core.outcome import Failed
from bot.core.time_left import TimeLeft, Work, time_left, works_of
from tests.core.test_table import CASES, case_block, filled, make_plan, measured

BUDGET = 600.0


def works(*figures: tuple[int, int | None]) -> list[Work]:
    return [Work(done=done, to_go=to_go) for done, to_go in figures]


@pytest.mark.parametrize(
    ("figures", "seconds", "at_most", "likely", "is_enough"),
    [
        # done and to go of each case; seconds so far; what is said
        ([(5, 5)], 100.0, 500.0, 100.0, True),
        ([(5, 5), (5, 0)], 100.0, 500.0, 50.0, True),  # what is decided takes no more time
        ([(8, 2), (2, 8)], 100.0, 500.0, 100.0, True),
        ([(5, 40)], 100.0, 500.0, 800.0, False),
        ([(5, 25)], 100.0, 500.0, 500.0, True),
        ([(5, 5)], 700.0, 0.0, 700.0, False),
        ([(5, None)], 100.0, 500.0, None, None),
        ([(5, 5), (1, None)], 100.0, 500.0, None, None),  # one that nobody knows may be the last
        ([(5, 0)], 100.0, 500.0, None, None),
        ([(0, 3)], 10.0, 590.0, None, None),
        ([], 10.0, 590.0, None, None),
    ],
)
def test_time_left(
    figures: list[tuple[int, int | None]],
    seconds: float,
    at_most: float,
    likely: float | None,
    *,
    is_enough: bool | None,
) -> None:
    left = time_left(works(*figures), seconds=seconds, budget=BUDGET)

    assert left == TimeLeft(at_most=at_most, likely=likely)
    assert left.is_enough == is_enough


def test_a_table_counts_blocks_of_each_case_and_of_what_begins_them() -> None:
    table = filled(9, slowdown=1.02, plan=make_plan(metrics=("step",)))
    step = [table.cells[name, "step", "cand-a"].blocks_to_go() for name in CASES]
    open_ones = [
        to_go if table.is_open((name, "step", "cand-a")) else 0
        for name, to_go in zip(CASES, step, strict=True)
    ]

    assert works_of(table)[:2] == works(*((9, to_go) for to_go in open_ones))
    assert works_of(table)[2].done == 9


def test_nobody_can_tell_before_there_are_intervals() -> None:
    table = filled(1, plan=make_plan(metrics=("step",)))
    assert {work.to_go for work in works_of(table)} == {None}


def test_a_cell_gets_no_more_blocks_than_the_run_allows() -> None:
    table = filled(9, slowdown=1.049, plan=make_plan(metrics=("step",)))
    allowed = table.plan.most_blocks_here - 9
    assert all(work.to_go is not None and work.to_go <= allowed for work in works_of(table))


def test_what_is_given_up_takes_no_more_time() -> None:
    table = filled(1, plan=make_plan(metrics=("step",)))
    broken = Failed(kind="timeout", reason="no answer within 60 s")
    for name in CASES:
        both = {"base_a": measured(), "base_b": measured()}
        table.add(case_block(1, name, **both, cand_a=broken))

    assert {work.to_go for work in works_of(table)} == {0}
