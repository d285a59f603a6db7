"""Other frameworks: in every block of their cases, in no verdict."""

from random import Random
from typing import Any

import numpy as np
import pytest

from bot.core.conclusion import Findings, conclude
from bot.core.outcome import Failed, Outcome
from bot.core.plan import BrokenWorkload, Case, Implementation, Plan
from bot.core.reference_numerics import liken
from bot.core.report import Report
from bot.core.run_facts import Machine, RunFacts
from bot.core.schedule import next_block
from bot.core.table import BLOCKS_OF_REFERENCE, Table
from tests.core.runs import (
    BASELINE,
    CANDIDATE,
    CASE,
    CONTROL,
    case,
    case_block,
    environment,
    import_block,
    imported,
    measured,
    plan,
    scattered,
)

TORCH, PYTHON = "ref-t", "ref-p"
WRITTEN: dict[str, Any] = {
    "torch": Implementation(file="/mlp.torch.py"),
    "python": Implementation(file="/mlp.python.py"),
}
RELEASES = plan().environments
REFERENCES = (
    environment("2.5.1", "reference", TORCH, package="torch", label="PyTorch 2.5.1"),
    environment("3.11", "reference", PYTHON, package="python", label="Python 3.11"),
)
FAILED = Failed(kind="exception", reason="no")


def with_references(*, candidates: bool = True, **changes: Any) -> Plan:
    releases = RELEASES if candidates else RELEASES[:2]
    cases = (case(implementations=WRITTEN), case("lstm[fit]"))
    return plan(**{"environments": (*releases, *REFERENCES), "cases": cases, **changes})


def arms_of(table: Table, number: int = 0) -> dict[str, set[str]]:
    block = next_block(table, number, Random(1))
    return {task.case.name: {arm.id for arm in task.arms} for task in block.tasks} if block else {}


def filled(blocks: int, a_plan: Plan, *, speed: float = 1.0, **by_arm: Outcome) -> Table:
    """Measure the case of all arms; `by_arm` (with _ for -) says how an arm always ends."""
    random, table = Random(7), Table(a_plan, unavailable={})
    for number in range(blocks):
        outcomes: dict[str, Outcome] = {}
        for arm in a_plan.environments:
            fixed = by_arm.get(arm.id.replace("-", "_"))
            step = 0.01 * (speed if arm.role == "reference" else 1.0)
            outcomes[arm.id] = fixed or scattered(random, 0.005, step=step)
        table.add(case_block(number, outcomes))
        table.add(import_block(number))
    return table


def report(table: Table) -> Report:
    run: dict[str, Any] = {"id": "1", "started": "", "seconds": 1.0, "budget_seconds": 60.0}
    run |= {"blocks": 1, "command": "tfperf", "seed": 1}
    facts = RunFacts.model_validate(run)
    findings = Findings(numerics=(), environments=(), machine=Machine(), run=facts)
    return conclude(table, findings)


def test_they_are_in_every_block_of_the_cases_that_were_written_for_them() -> None:
    releases = {BASELINE, CONTROL, CANDIDATE}
    assert arms_of(Table(with_references(), unavailable={})) == {
        CASE: releases | {TORCH, PYTHON},
        "lstm[fit]": releases,
    }


def test_a_decided_case_has_blocks_until_they_have_enough() -> None:
    for blocks in range(6, BLOCKS_OF_REFERENCE + 1):
        table = filled(blocks, with_references(cases=(case(implementations=WRITTEN),)))
        for cell in table.cells.values():
            cell.decision = "equivalent"
        wanted = {BASELINE, CONTROL, TORCH, PYTHON} if blocks < BLOCKS_OF_REFERENCE else set()
        assert arms_of(table, blocks) == ({CASE: wanted} if wanted else {})


def test_without_candidates_they_are_measured_next_to_the_baseline_alone() -> None:
    a_plan = with_references(candidates=False)
    assert arms_of(filled(0, a_plan)) == {CASE: {BASELINE, CONTROL, TORCH, PYTHON}}
    assert arms_of(filled(BLOCKS_OF_REFERENCE, a_plan), BLOCKS_OF_REFERENCE) == {}


