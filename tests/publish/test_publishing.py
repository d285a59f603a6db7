"""Publishing from end to end: artifact in, comment and check out, in few requests."""

from typing import Any

import pytest

from bot.core.report import Place, Report
from bot.errors import CannotPublish, ExitCode
from tests.publish.fake_github import REPOSITORY, Fault
from tests.publish.scene import RUN, SHA, Scene, archive_of, clean
from tests.render.conftest import CASES, cell_of, equal_cells

ALWAYS = 1000
EXTERNAL = f"tfperf:{RUN}.1"


def slower(**changes: Any) -> Report:
    cell = cell_of(CASES[1], "REGRESSION", ratio=1.25, interval=(1.2, 1.3))
    return clean(overall="regression", exit_code=1, cells=equal_cells(cell), **changes)


def test_a_run_that_begins_opens_its_check_once(scene: Scene) -> None:
    scene.publish(action="requested", conclusion=None)
    scene.publish(action="in_progress", conclusion=None)
    check = scene.github.checks[501]
    assert len(scene.github.checks) == 1
    assert (check["name"], check["head_sha"], check["status"]) == ("tfperf", SHA, "in_progress")
    assert check["details_url"].endswith(f"/actions/runs/{RUN}")
    assert scene.github.comments == {}


def test_a_run_that_ends_closes_it_and_writes_the_comment(scene: Scene) -> None:
    scene.publish(action="requested", conclusion=None)
    scene.publish(clean())
    check = scene.github.checks[501]
    assert scene.github.check_runs.words == ["success"]
    assert check["output"]["title"]
    assert check["output"]["summary"]
    assert "<!--" not in check["output"]["summary"]
    (body,) = scene.github.bodies()
    assert body.startswith("<!-- tfperf:default v2 run=12.1 digest=")
    assert scene.kept[0].comment == body
    assert scene.log[-2:] == [
        "check run: success",
        f"comment created: https://github.com/{REPOSITORY}/pull/7#issuecomment-1001",
    ]


@pytest.mark.parametrize("is_there", [True, False], ids=["edited", "created"])
def test_with_250_comments_it_takes_at_most_8_requests(scene: Scene, is_there: bool) -> None:
    scene.publish(action="requested", conclusion=None)
    if is_there:
        scene.of_run(11).publish(clean())
    for number in range(250):
        scene.github.add_comment(f"comment {number}", "octocat")
    scene.github.exchanges.clear()
    scene.publish(clean())
    assert len(scene.github.exchanges) <= 8, [*map(str, scene.github.exchanges)]
    assert f"comment {'edited' if is_there else 'created'}: " in scene.log[-1]
    assert sum("tfperf:default" in body for body in scene.github.bodies()) == 1


WORDS = {
    "clean": (clean, "success"),
    "slower": (slower, "failure"),
    "partly": (lambda: clean(overall="partly-measured", exit_code=3, failures=()), "neutral"),
}


def test_a_regression_points_at_its_line(scene: Scene) -> None:
    places = {CASES[1]: Place(path="benchmarks/mnist.py", line=12)}
    scene.publish(slower(places=places))
    assert scene.github.check_runs.words == ["failure"]
    (remark,) = scene.github.checks[501]["remarks"]
    assert (remark["path"], remark["start_line"]) == ("benchmarks/mnist.py", 12)
    assert remark["annotation_level"] == "failure"
    assert remark["title"].startswith(f"{CASES[1]}: step ")


def test_an_alarm_without_a_place_points_at_the_configuration(scene: Scene) -> None:
    scene.publish(slower())
    (remark,) = scene.github.checks[501]["remarks"]
    assert (remark["path"], remark["start_line"]) == ("tfperf.yml", 1)


@pytest.mark.parametrize("conclusion", ["cancelled", "skipped"])
def test_a_cancelled_run_without_report_closes_its_check_and_is_no_failure(
    scene: Scene, conclusion: str
) -> None:
    scene.publish(action="requested", conclusion=None)
    scene.publish(conclusion=conclusion)
    assert scene.github.check_runs.words == ["neutral"]
    assert scene.log[-1] == f"nothing to publish: the run was {conclusion}"
    assert scene.github.comments == {}


def test_a_run_that_failed_without_report_is_told(scene: Scene) -> None:
    error = scene.fails(conclusion="failure")
    assert error.what == "the run left no report behind"
    assert error.exit_code == ExitCode.PUBLISHING_FAILED
    assert scene.github.check_runs.words == ["neutral"]
    assert "no report" in scene.github.checks[501]["output"]["title"]


