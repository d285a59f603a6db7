"""From a table to overall word, cells and exit code: one function, no contradictions."""

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from bot.core.conclusion import (
    Findings,
    conclude,
    decide_again,
    exit_code,
    is_regression,
    is_wrong,
    overall,
)
from bot.core.outcome import Outcome, Skipped
from bot.core.plan import Implementation
from bot.core.record import ImportBlock
from bot.core.report import (
    Acknowledgement,
    CellReport,
    Confirmation,
    FailureReport,
    NumericReport,
    Report,
)
from bot.core.run_facts import Machine, RunFacts
from bot.core.table import Table
from bot.errors import ExitCode
from tests.core import runs

DEFAULT = ("regression", "wrong")


def cell(verdict: str, *, matters: bool = False) -> CellReport:
    return CellReport.model_validate(
        {
            "case": "mlp[fit]",
            "metric": "step",
            "candidate": "2.21.0",
            "verdict": verdict,
            "reason": "as measured",
            "unit": "seconds",
            "threshold": 0.05,
            "matters": matters,
        }
    )


def numeric(verdict: str) -> NumericReport:
    return NumericReport.model_validate(
        {"case": "mlp[fit]", "candidate": "2.21.0", "verdict": verdict, "reason": "as computed"}
    )


def failure(kind: str) -> FailureReport:
    return FailureReport(case="mlp[fit]", environment="2.21.0", kind=kind, reason="as seen")


EQUAL = cell("EQUIVALENT")
SLOWER = cell("REGRESSION", matters=True)
SLIGHTLY_SLOWER = cell("REGRESSION")
FASTER = cell("IMPROVEMENT", matters=True)
OPEN = cell("INCONCLUSIVE")
MISSING = cell("NOT_MEASURED")

SITUATIONS = [
    ("all equal", [EQUAL], [], [], DEFAULT, "clean", 0),
    ("faster is no alarm", [EQUAL, FASTER], [], [], DEFAULT, "clean", 0),
    ("slower", [EQUAL, SLOWER], [], [], DEFAULT, "regression", 1),
    ("slower below the threshold", [SLIGHTLY_SLOWER], [], [], DEFAULT, "clean", 0),
    ("slower, but only results count", [SLOWER], [], [], ("wrong",), "regression", 0),
    ("wrong", [EQUAL], ["WRONG"], [], DEFAULT, "regression", 1),
    ("drifted is told, not failed", [EQUAL], ["DRIFTED"], [], DEFAULT, "clean", 0),
    ("drifted, if asked for", [EQUAL], ["DRIFTED"], [], ("drifted",), "clean", 1),
    (
        "results that cannot be compared",
        [EQUAL],
        ["NOT_COMPARABLE"],
        [],
        DEFAULT,
        "partly-measured",
        3,
    ),
    ("a crash", [EQUAL, MISSING], [], ["signal"], DEFAULT, "partly-measured", 3),
    ("a crash, if asked for", [EQUAL], [], ["signal"], ("failure",), "partly-measured", 1),
    ("a case newer than a release", [EQUAL, MISSING], [], ["skipped"], DEFAULT, "clean", 0),
    ("a version not to be had", [EQUAL], [], ["unavailable"], DEFAULT, "partly-measured", 3),
    ("slower, and a crash", [SLOWER], [], ["exit"], DEFAULT, "regression", 1),
    ("nothing decided", [OPEN, OPEN], [], [], DEFAULT, "nothing-measured", 3),
    ("nothing decided but wrong", [OPEN], ["WRONG"], [], DEFAULT, "regression", 1),
    ("some undecided", [EQUAL, OPEN], [], [], DEFAULT, "clean", 0),
    ("nothing at all", [], [], [], DEFAULT, "nothing-measured", 3),
    ("nothing but results", [], ["IDENTICAL"], [], DEFAULT, "clean", 0),
    ("nothing but results of no use", [], ["NOT_COMPARABLE"], [], DEFAULT, "nothing-measured", 3),
    (
        "results do not speak for open cells",
        [OPEN],
        ["IDENTICAL"],
        [],
        DEFAULT,
        "nothing-measured",
        3,
    ),
    ("a cell nobody got to", [EQUAL, MISSING], [], [], DEFAULT, "partly-measured", 3),
    ("all skipped", [MISSING], [], ["skipped"], DEFAULT, "nothing-measured", 3),
]


