"""The heading: one sentence about what a version makes of how many cases."""

from typing import Any

import pytest

from bot.core.conclusion import decide_again
from bot.core.report import Report
from bot.render.changes import MOST_VISIBLE
from bot.render.comment import render_comment
from bot.render.escape import TERMINAL
from bot.render.heading_words import clauses, span
from bot.render.headline import heading
from bot.render.standing import Tally
from tests.render.conftest import (
    BASELINE,
    CASES,
    cell_of,
    counter_of,
    equal_cells,
    failure_of,
    numeric_of,
    report_of,
)

A, B, C, D = CASES
MOVE = "TensorFlow 2.15.1 → 2.21.0"
LEAK: dict[str, Any] = {
    "metric": "rss_slope", "unit": "bytes per 1,000 calls", "ratio": None,
    "difference": 2.0 * 2**20,
}  # fmt: skip


def slower(case: str = A, ratio: float = 1.2, **overrides: Any) -> Any:
    return cell_of(case, "REGRESSION", ratio=ratio, **overrides)


def faster(case: str = A, ratio: float = 0.8, **overrides: Any) -> Any:
    return cell_of(case, "IMPROVEMENT", ratio=ratio, **overrides)


def worse(*cells: Any, **overrides: Any) -> Report:
    return decide_again(report_of(cells=equal_cells(*cells), **overrides))


TABLE = {
    "one case": (worse(slower()), f"makes 1 of 4 cases slower, {A} step ×1.20"),
    "one case in two metrics": (
        worse(slower(), slower(ratio=1.3, metric="throughput")),
        f"makes 1 of 4 cases slower, the worst {A} throughput ×1.30",
    ),
    "several kinds": (
        worse(slower(A), slower(B, metric="build"), slower(C, 1.9, metric="peak_rss")),
        (
            "makes 1 of 4 cases slower, 1 slower to start and 1 bigger, "
            f"the worst {C} peak memory ×1.90"
        ),
    ),
    "a leak": (
        worse(cell_of(B, "REGRESSION", **LEAK)),
        f"makes 1 of 4 cases leaking more, {B} growth per 1,000 calls +2.00 MiB",
    ),
    "the import alone": (
        worse(slower("import", 1.31, metric="import")), "makes the import slower (×1.31)",
    ),
    "results alone": (
        worse(
            numerics=(numeric_of(A, "WRONG"), *(numeric_of(case, "DRIFTED") for case in (B, C)))
        ),
        "makes 1 result wrong and changes 2 results",
    ),
    "better beside worse": (
        worse(slower(A), faster(B), faster(C, metric="peak_rss")),
        f"makes 1 of 4 cases slower, {A} step ×1.20; 1 case faster and 1 smaller",
    ),
    "better alone": (
        worse(faster(A), faster(B, 0.7)),
        f"makes 2 of 4 cases faster, the best {B} step ×0.700",
    ),
    "nothing": (worse(), "changes nothing that matters in 4 cases"),
    "no cells": (
        decide_again(report_of(cells=())), "changes nothing that matters in the results",
    ),
    "the import only": (
        decide_again(report_of(cells=(cell_of("import", metric="import"),))),
        "changes nothing that matters in the import",
    ),
    "some undecided": (
        worse(cell_of(A, "INCONCLUSIVE")),
        "changes nothing that matters in 3 of 4 cases; 1 case not fully decided",
    ),
    "every case in part": (
        worse(*(cell_of(case, "INCONCLUSIVE") for case in CASES)),
        (
            "changes nothing that matters in the 4 of 8 cells that were decided; "
            "4 cases not fully decided"
        ),
    ),
    "all undecided": (
        decide_again(report_of(cells=tuple(cell_of(case, "INCONCLUSIVE") for case in CASES))),
        "could not be decided in any of 4 cases",
    ),
    "a new failure": (
        worse(slower(A), failures=(failure_of(D),)),
        f"makes 1 of 4 cases slower, {A} step ×1.20; 1 case does not run any more",
    ),
    "new failures": (
        worse(failures=(failure_of(C), failure_of(D))),
        "changes nothing that matters in 4 cases; 2 cases do not run any more",
    ),
    "an old failure": (
        worse(failures=(failure_of(D), failure_of(D, environment=BASELINE))),
        "changes nothing that matters in 4 cases; 1 case could not be measured",
    ),
    "a counter that fails": (
        decide_again(report_of(counters=(counter_of(A, "traces", "MORE", 1, 2),)), ("counter",)),
        "changes nothing that matters in 4 cases; 1 counter grew",
    ),
    "nothing at all": (
        decide_again(report_of(cells=(), numerics=())),
        "could not be compared: nothing was measured",
    ),
    "a version that is missing": (
        decide_again(report_of(cells=(), numerics=(), failures=(failure_of("*"),))),
        "could not be compared, because 2.21.0 could not be measured",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("report", "said"), TABLE.values(), ids=TABLE)
def test_what_merging_means(report: Report, said: str) -> None:
    text = heading(Tally(report), TERMINAL).replace("\N{NO-BREAK SPACE}", " ")
    assert text[2:] == f"{MOVE} {said}"


def test_several_versions_make() -> None:
    labels = ("2.16.2", "2.21.0")
    changed = slower(B, 1.8, candidate=labels[0])
    report = worse(candidates=labels)
    report = decide_again(
        report.model_copy(update={"cells": equal_cells(changed, candidates=labels)})
    )
    assert heading(Tally(report), TERMINAL)[2:] == (
        f"TensorFlow 2.15.1 → 2.16.2 and 2.21.0 make 1 of 4 cases slower, {B} step ×1.80 in 2.16.2"
    )


def test_what_matters_least_is_left_out_first() -> None:
    report = worse(slower(A), faster(B), failures=(failure_of(D),))
    whole = heading(Tally(report), TERMINAL)
    assert whole.endswith("; 1 case does not run any more; 1 case faster")
    assert heading(Tally(report), TERMINAL, limit=len(whole)) == whole
    shorter = heading(Tally(report), TERMINAL, limit=len(whole) - 1)
    assert shorter.endswith("; 1 case does not run any more")
    assert heading(Tally(report), TERMINAL, limit=1).endswith(f"slower, {A} step ×1.20")


@pytest.mark.parametrize(
    ("versions", "is_range", "said"),
    [
        (["1", "2"], True, "1 and 2"),
        (["1", "2", "3"], True, "1 to 3"),
        (["3", "1", "2"], False, "3 versions"),
    ],
)
def test_versions_are_named_while_they_are_few(
    versions: list[str], is_range: bool, said: str
) -> None:
    assert span(versions, is_range=is_range, most=2) == said


def test_clauses_get_a_comma_where_one_has_one() -> None:
    assert clauses(["a", "b"]) == "a and b"
    assert clauses(["a, b", "c"]) == "a, b, and c"
    assert clauses(["a, b"]) == "a, b"


def test_of_many_changes_the_largest_of_each_kind_is_visible() -> None:
    cells = [slower(f"c[{at}]", 2 - at / 100) for at in range(40)]
    leak, good = cell_of("leak[x]", "REGRESSION", **LEAK), faster("good[x]")
    text = render_comment(decide_again(report_of(cells=(*cells, leak, good))))
    visible = text[text.index("#### Changes that matter") : text.index("<details>")]
    assert "leak[x]" in visible
    assert "good[x]" in visible
    assert visible.count("| 🔴") + visible.count("| 🟢") == MOST_VISIBLE
    assert "<summary>27 more changes that matter: 27 slower</summary>" in text
