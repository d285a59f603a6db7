"""Records go into the table; open cells, failures and the next block come out."""

from random import Random
from typing import Any

import pytest

from bot.core.outcome import Failed, Imported, Measured, Outcome, Ran, Skipped
from bot.core.plan import Plan, Rule
from bot.core.record import CaseBlock, ImportBlock, Record, decode, encode
from bot.core.schedule import next_block
from bot.core.table import Table
from bot.core.verdict import step_down
from tests.core.runs import case, environment, plan

CASES = ("series[eager]", "mlp[fit]")


def make_plan(**changes: Any) -> Plan:
    values = {"cases": tuple(case(name) for name in CASES), "rule": Rule(cells=7)}
    return plan(**{**values, **changes})


def measured(step: float = 0.01, *, first_call: float = 0.5, rss: int = 10**9) -> Measured:
    return Measured(
        first_call_cpu_seconds=first_call,
        first_call_wall_seconds=first_call,
        build_cpu_seconds=0.1,
        build_wall_seconds=0.1,
        peak_rss_bytes=rss,
        round_seconds=(step,) * 10,
    )


def imported(seconds: float = 2.0) -> Imported:
    return Imported(cpu_seconds=seconds, wall_seconds=seconds, rss_bytes=1, modules=1)


def case_block(number: int, name: str, **outcomes: Outcome) -> CaseBlock:
    return CaseBlock(
        block=number,
        case=name,
        outcomes={arm.replace("_", "-"): outcome for arm, outcome in outcomes.items()},
    )


def jittered(random: Random, step: float) -> Measured:
    return measured(step * random.uniform(0.99, 1.01), first_call=0.5 * random.uniform(0.99, 1.01))


def filled(blocks: int, *, slowdown: float = 1.0, plan: Plan | None = None) -> Table:
    random = Random(5)
    table = Table(plan or make_plan(), unavailable={})
    for number in range(blocks):
        for name in CASES:
            table.add(
                case_block(
                    number,
                    name,
                    base_a=jittered(random, 0.01),
                    base_b=jittered(random, 0.01),
                    cand_a=jittered(random, 0.01 * slowdown),
                )
            )
    return table


def test_a_slowdown_is_found_in_every_case_and_the_control_stays_quiet() -> None:
    table = filled(15, slowdown=1.3)
    assert {table.cells[name, "step", "cand-a"].decision for name in CASES} == {"slower"}
    assert {table.cells[name, "step", "base-b"].decision for name in CASES} <= {None, "equivalent"}


def test_the_first_import_of_all_fills_the_page_cache_and_is_not_judged() -> None:
    table = Table(make_plan(), unavailable={})
    for number in range(3):
        outcomes = dict.fromkeys(("base-a", "base-b", "cand-a"), imported())
        table.add(ImportBlock(block=number, outcomes=outcomes))
    assert len(table.cells["import", "import", "cand-a"].trials) == 2


def test_a_block_without_both_baselines_is_no_trial() -> None:
    table = Table(make_plan(), unavailable={})
    broken = Failed(kind="signal", reason="killed by SIGKILL")
    table.add(case_block(0, CASES[0], base_a=measured(), base_b=broken, cand_a=measured()))
    assert table.cells[CASES[0], "step", "cand-a"].trials == []


@pytest.mark.parametrize(
    ("kinds", "is_given_up"),
    [
        (["exception"], False),
        (["exception", None, "exception"], False),
        (["exception", "exception"], True),
        (["signal", "signal"], True),
        (["timeout"], True),
    ],
)
def test_failures_in_a_row_are_not_tried_for_ever(kinds: list[Any], is_given_up: bool) -> None:
    plan = make_plan()
    table = Table(plan, unavailable={})
    for number, kind in enumerate(kinds):
        outcome = measured() if kind is None else Failed(kind=kind, reason="broke")
        table.add(case_block(number, CASES[0], cand_a=outcome))
    assert (table.given_up(CASES[0], plan.candidates[0]) is not None) == is_given_up
    assert table.given_up(CASES[1], plan.candidates[0]) is None


@pytest.mark.parametrize(
    ("before", "is_failure"),
    [
        ([], False),
        ([measured()], True),
        ([Ran(wall_seconds=1.0, cpu_seconds=1.0, peak_rss_bytes=1)], True),
        ([Failed(kind="signal", reason="broke")], True),
        ([measured(), measured()], True),
    ],
)
def test_a_skip_is_believed_of_what_was_never_tried(
    before: list[Outcome], is_failure: bool
) -> None:
    table, skip = Table(make_plan(), unavailable={}), Skipped(reason="not here")
    (candidate,) = table.plan.candidates
    for number, outcome in enumerate([*before, skip, skip]):
        table.add(case_block(number, CASES[0], cand_a=outcome))
    assert (table.skipped(CASES[0], candidate) is None) == is_failure
    reasons = [each.reason for each in table.failures.get((CASES[0], "cand-a"), [])]
    later = "it skipped itself, which it did not the first time: not here"
    assert (later in reasons) == is_failure
    assert table.given_up(CASES[0], candidate) is not None  # a second time in a row
    assert table.given_up(CASES[1], candidate) is None


def test_a_failing_import_ends_every_case_of_that_environment() -> None:
    plan = make_plan()
    table = Table(plan, unavailable={})
    for number in range(2):
        failed = Failed(kind="import", reason="ImportError: libcuda")
        table.add(ImportBlock(block=number, outcomes={"cand-a": failed}))
    assert all(table.given_up(name, plan.candidates[0]) for name in CASES)
    assert next_block(table, 2, Random(1)) is None