@pytest.mark.parametrize("situation", [pytest.param(s[1:], id=s[0]) for s in SITUATIONS])
def test_the_word_and_the_exit_code(situation: tuple[Any, ...]) -> None:
    cells, results, endings, fail_on, word, code = situation
    numerics = [numeric(verdict) for verdict in results]
    failures = [failure(kind) for kind in endings]
    assert overall(cells, numerics, failures) == word
    assert exit_code(cells, numerics, failures, fail_on) == ExitCode(code)


KNOWN = Acknowledgement(author="ada", reason="traded for memory")
REFUTED = Confirmation(word="refuted", reason="unchanged there")
CONFIRMED = Confirmation(word="confirmed", reason="slower there, too")
UNCLEAR = Confirmation(word="unclear", reason="too few blocks")


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        ({}, True),
        ({"acknowledged": KNOWN}, False),
        ({"confirmation": REFUTED}, False),
        ({"confirmation": CONFIRMED}, True),
        ({"confirmation": UNCLEAR}, True),
        ({"confirmation": CONFIRMED, "acknowledged": KNOWN}, False),
    ],
)
def test_an_alarm_counts_until_it_is_accepted_or_refuted(
    said: Mapping[str, Any], *, counts: bool
) -> None:
    slower = SLOWER.model_copy(update=said)
    wrong, drifted = (numeric(word).model_copy(update=said) for word in ("WRONG", "DRIFTED"))
    word, code = ("regression", 1) if counts else ("clean", 0)
    assert (is_regression(slower), is_wrong(wrong)) == (counts, counts)
    assert overall([EQUAL, slower], [], []) == overall([EQUAL], [wrong], []) == word
    assert exit_code([EQUAL, slower], [], [], DEFAULT) == code
    assert exit_code([EQUAL], [wrong], [], DEFAULT) == code
    assert exit_code([EQUAL], [drifted], [], ("drifted",)) == code


@pytest.mark.parametrize(
    ("verdict", "matters"), [("REGRESSION", False), ("IMPROVEMENT", True), ("EQUIVALENT", False)]
)
def test_what_is_no_alarm_never_counts(verdict: str, *, matters: bool) -> None:
    assert not is_regression(cell(verdict, matters=matters))
    assert not is_wrong(numeric("DRIFTED"))


def test_a_report_is_decided_again_from_its_rows_alone() -> None:
    report = skipping({"base-a": [FINE], "base-b": [FINE], "cand-a": [SKIP], "cand-b": [SKIP]})
    lying = report.model_copy(update={"overall": "regression", "exit_code": 1})
    assert decide_again(lying) == decide_again(report) == report
    worse = report.model_copy(update={"cells": (*report.cells, SLOWER)})
    assert (decide_again(worse).overall, decide_again(worse).exit_code) == ("regression", 1)
    lenient = decide_again(worse, fail_on=("wrong",))
    assert (lenient.overall, lenient.exit_code) == ("regression", 0)
    assert lenient.rule.fail_on == ("wrong",)
    accepted = SLOWER.model_copy(update={"acknowledged": KNOWN})
    fine = decide_again(worse.model_copy(update={"cells": (*report.cells, accepted)}))
    assert (fine.overall, fine.exit_code) == (report.overall, report.exit_code)


def test_an_interrupted_report_stays_interrupted() -> None:
    report = skipping({"base-a": [FINE], "base-b": [FINE]})
    stopped = report.run.model_copy(update={"stopped_by": "interrupted"})
    again = decide_again(report.model_copy(update={"run": stopped}))
    assert again.exit_code == ExitCode.INTERRUPTED


