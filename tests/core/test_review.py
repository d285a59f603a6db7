"""What a pull request may not decide: the base branch's rule counts, and changes are told."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from bot.core.acknowledgements import Waiver
from bot.core.conclusion import decide_again
from bot.core.report import Acknowledgement, CellReport, Confirmation, Report
from bot.core.review import review
from bot.core.strict_report import BadReport
from bot.render.comment import render_comment
from tests.publish.hostile import COMMIT
from tests.render.conftest import CASES, cell_of, equal_cells, report_of

TODAY = date(2026, 11, 21)


def measured(
    *cells: CellReport, threshold: float = 0.05, fail_on: Sequence[str] = (), **values: Any
) -> Report:
    """Measure cells at a threshold that is the run's."""
    at = tuple(cell.model_copy(update={"threshold": threshold}) for cell in equal_cells(*cells))
    report = report_of(cells=at, commit=COMMIT, **values)
    rule = report.rule.model_copy(
        update={
            "threshold": threshold,
            "most_blocks": 40,
            "thresholds": dict.fromkeys(report.rule.thresholds, threshold),
            "fail_on": tuple(fail_on) or ("regression", "wrong"),
        }
    )
    return decide_again(report.model_copy(update={"rule": rule}))


def reviewed(
    report: Report,
    base: str | None = "threshold: 5%",
    changed: Sequence[str] = (),
    waivers: Sequence[Waiver] = (),
    **values: Any,
) -> Report:
    return review(
        report,
        base_config=base,
        changed_files=changed,
        acknowledgements=waivers,
        today=TODAY,
        head_commit=values.pop("head_commit", COMMIT),
        **values,
    )


def notes(report: Report) -> tuple[str, ...]:
    assert report.review is not None
    return report.review.notes


def test_a_report_of_another_commit_is_refused() -> None:
    with pytest.raises(BadReport, match="commit: found"):
        reviewed(measured(), head_commit="f" * 40)


def test_nothing_is_said_where_the_rule_is_the_same() -> None:
    report = measured()

    after = reviewed(report)

    assert notes(after) == ()
    assert after.cells == report.cells
    assert (after.overall, after.exit_code) == (report.overall, report.exit_code)


REGRESSION = ("REGRESSION", 1.08, (1.06, 1.1))


@pytest.mark.parametrize(
    ("head", "base", "cell", "verdict", "matters"),
    [
        # a looser threshold of the pull request
        (0.5, 0.05, ("EQUIVALENT", 1.2, (1.1, 1.3)), "INCONCLUSIVE", False),
        (0.5, 0.05, ("EQUIVALENT", 1.0, (0.99, 1.02)), "EQUIVALENT", False),
        (0.5, 0.05, ("EQUIVALENT", 1.0, (0.96, 1.05)), "EQUIVALENT", False),
        (0.5, 0.05, ("EQUIVALENT", 1.0, (0.94, 1.02)), "INCONCLUSIVE", False),
        (0.5, 0.05, ("EQUIVALENT", 1.0, (None, 1.02)), "INCONCLUSIVE", False),
        (0.5, 0.05, ("INCONCLUSIVE", 1.2, (0.9, 1.6)), "INCONCLUSIVE", False),
        (0.5, 0.05, (*REGRESSION, False), "REGRESSION", True),
        (0.5, 0.05, ("REGRESSION", 1.03, (1.02, 1.04), False), "REGRESSION", False),
        (0.5, 0.05, ("IMPROVEMENT", 0.9, (0.88, 0.92), False), "IMPROVEMENT", True),
        # a stricter one
        (0.01, 0.05, ("REGRESSION", 1.03, (1.02, 1.04), True), "REGRESSION", False),
        (0.01, 0.05, (*REGRESSION, True), "REGRESSION", True),
        (0.01, 0.05, ("EQUIVALENT", 1.0, (0.995, 1.005)), "EQUIVALENT", False),
        # the same one
        (0.05, 0.05, ("EQUIVALENT", 1.0, (0.9, 1.1)), "EQUIVALENT", False),
    ],
)
def test_a_cell_is_judged_by_the_base_branch(
    head: float, base: float, cell: tuple[Any, ...], verdict: str, matters: bool
) -> None:
    word, ratio, interval, *told = cell
    values = {"baseline_value": 1.0, "candidate_value": ratio, "matters": bool(told and told[0])}
    one = cell_of(CASES[0], word, ratio=ratio, interval=interval, **values)

    report = reviewed(measured(one, threshold=head), f"threshold: {base}")

    after = report.cells[0]
    assert (after.verdict, after.matters) == (verdict, matters)
    assert after.threshold == base
    assert report.exit_code == (1 if verdict == "REGRESSION" and matters else report.exit_code)
    if verdict != word:
        assert "the base branch says 5 %" in after.reason


