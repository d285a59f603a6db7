import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.report import Report
from bot.errors import BadConfiguration
from bot.render.changes import MOST_VISIBLE
from bot.render.comment import COMMENT_BYTES, COMMENT_LIMIT, digest, render_comment
from bot.render.terminal import plain_lines

HOSTILE = st.text(st.sampled_from("`|\\*_[]()<>#@!-:$&;~a1 \n\x1b\u202e"), max_size=30)
SLOWER = "| 🔴\N{NO-BREAK SPACE}slower |"
VERDICTS = ("REGRESSION", "IMPROVEMENT", "EQUIVALENT", "INCONCLUSIVE", "NOT_MEASURED")
Change = Callable[[SimpleNamespace], dict[str, Any]]


def test_the_first_line_is_the_marker(reports: SimpleNamespace) -> None:
    first = render_comment(reports.report(), key="linux-cpu").splitlines()[0]

    assert re.fullmatch(r"<!-- tfperf:linux-cpu v3 digest=[0-9a-f]{16} state=0 -->", first)
    first = render_comment(reports.report(), run=(12, 3)).splitlines()[0]
    assert re.fullmatch(r"<!-- tfperf:default v3 run=12\.3 digest=[0-9a-f]{16} state=0 -->", first)


@pytest.mark.parametrize("key", ["", "a b", "x-->", "-x", "é", "a" * 65])
def test_a_key_that_could_break_the_marker_is_refused(reports: SimpleNamespace, key: str) -> None:
    with pytest.raises(BadConfiguration, match="comment key"):
        render_comment(reports.report(), key=key)


def slower(r: SimpleNamespace, **overrides: Any) -> dict[str, Any]:
    return {"cells": r.equal_cells(r.cell(r.cases[0], "REGRESSION", ratio=1.2, **overrides))}


@pytest.mark.parametrize(
    "news",
    [
        slower,
        lambda r: slower(r, matters=False),
        lambda r: {"numerics": (r.numeric(verdict="WRONG"),)},
        lambda r: {"failures": (r.failure(),)},
        lambda r: {"failures": (r.failure(kind="timeout"),)},
    ],
)
def test_the_digest_changes_with_the_verdicts(reports: SimpleNamespace, news: Change) -> None:
    assert digest(reports.report(**news(reports))) != digest(reports.report())


@pytest.mark.parametrize(
    "same",
    [
        lambda r: {"cells": tuple(reversed(r.equal_cells()))},
        lambda r: {"cells": r.equal_cells(r.cell(ratio=1.01, blocks=12, reason="otherwise"))},
        lambda r: {"run": {"seconds": 1.0, "seed": 7, "id": "other"}},
    ],
)
def test_the_digest_stays_while_only_figures_move(reports: SimpleNamespace, same: Change) -> None:
    assert digest(reports.report(**same(reports))) == digest(reports.report())