def test_a_case_newer_than_a_release_is_skipped_there_with_a_reason() -> None:
    plan = make_plan(
        cases=(case(CASES[0], since="2.16"),),
        environments=(
            environment("2.21.0", "baseline", "base-a"),
            environment("2.21.0", "control", "base-b"),
            environment("2.15.1", "candidate", "cand-a"),
        ),
    )
    table = Table(plan, unavailable={})
    ending = table.given_up(CASES[0], plan.candidates[0])
    assert ending
    assert "2.16" in ending.reason


def test_a_new_run_measures_everything() -> None:
    block = next_block(Table(make_plan(), unavailable={}), 0, Random(1))
    assert block
    assert {arm.id for arm in block.arms} == {"base-a", "base-b", "cand-a"}
    assert {task.case.name for task in block.tasks} == set(CASES)
    assert all(task.is_timed for task in block.tasks)


def test_decided_steps_need_no_rounds_and_decided_cases_no_time() -> None:
    table = filled(8, slowdown=1.0)
    block = next_block(table, 8, Random(1))
    assert block  # the imports were never measured
    assert not any(task.is_timed for task in block.tasks)


def test_the_cap_ends_what_noise_keeps_open() -> None:
    table = filled(3, plan=make_plan(rule=Rule(cells=7, most_blocks=3)))
    assert not any(table.is_open((name, "step", "cand-a")) for name in CASES)


def test_an_unavailable_environment_takes_no_part() -> None:
    table = Table(make_plan(), unavailable={"cand-a": "no Python 3.6 here"})
    assert next_block(table, 0, Random(1)) is None


def test_what_was_measured_before_an_environment_went_away_is_still_read() -> None:
    table = Table(make_plan(), unavailable={"cand-a": "no Python 3.6 here"})
    table.add(case_block(0, CASES[0], base_a=measured(), base_b=measured(), cand_a=measured()))
    assert len(table.cells[CASES[0], "step", "cand-a"].trials) == 1


def test_rounds_are_for_all_arms_or_for_none_because_their_memory_is_compared() -> None:
    plan = make_plan()
    plan = plan.model_copy(
        update={
            "environments": (*plan.environments, environment("2.20.0", "candidate", "cand-b")),
        }
    )
    table = Table(plan, unavailable={})
    random = Random(5)
    for number in range(9):  # one candidate is decided, the other varies too much
        outcomes = {arm: jittered(random, 0.01) for arm in ("base_a", "base_b", "cand_a")}
        wild = measured(0.01 * random.uniform(0.5, 2.0), first_call=random.uniform(0.2, 0.8))
        table.add(case_block(number, CASES[0], **outcomes, cand_b=wild))
    assert not table.is_open((CASES[0], "step", "cand-a"))
    block = next_block(table, 9, random)
    assert block
    task = next(task for task in block.tasks if task.case.name == CASES[0])
    assert task.is_timed


def test_absolute_values_come_from_the_blocks_that_were_compared() -> None:
    table = Table(make_plan(), unavailable={})
    fine = {"base_a": measured(0.010), "base_b": measured(0.012)}
    table.add(case_block(0, CASES[0], **fine, cand_a=measured(0.020)))
    for number in range(1, 4):  # the machine gets slower, and the candidate is not there
        slow = {"base_a": measured(0.050), "base_b": measured(0.050)}
        table.add(case_block(number, CASES[0], **slow))
    before, after = table.absolute((CASES[0], "step", "cand-a"))
    assert (before, after) == pytest.approx((0.011, 0.020))


def test_own_thresholds_win_over_the_runs_over_the_metrics() -> None:
    plan = make_plan(
        cases=(case(CASES[0], thresholds={"step": 0.3}), case(CASES[1])),
        rule=Rule(thresholds={"step": 0.2}),
    )
    table = Table(plan, unavailable={})
    found = [table.threshold(name, "step") for name in CASES] + [
        table.threshold("import", "import")
    ]
    assert found == [0.3, 0.2, 0.1]


@pytest.mark.parametrize(
    "record",
    [
        case_block(3, CASES[0], base_a=measured(), cand_a=Failed(kind="exit", reason="left")),
        ImportBlock(
            block=1,
            outcomes={"base-a": imported(), "cand-a": Failed(kind="version", reason="other")},
            frameworks={"base-a": {"git_version": "v2.15", "compiler": None}},
        ),
    ],
)
def test_records_survive_their_journal(record: Record) -> None:
    assert decode(encode(record)) == record


def test_step_down_decides_what_alone_would_need_a_block_more() -> None:
    """Some number of blocks is too few for all cells' alpha, enough for what others leave."""
    helped = []
    for blocks in range(3, 15):
        table = filled(15, slowdown=1.3, plan=make_plan(rule=Rule(cells=2)))
        late = Table(table.plan, unavailable={})
        late.cells[CASES[0], "step", "cand-a"] = table.cells[CASES[0], "step", "cand-a"]
        for trial in table.cells[CASES[1], "step", "cand-a"].trials[:blocks]:
            late.cells[CASES[1], "step", "cand-a"].add(trial)
        cell = late.cells[CASES[1], "step", "cand-a"]
        before = cell.decision
        step_down(late.cells.values())
        if before is None and cell.decision == "slower":
            helped.append(blocks)
    assert len(helped) == 1
