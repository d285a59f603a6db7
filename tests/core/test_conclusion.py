"""From a table to overall word, cells and exit code: one function, no contradictions."""

from typing import Any

import pytest

from bot.core.conclusion import exit_code, overall
from bot.core.report import CellReport, FailureReport, NumericReport
from bot.errors import ExitCode

DEFAULT = ("regression", "wrong")


def cell(verdict: str, *, matters: bool = False) -> CellReport:
    return CellReport.model_validate(
        {
            "case": "mlp[fit]",
            "metric": "step",
            "candidate": "2.21.0",
            "verdict": verdict,
            "reason": "as measured",
            "unit": "seconds",
            "threshold": 0.05,
            "matters": matters,
        }
    )


def numeric(verdict: str) -> NumericReport:
    return NumericReport.model_validate(
        {"case": "mlp[fit]", "candidate": "2.21.0", "verdict": verdict, "reason": "as computed"}
    )


def failure(kind: str) -> FailureReport:
    return FailureReport(case="mlp[fit]", environment="2.21.0", kind=kind, reason="as seen")


EQUAL = cell("EQUIVALENT")
SLOWER = cell("REGRESSION", matters=True)
SLIGHTLY_SLOWER = cell("REGRESSION")
FASTER = cell("IMPROVEMENT", matters=True)
OPEN = cell("INCONCLUSIVE")
MISSING = cell("NOT_MEASURED")

SITUATIONS = [
    ("all equal", [EQUAL], [], [], DEFAULT, "clean", 0),
    ("faster is no alarm", [EQUAL, FASTER], [], [], DEFAULT, "clean", 0),
    ("slower", [EQUAL, SLOWER], [], [], DEFAULT, "regression", 1),
    ("slower below the threshold", [SLIGHTLY_SLOWER], [], [], DEFAULT, "clean", 0),
    ("slower, but only results count", [SLOWER], [], [], ("wrong",), "regression", 0),
    ("wrong", [EQUAL], ["WRONG"], [], DEFAULT, "regression", 1),
    ("drifted is told, not failed", [EQUAL], ["DRIFTED"], [], DEFAULT, "clean", 0),
    ("drifted, if asked for", [EQUAL], ["DRIFTED"], [], ("drifted",), "clean", 1),
    (
        "results that cannot be compared",
        [EQUAL],
        ["NOT_COMPARABLE"],
        [],
        DEFAULT,
        "partly-measured",
        3,
    ),
    ("a crash", [EQUAL, MISSING], [], ["signal"], DEFAULT, "partly-measured", 3),
    ("a crash, if asked for", [EQUAL], [], ["signal"], ("failure",), "partly-measured", 1),
    ("a case newer than a release", [EQUAL, MISSING], [], ["skipped"], DEFAULT, "clean", 0),
    ("a version not to be had", [EQUAL], [], ["unavailable"], DEFAULT, "partly-measured", 3),
    ("slower, and a crash", [SLOWER], [], ["exit"], DEFAULT, "regression", 1),
    ("nothing decided", [OPEN, OPEN], [], [], DEFAULT, "nothing-measured", 3),
    ("nothing decided but wrong", [OPEN], ["WRONG"], [], DEFAULT, "regression", 1),
    ("some undecided", [EQUAL, OPEN], [], [], DEFAULT, "clean", 0),
    ("nothing at all", [], [], [], DEFAULT, "nothing-measured", 3),
    ("a cell nobody got to", [EQUAL, MISSING], [], [], DEFAULT, "partly-measured", 3),
    ("all skipped", [MISSING], [], ["skipped"], DEFAULT, "nothing-measured", 3),
]


@pytest.mark.parametrize("situation", [pytest.param(s[1:], id=s[0]) for s in SITUATIONS])
def test_the_word_and_the_exit_code(situation: tuple[Any, ...]) -> None:
    cells, results, endings, fail_on, word, code = situation
    numerics = [numeric(verdict) for verdict in results]
    failures = [failure(kind) for kind in endings]
    assert overall(cells, numerics, failures) == word
    assert exit_code(cells, numerics, failures, fail_on) == ExitCode(code)
