"""What a pull request changed of its own measuring, and what somebody accepts, on every page."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from bot.core.conclusion import decide_again
from bot.core.report import Report
from bot.render.comment import render_comment
from bot.render.summary import render_summary
from bot.render.terminal import plain_lines

NOTES = ("measured with a threshold of 50 %; the base branch says 5 %, which counts",)
FILES = ("tfperf.yml", "bench/`a`|@everyone.py")


@pytest.fixture
def reviewed(reports: SimpleNamespace) -> Report:
    word = {"author": "octocat", "reason": "Keras 3 copies the batch, #1", "until": "2027-03-31"}
    slower = reports.cell(reports.cases[1], "REGRESSION", ratio=1.23, acknowledged=word)
    wrong = reports.numeric(reports.cases[2], "WRONG", reason="all are zero", acknowledged=word)
    review = {"changed_files": FILES, "more_files": 3, "notes": NOTES}
    report = reports.report(
        cells=reports.equal_cells(slower), numerics=(wrong,), review=review, notes=("the last",)
    )
    return decide_again(report)


def test_comment(reviewed: Report, assert_golden: Callable[[str, str], None]) -> None:
    assert_golden("reviewed.md", render_comment(reviewed))


@pytest.mark.parametrize("render", [render_comment, render_summary])
def test_what_was_changed_is_the_first_note(
    reviewed: Report, render: Callable[[Report], str], read_markdown: Callable[[str], Any]
) -> None:
    text = render(reviewed)

    notes = [line for line in text.splitlines() if line.startswith("> Note: ")]
    assert notes[0].startswith("> Note: this pull request changes what is measured, or how")
    assert notes[0].endswith(" and 3 more")
    assert notes[1] == f"> Note: {NOTES[0]}"
    assert notes[-1] == "> Note: the last"
    assert "@everyone" not in read_markdown(text).linkable


def test_a_terminal_says_the_same(reviewed: Report) -> None:
    text = "\n".join(plain_lines(reviewed))

    assert "2 findings acknowledged" in text
    assert "this pull request changes what is measured, or how: tfperf.yml, bench/`a`|@" in text
    assert NOTES[0] in text