SKIP = Skipped(reason="not in this release")
FINE = runs.measured()
SKIPS: dict[str, tuple[dict[str, list[Outcome]], bool, set[tuple[str, str]]]] = {
    # what the arms said, block by block; whether all that is missing was foreseen; the rows
    "a candidate excuses no other": (
        {"base-a": [FINE], "base-b": [FINE], "cand-a": [SKIP]},
        False,
        {("2.15.1", "skipped")},
    ),
    "every candidate for itself": (
        {"base-a": [FINE], "base-b": [FINE], "cand-a": [SKIP], "cand-b": [SKIP]},
        True,
        {("2.15.1", "skipped"), ("2.21.0", "skipped")},
    ),
    "the baseline for all": ({"base-a": [SKIP]}, True, {("2.15.1", "skipped")}),
    "its other install, asked first": ({"base-b": [SKIP]}, True, {("2.15.1'", "skipped")}),
    "one of two installs that are alike": (
        {"base-a": [FINE], "base-b": [SKIP]},
        False,
        {("2.15.1'", "exception")},
    ),
    "another framework": (
        {"base-a": [FINE], "base-b": [FINE], "torch": [SKIP]},
        False,
        {("torch", "skipped")},
    ),
    "too late": (
        {"base-a": [FINE], "base-b": [FINE], "cand-a": [FINE, SKIP], "cand-b": [SKIP]},
        False,
        {("2.15.1", "exception"), ("2.21.0", "skipped")},
    ),
}


def skipping(outcomes: Mapping[str, list[Outcome]]) -> Report:
    """Conclude a run in which importing is decided, and of the case what came is given."""
    written = runs.case(implementations={"torch": Implementation(file="/mlp_torch.py")})
    a_plan = runs.plan(
        cases=(written,),
        environments=(
            runs.environment("2.15.1", "baseline", runs.BASELINE),
            runs.environment("2.15.1", "control", runs.CONTROL, label="2.15.1'"),
            runs.environment("2.15.1", "candidate", runs.CANDIDATE),  # compared with itself
            runs.environment("2.21.0", "candidate", "cand-b"),
            runs.environment("2.4", "reference", "torch", label="torch", package="torch"),
        ),
    )
    table = Table(a_plan, unavailable={})
    random, releases = Random(5), [each.id for each in a_plan.environments[:4]]
    for number in range(30):
        imports = {arm: runs.imported(random.lognormvariate(0, 0.005)) for arm in releases}
        table.add(ImportBlock(block=number, outcomes=imports))
    for number in range(2):
        came = {arm: each[number] for arm, each in outcomes.items() if number < len(each)}
        table.add(runs.case_block(number, came))
    facts = {"id": "1", "started": "", "seconds": 1.0, "budget_seconds": 60.0, "blocks": 1}
    run = RunFacts.model_validate({**facts, "command": "tfperf", "seed": 1})
    return conclude(table, Findings(numerics=(), environments=(), machine=Machine(), run=run))


@pytest.mark.parametrize("name", SKIPS)
def test_a_skip_excuses_whom_it_concerns_and_nobody_else(name: str) -> None:
    outcomes, is_excused, rows = SKIPS[name]
    concluded = skipping(outcomes)
    assert {(each.environment, each.kind) for each in concluded.failures} == rows
    expected = ("clean", 0) if is_excused else ("partly-measured", 3)
    assert (concluded.overall, concluded.exit_code) == expected
    assert decide_again(concluded) == concluded


@pytest.mark.parametrize(("blocks", "notes"), [(0, 1), (1, 1), (2, 0)])
def test_results_that_no_cell_stands_for_do_not_go_missing_in_silence(
    blocks: int, notes: int
) -> None:
    table = Table(runs.plan(cases=(runs.case(metrics=()),)), unavailable={})
    for number in range(blocks):
        came = dict.fromkeys((runs.BASELINE, runs.CONTROL, runs.CANDIDATE), FINE)
        table.add(runs.case_block(number, came))
    facts = {"id": "1", "started": "", "seconds": 1.0, "budget_seconds": 60.0, "blocks": 1}
    run = RunFacts.model_validate({**facts, "command": "tfperf", "seed": 1})
    findings = Findings(numerics=(), environments=(), machine=Machine(), run=run)
    told = conclude(table, findings).notes
    assert [
        f"not computed twice, and may be others the next time: {runs.CASE}" in n for n in told
    ] == [True] * notes
