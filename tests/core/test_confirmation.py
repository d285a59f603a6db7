"""The second measurement of alarms: what is measured again, and what it says of each."""

from typing import Any

import pytest

from bot.core.confirmation import confirmed, second_plan, suspects
from bot.core.division import Suspect
from bot.core.plan import Rule
from bot.core.report import Acknowledgement, CellReport, Confirmation, NumericReport, Report
from bot.core.table import Table
from bot.errors import ExitCode
from tests.core.runs import (
    BASELINE,
    CANDIDATE,
    CONTROL,
    case,
    case_block,
    environment,
    measured,
    plan,
)
from tests.core.test_report_schema import SMALLEST

OTHER = "cand-b"
ACCEPTED = Acknowledgement(author="somebody", reason="known")


def cell(verdict: Any = "REGRESSION", **changes: Any) -> CellReport:
    values = {
        "case": "mlp[fit]",
        "metric": "step",
        "candidate": "2.21.0",
        "verdict": verdict,
        "ratio": 1.2,
        "interval": (1.1, 1.3),
        "blocks": 12,
        "reason": "because",
        "unit": "seconds",
        "threshold": 0.05,
        "matters": verdict in {"REGRESSION", "IMPROVEMENT"},
    }
    return CellReport.model_validate({**values, **changes})


def numeric(verdict: Any = "WRONG", **changes: Any) -> NumericReport:
    values = {"case": "mlp[fit]", "candidate": "2.21.0", "verdict": verdict, "reason": "because"}
    return NumericReport.model_validate({**values, **changes})


def report(*rows: CellReport | NumericReport, confirm: bool = True) -> Report:
    rule = {**SMALLEST["rule"], "confirm": confirm, "fail_on": ["regression", "wrong"]}  # type: ignore[dict-item]
    return Report.model_validate({**SMALLEST, "rule": rule}).model_copy(
        update={
            "cells": tuple(row for row in rows if isinstance(row, CellReport)),
            "numerics": tuple(row for row in rows if isinstance(row, NumericReport)),
        }
    )


@pytest.mark.parametrize(
    ("row", "metric"),
    [
        (cell(), "step"),
        (cell(case="import", metric="import"), "import"),
        (numeric(), None),
        (cell(matters=False), "-"),
        (cell("IMPROVEMENT"), "-"),
        (cell("INCONCLUSIVE"), "-"),
        (cell(acknowledged=ACCEPTED), "-"),
        (numeric("DRIFTED"), "-"),
        (numeric(acknowledged=ACCEPTED), "-"),
    ],
)
def test_alarms_that_count_are_suspects_and_nothing_else(
    row: CellReport | NumericReport, metric: str | None
) -> None:
    found = suspects(report(row), plan())
    expected = (
        (Suspect.model_validate({"case": row.case, "candidate": CANDIDATE, "metric": metric}),)
        if metric != "-"
        else ()
    )
    assert found == expected


@pytest.mark.parametrize(
    ("again", "word"),
    [
        (cell(), "confirmed"),
        (cell(ratio=1.07), "confirmed"),
        (cell(matters=False), "unclear"),
        (cell(matters=False, ratio=1.02, interval=(1.01, 1.03)), "refuted"),
        (cell(matters=False, ratio=1.03, interval=(1.01, 1.06)), "unclear"),
        (cell(matters=False, ratio=1.03, interval=(1.01, None)), "unclear"),
        (cell("INCONCLUSIVE", ratio=1.02, interval=(1.01, 1.03)), "unclear"),
        (cell("EQUIVALENT"), "refuted"),
        (cell("IMPROVEMENT"), "refuted"),
        (cell("INCONCLUSIVE"), "unclear"),
        (cell("NOT_MEASURED"), "unclear"),
        (cell(case="other[fit]"), "unclear"),
        (cell(metric="throughput"), "unclear"),
        (cell(candidate="2.20.0"), "unclear"),
    ],
)
def test_a_slowdown_is_confirmed_refuted_or_neither(again: CellReport, word: str) -> None:
    told = confirmed(report(cell()), report(again))
    assert told.cells[0].confirmation
    assert told.cells[0].confirmation.word == word
    counts = word != "refuted"
    assert told.overall == ("regression" if counts else "clean")
    assert told.exit_code == (ExitCode.REGRESSION if counts else ExitCode.NOTHING_TO_ACT_ON)
    assert told.notes == ()


@pytest.mark.parametrize(("high", "word"), [(900.0, "refuted"), (1100.0, "unclear")])
def test_a_difference_is_compared_with_its_threshold_as_it_is(high: float, word: str) -> None:
    values = {"metric": "rss_slope", "ratio": None, "unit": "bytes", "threshold": 1000.0}
    first = cell(**values, difference=2000.0, interval=(1500.0, 2500.0))
    again = cell(**values, difference=500.0, interval=(100.0, high), matters=False)
    (told,) = confirmed(report(first), report(again)).cells
    assert told.confirmation
    assert told.confirmation.word == word


