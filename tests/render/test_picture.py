"""The picture of a comment: where it is, what it says to those who do not see it."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.core.appearance import Appearance
from bot.core.report import Report
from bot.render.comment import render_comment
from tests.render.conftest import cell_of, equal_cells, report_of
from tests.render.situations.conftest import SITUATIONS

BASE = "https://example.org/performance"
SLOWER = equal_cells(cell_of(verdict="REGRESSION", ratio=1.2))


def shown(report: Report, base: str | None = BASE) -> str:
    """The line of the picture, or nothing."""
    text = render_comment(report, appearance=Appearance(image_base=base))
    lines = [line for line in text.splitlines() if "<img" in line]
    assert len(lines) <= 1
    return lines[0] if lines else ""


def test_one_candidate_is_a_forest() -> None:
    assert shown(report_of(cells=SLOWER)) == (
        '<img alt="Forest plot: the largest changes with their 95 % intervals. Of 8 cells: 1 slower'
        ' · 7 unchanged." width="820" src="https://example.org/performance/20261120-1030-7f3a/'
        'forest.png">'
    )


def test_several_are_a_time_line() -> None:
    labels = ("2.16.2", "2.21.0")
    line = shown(report_of(candidates=labels, cells=equal_cells(candidates=labels)))

    assert 'alt="Time line: ratios of the cases over 2 versions. Of 16 cells: ' in line
    assert 'src="https://example.org/performance/20261120-1030-7f3a/timeline.png"' in line


@pytest.mark.parametrize("base", [f"{BASE}/", BASE])
def test_the_address_has_one_slash(base: str) -> None:
    assert "performance/20261120" in shown(report_of(), base)


@pytest.mark.parametrize("run", ["../x", "a b", '"><script>', "", ".hidden", "a/b", "x" * 101])
def test_a_run_whose_name_is_no_folder_has_no_picture(run: str) -> None:
    assert shown(report_of(run={"id": run})) == ""


@pytest.mark.parametrize("report", [report_of(cells=()), report_of()], ids=["no cells", "no base"])
def test_without_a_chart_or_an_address_there_is_none(report: Report) -> None:
    base = BASE if not report.cells else None
    assert shown(report, base) == ""


def test_it_stands_below_the_changes() -> None:
    text = render_comment(report_of(cells=SLOWER), appearance=Appearance(image_base=BASE))

    assert text.index("#### Changes that matter") < text.index("<img") < text.index("<details>")


@pytest.mark.parametrize("name", SITUATIONS)
def test_it_is_the_only_markup_that_is_added(
    name: str, reports: Any, read_markdown: Callable[[str], Any]
) -> None:
    report = SITUATIONS[name](reports)
    plain = read_markdown(render_comment(report))
    page = read_markdown(render_comment(report, appearance=Appearance(image_base=BASE)))

    assert page.tags - plain.tags <= {"img", "h4", "p"}
    assert page.attributes - plain.attributes <= {"alt", "src", "width"}


def test_a_run_that_knows_its_commit_is_found_by_it() -> None:
    commit = "2" * 40

    assert f'src="https://example.org/performance/{commit}/forest.png"' in shown(
        report_of(commit=commit)
    )
