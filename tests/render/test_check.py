"""The check on a commit: what a remark in the code says, and what a check without verdict says."""

from typing import Any

import pytest

from bot.core.report import NumericReport, Place
from bot.errors import TfperfError
from bot.render.check import render_check, render_failed_check, without_comment, without_verdict
from tests.render.conftest import CASES, cell_of, numeric_of, report_of

SLOWER = {"ratio": 1.2312, "interval": (1.18, 1.28)}
CELLS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a time": (
        SLOWER,
        "step ×1.23 in 2.21.0",
        "step 3.41 ms → 4.20 ms, ×1.23 (×1.18 to ×1.28), compared with 2.15.1: ",
    ),
    "memory": (
        SLOWER | {"metric": "peak_rss"},
        "peak memory ×1.23 in 2.21.0",
        "peak memory 411 MiB → 506 MiB, ×1.23 (×1.18 to ×1.28), compared with 2.15.1: ",
    ),
    "a difference": (
        {
            "metric": "rss_slope",
            "unit": "bytes per 1,000 calls",
            "ratio": None,
            "difference": 2.0 * 2**20,
            "interval": (1.0 * 2**20, 3.0 * 2**20),
            "baseline_value": 0.0,
            "candidate_value": 2.0 * 2**20,
        },
        "growth per 1,000 calls +2.00 MiB in 2.21.0",
        (
            "growth per 1,000 calls 0 B → 2.00 MiB, +2.00 MiB (+1.00 MiB to +3.00 MiB), "
            "compared with 2.15.1: "
        ),
    ),
    "no values, and one bound": (
        SLOWER | {"baseline_value": None, "candidate_value": None, "interval": (1.18, None)},
        "step ×1.23 in 2.21.0",
        "step ×1.23 (from ×1.18), compared with 2.15.1: ",
    ),
    "the same release without the pull request": (
        SLOWER | {"against": "2.21.0-base"},
        "step ×1.23 in 2.21.0",
        "step 3.41 ms → 4.20 ms, ×1.23 (×1.18 to ×1.28), compared with 2.21.0-base: ",
    ),
}


@pytest.mark.parametrize(("values", "title", "message"), CELLS.values(), ids=CELLS)
def test_a_remark_says_in_words_what_got_worse(
    values: dict[str, Any], title: str, message: str
) -> None:
    cell = cell_of(CASES[1], "REGRESSION", reason="ruled out", **values)
    (remark,) = render_check(report_of(cells=(cell,), numerics=())).annotations
    assert remark.title == f"{CASES[1]}: {title}"
    assert remark.message == f"{message}ruled out"


@pytest.mark.parametrize("place", [None, Place(path="benchmarks/mnist.py", line=12)])
def test_a_wrong_result_is_a_remark_too(place: Place | None) -> None:
    wrong: NumericReport = numeric_of(CASES[1], "WRONG", reason="3 of 10 values differ")
    places = {} if place is None else {CASES[1]: place}
    report = report_of(cells=(), numerics=(wrong,), places=places)
    (remark,) = render_check(report, config="perf/tfperf.yml").annotations
    assert remark.title == f"{CASES[1]}: wrong results in 2.21.0"
    assert remark.message == ("the results are wrong, compared with 2.15.1: 3 of 10 values differ")
    where = Place(path="perf/tfperf.yml") if place is None else place
    assert (remark.path, remark.line) == (where.path, where.line)


def test_a_check_without_verdict_keeps_its_page_alone() -> None:
    cell = cell_of(CASES[1], "REGRESSION", **SLOWER)
    whole = render_check(report_of(cells=(cell,), overall="regression", exit_code=1))
    assert whole.conclusion == "failure"
    bare = without_verdict(whole, "A newer run has the verdict")
    assert (bare.conclusion, bare.title) == ("neutral", "A newer run has the verdict")
    assert bare.summary == f"A newer run has the verdict.\n\n{whole.summary}"
    assert bare.annotations == ()


def test_a_check_whose_comment_is_missing_keeps_its_verdict() -> None:
    whole = render_check(report_of())
    told = without_comment(whole, TfperfError("GitHub said no", next_step="ask again"))
    assert (told.conclusion, told.title) == (whole.conclusion, whole.title)
    assert "- what: GitHub said no" in told.summary
    assert told.summary.endswith(whole.summary)


def test_the_reason_of_a_missing_verdict_cannot_break_out_of_its_block() -> None:
    text = render_failed_check(TfperfError("no report", where="a\n```\n# big"))
    assert text.conclusion == "neutral"
    assert text.summary.count("```") == 2