def test_one_that_fails_is_not_waited_for() -> None:
    table = filled(2, with_references(candidates=False), ref_t=FAILED)
    assert arms_of(table, 2) == {CASE: {BASELINE, CONTROL, PYTHON}}
    table = filled(2, with_references(candidates=False), ref_t=FAILED, ref_p=FAILED)
    assert arms_of(table, 2) == {}


def test_blocks_without_rounds_are_not_enough() -> None:
    table = filled(0, with_references(candidates=False))
    for number in range(BLOCKS_OF_REFERENCE):
        cold = measured(round_seconds=())
        table.add(case_block(number, dict.fromkeys((BASELINE, CONTROL, TORCH, PYTHON), cold)))
    assert arms_of(table, BLOCKS_OF_REFERENCE) != {}


@pytest.mark.parametrize("speed", [0.001, 0.5, 1.0, 300.0])
def test_ten_blocks_bound_the_interval_however_far_it_is(speed: float) -> None:
    table = filled(BLOCKS_OF_REFERENCE, with_references(), speed=speed)
    (step,) = (
        row for row in report(table).references
        if (row.metric, row.case, row.reference) == ("step", CASE, "PyTorch 2.5.1")
    )  # fmt: skip
    low, high = step.interval
    assert low
    assert high
    assert low < speed < high < 1.05 * low
    assert step.ratio == pytest.approx(speed, rel=0.02)
    assert step.reference_value == pytest.approx(0.01 * speed, rel=0.02)


def test_they_are_no_cells_and_change_no_verdict() -> None:
    with_them = report(filled(12, with_references(), speed=300.0))
    assert {cell.candidate for cell in with_them.cells} == {"2.21.0"}
    assert with_them.control.cells
    assert {row.metric for row in with_them.references} == {
        "import", "step", "throughput", "first_call", "build", "peak_rss",
    }  # fmt: skip
    assert {row.case for row in with_them.references} == {CASE, "import"}
    assert {counter.candidate for counter in with_them.counters} == {"2.21.0"}


def test_their_imports_are_measured_too() -> None:
    table = Table(with_references(), unavailable={})
    for number in range(3):
        record = import_block(number)
        table.add(
            record.__class__(block=number, outcomes={**record.outcomes, TORCH: imported(1.0)})
        )
    torch, python = (row for row in report(table).references if row.metric == "import")
    assert (torch.blocks, torch.reference_value) == (2, 1.0)
    assert torch.ratio == pytest.approx(0.5)
    assert (python.blocks, python.reason) == (0, "no block was finished for it")


def clean(a_plan: Plan, **by_arm: Any) -> Report:
    table = filled(12, a_plan, **by_arm)
    for cell in table.cells.values():
        cell.decision = "equivalent"
        cell.trials = cell.trials or table.cells[CASE, "step", CANDIDATE].trials
    for key in table.cells:
        values, walls = table.shown.of(key)
        table.shown.show(key, (values or [(1.0, 1.0)], walls))
    return report(table)


ONE_CASE = (case(implementations=WRITTEN),)
NO_TORCH = BrokenWorkload(workload="mlp", file="/mlp.torch.py", reason="bad", framework="torch")


@pytest.mark.parametrize(
    ("changes", "endings", "failures"),
    [
        ({}, {}, []),
        ({}, {"ref_t": FAILED}, [(CASE, "PyTorch 2.5.1", "exception")]),
        ({"broken_workloads": (NO_TORCH,)}, {}, [("mlp", "PyTorch 2.5.1", "workload")]),
        ({"cases": (case(),)}, {}, []),
    ],
    ids=["fine", "fails", "broken file", "nobody wrote it"],
)
def test_what_is_wrong_with_them_is_a_row_and_no_more(
    changes: dict[str, Any], endings: dict[str, Outcome], failures: list[tuple[str, ...]]
) -> None:
    found = clean(with_references(**{"cases": ONE_CASE, **changes}), **endings)
    assert (found.overall, found.exit_code) == ("clean", 0)
    assert [(each.case, each.environment, each.kind) for each in found.failures] == failures
    assert all(each.is_reference for each in found.failures)


