"""Since when a case is slower: rows of releases, letter by letter, and what they tell."""

import pytest

from bot.core.report import CellReport, Confirmation, Report, SubjectReport
from bot.core.since import Since, onsets
from tests.render.conftest import CASES, cell_of, environment_of, report_of

ROW = ("2.16.2", "2.17.1", "2.18.1", "2.19.1", "2.20.0")
BASELINE = "2.15.1"
CELLS: dict[str, dict[str, object]] = {
    "S": {"verdict": "REGRESSION", "ratio": 1.3},
    "s": {"verdict": "REGRESSION", "ratio": 1.01, "matters": False},
    "f": {"verdict": "IMPROVEMENT", "ratio": 0.8},
    "=": {"verdict": "EQUIVALENT"},
    "?": {"verdict": "INCONCLUSIVE"},
    "x": {"verdict": "NOT_MEASURED", "ratio": None},
    "r": {
        "verdict": "REGRESSION",
        "ratio": 1.3,
        "confirmation": Confirmation(word="refuted", reason="it was noise"),
    },
}


def cells_of(letters: str, candidates: tuple[str, ...] = ROW) -> tuple[CellReport, ...]:
    """One cell for each release; a blank is a release that has none."""
    return tuple(
        cell_of(candidate=candidate, **CELLS[letter])  # type: ignore[arg-type]
        for letter, candidate in zip(letters, candidates, strict=True)
        if letter != " "
    )


def report(letters: str, candidates: tuple[str, ...] = ROW, baseline: str = BASELINE) -> Report:
    return report_of(
        baseline=baseline,
        candidates=candidates,
        cells=cells_of(letters, candidates),
        environments=tuple(
            environment_of(label, role)
            for role, labels in (("baseline", (baseline,)), ("candidate", candidates))
            for label in labels
        ),
    )


def since(still: str, slower: str, between: str = "", open_end: str = "") -> Since:
    return Since(
        case=CASES[0],
        metric="step",
        unit="seconds",
        still=still,
        slower=slower,
        between=tuple(between.split()),
        open_end=tuple(open_end.split()),
    )


@pytest.mark.parametrize(
    ("letters", "found"),
    [
        ("=====", None),
        ("sffs=", None),
        ("?????", None),
        ("=?xr ", None),
        # It is over before the newest release.
        ("SSSS=", None),
        ("SSSSs", None),
        ("SSSSf", None),
        # The cells tell it exactly.
        ("SSSSS", since(BASELINE, "2.16.2")),
        ("==SSS", since("2.17.1", "2.18.1")),
        ("ff=sS", since("2.19.1", "2.20.0")),
        ("S=SSS", since("2.17.1", "2.18.1")),
        ("?=SSS", since("2.17.1", "2.18.1")),
        # They tell between which two it lies.
        ("=?SSS", since("2.16.2", "2.18.1", "2.17.1")),
        ("=xrSS", since("2.16.2", "2.19.1", "2.17.1 2.18.1")),
        ("=  SS", since("2.16.2", "2.19.1", "2.17.1 2.18.1")),
        ("=S?SS", since("2.16.2", "2.19.1", "2.18.1")),
        ("?SSSS", since(BASELINE, "2.17.1", "2.16.2")),
        # They leave open whether it is for good.
        ("==SS?", since("2.17.1", "2.18.1", open_end="2.20.0")),
        ("=?S?x", since("2.16.2", "2.18.1", "2.17.1", "2.19.1 2.20.0")),
        ("=S?Sr", since("2.16.2", "2.17.1", open_end="2.18.1 2.20.0")),
    ],
)
def test_a_row_of_releases(letters: str, found: Since | None) -> None:
    assert onsets(report(letters)) == ((found,) if found else ())


@pytest.mark.parametrize(
    ("candidates", "baseline", "found"),
    [
        (("2.16.2", "2.17.1"), BASELINE, ()),
        (("2.16.2", "2.18.1", "2.17.1"), BASELINE, ()),
        (("2.16.2", "2.17.1", "2.17.1 +A=1"), BASELINE, ()),
        (("2.16.2@3.11", "2.17.1", "2.18.1"), BASELINE, (since(BASELINE, "2.16.2@3.11"),)),
        # The baseline is one of the row, wherever it stands; what is slower before it counts not.
        (("2.9.3", "2.16.2", "2.17.1"), BASELINE, (since(BASELINE, "2.16.2"),)),
        (("2.9.3", "2.10.1", "2.11.1"), BASELINE, ()),
        (("2.16.2", "2.17.1", "strange"), BASELINE, ()),
    ],
)
def test_which_columns_are_a_row(
    candidates: tuple[str, ...], baseline: str, found: tuple[Since, ...]
) -> None:
    made = report("S" * len(candidates), candidates, baseline)
    environments = [
        each.model_copy(update={"release": each.release.partition("@")[0]})
        for each in made.environments
    ]
    assert onsets(made.model_copy(update={"environments": tuple(environments)})) == found


def test_other_packages_are_no_row() -> None:
    made = report("=SSSS")
    *others, newest = made.environments
    foreign = newest.model_copy(update={"package": "tf-nightly"})
    assert onsets(made.model_copy(update={"environments": (*others, foreign)})) == ()


def test_an_environment_that_is_gone_is_no_row() -> None:
    made = report("=SSSS")
    assert onsets(made.model_copy(update={"environments": made.environments[1:]})) == ()


def test_columns_with_a_pull_request_are_left_out() -> None:
    made = report("==SS=", (*ROW[:4], "2.19.1 + PR"))
    subject = SubjectReport(name="x", base="a", head="b", pairs={"2.19.1 + PR": "2.19.1"})
    found = onsets(made.model_copy(update={"subject": subject}))
    assert found == (since("2.17.1", "2.18.1"),)


def test_cases_and_metrics_each_have_their_own() -> None:
    memory = cell_of(CASES[1], "REGRESSION", metric="peak_rss", candidate=ROW[-1])
    quiet = cell_of(CASES[1], metric="peak_rss", candidate=ROW[-2])
    made = report("=SSSS")
    found = onsets(made.model_copy(update={"cells": (*made.cells, quiet, memory)}))
    assert [(each.case, each.metric, each.slower) for each in found] == [
        (CASES[0], "step", "2.17.1"),
        (CASES[1], "peak_rss", "2.20.0"),
    ]
