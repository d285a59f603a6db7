"""The merged table: what counts of several machines, and what belongs to one of them."""

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import pytest

from bot.core.bias import Bias, biases
from bot.core.cell_reports import counter_reports
from bot.core.conclusion import Findings, conclude
from bot.core.merging import (
    Shard,
    biases_anywhere,
    doubt_divided,
    machines,
    merged_numerics,
    merged_table,
    notes_on_cells,
    notes_on_counters,
    shard_tables,
)
from bot.core.outcome import Failed, Outcome, Skipped
from bot.core.plan import Plan
from bot.core.record import Record
from bot.core.report import NumericReport
from bot.core.run_facts import Machine, RunFacts
from bot.core.shards import divided, whole
from bot.core.table import CellKey, Table
from tests.core.runs import (
    BASELINE,
    CANDIDATE,
    CASE,
    CONTROL,
    case_block,
    environment,
    import_block,
    plan,
    scattered,
)

STEP: CellKey = (CASE, "step", CANDIDATE)


def blocks(
    number: int,
    *,
    step: float = 0.01,
    slower: float = 1.0,
    seed: int = 1,
    ending: Outcome | None = None,
    **measured: Any,
) -> list[Record]:
    """Measure some blocks on one machine, whose steps take so long; the candidate may fail."""
    random = Random(seed)
    records: list[Record] = []
    for block in range(number):
        outcomes: dict[str, Outcome] = {
            arm: scattered(random, 0.005, step=step * factor, **measured)
            for arm, factor in ((BASELINE, 1.0), (CONTROL, 1.0), (CANDIDATE, slower))
        }
        if ending is not None:
            outcomes[CANDIDATE] = ending
        records += [import_block(block), case_block(block, outcomes)]
    return records


def merged(
    records: Mapping[int, Sequence[Record]],
    unavailable: Mapping[int, Mapping[str, str]] | None = None,
    asked: Plan | None = None,
) -> tuple[Table, tuple[Shard, ...]]:
    merged_plan = whole(divided(asked or plan(shards=3), 1), records)
    shards = shard_tables(merged_plan, records, {n: {} for n in records} | dict(unavailable or {}))
    return merged_table(merged_plan, records, shards), shards


def test_evidence_is_of_all_machines_and_values_are_of_the_one_with_most_blocks() -> None:
    table, _ = merged({1: blocks(3, step=0.01), 2: blocks(6, step=0.05), 3: blocks(2, step=1.0)})
    assert len(table.cells[STEP].trials) == 11
    assert table.absolute(STEP) == pytest.approx((0.05, 0.05), rel=0.02)


def test_the_order_in_which_machines_deliver_is_no_matter() -> None:
    records = {1: blocks(3, seed=1), 2: blocks(4, seed=2), 3: blocks(2, seed=3)}
    tables = [merged(dict(order))[0] for order in (records.items(), reversed(records.items()))]
    assert tables[0].cells[STEP].trials == tables[1].cells[STEP].trials
    assert tables[0].absolute(STEP) == tables[1].absolute(STEP)


@pytest.mark.parametrize("numbers", [{1}, {2}, {3}, {1, 2}, {1, 3}, {2, 3}, {1, 2, 3}])
def test_any_of_the_machines_are_a_run(numbers: set[int]) -> None:
    records = {number: blocks(2 + number, seed=number) for number in numbers}
    table, shards = merged(records)
    assert len(table.cells[STEP].trials) == sum(2 + number for number in numbers)
    assert [shard.number for shard in shards] == sorted(numbers)


def test_a_machine_that_delivered_nothing_yet_takes_nothing_away() -> None:
    table, shards = merged({1: [], 2: blocks(4)})
    assert len(table.cells[STEP].trials) == 4
    assert [len(shard.table.cells[STEP].trials) for shard in shards] == [0, 4]


FAILED = Failed(kind="timeout", reason="it hung")


def test_a_case_that_failed_on_one_machine_and_runs_on_another_is_measured() -> None:
    table, _ = merged({1: blocks(3, seed=1), 2: blocks(1, ending=FAILED)})
    candidate = table.plan.candidates[0]
    assert table.given_up(CASE, candidate) is None
    assert table.failures[CASE, CANDIDATE] == [FAILED]


