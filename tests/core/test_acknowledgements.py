"""Findings that somebody accepts: shown, not counted, and not for ever."""

from datetime import date, timedelta
from typing import Any

import pytest

from bot.core.acknowledgements import Waiver, acknowledged
from bot.core.conclusion import Findings, conclude, decide_again
from bot.core.config import load
from bot.core.report import Report
from bot.core.run_facts import Machine, RunFacts
from bot.errors import BadConfiguration
from tests.core import runs
from tests.render.conftest import CANDIDATE, CASES, cell_of, equal_cells, numeric_of, report_of

TODAY = date(2026, 11, 21)
SLOW, WRONG = CASES[1], CASES[2]


def waiver(case: str = SLOW, **values: Any) -> Waiver:
    given = {"reason": "known", "author": "octocat", "source": "a comment"}
    return Waiver(**{"case": case, **given, **values})


def found() -> Report:
    """One step that is slower, its memory that is larger, and a result that is wrong."""
    cells = equal_cells(
        cell_of(SLOW, "REGRESSION", ratio=1.3),
        cell_of(SLOW, "REGRESSION", ratio=1.4, metric="peak_rss"),
    )
    report = report_of(cells=cells, numerics=(numeric_of(WRONG, "WRONG", reason="all are zero"),))
    return decide_again(report)


def marked(*waivers: Waiver, report: Report | None = None) -> Report:
    return decide_again(acknowledged(report or found(), waivers, today=TODAY))


def accepted(report: Report) -> set[tuple[str, str]]:
    cells = {(cell.case, str(cell.metric)) for cell in report.cells if cell.acknowledged}
    return cells | {(each.case, "results") for each in report.numerics if each.acknowledged}


@pytest.mark.parametrize(
    ("given", "covered"),
    [
        (waiver(), {(SLOW, "step"), (SLOW, "peak_rss")}),
        (waiver("mnist_mlp"), {(SLOW, "step"), (SLOW, "peak_rss")}),
        (waiver("mnist_*"), {(SLOW, "step"), (SLOW, "peak_rss")}),
        (waiver("*"), {(SLOW, "step"), (SLOW, "peak_rss"), (WRONG, "results")}),
        (waiver(metric="step"), {(SLOW, "step")}),
        (waiver("*", metric="results"), {(WRONG, "results")}),
        (waiver(candidate=CANDIDATE), {(SLOW, "step"), (SLOW, "peak_rss")}),
        (waiver(candidate="2.16.2"), set()),
        (waiver("mnist_mlp[predict]"), set()),
        (waiver(CASES[3]), set()),
    ],
)
def test_it_covers_what_it_names(given: Waiver, covered: set[tuple[str, str]]) -> None:
    assert accepted(marked(given)) == covered


def test_the_run_fails_until_the_last_finding_is_accepted() -> None:
    assert marked(waiver()).exit_code == 1
    all_of_it = marked(waiver(), waiver(WRONG))
    assert (all_of_it.exit_code, all_of_it.overall) == (0, "clean")


def test_who_why_and_how_long_stand_in_the_row() -> None:
    report = marked(waiver(until=TODAY))

    cell = next(cell for cell in report.cells if cell.acknowledged)
    assert cell.acknowledged is not None
    assert cell.acknowledged.author == "octocat"
    assert cell.acknowledged.reason == "known"
    assert cell.acknowledged.until == "2026-11-21"


def test_of_two_the_one_that_holds_longer_is_told() -> None:
    report = marked(waiver(until=TODAY, reason="short"), waiver(reason="for ever"))

    told = {cell.acknowledged.reason for cell in report.cells if cell.acknowledged}
    assert told == {"for ever"}


@pytest.mark.parametrize(
    ("until", "note"),
    [
        (TODAY, None),
        (TODAY - timedelta(days=1), "has ended (2026-11-20): it does not count"),
        (TODAY + timedelta(days=366), None),
        (TODAY + timedelta(days=367), "ends more than a year ahead (2027-11-23): it does not"),
        (date.max, "ends more than a year ahead (9999-12-31)"),
    ],
)
def test_it_holds_for_a_year_at_most_and_says_when_it_does_not(
    until: date, note: str | None
) -> None:
    report = marked(waiver(until=until))

    assert bool(accepted(report)) == (note is None)
    assert any(note in each for each in report.notes) if note else not report.notes


def test_one_that_accepts_nothing_is_told_once() -> None:
    report = marked(waiver(CASES[3]), waiver(CASES[3], metric="step"), waiver())

    assert report.notes == (f"acknowledged, but no finding: {CASES[3]}",)


def test_what_was_marked_before_is_forgotten() -> None:
    before = marked(waiver(), waiver(WRONG))

    after = marked(report=before)

    assert accepted(after) == set()
    assert after.exit_code == 1


def test_only_findings_are_marked() -> None:
    report = marked(waiver("*"), report=decide_again(report_of()))

    assert accepted(report) == set()


FILE = """
acknowledged:
  - {case: "mnist_mlp[fit]", reason: known since 2.16}
  - case: keras_*
    metric: results
    candidate: 2.21.0
    reason: rounds differently
    until: 2027-03-31
"""


def test_a_file_names_findings() -> None:
    first, second = load(FILE, source="tfperf.yml", environ={}, overrides={}).acknowledged

    assert (first.case, first.metric, first.until) == ("mnist_mlp[fit]", None, None)
    assert first.author == "tfperf.yml"
    assert (second.metric, second.candidate) == ("results", "2.21.0")
    assert second.until == date(2027, 3, 31)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{case: a}", "acknowledged[0].reason: found nothing"),
        ("{reason: b}", "acknowledged[0].case: found nothing"),
        ("{case: a, reason: b, until: soon}", 'acknowledged[0].until: found "soon"'),
        ("{case: a, reason: b, until: 2027-02-30}", "a day of the calendar"),
        ("{case: a, reason: b, metric: speed}", 'acknowledged[0].metric: found "speed"'),
        ("{case: a, reason: b, cases: x}", "did you mean case"),
        ("a", "expected a mapping"),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_place(line: str, said: str) -> None:
    with pytest.raises(BadConfiguration) as error:
        load(f"acknowledged: [{line}]", source="tfperf.yml", environ={}, overrides={})

    assert said in error.value.what


def test_it_is_read_from_the_file_alone() -> None:
    with pytest.raises(BadConfiguration, match="a list of up to"):
        load(None, source="x", environ={"TFPERF_ACKNOWLEDGED": "a"}, overrides={})


@pytest.mark.parametrize("accepts", [False, True])
def test_a_run_takes_those_of_its_own_configuration(accepts: bool) -> None:
    table = runs.filled(14, cand_a={"step": 0.02})
    own = (waiver("*", until=date(2026, 1, 1)),) if accepts else ()
    table.plan = runs.plan(acknowledged=own)  # planned on that day
    facts = {"id": "1", "started": "", "seconds": 1.0, "budget_seconds": 60.0, "blocks": 14}
    run = RunFacts.model_validate({**facts, "command": "tfperf", "seed": 1})

    report = conclude(table, Findings(numerics=(), environments=(), machine=Machine(), run=run))

    assert report.exit_code == (0 if accepts else 1)
    assert bool(accepted(report)) == accepts