def test_what_fails_is_told_beside_its_case() -> None:
    found = clean(with_references(cases=ONE_CASE), ref_t=FAILED)
    reasons = {row.reason for row in found.references if row.reference == "PyTorch 2.5.1"}
    assert "no" in reasons


def test_a_failing_release_still_counts() -> None:
    found = clean(with_references(cases=ONE_CASE), cand_a=FAILED)
    assert (found.overall, found.exit_code) == ("partly-measured", 3)


def test_to_look_at_them_only_is_no_gap() -> None:
    looked = report(filled(12, with_references(candidates=False, cases=ONE_CASE)))
    assert (looked.overall, looked.exit_code) == ("clean", 0)
    a_plan = with_references(candidates=False, cases=ONE_CASE)
    unseen = report(filled(2, a_plan, ref_t=FAILED, ref_p=FAILED))
    assert (unseen.overall, unseen.exit_code) == ("nothing-measured", 3)


def test_a_reference_without_any_case_takes_no_part() -> None:
    a_plan = with_references(candidates=False, cases=(Case.model_validate(case().model_dump()),))
    assert next_block(Table(a_plan, unavailable={}), 0, Random(1)) is None


ONE = np.array([1.0, 2.0, 3.0])
FLOAT32 = ONE.astype("float32")


@pytest.mark.parametrize(
    ("baseline", "reference", "tolerance", "word", "error", "truth_error"),
    [
        ({"x": FLOAT32}, {"x": FLOAT32}, None, "IDENTICAL", 0.0, None),
        ({"x": FLOAT32}, {"x": ONE}, None, "WITHIN_TOLERANCE", 0.0, None),
        ({"x": FLOAT32}, {"x": ONE * 1.00001}, None, "WITHIN_TOLERANCE", 1e-5, None),
        ({"x": FLOAT32}, {"x": ONE * 1.00001}, 1e-6, "DIFFERENT", 1e-5, None),
        ({"x": FLOAT32, "reference:x": ONE}, {"x": ONE * 2}, None, "DIFFERENT", 1.0, 1.0),
        ({"x": FLOAT32}, {"x": ONE * 2, "reference:x": ONE}, None, "DIFFERENT", 1.0, 1.0),
        ({"x": FLOAT32, "y": ONE}, {"x": FLOAT32}, None, "IDENTICAL", 0.0, None),
        ({"x": FLOAT32}, {"y": FLOAT32}, None, "NOT_COMPARABLE", None, None),
        ({}, {}, None, "NOT_COMPARABLE", None, None),
        ({"x": FLOAT32}, {"x": ONE[:2]}, None, "NOT_COMPARABLE", None, None),
        ({"x": FLOAT32}, {"x": np.array(["a", "b", "c"])}, None, "NOT_COMPARABLE", None, None),
        ({"x": FLOAT32}, {"x": ONE * np.nan}, None, "DIFFERENT", None, None),
    ],
)
def test_results_are_likened_whatever_their_types(
    *,
    baseline: dict[str, Any],
    reference: dict[str, Any],
    tolerance: float | None,
    word: str,
    error: float | None,
    truth_error: float | None,
) -> None:
    likeness = liken(baseline, reference, tolerance=tolerance)
    assert likeness.word == word
    assert likeness.max_relative_error == (
        None if error is None else pytest.approx(error, abs=1e-9)
    )
    assert likeness.truth_error == (None if truth_error is None else pytest.approx(truth_error))


def test_the_precision_of_a_float64_shows() -> None:
    truth = {"reference:x": np.array([1 / 3])}
    likeness = liken({"x": np.array([1 / 3], "float32"), **truth}, {"x": np.array([1 / 3])})
    assert likeness.truth_error == 0.0
    assert likeness.baseline_truth_error == pytest.approx(3e-8, rel=0.1)
    assert "float64 here, float32 in the baseline" in likeness.reason
