"""What is new since the comment before: by the hashes that its marker kept."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.news import MOST, Before, Counted, News, State, news, read_state, state_of
from bot.core.report import Acknowledgement, Report
from tests.render.conftest import CASES, cell_of, equal_cells, failure_of, numeric_of, report_of

A, B, C = (case for case in CASES[:3])
KNOWN = Acknowledgement(author="ada", reason="known")


def slower(case: str = A, **overrides: Any) -> dict[str, Any]:
    return {"cells": equal_cells(cell_of(case, "REGRESSION", ratio=1.2, **overrides))}


def wrong(case: str = A, verdict: str = "WRONG", **overrides: Any) -> dict[str, Any]:
    return {"numerics": (numeric_of(case, verdict, **overrides),)}


def fails(case: str = A, **overrides: Any) -> dict[str, Any]:
    return {"failures": (failure_of(case, **overrides),)}


def since(before: Report, after: Report) -> News | Counted | None:
    return news(after, Before(generation=(12, 1), state=state_of(before)))


TABLE: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[int, int, int, int] | None]] = {
    # what stood, what stands, and how many are new, gone, lost and the same
    "nothing, and nothing": ({}, {}, None),
    "an alarm that is new": ({}, slower(), (1, 0, 0, 0)),
    "an alarm that is gone": (slower(), {}, (0, 1, 0, 0)),
    "an alarm that stays": (slower(), slower(blocks=20), (0, 0, 0, 1)),
    "another case": (slower(A), slower(B), (1, 1, 0, 0)),
    "another metric": (slower(), slower(metric="peak_rss"), (1, 1, 0, 0)),
    "too small now": (slower(), slower(matters=False), (0, 1, 0, 0)),
    "accepted now": (slower(), slower(acknowledged=KNOWN), (0, 1, 0, 0)),
    "not looked at any more": (slower(), {"cells": (cell_of(B),)}, (0, 0, 1, 0)),
    "a wrong result": ({}, wrong(), (1, 0, 0, 0)),
    "from drifted to wrong": (wrong(A, "DRIFTED"), wrong(), (1, 1, 0, 0)),
    "results that are right again": (wrong(), {}, (0, 1, 0, 0)),
    "a failure": ({}, fails(), (1, 0, 0, 0)),
    "the same failure in other words": (fails(), fails(kind="timeout"), (0, 0, 0, 1)),
    "a case that runs again": (fails(), {}, (0, 1, 0, 0)),
    "a version that can be had again": (fails("*"), {}, (0, 1, 0, 0)),
    "what was foreseen": ({}, fails(kind="skipped"), None),
    "another framework": ({}, fails(is_reference=True), None),
}


@pytest.mark.parametrize(("before", "after", "expected"), TABLE.values(), ids=TABLE)
def test_what_is_new_gone_lost_and_the_same(
    before: dict[str, Any], after: dict[str, Any], expected: tuple[int, int, int, int] | None
) -> None:
    found = since(report_of(**before), report_of(**after))

    if expected is None:
        assert found is None
    else:
        assert isinstance(found, News)
        assert (len(found.new), len(found.gone), found.lost, found.same) == expected


def test_without_a_comment_before_nothing_is_new() -> None:
    assert news(report_of(**slower()), None) is None


def many(number: int) -> Report:
    cells = tuple(cell_of(f"case[{index}]", "REGRESSION", ratio=1.2) for index in range(number))
    return report_of(cells=cells)


def test_too_many_findings_are_counted() -> None:
    assert since(many(MOST + 1), many(3)) == Counted(generation=(12, 1), before=MOST + 1, now=3)
    found = since(many(MOST), many(MOST + 5))
    assert isinstance(found, News)
    assert (len(found.new), found.same) == (5, MOST)


def test_what_is_gone_is_named_by_its_row() -> None:
    found = since(report_of(**slower(A)), report_of())

    assert isinstance(found, News)
    (gone,) = found.gone
    assert gone.row is not None
    assert (gone.case, gone.candidate, gone.row.verdict) == (A, "2.21.0", "EQUIVALENT")


@pytest.mark.parametrize("number", [0, 1, 2, MOST, MOST + 1, 900])
def test_a_state_is_read_as_it_was_written(number: int) -> None:
    state = state_of(many(number))

    assert read_state(str(state)) == state
    assert state.count == number
    assert len(str(state)) <= 4 + 8 * MOST


ODD = [
    "", "x", "-1", "01", "1:", "1:0", "1:zzzzzzzz", "1:AAAAAAAA", "2:00000000", "0:00000000",
    "2:0000000000000000", "2:1111111100000000", "1000000", "1:00000000 -->", "1:00000000\n",
    f"{MOST + 1}:{''.join(f'{n:08x}' for n in range(MOST + 1))}", "²", "1:0000000０",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD)
def test_what_we_would_not_write_is_no_state(text: str) -> None:
    assert read_state(text) is None


@given(st.text(st.sampled_from("0123456789abcdef:"), max_size=40))
def test_any_state_that_is_read_is_written_alike(text: str) -> None:
    state = read_state(text)

    assert state is None or str(state) == text


def test_a_forged_state_is_compared_like_any_other() -> None:
    before = Before(generation=(3, 1), state=State(count=1, hashes=frozenset({"00000000"})))

    assert news(report_of(), before) == News(generation=(3, 1), new=(), gone=(), lost=1, same=0)