def test_both_results_are_kept() -> None:
    again = cell("EQUIVALENT", ratio=1.01, interval=(0.98, None), blocks=7, reason="alike")
    first = cell()
    told = confirmed(report(first), report(again)).cells[0]
    assert told.model_copy(update={"confirmation": None}) == first
    assert told.confirmation == Confirmation(
        word="refuted", reason="alike", ratio=1.01, interval=(0.98, None), blocks=7
    )


@pytest.mark.parametrize(
    ("again", "word"),
    [
        ("WRONG", "confirmed"),
        ("IDENTICAL", "refuted"),
        ("WITHIN_TOLERANCE", "refuted"),
        ("DRIFTED", "unclear"),
        ("NON_DETERMINISTIC", "unclear"),
        ("NOT_COMPARABLE", "unclear"),
        (None, "unclear"),
    ],
)
def test_wrong_results_are_confirmed_refuted_or_neither(again: str | None, word: str) -> None:
    second = report(numeric(again)) if again else report()
    told = confirmed(report(numeric()), second)
    assert told.numerics[0].confirmation
    assert told.numerics[0].confirmation.word == word
    assert (told.exit_code == ExitCode.REGRESSION) is (word != "refuted")


def test_what_is_no_alarm_gets_no_second_word() -> None:
    rows = cell("EQUIVALENT"), cell("REGRESSION", matters=False), numeric("IDENTICAL")
    told = confirmed(report(*rows), report(cell(), numeric()))
    assert (*told.cells, *told.numerics) == rows


def test_a_second_second_measurement_replaces_the_first() -> None:
    told = confirmed(report(cell()), report(cell("EQUIVALENT")))
    again = confirmed(told, report(cell()))
    assert again.cells[0].confirmation
    assert again.cells[0].confirmation.word == "confirmed"
    assert again.exit_code == ExitCode.REGRESSION


FOUND = (
    Suspect(case="mlp[fit]", candidate=CANDIDATE, metric="step"),
    Suspect(case="rnn[fit]", candidate=OTHER, metric=None),
    Suspect(case="mlp[fit]", candidate=OTHER, metric=None),
)


def asked_again(found: tuple[Suspect, ...] = FOUND) -> Any:
    asked = plan(
        environments=(
            *plan().environments,
            environment("2.20.0", "candidate", OTHER),
            environment("2.19.0", "candidate", "cand-c"),
        ),
        cases=(case(), case("rnn[fit]"), case("cnn[fit]")),
        rule=Rule(cells=200, alpha=0.05, confirm=True),
    )
    return second_plan(
        asked, found, confirms="run 1", seed=5, created="2026-01-02T00:00:00+00:00", command="x"
    )


def test_only_suspects_are_measured_again_by_the_same_rule() -> None:
    again = asked_again()
    assert [each.id for each in again.environments] == [BASELINE, CONTROL, CANDIDATE, OTHER]
    assert [(each.name, each.metrics) for each in again.cases] == [
        ("mlp[fit]", None),
        ("rnn[fit]", ()),
    ]
    assert again.metrics == ("step",)
    assert (again.rule.cells, again.rule.alpha, again.rule.confirm) == (1, 0.05, False)
    assert (again.seed, again.confirms) == (5, "run 1")
    cells = Table(again, unavailable={}).cells
    assert set(cells) == {("mlp[fit]", "step", CANDIDATE), ("mlp[fit]", "step", CONTROL)}


def test_what_a_candidate_is_compared_with_is_measured_too() -> None:
    pair = (
        environment("2.20.0", "candidate", "cand-b", ref="base"),
        environment("2.20.0", "candidate", "cand-c", label="2.20.0 + PR", against="cand-b"),
    )
    asked = plan(environments=(*plan().environments, *pair))
    found = (Suspect(case="mlp[fit]", candidate="cand-c", metric="step"),)
    again = second_plan(asked, found, confirms="r", seed=1, created="", command="")
    assert [each.id for each in again.environments] == [BASELINE, CONTROL, "cand-b", "cand-c"]


def test_results_are_computed_twice_in_the_suspect_alone() -> None:
    again = asked_again()
    table = Table(again, unavailable={})
    mlp = again.cases[0]
    one, other = again.candidates
    for number in range(2):
        assert table.wants_results(mlp, other)
        assert not table.wants_results(mlp, one)
        table.add(case_block(number, {arm: measured() for arm in (BASELINE, CONTROL, OTHER)}))
    assert not table.wants_results(mlp, other)