@pytest.mark.parametrize("ending", [FAILED, Skipped(reason="no AVX here")])
def test_a_case_that_every_machine_gave_up_is_given_up(ending: Failed | Skipped) -> None:
    table, _ = merged({n: blocks(1, ending=ending) for n in (1, 2)})
    assert table.given_up(CASE, table.plan.candidates[0]) == ending


def test_an_environment_is_unavailable_when_no_machine_has_it() -> None:
    away = {CANDIDATE: "no Python 3.7 here"}
    records = {1: blocks(2), 2: blocks(2)}
    assert merged(records, {1: away})[0].unavailable == {}
    assert merged(records, {1: away, 2: away})[0].unavailable == away


def test_counters_are_those_of_the_first_machine_that_counted() -> None:
    records = {
        1: blocks(1, counters={"traces": 5}),
        2: blocks(3, counters={"traces": 7}),
        3: blocks(3, counters={"traces": 9}),
    }
    table, shards = merged({n: records[n] for n in (2, 3)})
    (row,) = [r for r in counter_reports(table) if r.counter == "traces"]
    assert (row.comparison, row.baseline_value) == ("SAME", 7)
    told = [(shard.number, tuple(counter_reports(shard.table))) for shard in shards]
    assert list(notes_on_counters(told)) == []


def test_counters_that_say_something_else_elsewhere_are_told() -> None:
    five, six = (scattered(Random(1), 0.005, counters={"traces": count}) for count in (5, 6))
    more = [case_block(n, {BASELINE: five, CONTROL: five, CANDIDATE: six}) for n in range(3)]
    _, shards = merged({1: blocks(3, counters={"traces": 5}), 2: more})
    told = [(shard.number, tuple(counter_reports(shard.table))) for shard in shards]
    (note,) = notes_on_counters(told)
    assert note == "counters (traces) that depend on the machine: mlp[fit] in 2.21.0"


def test_a_change_that_depends_on_the_machine_is_told_with_both_sizes() -> None:
    table, shards = merged({1: blocks(9, slower=1.1), 2: blocks(9, slower=1.4, seed=2)})
    assert table.cells[STEP].decision == "slower"
    notes = [note for note in notes_on_cells(table, shards) if " step " in note]
    assert len(notes) == 1
    said = r"mlp\[fit\] step in 2.21.0 depends on the machine: \+(.*) % on 1, \+(.*) % on 2"
    match = re.fullmatch(said, notes[0].replace("machine 1", "1").replace("machine 2", "2"))
    assert match
    assert [float(figure) for figure in match.groups()] == pytest.approx([10, 40], abs=2)


def test_machines_that_agree_are_not_told_apart() -> None:
    table, shards = merged({n: blocks(9, slower=1.2, seed=n) for n in (1, 2)})
    assert table.cells[STEP].decision == "slower"
    assert [note for note in notes_on_cells(table, shards) if " step " in note] == []


@pytest.mark.parametrize(
    ("blocks_of_second", "is_doubted"),
    [(3, True), (2, False)],
    ids=["three blocks have a say", "two have none"],
)
def test_where_installs_differ_an_alarm_needs_one_direction_on_all_machines(
    blocks_of_second: int, is_doubted: bool
) -> None:
    records = {1: blocks(24, slower=1.2), 2: blocks(blocks_of_second, slower=0.9, seed=2)}
    table, shards = merged(records)
    assert table.cells[STEP].decision == "slower"
    doubt_divided(table, (), shards)
    assert not table.cells[STEP].is_doubted  # nothing is wrong with the installs
    doubt_divided(table, (Bias(metric="step", shift=0.02),), shards)
    assert table.cells[STEP].is_doubted is is_doubted


def of_installs(shift: float, slower: float, seed: int) -> list[Record]:
    """Measure on a machine whose second install of the baseline is slower by a share."""
    random = Random(seed)
    factors = {BASELINE: 1.0, CONTROL: 1 + shift, CANDIDATE: slower * (1 + shift / 2)}
    return [
        case_block(
            number,
            {arm: scattered(random, 0.005, step=0.01 * by) for arm, by in factors.items()},
        )
        for number in range(20)
    ]