def many_cells(r: SimpleNamespace, number: int, name: str, verdicts: list[str]) -> Report:
    report: Report = r.report(
        overall="regression",
        exit_code=1,
        cells=tuple(
            r.cell(f"{name}{index}", verdicts[index % len(verdicts)], reason=f"{name} why")
            for index in range(number)
        ),
        numerics=tuple(r.numeric(f"{name}{index}", "DRIFTED") for index in range(number // 2)),
        failures=tuple(
            r.failure(f"{name}{index}", reason=f"{name}{index}") for index in range(number // 3)
        ),
    )
    return report


@pytest.mark.parametrize("number", [0, 1, 40, 200, 1_000, 5_000])
@pytest.mark.parametrize(
    "name",
    ["case", "|`" * 60, "漢字🚀" * 30],
    ids=["short", "escaped", "wide"],
)
def test_a_comment_of_any_number_of_cells_fits(
    reports: SimpleNamespace, read_markdown: Callable[[str], Any], number: int, name: str
) -> None:
    text = render_comment(many_cells(reports, number, name, [*VERDICTS]))

    assert len(text) <= COMMENT_LIMIT
    assert len(text.encode()) <= COMMENT_BYTES
    assert text.count("<details>") == text.count("</details>")
    assert text.endswith("\n")
    read_markdown(text)
    if number >= 1_000:
        assert "Shortened to fit; every row is in the job summary and in `report.html`" in text


@pytest.mark.parametrize("limit", [60_000, 20_000, 8_000, 4_000, 2_000, 1_200])
def test_what_decides_is_said_at_any_size(reports: SimpleNamespace, limit: int) -> None:
    report = many_cells(reports, 300, "case", ["REGRESSION", "EQUIVALENT"])
    text = render_comment(report, limit=limit)

    assert len(text) <= limit
    assert "makes 150 of 300 cases slower" in text
    assert "Look at this before you upgrade" in text
    assert "A/A control" in text


def test_what_is_folded_leaves_before_what_is_visible(reports: SimpleNamespace) -> None:
    report = many_cells(reports, 120, "case", ["EQUIVALENT"] * 11 + ["REGRESSION"])
    whole = render_comment(report, limit=1_000_000)
    text = render_comment(report, limit=len(whole) - 1)

    unchanged = "110 cells unchanged: shown to be within the threshold"
    assert f"<summary>{unchanged}</summary>" in whole
    assert f"\n{unchanged}\n" in text
    assert f"<summary>{unchanged}</summary>" not in text
    assert text.count(SLOWER) == whole.count(SLOWER) == 10


def test_rows_that_left_are_counted(reports: SimpleNamespace) -> None:
    report = many_cells(reports, 300, "case", ["REGRESSION"])
    text = render_comment(report, limit=40_000)

    shown = text.count(SLOWER)
    assert MOST_VISIBLE < shown < 300
    assert f"{300 - MOST_VISIBLE} more changes that matter: {300 - MOST_VISIBLE} slower" in text
    assert f"and {300 - shown} more rows: see the job summary" in text


def test_no_comment_is_better_than_half_a_verdict(reports: SimpleNamespace) -> None:
    with pytest.raises(BadConfiguration, match="cannot hold even the verdict"):
        render_comment(reports.report(), limit=100)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(), min_size=9, max_size=9), st.sampled_from(VERDICTS))
def test_any_number_can_be_written(
    reports: SimpleNamespace, numbers: list[float], verdict: str
) -> None:
    ratio, low, high, before, after, threshold, floor, error, seconds = numbers
    cell = reports.cell(
        verdict=verdict,
        ratio=ratio,
        interval=(low, high),
        baseline_value=before,
        candidate_value=after,
        threshold=threshold,
    )
    numeric = reports.numeric(verdict="DRIFTED", max_relative_error=error, reference_error=error)
    report = reports.report(
        cells=(cell, reports.cell(reports.cases[1])),
        numerics=(numeric,),
        control=reports.control(floor=floor),
        run={"seconds": seconds},
    )

    assert "changes 1 result" in render_comment(report)
    assert plain_lines(report)


@settings(max_examples=30, deadline=None)
@given(st.lists(HOSTILE, min_size=8, max_size=8), st.sampled_from(VERDICTS))
def test_no_text_of_others_becomes_markup(
    reports: SimpleNamespace,
    read_markdown: Callable[[str], Any],
    texts: list[str],
    verdict: str,
) -> None:
    case, candidate, reason, kind, detail, package, command, note = texts
    report = reports.report(
        candidates=(candidate,),
        cells=(reports.cell(case, verdict, candidate=candidate, reason=reason),),
        numerics=(reports.numeric(case, "WRONG", candidate=candidate, reason=reason),),
        failures=(reports.failure(case, environment=note, kind=kind, detail=detail),),
        environments=(
            reports.environment(reports.baseline, "baseline", package=package),
            reports.environment(candidate, "candidate", packages={package: reason}),
        ),
        run={"command": command, "started": note, "id": kind},
        notes=(note,),
    )
    page = read_markdown(render_comment(report))

    assert not page.tags & {"a", "img", "script", "em", "del", "ul", "ol", "li", "hr", "h1", "h2"}
    assert page.attributes <= {"align", "class"}
    assert not re.search(r"@\w|#\d", page.linkable)
