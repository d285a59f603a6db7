"""Comments of any size: up to 5,000 cells of any mix fit, and lose rows, never half of one."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.conclusion import decide_again
from bot.core.report import CellReport, Report
from bot.render.comment import COMMENT_BYTES, COMMENT_LIMIT, render_comment
from bot.render.standing import Tally
from tests.render.conftest import (
    BASELINE,
    cell_of,
    environment_of,
    failure_of,
    numeric_of,
    report_of,
)

VERDICTS = ("REGRESSION", "IMPROVEMENT", "EQUIVALENT", "INCONCLUSIVE", "NOT_MEASURED")
METRICS = ("step", "first_call", "build", "peak_rss", "throughput")
LETTERS = ("a", "|`", "漢字", "🚀", "<b>", "_x_")


@st.composite
def crowds(draw: st.DrawFn) -> Report:
    """A report of up to 5,000 cells; what is drawn are its numbers, so that it is built fast."""
    candidates = tuple(f"2.{minor}.0" for minor in range(draw(st.integers(1, 40))))
    per_case = len(candidates) * len(METRICS)
    cases = draw(st.integers(0, 5_000 // per_case))
    name = draw(st.sampled_from(LETTERS)) * draw(st.integers(1, 60))
    weights = draw(st.lists(st.sampled_from(VERDICTS), min_size=1, max_size=12))
    matters = draw(st.booleans())
    made: dict[tuple[str, str], CellReport] = {
        (verdict, metric): cell_of(
            "x", verdict, metric=metric, unit="bytes" if metric == "peak_rss" else "seconds",
            ratio=None if verdict == "NOT_MEASURED" else 1.2, reason=f"{name} why",
            matters=matters and verdict in {"REGRESSION", "IMPROVEMENT"},
        )
        for verdict in VERDICTS
        for metric in METRICS
    }  # fmt: skip
    cells = tuple(
        made[weights[(number + at + place) % len(weights)], metric].model_copy(
            update={"case": f"{name}{number}", "candidate": candidate}
        )
        for number in range(cases)
        for at, candidate in enumerate(candidates)
        for place, metric in enumerate(METRICS)
    )
    some = draw(st.integers(0, 60))
    names = [f"{name}{number}" for number in range(cases)][:some]
    environments = (
        environment_of(BASELINE, "baseline"),
        *(environment_of(label, "candidate") for label in candidates),
    )
    return decide_again(
        report_of(
            candidates=candidates,
            cases=tuple(f"{name}{number}" for number in range(cases)),
            cells=cells,
            numerics=tuple(numeric_of(each, "DRIFTED", reason=name) for each in names),
            failures=tuple(failure_of(each, reason=name) for each in names),
            environments=environments,
        )
    )


def assert_whole(text: str, report: Report) -> None:
    assert len(text) <= COMMENT_LIMIT
    assert len(text.encode()) <= COMMENT_BYTES
    assert text.endswith("\n")
    for tag in ("details", "summary"):
        assert text.count(f"<{tag}>") == text.count(f"</{tag}>")
    assert text.count("```") % 2 == 0
    for table in re.findall(r"(?:^\|.*\|$\n)+", text, re.MULTILINE):
        widths = {len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}
        assert len(widths) == 1, table[:500]
    assert counted(text) == len(report.cells)


def counted(text: str) -> int:
    """Add up the line of counts."""
    line = next((each for each in text.splitlines() if re.match(r"\d+ cells?: ", each)), "")
    total, _, parts = line.partition(": ")
    if not line:
        assert "No cells." in text
        return 0
    numbers = [int(found) for found in re.findall(r"(?:^|[·,] )(\d+) ", parts)]
    assert sum(numbers) == int(total.split()[0]), line
    return sum(numbers)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(crowds())
def test_a_comment_of_any_crowd_is_whole(report: Report) -> None:
    text = render_comment(report)

    assert_whole(text, report)
    assert text == render_comment(report), "the same report is the same comment"
    if len(report.cells) != 0:
        assert Tally(report).report is report


@pytest.mark.parametrize("mix", [VERDICTS, ("EQUIVALENT",), ("REGRESSION",), ("INCONCLUSIVE",)])
def test_five_thousand_cells(mix: tuple[str, ...]) -> None:
    cells = tuple(cell_of(f"c[{at}]", mix[at % len(mix)]) for at in range(5_000))
    report = decide_again(report_of(cells=cells))

    assert_whole(render_comment(report), report)


def test_unchanged_cells_leave_first_then_undecided_ones_then_rows() -> None:
    """The ladder, seen from outside: as the room shrinks, what matters least goes first."""
    mix: dict[str, Any] = {"EQUIVALENT": 60, "INCONCLUSIVE": 40, "REGRESSION": 20}
    cells = [cell_of(f"{verdict}[{at}]", verdict) for verdict, n in mix.items() for at in range(n)]
    report = decide_again(report_of(cells=tuple(cells)))
    whole = len(render_comment(report, limit=10**6))
    seen: list[tuple[int, int, int]] = []
    for room in range(whole, 3_000, -1_500):
        text = render_comment(report, limit=room)
        rows = tuple(text.count(f"| `{verdict}[") + text.count(f" `{verdict}[") for verdict in mix)
        shown = (min(rows[0], 60), min(rows[1], 40), min(rows[2], 20))
        if not seen or seen[-1] != shown:
            seen.append(shown)
    unchanged, undecided, worse = zip(*seen, strict=True)
    first = [len(seen) if 0 not in part else part.index(0) for part in (unchanged, undecided)]
    assert first[0] < first[1], seen
    assert all(number >= 10 for number in worse[: first[1]]), seen