def test_the_note_names_both_thresholds() -> None:
    report = reviewed(measured(threshold=0.5))

    first = notes(report)[0]
    assert "measured with a threshold of 50 %" in first
    assert "the base branch says 5 %" in first


def test_a_workload_of_its_own_threshold_keeps_it() -> None:
    one = cell_of(CASES[0], "EQUIVALENT", interval=(0.85, 1.15))
    report = measured(one)
    cells = (report.cells[0].model_copy(update={"threshold": 0.2}), *report.cells[1:])

    after = reviewed(report.model_copy(update={"cells": cells}))

    assert after.cells[0].verdict == "EQUIVALENT"


@pytest.mark.parametrize(
    ("head", "base", "code"),
    [(["wrong"], "fail-on: [regression]", 1), (["regression"], "fail-on: none", 0)],
)
def test_the_base_branch_says_what_fails(head: list[str], base: str, code: int) -> None:
    one = cell_of(CASES[0], "REGRESSION", ratio=1.3)

    report = reviewed(measured(one, fail_on=head), f"{base}\nthreshold: 5%")

    assert report.exit_code == code
    assert any("fail-on" in note for note in notes(report))


@pytest.mark.parametrize(
    ("head", "base", "interval", "word", "code"),
    [
        (0.5, 0.05, (1.1, 1.3), "unclear", 1),
        (0.5, 0.05, (0.98, 1.06), "unclear", 1),
        (0.5, 0.05, (0.98, None), "unclear", 1),
        (0.5, 0.05, (0.98, 1.04), "refuted", 0),
        (0.5, 0.05, (None, 0.9), "refuted", 0),
        (0.01, 0.05, (0.98, 1.06), "refuted", 0),
        (0.05, 0.05, (0.98, 1.06), "refuted", 0),
    ],
)
def test_an_alarm_is_refuted_by_the_base_branchs_threshold(
    head: float, base: float, interval: tuple[float | None, float | None], word: str, code: int
) -> None:
    again = Confirmation(word="refuted", reason="alike", ratio=1.0, interval=interval, blocks=9)
    values = {"interval": (1.55, 1.65), "baseline_value": 1.0, "candidate_value": 1.6}
    one = cell_of(CASES[0], "REGRESSION", ratio=1.6, **values, confirmation=again)

    after = reviewed(measured(one, threshold=head), f"threshold: {base}")

    told = after.cells[0].confirmation
    assert told is not None
    assert told.word == word
    assert after.exit_code == code
    assert ("the base branch says 5 %" in told.reason) is (word == "unclear")


@pytest.mark.parametrize("head", [True, False])
def test_who_does_not_measure_again_what_the_base_branch_does_is_told(head: bool) -> None:
    report = measured()
    rule = report.rule.model_copy(update={"confirm": head})
    said = f"measured with confirm: {str(head).lower()}; the base branch says true"

    after = reviewed(report.model_copy(update={"rule": rule}), "threshold: 5%\nconfirm: true")

    assert notes(after) == (() if head else (said,))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"alpha": 0.2}, "measured with alpha 0.2; the base branch says 0.01"),
        ({"most_blocks": 3}, "at most 3 blocks; the base branch allows 40"),
    ],
)
def test_other_changes_of_the_rule_are_told(change: dict[str, Any], said: str) -> None:
    report = measured()
    rule = report.rule.model_copy(update=change)

    after = reviewed(report.model_copy(update={"rule": rule}))

    assert any(said in note for note in notes(after))


def test_metrics_and_workloads_that_were_left_out_are_told() -> None:
    report = measured()
    steps = tuple(cell for cell in report.cells if cell.metric == "peak_rss")

    after = reviewed(
        report.model_copy(update={"cells": steps}),
        "threshold: 5%\nmetrics: [step, peak_rss]\nworkloads: [mnist_mlp, resnet*]",
    )

    assert "no such case, but the base branch asks for it: resnet*" in notes(after)


