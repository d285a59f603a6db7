"""Every situation has a file that shows what its reader sees: `tests/render/golden`."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console

from bot.core.conclusion import is_regression, stands
from bot.core.news import Before, state_of
from bot.core.report import Report
from bot.render.comment import render_comment
from bot.render.summary import render_summary
from bot.render.terminal import final_table, plain_lines
from tests.render.situations.conftest import SITUATIONS, TOO_LARGE

Situation = tuple[str, Report]
Check = Callable[[str, str], None]
GREEN = "🟢"
FINE = {"IDENTICAL", "WITHIN_TOLERANCE"}
TAGS = {
    "h3", "h4", "p", "br", "strong", "code", "pre", "blockquote", "details", "summary",
    "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "comment",
}  # fmt: skip


def test_comment(situation: Situation, assert_golden: Check) -> None:
    name, report = situation

    assert_golden(f"{name}.md", render_comment(report))


@pytest.mark.parametrize("name", sorted(SITUATIONS.keys() - TOO_LARGE))
def test_summary(name: str, reports: SimpleNamespace, assert_golden: Check) -> None:
    assert_golden(f"summary_{name}.md", render_summary(SITUATIONS[name](reports)))


def test_the_first_comment_and_the_next(reports: SimpleNamespace, assert_golden: Check) -> None:
    first = SITUATIONS["one_regression"](reports)
    then = SITUATIONS["wrong_and_drifted"](reports)
    before = Before(generation=(12, 1), state=state_of(first))

    assert_golden("first_run.md", render_comment(first, run=(12, 1)))
    assert_golden("state_changed.md", render_comment(then, run=(13, 1), before=before))


@pytest.mark.parametrize("name", sorted(SITUATIONS.keys() - TOO_LARGE))
def test_terminal(name: str, reports: SimpleNamespace, assert_golden: Check) -> None:
    report = SITUATIONS[name](reports)
    console = Console(width=100, color_system=None)
    with console.capture() as shown:
        console.print(final_table(report))

    plain = "\n".join(plain_lines(report))
    assert_golden(f"terminal_{name}.txt", f"{_trimmed(shown.get())}\n\n--- in a pipe:\n{plain}\n")


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.splitlines())


def test_green_means_measured_decided_and_fair(situation: Situation) -> None:
    _, report = situation
    is_green = f"### {GREEN}" in render_comment(report)

    decided = {"REGRESSION", "IMPROVEMENT", "EQUIVALENT"}
    assert is_green == (
        report.overall == "clean"
        and report.candidates != ()
        and report.exit_code == 0
        and report.control.flagged == 0
        and not report.control.biases
        and all(cell.verdict in decided for cell in report.cells)
        and not any(map(is_regression, report.cells))
        and all(each.verdict in FINE for each in report.numerics if stands(each))
    )


def test_a_comment_holds_only_our_own_markup(
    situation: Situation, read_markdown: Callable[[str], Any]
) -> None:
    _, report = situation

    for text in (render_comment(report), render_summary(report)):
        page = read_markdown(text)
        assert page.tags <= TAGS
        assert page.attributes <= {"align", "class"}
        assert "@torvalds" not in page.linkable