def test_a_pull_request_that_moved_on_gets_no_comment_and_its_check_is_closed(
    scene: Scene,
) -> None:
    scene.publish(action="requested", conclusion=None)
    scene.github.pulls[0]["head"]["sha"] = "f" * 40
    assert "is at ffffffffffff now" in scene.fails(clean()).what
    assert scene.github.comments == {}
    assert scene.github.check_runs.words == ["neutral"]


def test_a_report_of_another_commit_is_refused(scene: Scene) -> None:
    error = scene.fails(clean().model_copy(update={"commit": "e" * 40}))
    assert "e" * 40 in str(error)
    assert scene.github.comments == {}
    assert scene.github.check_runs.words == ["neutral"]


def test_the_base_branch_decides_what_counts(scene: Scene) -> None:
    """The pull request allowed itself 50 %; the base branch does not say so."""
    scene.github.graphql.base_files = {"tfperf.yml": "fail-on: [wrong]\n"}
    scene.github.graphql.changed = [("tfperf.yml", "MODIFIED")]
    scene.publish(slower())
    assert scene.kept[0].report.rule.fail_on != ("wrong",) or scene.kept[0].report.exit_code == 0
    assert scene.github.check_runs.words == ["success"]
    assert "tfperf.yml" in scene.github.bodies()[0]


def test_a_renamed_file_is_known_by_both_names(scene: Scene) -> None:
    file = scene.github.contract.specimen("diff-entry")
    file |= {"filename": "b.py", "previous_filename": "tfperf.yml", "status": "renamed"}
    scene.github.graphql.changed = [("b.py", "RENAMED")]
    scene.github.route("GET", "pulls/7/files", lambda request: scene.github.page(request, [file]))
    scene.publish(clean())
    review = scene.kept[0].report.review
    assert review is not None
    assert review.changed_files == ("tfperf.yml",)


def test_a_base_branch_that_cannot_be_read_decides_nothing(scene: Scene) -> None:
    scene.github.graphql.forbidden = {"file"}
    error = scene.fails(clean())
    assert "contents: read" in str(error)
    assert scene.github.comments == {}
    assert scene.github.check_runs.words == ["neutral"]


def test_without_the_right_to_write_checks_there_is_the_comment(scene: Scene) -> None:
    scene.github.check_runs.is_forbidden = True
    scene.github.graphql.forbidden = {"checkSuites"}
    scene.publish(action="requested", conclusion=None)
    scene.publish(clean())
    assert len(scene.github.comments) == 1
    assert "checks: write" in "\n".join(scene.log)


def test_without_the_right_to_comment_the_check_says_so(scene: Scene) -> None:
    refused = {"message": "Resource not accessible by integration", "documentation_url": ""}
    scene.github.faults = [
        Fault(verb="POST", path="issues", status=403, body=refused, times=ALWAYS)
    ]
    error = scene.fails(clean())
    assert "pull-requests: write" in str(error)
    assert scene.github.check_runs.words == ["success"]
    summary = scene.github.checks[501]["output"]["summary"]
    assert summary.startswith("The comment could not be written; the verdict stands.")
    assert scene.kept, "the pages are kept before anything is written"


def test_without_any_right_the_pages_are_the_result(scene: Scene) -> None:
    refused = {"message": "Resource not accessible by integration", "documentation_url": ""}
    scene.github.check_runs.is_forbidden = True
    scene.github.faults = [
        Fault(verb="POST", path="issues", status=403, body=refused, times=ALWAYS)
    ]
    error = scene.fails(clean())
    assert error.exit_code == ExitCode.PUBLISHING_FAILED
    assert "pull-requests: write" in str(error)
    assert len(scene.kept) == 1
    assert scene.github.comments == {}


def test_a_stale_run_leaves_the_newer_comment_and_closes_its_own_check(scene: Scene) -> None:
    scene.publish(action="requested", conclusion=None)
    newer = "<!-- tfperf:default v2 run=13.1 digest=aa -->\nnewer"
    scene.github.add_comment(newer)
    scene.publish(clean())
    assert scene.github.bodies() == [newer]
    assert scene.github.check_runs.words == ["success"]
    assert "run 13.1, which is newer" in scene.log[-1]


def test_what_a_command_asked_for_is_about_the_pull_request_it_names(scene: Scene) -> None:
    title = f"tfperf run for #7 at {SHA} by comment 5"
    scene.publish(
        clean(),
        event="workflow_dispatch",
        head_sha="d" * 40,
        head_branch="main",
        display_title=title,
    )
    assert len(scene.github.comments) == 1
    assert scene.github.checks[501]["head_sha"] == SHA