def test_metrics_that_a_step_has_for_certain_are_missed() -> None:
    report = measured()

    after = reviewed(report, "threshold: 5%\nmetrics: [step, build, peak_rss]")

    assert notes(after) == ()
    steps = tuple(
        cell.model_copy(update={"metric": "first_call"}) if cell.metric == "peak_rss" else cell
        for cell in report.cells
    )
    more = reviewed(
        report.model_copy(update={"cells": steps}), "threshold: 5%\nmetrics: [step, build]"
    )
    assert notes(more) == ("not measured, but the base branch asks for it: build",)


def test_without_a_file_the_defaults_count() -> None:
    report = reviewed(measured(threshold=0.5), None)

    assert report.rule.thresholds["step"] == 0.05
    assert report.rule.thresholds["import"] == 0.1


def test_a_file_that_cannot_be_read_is_told_and_the_defaults_count() -> None:
    report = reviewed(measured(threshold=0.5), "threshold: [")

    assert notes(report)[0].startswith("the base branch's tfperf.yml cannot be read")
    assert report.rule.thresholds["step"] == 0.05


@pytest.mark.parametrize(
    ("path", "is_told"),
    [
        ("tfperf.yml", True),
        ("other/tfperf.yml", False),
        ("bench/matmul.py", True),
        ("own/deep/x.py", True),
        ("ownership.py", False),
        (".github/workflows/tfperf.yml", True),
        (".github/workflows/tfperf-publish.yml", True),
        (".github/workflows/tests.yml", True),
        (".github/workflows/zz.yml", True),
        (".github/actions/setup/action.yml", True),
        (".github/dependabot.yml", False),
        ("docs/.github/workflows/tests.yml", False),
        ("src/model.py", False),
    ],
)
def test_changed_files_that_decide_what_is_measured_are_told(path: str, is_told: bool) -> None:
    places = {"matmul[512]": {"path": "bench/matmul.py", "line": 3}}
    report = Report.model_validate(measured().model_dump(by_alias=True) | {"places": places})

    after = reviewed(report, "threshold: 5%\npaths: [own]", [path])

    assert after.review is not None
    assert after.review.changed_files == ((path,) if is_told else ())


def test_five_files_are_named_and_the_others_counted_at_the_top_of_the_comment() -> None:
    files = ["tfperf.yml", *(f"own/`{n}`@everyone.py" for n in range(6))]

    text = render_comment(reviewed(measured(), "threshold: 5%\npaths: [own]", files))

    (first, *_) = [line for line in text.splitlines() if line.startswith("> Note")]
    assert first.startswith(
        "> Note: this pull request changes what is measured, or how: `tfperf.yml`,"
    )
    assert "`` own/`3`@everyone.py ``" in first or "``own/`3`@everyone.py``" in first
    assert first.endswith(" and 2 more")


def test_a_configuration_in_a_folder_names_its_paths_from_there() -> None:
    after = reviewed(
        measured(),
        "threshold: 5%\npaths: [w]",
        ["ci/w/x.py", "w/x.py"],
        config_path="ci/tfperf.yml",
    )

    assert after.review is not None
    assert after.review.changed_files == ("ci/w/x.py",)


ALARM = cell_of(CASES[0], "REGRESSION", ratio=1.3)
WORD = Acknowledgement(author="me", reason="trust me")


def test_what_the_measuring_job_accepts_does_not_count() -> None:
    accepted = measured(ALARM.model_copy(update={"acknowledged": WORD}))
    assert accepted.exit_code == 0

    after = reviewed(accepted)

    assert after.exit_code == 1
    assert after.cells[0].acknowledged is None


@pytest.mark.parametrize("of", ["the base branch", "a person"])
def test_what_the_base_branch_or_a_person_accepts_counts_and_is_shown(of: str) -> None:
    base, waivers = "threshold: 5%", []
    if of == "a person":
        waivers = [Waiver(case="*", reason="known", author="octocat", source="a comment")]
    else:
        base += "\nacknowledged: [{case: '*', reason: known}]"

    after = reviewed(measured(ALARM), base, waivers=waivers)

    assert after.exit_code == 0
    text = render_comment(after)
    heading = text.splitlines()[1]
    assert "1 finding acknowledged" in heading
    assert ("acknowledged by octocat" if of == "a person" else "acknowledged by tfperf.yml") in text
