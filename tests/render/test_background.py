"""What stands behind the verdicts: knobs are shown wherever they were set."""

from types import SimpleNamespace
from typing import Any

from bot.core.report import Report
from bot.render.comment import render_comment


def report_with(reports: SimpleNamespace, own: dict[str, str], **rule: Any) -> Report:
    report: Report = reports.report(
        environments=(
            reports.environment(reports.baseline, "baseline"),
            reports.environment(reports.candidate, "candidate", knobs=own),
        )
    )
    return report.model_copy(update={"rule": report.rule.model_copy(update=rule)})


def test_knobs_of_one_version_are_a_row_of_the_environments(reports: SimpleNamespace) -> None:
    comment = render_comment(report_with(reports, {"A": "1", "B": "x|y"}))

    assert "| knobs | none | `A=1`<br>`B=x\\|y` |" in comment
    assert "with `TF_ENABLE_ONEDNN_OPTS=0` and those of single versions." in comment


def test_without_common_knobs_the_settings_point_at_those_of_single_versions(
    reports: SimpleNamespace,
) -> None:
    comment = render_comment(report_with(reports, {"A": "1"}, knobs={}))

    assert "no knobs but those of single versions." in comment


def test_many_knobs_are_counted(reports: SimpleNamespace) -> None:
    comment = render_comment(report_with(reports, {f"K{n}": "1" for n in range(25)}))

    assert "`K19=1`<br>5 more |" in comment


def test_without_knobs_of_single_versions_there_is_no_row(reports: SimpleNamespace) -> None:
    assert "| knobs |" not in render_comment(report_with(reports, {}))
