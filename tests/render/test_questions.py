"""The two questions of a pull request on a page: split, never added up, and never left out."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from bot.core.report import Report, SubjectReport
from bot.errors import ExitCode
from bot.render import labels
from bot.render.changes import changes
from bot.render.comment import render_comment
from bot.render.headline import heading
from bot.render.questions import questions, titles
from bot.render.standing import Tally
from bot.render.summary import render_summary


def of_project(r: Any, *, name: str = "my-model", marks: str = " + PR", **overrides: Any) -> Report:
    """A project under two releases, with nothing to tell of it."""
    old, new = r.baseline + marks, r.candidate + marks
    pairs = {old: r.baseline, new: r.candidate}
    subject = SubjectReport(name=name, base="1" * 40, head="2" * 40, pairs=pairs)
    columns = (old, r.candidate, new)
    cells = r.equal_cells(*overrides.pop("changed", ()), candidates=columns)
    values = {"candidates": columns, "cells": cells, "numerics": (), "subject": subject}
    report: Report = r.report(**values | overrides)
    return report


def test_without_a_project_there_is_one_question(reports: SimpleNamespace) -> None:
    report = reports.report()
    (only,) = questions(report)
    assert only.tally.report is report
    assert (only.title, only.before, only.after) == (
        labels.CHANGES, reports.baseline, reports.candidate,
    )  # fmt: skip


def test_every_row_belongs_to_one_question(reports: SimpleNamespace) -> None:
    new = f"{reports.candidate} + PR"
    report = of_project(
        reports,
        numerics=tuple(reports.numeric(candidate=c) for c in (new, reports.candidate)),
        failures=(
            reports.failure(environment=new),
            reports.failure(environment=reports.candidate),
            reports.failure(environment="*", case="broken"),
        ),
    )
    change, releases = (question.tally.report for question in questions(report))
    assert change.candidates == (reports.baseline, reports.candidate)
    assert releases.candidates == (reports.candidate,)
    for rows in ("cells", "numerics", "failures"):
        parts = len(getattr(change, rows)), len(getattr(releases, rows))
        assert sum(parts) == len(getattr(report, rows))
        assert min(parts) > 0
    assert len(change.cells) == 2 * len(releases.cells)


def test_under_the_baseline_alone_everything_is_about_the_pull_request(
    reports: SimpleNamespace,
) -> None:
    old = f"{reports.baseline} + PR"
    subject = SubjectReport(
        name="my-model", base="1" * 40, head="2" * 40, pairs={old: reports.baseline}
    )
    report = reports.report(
        candidates=(old,),
        cells=reports.equal_cells(candidates=(old,)),
        subject=subject,
        failures=(reports.failure(environment="*", case="broken"),),
    )
    (change,) = questions(report)
    assert (len(change.tally.report.cells), len(change.tally.report.failures)) == (
        len(report.cells),
        1,
    )
    assert heading(Tally(report)).startswith(
        "🟡 `my-model` under TensorFlow 2.15.1: this pull request changes nothing that matters"
    )


ALONE = ". Without it, 2.15.1 → 2.21.0"


@pytest.mark.parametrize(
    ("slower_in", "said"),
    [
        (None, ("this pull request changes nothing", f"{ALONE} changes nothing")),
        ("2.15.1 + PR", ("this pull request makes 1 of 4", f"in 2.15.1{ALONE} changes nothing")),
        ("2.21.0 + PR", ("this pull request makes 1 of 4", f"in 2.21.0{ALONE} changes nothing")),
        ("2.21.0", ("this pull request changes nothing", f"{ALONE} makes 1 of 4 cases")),
    ],
)
def test_a_change_is_told_of_the_question_it_answers(
    reports: SimpleNamespace, slower_in: str | None, said: tuple[str, str]
) -> None:
    slower = reports.cell(verdict="REGRESSION", ratio=1.3, candidate=slower_in or "")
    report = of_project(reports, changed=[slower] if slower_in else [])
    if slower_in:
        update = {"overall": "regression", "exit_code": ExitCode.REGRESSION}
        report = report.model_copy(update=update)
    text = heading(Tally(report))
    assert all(part in text for part in said)
    assert text.startswith("🔴" if slower_in else "🟢")
    tables = [section.title for section in changes(Tally(report))]
    expected = {
        None: [],
        "2.21.0": ["Releases next to 2.15.1, without this pull request"],
    }.get(slower_in, [labels.CHANGES_OF_PULL_REQUEST])
    assert tables == expected


def test_where_both_questions_stand_together_no_column_is_named_after_one(
    reports: SimpleNamespace,
) -> None:
    assert titles(of_project(reports)) == (labels.BEFORE, labels.AFTER)


def test_what_the_other_side_explains_is_no_row_of_its_own(reports: SimpleNamespace) -> None:
    new = f"{reports.candidate} + PR"
    gone = reports.cell(
        verdict="NOT_MEASURED", ratio=None, candidate=new, against=reports.candidate
    )
    alone = of_project(reports, changed=[gone])
    explained = of_project(
        reports, changed=[gone], failures=(reports.failure(environment=reports.candidate),)
    )
    assert (Tally(alone).unexplained, Tally(explained).unexplained) == ((gone,), ())


def test_a_project_may_be_called_anything(
    reports: SimpleNamespace, read_markdown: Callable[[str], Any]
) -> None:
    name = "a|b`<img src=x onerror=alert(1)> @torvalds #1"
    slower = reports.cell(verdict="REGRESSION", ratio=1.3, candidate=f"{reports.candidate}|<b>")
    report = of_project(reports, name=name, marks="|<b>", changed=[slower])
    for text in (render_comment(report), render_summary(report)):
        page = read_markdown(text)
        assert not {"img", "b", "script"} & page.tags
        assert "@torvalds" not in page.linkable
