"""What a run with known slowdowns is held against."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks.injected import EXTRAS, STEPS, Asked
from benchmarks.real_noise import Findings, judge, show, targets
from bot.core.config import load
from bot.core.report import CounterReport, Report

LABELS = ("2.15.1", "2.15.1 +BENCH_EXTRA_WORK=0.05", "2.15.1 +BENCH_EXTRA_WORK=0.1")
RATIOS = (1.002, 1.048, 1.097)


def report_of(reports: SimpleNamespace, *more: Any, **changes: Any) -> Report:
    """A run that got everything right, and what is changed about it."""
    cells = tuple(
        reports.cell("known_work[mlp]", verdict, candidate=label, ratio=ratio)
        for label, ratio, verdict in zip(
            LABELS, RATIOS, ("EQUIVALENT", "REGRESSION", "REGRESSION"), strict=True
        )
    )
    changed = {cell.candidate: cell for cell in more if cell.metric == "step"}
    others = tuple(cell for cell in more if cell.metric != "step")
    kept = tuple(changed.get(cell.candidate, cell) for cell in cells)
    report: Report = reports.report(candidates=LABELS, cells=(*kept, *others), **changes)
    return report


def test_a_run_that_is_right_meets_all_targets(reports: SimpleNamespace) -> None:
    found = judge(report_of(reports), "quiet")
    assert [(step.extra, step.is_found, step.is_close) for step in found.steps] == [
        (extra, True, True) for extra in EXTRAS
    ]
    assert [target.is_met for target in targets([found])] == [True, True, True]


WRONG: dict[str, tuple[dict[str, Any], list[bool]]] = {
    "an alarm in the copy": (
        {"candidate": LABELS[0], "verdict": "REGRESSION", "ratio": 1.01},
        [False, True, True],
    ),
    "an alarm of another metric in the copy": (
        {"candidate": LABELS[0], "verdict": "IMPROVEMENT", "metric": "peak_rss"},
        [False, True, True],
    ),
    "an alarm in an import": (
        {"candidate": LABELS[2], "verdict": "REGRESSION", "metric": "import"},
        [False, True, True],
    ),
    "more memory where more is done": (
        {"candidate": LABELS[2], "verdict": "REGRESSION", "metric": "peak_rss"},
        [True, True, True],
    ),
    "five percent undecided": (
        {"candidate": LABELS[1], "verdict": "INCONCLUSIVE", "ratio": 1.04},
        [True, False, True],
    ),
    "five percent found too late": (
        {"candidate": LABELS[1], "verdict": "REGRESSION", "ratio": 1.05, "blocks": 21},
        [True, False, True],
    ),
    "an estimate too far off": (
        {"candidate": LABELS[2], "verdict": "REGRESSION", "ratio": 1.125},
        [True, True, False],
    ),
    "nothing measured": (
        {"candidate": LABELS[1], "verdict": "NOT_MEASURED", "ratio": None},
        [True, False, False],
    ),
}


@pytest.mark.parametrize(("change", "met"), WRONG.values(), ids=WRONG.keys())
def test_whatever_is_wrong_misses_its_target(
    reports: SimpleNamespace, change: dict[str, Any], met: list[bool]
) -> None:
    cell = reports.cell("known_work[mlp]", **change)
    found = judge(report_of(reports, cell), "quiet")
    assert [target.is_met for target in targets([found])] == met


def test_the_control_and_the_counters_of_the_copy_raise_alarms_too(
    reports: SimpleNamespace,
) -> None:
    counters = tuple(
        CounterReport(case="known_work[mlp]", candidate=label, counter="traces", comparison="MORE")
        for label in LABELS
    )
    report = report_of(reports, control=reports.control(flagged=2), counters=counters)
    assert len(judge(report, "quiet").alarms) == 2 + 1


def test_nothing_found_is_nothing_shown() -> None:
    assert not any(target.is_met for target in targets([]))


def test_the_runs_are_shown_side_by_side(
    reports: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    missed = reports.cell(
        "known_work[mlp]", "INCONCLUSIVE", candidate=LABELS[1], interval=(None, 1.1)
    )
    runs: list[Findings] = [
        judge(report_of(reports), "quiet"),
        judge(report_of(reports, missed), "disturbed"),
    ]
    show(runs)
    shown = capsys.readouterr().out
    assert "+5%    +4.80%" in shown
    assert "unknown to +10.00%" in shown
    assert shown.count("MISSED") == 1
    assert "noise_floor" in shown


def test_the_configuration_is_one_and_names_every_step() -> None:
    asked = Asked(release="2.15.1", metrics=("step",)).configuration()
    config = load(json.dumps(asked), source="tfperf.yml", environ={}, overrides={})
    assert [dict(version.knobs) for version in config.versions] == [
        {},
        {"BENCH_EXTRA_WORK": "0.05"},
        {"BENCH_EXTRA_WORK": "0.1"},
    ]
    assert config.workloads == tuple(f"known_work[{step}]" for step in STEPS)
