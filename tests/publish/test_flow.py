"""The whole way over GitHub, for a pull request of a branch and for one of a fork."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.publish.flow import SHAS, WALKS, road_of, town, violations
from tests.publish.flow_record import Record, Step, write

FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH = SHAS[:7]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Record]:
    """All that happened; every exchange has kept to GitHub's description."""

    def run(name: str) -> Record:
        kind, walk = WALKS[name]
        with town() as built:
            record = walk(road_of(built, tmp_path_factory.mktemp(name), kind, hurried=True))
            wrong = violations(built)
        assert not wrong, "\n".join(wrong)
        return record

    with ThreadPoolExecutor() as walkers:
        return dict(zip(WALKS, walkers.map(run, WALKS), strict=True))


@pytest.fixture(params=["branch", "fork"])
def record(request: pytest.FixtureRequest, records: dict[str, Record]) -> Record:
    found: Record = records[request.param]
    return found


def check_at(step: Step, sha: str, name: str = "tfperf") -> tuple[str, str | None]:
    """Return status and conclusion of the one check run of a commit."""
    (check,) = [check for check in step.checks if check["head_sha"] == sha]
    assert check["name"] == name
    return check["status"], check["conclusion"]


def shown(step: Step) -> list[tuple[int, str | None]]:
    """Return every comment, and how it is folded away."""
    return [(comment["id"], comment["minimised"]) for comment in step.comments]


def test_a_check_is_there_as_soon_as_measuring_starts(record: Record) -> None:
    step = record.step("measuring starts")
    assert step.exit_code == 0
    assert check_at(step, FIRST) == ("in_progress", None)
    assert step.comments == ()


def test_a_regression_is_a_comment_a_red_check_and_an_annotation(record: Record) -> None:
    step = record.step("slower")
    assert step.exit_code == 0, step.said
    (comment,) = step.comments
    assert "mnist_mlp[predict_one]" in comment["body"]
    assert check_at(step, FIRST) == ("completed", "failure")
    (annotation,) = step.checks[0]["remarks"]
    assert (annotation["path"], annotation["start_line"]) == ("benchmarks/mnist.py", 12)


def test_the_same_verdict_again_edits_the_comment(record: Record) -> None:
    before, step = record.step("slower"), record.step("still slower")
    assert step.exit_code == 0, step.said
    assert shown(step) == shown(before)
    assert step.comments[0]["body"] != before.comments[0]["body"]
    assert check_at(step, SECOND) == ("completed", "failure")


def test_publishing_a_run_again_changes_nothing(record: Record) -> None:
    before, step = record.step("still slower"), record.step("published again")
    assert step.exit_code == 0, step.said
    assert step.comments == before.comments
    assert (
        "Since the comment before (run 101): nothing new; 1 finding as before."
        in (step.comments[0]["body"])
    )


def test_what_is_gone_is_told(record: Record) -> None:
    body = record.step("mended").comments[1]["body"]
    assert "Since the comment before (run 102): nothing new; gone: `mnist_mlp[predict_one]`" in body


def test_another_verdict_is_a_new_comment_and_the_old_one_is_folded(record: Record) -> None:
    before, step = record.step("still slower"), record.step("mended")
    assert step.exit_code == 0, step.said
    assert shown(step) == [(1001, "outdated"), (1002, None)]
    assert step.comments[0]["body"] == before.comments[0]["body"]
    assert check_at(step, THIRD) == ("completed", "success")


def test_a_report_that_comes_late_changes_nothing(record: Record) -> None:
    before, step = record.step("mended"), record.step("the fourth comes late")
    assert step.exit_code == 0, step.said
    assert step.comments == before.comments
    assert f"is at {FIFTH[:12]} now, {FOURTH[:12]} was measured" in step.said
    assert check_at(step, FOURTH) == ("completed", "neutral")
    assert check_at(step, FIFTH) == ("in_progress", None)


@pytest.mark.parametrize(
    ("name", "sha", "why"),
    [
        ("forged", FIFTH, "cells[0].ratio: found"),
        ("report of another commit", SIXTH, f'commit: found "{THIRD}", expected {SIXTH}'),
    ],
)
def test_a_forged_artifact_is_refused_and_named(
    record: Record, name: str, sha: str, why: str
) -> None:
    step = record.step(name)
    assert step.exit_code == 4
    assert step.comments == record.step("mended").comments
    assert check_at(step, sha) == ("completed", "neutral")
    assert why in step.said


def test_a_closed_pull_request_gets_no_comment(record: Record) -> None:
    before, step = record.step("mended"), record.step("closed meanwhile")
    assert step.exit_code == 0, step.said
    assert step.comments == before.comments
    assert "nothing to publish: there is no open pull request" in step.said
    assert check_at(step, SEVENTH) == ("completed", "neutral")


def test_no_check_is_left_open(record: Record) -> None:
    assert {check["status"] for check in record.steps[-1].checks} == {"completed"}


def test_the_token_is_in_nothing_that_was_said(record: Record) -> None:
    assert not [step.name for step in record.steps if "ghs_secret" in step.said]


def test_the_record_can_be_read(record: Record, tmp_path: Path) -> None:
    write(record, tmp_path)
    text = (tmp_path / "record.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [step.name for step in record.steps]
    assert "POST /repos/octo-org/octo-repo/issues/7/comments -> 201" in text
    page = (tmp_path / "02-slower-comment-1001.html").read_text(encoding="utf-8")
    assert "<table>" in page
    assert "mnist_mlp[predict_one]" in page


def test_a_command_starts_a_run_whose_report_comes_to_its_pull_request(
    records: dict[str, Record],
) -> None:
    asked, starts, ends = records["command"].steps
    assert "POST /repos/octo-org/octo-repo/actions/workflows/tfperf.yml/dispatches -> 200" in (
        asked.exchanges
    )
    assert len(asked.comments) == 2, "the command and its answer"
    assert check_at(starts, FIRST, "tfperf (run)") == ("in_progress", None)
    assert ends.exit_code == 0, ends.said
    body = ends.comments[2]["body"]
    assert body.startswith("<!-- tfperf:default.run v3 ")
    assert "mnist_mlp[predict_one]" in body
    assert "asked for by `/tfperf run`" in body
    assert check_at(ends, FIRST, "tfperf (run)") == ("completed", "failure")
