"""Since when a case is slower, in words: a line for each answer, nothing where there is none."""

import pytest

from bot.core.report import Report
from bot.render.comment import render_comment
from bot.render.since import MOST_LINES, since
from tests.core.test_since import ROW, report
from tests.render.conftest import cell_of, report_of

CASE = "`mnist_mlp[train_step]`"


@pytest.mark.parametrize(
    ("letters", "line"),
    [
        ("==SSS", "slower since 2.18.1, not yet in 2.17.1"),
        ("SSSSS", "slower since 2.16.2, not yet in 2.15.1"),
        (
            "=?SSS",
            "slower since a release after 2.16.2, 2.18.1 at the latest; not known for 2.17.1",
        ),
        ("=?SSx", "slower in 2.18.1, not in 2.16.2; not known for 2.17.1 and 2.20.0"),
    ],
)
def test_the_comment_says_since_when(letters: str, line: str) -> None:
    text = render_comment(report(letters))
    assert f"#### Since when\n\n- {CASE} step: {line}\n" in text


@pytest.mark.parametrize("made", [report("====="), report("SSSS="), report_of()])
def test_where_nothing_begins_nothing_is_said(made: Report) -> None:
    assert since(made) is None


def test_metrics_with_the_same_answer_share_a_line() -> None:
    made = report("=SSSS")
    more = tuple(each.model_copy(update={"metric": "throughput"}) for each in made.cells)
    section = since(made.model_copy(update={"cells": (*made.cells, *more)}))
    assert section is not None
    assert section.text == f"- {CASE} step and throughput: slower since 2.17.1, not yet in 2.16.2"


def test_memory_is_bigger() -> None:
    made = report("=SSSS")
    cells = tuple(
        each.model_copy(update={"metric": "peak_rss", "unit": "bytes"}) for each in made.cells
    )
    section = since(made.model_copy(update={"cells": cells}))
    assert section is not None
    assert section.text.endswith("peak memory: bigger since 2.17.1, not yet in 2.16.2")


def test_a_long_list_is_cut() -> None:
    cells = tuple(
        cell_of(f"case{number}", "REGRESSION", candidate=candidate)
        for number in range(MOST_LINES + 5)
        for candidate in ROW
    )
    section = since(report("=SSSS").model_copy(update={"cells": cells}))
    assert section is not None
    lines = section.text.splitlines()
    assert len(lines) == MOST_LINES + 1
    assert lines[-1] == "- and 5 more rows: see `report.json`"


def test_a_hostile_name_opens_nothing() -> None:
    name = "`@all` <b>\n- #1"
    cells = tuple(cell_of(name, "REGRESSION", candidate=candidate) for candidate in ROW)
    section = since(report("=SSSS").model_copy(update={"cells": cells}))
    assert section is not None
    assert section.text.startswith("- `` `@all` <b> - #1 `` step: slower")
