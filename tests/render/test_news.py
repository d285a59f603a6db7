"""The line that says what is new since the comment before."""

from typing import Any

import pytest

from bot.core.news import Before, State, state_of
from bot.core.report import Acknowledgement, Report
from bot.render.comment import render_comment
from bot.render.news import news
from tests.render.conftest import CASES, cell_of, equal_cells, failure_of, numeric_of, report_of

A, B, C = CASES[:3]
KNOWN = Acknowledgement(author="ada", reason="known")


def slower(*cases: str, **overrides: Any) -> Report:
    cells = (cell_of(case, "REGRESSION", ratio=1.2, **overrides) for case in cases)
    return report_of(cells=equal_cells(*cells))


def said(before: Report, after: Report, run: tuple[int, int] = (12, 1)) -> str:
    return news(after, Before(generation=run, state=state_of(before)))


ALL = report_of(
    cells=equal_cells(cell_of(A, "REGRESSION", ratio=1.2)),
    numerics=(numeric_of(B, "WRONG"),),
    failures=(failure_of(C), failure_of("*", kind="unavailable")),
)
TABLE = {
    "new": (
        report_of(), ALL,
        (
            f"new: `{A}` step slower ×1.20, `{B}` results wrong, `{C}` fails in 2.21.0 and every"
            " case fails in 2.21.0"
        ),
    ),
    "gone": (
        ALL, report_of(),
        (
            f"nothing new; gone: `{A}` step (unchanged now), `{B}` results (identical now), `{C}`"
            " runs again in 2.21.0 and every case runs again in 2.21.0"
        ),
    ),
    "as before": (slower(A, B), slower(A, B), "nothing new; 2 findings as before"),
    "both": (
        slower(A, B), slower(B, C),
        f"new: `{C}` step slower ×1.20; gone: `{A}` step (unchanged now); 1 finding as before",
    ),
    "undecided": (
        slower(A), report_of(cells=equal_cells(cell_of(A, "INCONCLUSIVE"))),
        f"nothing new; gone: `{A}` step (undecided now)",
    ),
    "small": (
        slower(A), slower(A, matters=False),
        f"nothing new; gone: `{A}` step (below the threshold now)",
    ),
    "accepted": (
        slower(A), slower(A, acknowledged=KNOWN),
        f"nothing new; gone: `{A}` step (acknowledged now)",
    ),
    "lost": (
        slower(A), report_of(cells=(cell_of(B),)), "nothing new; gone: 1 not measured any more",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "expected"), TABLE.values(), ids=TABLE)
def test_news_in_a_sentence(before: Report, after: Report, expected: str) -> None:
    assert said(before, after) == f"Since the comment before (run 12): {expected}."


def test_an_attempt_is_named_where_it_is_not_the_first() -> None:
    assert "(run 12, attempt 3)" in said(slower(A), slower(A), (12, 3))


def test_many_names_are_cut_and_counted() -> None:
    cells = tuple(cell_of(f"c[{index}]", "REGRESSION", ratio=1.2) for index in range(9))
    line = said(report_of(), report_of(cells=cells))

    assert "`c[4]` step slower ×1.20 and 4 more" in line
    assert "c[5]" not in line


def test_findings_that_were_too_many_are_counted() -> None:
    line = news(slower(A), Before(generation=(12, 1), state=State(count=900, hashes=None)))

    assert line.endswith("900 findings then, 1 now; too many to say which are new.")


def test_versions_are_named_where_there_are_several() -> None:
    labels = ("2.16.2", "2.21.0")
    changed = cell_of(A, "REGRESSION", ratio=1.2, candidate=labels[0])
    after = report_of(candidates=labels, cells=equal_cells(changed, candidates=labels))

    assert f"`{A}` step slower ×1.20 in 2.16.2" in said(report_of(), after)


def test_a_first_comment_says_nothing_of_it() -> None:
    assert "Since the comment before" not in render_comment(slower(A), run=(1, 1))


def test_the_news_stand_in_the_head_of_the_comment() -> None:
    before = Before(generation=(12, 1), state=state_of(report_of()))
    text = render_comment(slower(A), run=(13, 1), before=before)

    assert text.index("Since the comment before (run 12): new:") < text.index("A/A control (2.15.1")