@pytest.mark.parametrize("signs", [(+1, +1), (+1, -1)])
def test_installs_that_differ_in_opposite_directions_are_doubted_all_the_same(
    signs: tuple[int, int],
) -> None:
    by_machine = {n: of_installs(0.04 * s, 1.05, n) for n, s in enumerate(signs, start=1)}
    table, shards = merged(by_machine, asked=plan(shards=2))
    assert table.cells[STEP].decision == "slower"
    assert bool([*biases(table)]) is (signs == (+1, +1))
    assert not [b for b in biases_anywhere(table, ()) if signs == (+1, -1)]
    found = {bias.metric: bias for bias in biases_anywhere(table, shards)}
    assert found["step"].margin == pytest.approx(0.08, abs=0.01)
    report = conclude(table, findings(parts=shards))
    (step,) = (cell for cell in report.cells if cell.metric == "step")
    assert step.verdict == "INCONCLUSIVE"
    assert {bias.metric for bias in report.control.biases} == {*found}


def findings(**values: Any) -> Findings:
    facts = {"id": "1", "started": "", "seconds": 1.0, "budget_seconds": 60.0, "blocks": 1}
    run = RunFacts.model_validate({**facts, "command": "tfperf", "seed": 1})
    return Findings(numerics=(), environments=(), machine=Machine(), run=run, **values)


def test_a_direction_that_machines_do_not_share_is_of_the_pair_where_the_baseline_was_none() -> (
    None
):
    """Installs of the baseline say nothing of a candidate that is compared with another."""
    pair = environment("2.21.0", "candidate", CANDIDATE, against="other")
    other = environment("2.20.0", "candidate", "other")
    asked = plan(shards=3, environments=(*plan().environments[:2], other, pair))
    random = Random(3)
    by_machine: dict[int, list[Record]] = {}
    for machine, slower, number in ((1, 1.2, 24), (2, 0.9, 3)):
        steps = {"other": 1.0, CANDIDATE: slower}
        by_machine[machine] = [
            case_block(n, {a: scattered(random, 0.005, step=0.01 * s) for a, s in steps.items()})
            for n in range(number)
        ]
    table, shards = merged(by_machine, asked=asked)
    assert table.cells[STEP].decision == "slower"
    doubt_divided(table, (Bias(metric="step", shift=0.02),), shards)
    assert not table.cells[STEP].is_doubted


def said(verdict: Any) -> NumericReport:
    return NumericReport(case=CASE, candidate="2.21.0", verdict=verdict, reason="because")


@pytest.mark.parametrize(
    ("words", "told", "notes"),
    [
        (["IDENTICAL", "IDENTICAL"], "IDENTICAL", []),
        (["DRIFTED", "IDENTICAL"], "DRIFTED", ["drifted on machine 1, identical on machine 2"]),
        (["IDENTICAL", "DRIFTED"], "IDENTICAL", ["identical on machine 1, drifted on machine 2"]),
        (["IDENTICAL", "WRONG"], "WRONG", ["identical on machine 1, wrong on machine 2"]),
        (["NOT_COMPARABLE", "IDENTICAL"], "IDENTICAL", ["not comparable on machine 1, "]),
        (["WRONG", "IDENTICAL", "WRONG"], "WRONG", ["wrong on machines 1, 3, identical on"]),
    ],
)
def test_results_are_those_of_the_first_machine_unless_one_is_wrong(
    words: list[str], told: str, notes: list[str]
) -> None:
    rows = [(number, (said(word),)) for number, word in enumerate(words, start=1)]
    reports, found = merged_numerics(plan(), rows)
    assert [report.verdict for report in reports] == [told]
    assert len(found) == len(notes)
    for note, part in zip(found, notes, strict=True):
        assert note.startswith("results of mlp[fit] in 2.21.0 depend on the machine: ")
        assert part in note


def test_machines_are_named_by_their_numbers() -> None:
    assert (machines([2]), machines({3, 1})) == ("machine 2", "machines 1, 3")