def test_a_title_of_a_pull_request_is_never_believed(scene: Scene) -> None:
    scene.github.add_pull(8, SHA, "other")
    scene.publish(clean(), display_title=f"tfperf run for #8 at {SHA} by comment 5")
    posted = next(each.path for each in scene.github.exchanges if "/issues/" in each.path)
    assert posted.endswith("/issues/7/comments")


LISTED = {
    "two of this attempt": ([{}, {}], "there are 2 of that name"),
    "expired": ([{"expired": True}], "has expired"),
    "too large": ([{"size_in_bytes": 10**9}], "it has 1000000000 bytes"),
}


@pytest.mark.parametrize(("changes", "said"), LISTED.values(), ids=LISTED)
def test_artifact_that_is_refused(scene: Scene, changes: list[dict[str, Any]], said: str) -> None:
    for change in changes:
        scene.github.artifacts.add(RUN, archive_of(clean()), **change)
    assert said in scene.fails().what
    assert scene.github.storage.asked == []
    assert scene.github.check_runs.words == ["neutral"]


def test_of_several_attempts_the_report_of_this_one_counts(scene: Scene) -> None:
    scene.github.artifacts.add(RUN, b"", created_at="2026-11-20T11:00:00Z")
    scene.github.artifacts.add(RUN, archive_of(clean()))
    scene.publish()
    assert len(scene.github.comments) == 1


def test_the_storage_never_sees_the_token(
    scene: Scene, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("default login a password b\n", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    scene.publish(clean())
    (headers,) = scene.github.storage.asked
    assert "authorization" not in {name.lower() for name in headers}
    assert "ghs_secret" not in str(headers)


@pytest.mark.parametrize(
    "location",
    ["http://storage.example.org/x", "ftp://127.0.0.1/x", "file:///etc/passwd", "//x"],
)
def test_an_archive_at_an_odd_address_is_not_fetched(scene: Scene, location: str) -> None:
    scene.github.artifacts.location = location
    assert "an address that is not https://" in scene.fails(clean()).what


def test_a_redirect_of_the_storage_is_not_followed(scene: Scene) -> None:
    scene.github.storage.redirects = "http://127.0.0.1:9/elsewhere"
    assert "the storage of artifacts answered 302" in scene.fails(clean()).what


@pytest.mark.timeout(30)
def test_an_archive_that_never_ends_is_left(scene: Scene) -> None:
    scene.github.storage.endless = True
    assert "does not end after" in scene.fails(clean()).what


def test_an_address_that_has_run_out_is_asked_for_again(scene: Scene) -> None:
    scene.github.storage.statuses = [403, 503]
    scene.publish(clean())
    assert len(scene.github.comments) == 1


def test_more_than_fifty_remarks_go_in_portions(scene: Scene) -> None:
    cells = tuple(
        cell_of(f"{CASES[1]}", "REGRESSION", ratio=1.25, interval=(1.2, 1.3), candidate=f"2.{n}.0")
        for n in range(70)
    )
    from bot.publish.check import Check
    from bot.publish.session import open_session
    from bot.render.check import render_check

    candidates = tuple(f"2.{n}.0" for n in range(70))
    text = render_check(
        clean(cells=cells, exit_code=1, overall="regression", candidates=candidates)
    )
    with open_session(scene.environ(), deadline_seconds=9, pace=scene.pace) as session:
        Check(session=session, name="tfperf", commit=SHA).close(text)
    check = scene.github.checks[501]
    assert len(check["remarks"]) == 70
    assert (check["status"], check["external_id"]) == ("completed", EXTERNAL)


def test_a_folder_is_published_from_the_run_itself(
    scene: Scene, environ: dict[str, str], tmp_path: Any
) -> None:
    from datetime import date

    from bot.stages.publishing import publish_report

    (tmp_path / "report.json").write_text(clean().model_dump_json(by_alias=True), "utf-8")
    settings: dict[str, Any] = {"key": "default", "keep": scene.kept.append, "pace": scene.pace}
    settings |= {"log": scene.log.append, "today": date(2026, 11, 20)}
    publish_report(environ, run=tmp_path, **settings)
    assert len(scene.github.comments) == 1
    assert scene.github.checks[501]["external_id"] == "tfperf:4012.1"
    with pytest.raises(CannotPublish, match="no report to publish"):
        publish_report(environ, run=None, **settings)
