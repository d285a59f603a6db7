"""Publishing from end to end: artifact in, comment and check out, in few requests."""

from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli_github import publish
from bot.core.conclusion import decide_again
from bot.core.report import Confirmation, Place, Report
from bot.errors import BadConfiguration, CannotPublish, ExitCode
from tests.publish.fake_github import REPOSITORY, Fault
from tests.publish.scene import RUN, SHA, Scene, archive_of, clean
from tests.render.conftest import CASES, cell_of, equal_cells, failure_of

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
    assert body.startswith("<!-- tfperf:default v3 run=12.1 digest=")
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


def test_a_report_with_gaps_is_neither_green_nor_red(scene: Scene) -> None:
    scene.publish(decide_again(clean(failures=(failure_of(),))))
    assert scene.kept[0].report.overall == "partly-measured"
    assert scene.github.check_runs.words == ["neutral"]
    assert len(scene.github.comments) == 1


def test_a_report_without_an_answer_is_not_green(scene: Scene) -> None:
    cells = tuple(cell_of(case, "INCONCLUSIVE") for case in CASES)
    scene.publish(decide_again(clean(cells=cells)))
    assert scene.kept[0].report.overall == "nothing-measured"
    assert scene.github.check_runs.words == ["neutral"]


@pytest.mark.parametrize("place", ["while it is decided again", "while it is kept"])
def test_a_bug_of_ours_closes_the_check_and_is_shown_as_one(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("nobody foresaw this")

    scene.publish(action="requested", conclusion=None)
    if place == "while it is kept":
        scene.keep = fail
    else:
        monkeypatch.setattr("bot.stages.reviewing.review", fail)
    with pytest.raises(RuntimeError, match="nobody foresaw this"):
        scene.publish(slower())
    assert scene.github.check_runs.words == ["neutral"]
    assert "this is a bug" in scene.github.checks[501]["output"]["title"]
    assert scene.github.comments == {}


def test_a_regression_points_at_its_line(scene: Scene) -> None:
    places = {CASES[1]: Place(path="benchmarks/mnist.py", line=12)}
    scene.publish(slower(places=places))
    assert scene.github.check_runs.words == ["failure"]
    (remark,) = scene.github.checks[501]["remarks"]
    assert (remark["path"], remark["start_line"]) == ("benchmarks/mnist.py", 12)
    assert remark["annotation_level"] == "failure"
    assert remark["title"] == f"{CASES[1]}: step ×1.25 in 2.21.0"
    assert remark["message"] == (
        "step 3.41 ms → 4.26 ms, ×1.25 (×1.20 to ×1.30), compared with 2.15.1: "
        "both sides of the threshold are ruled out"
    )


@pytest.mark.parametrize("config", ["tfperf.yml", "perf/tfperf.yml"])
def test_an_alarm_without_a_place_points_at_the_configuration(scene: Scene, config: str) -> None:
    scene.publish(slower(), config=config)
    (remark,) = scene.github.checks[501]["remarks"]
    assert (remark["path"], remark["start_line"]) == (config, 1)


FOR_NOTHING = {
    "cancelled": ("the run was cancelled", "neutral"),
    "skipped": ("the run was skipped", "neutral"),
    "action_required": ("the run waits for approval", "action_required"),
}


@pytest.mark.parametrize("conclusion", FOR_NOTHING)
def test_a_run_that_owes_no_report_closes_its_check_and_is_no_failure(
    scene: Scene, conclusion: str
) -> None:
    """What waits for approval may yet fail, so it does not pass before."""
    said, word = FOR_NOTHING[conclusion]
    scene.publish(action="requested", conclusion=None)
    scene.publish(conclusion=conclusion)
    assert scene.github.check_runs.words == [word]
    assert scene.github.checks[501]["output"]["title"] == said
    assert scene.log[-1] == f"nothing to publish: {said}"
    assert scene.github.comments == {}


def test_a_run_that_was_approved_gets_its_verdict(scene: Scene) -> None:
    scene.publish(action="requested", conclusion=None)
    scene.publish(conclusion="action_required")
    scene.publish(clean())
    assert scene.github.check_runs.words == ["success"]


def test_a_check_that_cannot_be_closed_is_a_failure_though_there_is_nothing(scene: Scene) -> None:
    scene.publish(action="requested", conclusion=None)
    busy = {"message": "Server Error"}
    scene.github.faults = [
        Fault(verb="PATCH", path="check-runs", status=503, body=busy, times=ALWAYS)
    ]
    assert "503" in scene.fails(conclusion="cancelled").what


@pytest.mark.parametrize(
    ("conclusion", "words", "comments"), [("cancelled", "neutral", 0), ("failure", "failure", 1)]
)
def test_alarms_of_a_cancelled_run_wait_for_their_second_measurement(
    scene: Scene, conclusion: str, words: str, comments: int
) -> None:
    report = slower()
    rule = report.rule.model_copy(update={"confirm": True})
    scene.publish(report.model_copy(update={"rule": rule}), conclusion=conclusion)
    assert scene.github.check_runs.words == [words]
    assert len(scene.github.comments) == comments
    check = scene.github.checks[501]
    is_waiting = conclusion == "cancelled"
    assert bool(check["remarks"]) != is_waiting
    said = "Cancelled before the alarms were measured again"
    assert (check["output"]["title"] == said) == is_waiting
    assert CASES[1] in check["output"]["summary"]
    assert len(scene.kept) == 1


@pytest.mark.parametrize("is_confirmed", [True, False], ids=["measured again", "not to be"])
def test_alarms_of_a_cancelled_run_that_wait_for_nothing_count(
    scene: Scene, is_confirmed: bool
) -> None:
    again = Confirmation(word="confirmed", reason="x", ratio=1.3, interval=(1.2, 1.4), blocks=9)
    cell = cell_of(
        CASES[1],
        "REGRESSION",
        ratio=1.25,
        interval=(1.2, 1.3),
        confirmation=again if is_confirmed else None,
    )
    report = clean(overall="regression", exit_code=1, cells=equal_cells(cell))
    rule = report.rule.model_copy(update={"confirm": is_confirmed})
    scene.publish(report.model_copy(update={"rule": rule}), conclusion="cancelled")
    assert scene.github.check_runs.words == ["failure"]


@pytest.mark.parametrize("action", ["requested", "completed"])
@pytest.mark.parametrize("event", ["push", "schedule", "merge_group", "workflow_dispatch"])
def test_a_run_without_a_pull_request_is_nothing_to_do(
    scene: Scene, event: str, action: str
) -> None:
    scene.publish(clean(), event=event, action=action, display_title="tfperf")
    (line,) = scene.log
    assert line.startswith("nothing to publish: there is no pull request")
    assert scene.github.exchanges == []


@pytest.mark.parametrize("action", ["requested", "completed"])
def test_a_forged_run_of_another_file_changes_nothing(scene: Scene, action: str) -> None:
    scene.publish(slower())
    before = scene.github.bodies()
    error = scene.of_run(900).fails(
        clean(), id=RUN + 88, path=".github/workflows/zz.yml", action=action
    )
    assert error.exit_code == ExitCode.PUBLISHING_FAILED
    assert scene.github.check_runs.words == ["failure"]
    assert scene.github.bodies() == before


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
    scene.publish(clean())
    assert "is at ffffffffffff now" in scene.log[-1]
    assert scene.log[-1].startswith("nothing to publish: ")
    assert scene.github.comments == {}
    assert scene.github.check_runs.words == ["neutral"]


GONE = {"moved on": {"sha": "f" * 40}, "closed": {"state": "closed"}}


@pytest.mark.parametrize("change", GONE.values(), ids=GONE)
def test_a_verdict_that_was_given_stays_when_it_is_published_again_too_late(
    scene: Scene, change: dict[str, str]
) -> None:
    scene.publish(slower())
    pull = scene.github.pulls[0]
    pull["head"]["sha"] = change.get("sha", SHA)
    pull["state"] = change.get("state", "open")
    scene.publish(slower())
    assert scene.log[-1].startswith("nothing to publish: ")
    assert scene.github.check_runs.words == ["failure"]
    assert len(scene.github.comments) == 1


def test_a_report_of_another_commit_is_refused(scene: Scene) -> None:
    error = scene.fails(clean().model_copy(update={"commit": "e" * 40}))
    assert "e" * 40 in str(error)
    assert scene.github.comments == {}
    assert scene.github.check_runs.words == ["neutral"]


def test_the_base_branch_decides_what_counts(scene: Scene) -> None:
    """The run was to fail on slowdowns; the base branch does not say so."""
    scene.github.graphql.base_files = {"tfperf.yml": "fail-on: [wrong]\n"}
    scene.github.graphql.changed = [("tfperf.yml", "MODIFIED")]
    measured = slower()
    assert measured.exit_code == ExitCode.REGRESSION
    scene.publish(measured)
    assert scene.kept[0].report.rule.fail_on == ("wrong",)
    assert scene.kept[0].report.exit_code == ExitCode.NOTHING_TO_ACT_ON
    assert scene.github.check_runs.words == ["success"]
    assert "tfperf.yml" in scene.github.bodies()[0]


@pytest.mark.parametrize("path", ["perf/tfperf.yml", "./perf/tfperf.yml"])
def test_the_base_branch_rule_is_read_where_it_is_said_to_be(scene: Scene, path: str) -> None:
    files = {"tfperf.yml": "fail-on: [regression]\n", "perf/tfperf.yml": "fail-on: [wrong]\n"}
    scene.github.graphql.base_files = files
    scene.publish(slower(), config=path)
    assert scene.kept[0].report.rule.fail_on == ("wrong",)


@pytest.mark.parametrize(
    ("arguments", "path"), [([], "tfperf.yml"), (["--config", "perf/x.yml"], "perf/x.yml")]
)
def test_the_command_line_names_the_configuration(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], path: str
) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr("bot.cli_github.publish_report", lambda _, **values: asked.update(values))
    done = CliRunner().invoke(publish, arguments)
    assert done.exit_code == 0, done.output
    assert asked["config_path"] == path


@pytest.mark.parametrize(
    "path", ["/etc/tfperf.yml", "../tfperf.yml", "perf/../../tfperf.yml", "perf\\x.yml", "", "."]
)
def test_a_configuration_outside_the_repository_is_refused(scene: Scene, path: str) -> None:
    error = scene.fails(clean(), config=path)
    assert isinstance(error, BadConfiguration)
    assert scene.github.exchanges == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (0, ""),
        (1, "1 changed file is not named by GitHub"),
        (2, "2 changed files are not named by GitHub"),
    ],
)
def test_changed_files_that_github_does_not_name_are_told(
    scene: Scene, more: int, said: str
) -> None:
    file = scene.github.contract.specimen("diff-entry") | {"filename": "a.py", "status": "added"}
    file.pop("previous_filename", None)
    scene.github.graphql.changed = [("a.py", "ADDED")] * 3
    scene.github.graphql.changed_count = 3 + more
    scene.github.route(
        "GET", "pulls/7/files", lambda request: scene.github.page(request, [file] * 3)
    )
    scene.publish(clean())
    (body,) = scene.github.bodies()
    assert ("not named by GitHub" in body) == bool(more)
    assert said in body


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
    assert scene.github.check_runs.words == ["neutral"]
    assert scene.github.checks[501]["output"]["title"] == "A newer run has the verdict"
    assert "run 13.1, which is newer" in scene.log[-1]


def test_a_run_that_is_outrun_while_it_publishes_takes_its_verdict_back(scene: Scene) -> None:
    newer = "<!-- tfperf:default v2 run=13.1 digest=aa -->\nnewer"
    scene.publish(action="requested", conclusion=None)
    scene.github.faults = [Fault(verb="POST", path="/issues/7/comments", adds=newer)]
    scene.publish(slower())
    assert scene.github.bodies() == [newer]
    check = scene.github.checks[501]
    assert (check["conclusion"], check["output"]["title"]) == (
        "neutral",
        "A newer run has the verdict",
    )


def test_what_a_command_asked_for_is_about_the_pull_request_it_names(scene: Scene) -> None:
    scene.asked("run", clean())
    assert len(scene.github.comments) == 1
    assert scene.github.checks[501]["head_sha"] == SHA


OWN = {
    "default": ("tfperf", "default.{}", "tfperf ({})"),
    "gpu": ("tfperf (gpu)", "gpu.{}", "tfperf (gpu, {})"),
}


@pytest.mark.parametrize(("key", "names"), OWN.items(), ids=OWN)
@pytest.mark.parametrize("verb", ["run", "confirm", "bisect", "explain"])
def test_what_a_command_asked_for_does_not_touch_the_verdict_of_the_pull_request(
    scene: Scene, key: str, names: tuple[str, str, str], verb: str
) -> None:
    own, marker, name = names
    scene.publish(clean(), key=key)
    page = scene.github.bodies()[0]
    scene.asked(verb, key=key, action="requested", conclusion=None)
    scene.of_run(13).asked(verb, slower(), key=key)
    first, second = scene.github.checks.values()
    assert (first["name"], first["conclusion"]) == (own, "success")
    assert (second["name"], second["conclusion"]) == (name.format(verb), "failure")
    ours, theirs = scene.github.bodies()
    assert ours == page
    assert scene.github.graphql.minimized == {}
    assert theirs.startswith(f"<!-- tfperf:{marker.format(verb)} v3 run=13.1 ")
    note = f"asked for by `/tfperf {verb}`: the pull request's own verdict is the check `{own}`"
    assert theirs.index(note) == theirs.index("> Note: ") + len("> Note: ")
    assert note in second["output"]["summary"]
    assert note in scene.kept[-1].summary
    assert "asked for by" not in page


def test_the_same_command_again_edits_its_own_comment(scene: Scene) -> None:
    scene.asked("bisect", slower())
    scene.of_run(13).asked("bisect", slower(), run_attempt=2)
    (body,) = scene.github.bodies()
    assert body.startswith("<!-- tfperf:default.bisect v3 run=13.2 ")


@pytest.mark.parametrize("key", ["bisect", "gpu.run", "default.explain"])
def test_a_key_that_a_command_publishes_under_is_refused(scene: Scene, key: str) -> None:
    assert "what a command asks for" in str(scene.fails(clean(), key=key).cause)


def test_a_title_of_a_pull_request_is_never_believed(scene: Scene) -> None:
    scene.github.add_pull(8, SHA, "other")
    title = f"tfperf run for #8 at {SHA} onto {'d' * 40} by comment 5"
    scene.publish(clean(), display_title=title)
    assert scene.github.checks[501]["name"] == "tfperf"
    posted = next(each.path for each in scene.github.exchanges if "/issues/" in each.path)
    assert posted.endswith("/issues/7/comments")


LISTED = {
    "two of this attempt": ([{}, {}], "there are 2 of that name"),
    "of an earlier attempt": (
        [{"created_at": "2026-11-20T11:59:59Z"}],
        "attempt 1 of the run left no report behind",
    ),
    "of no known moment": ([{"created_at": None}], "attempt 1 of the run left no report behind"),
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


def test_an_attempt_that_dies_does_not_get_the_verdict_of_the_one_before(scene: Scene) -> None:
    scene.publish(clean())
    second: dict[str, Any] = {"run_attempt": 2, "run_started_at": "2026-11-20T13:00:00Z"}
    scene.publish(action="requested", conclusion=None, **second)
    error = scene.fails(conclusion="failure", **second)
    assert error.what == "attempt 2 of the run left no report behind"
    assert "earlier attempt" in str(error.cause)
    assert scene.github.check_runs.words == ["success", "neutral"]
    assert scene.github.checks[502]["output"]["title"] == error.what


def test_of_several_attempts_the_report_of_this_one_counts(scene: Scene) -> None:
    scene.github.artifacts.add(RUN, b"", created_at="2026-11-20T11:00:00Z")
    scene.github.artifacts.add(RUN, archive_of(clean()))
    scene.publish()
    assert len(scene.github.comments) == 1


@pytest.mark.parametrize("others", [19, 20, 150])
def test_among_many_check_runs_of_the_name_ours_is_found(scene: Scene, others: int) -> None:
    """GraphQL gives twenty of them, REST a hundred at once."""
    for number in range(others):
        done = {"status": "completed", "conclusion": "success", "external_id": f"job-{number}"}
        scene.github.check_runs.add(name="tfperf", head_sha=SHA, **done)
    scene.publish(action="requested", conclusion=None)
    scene.publish(slower())
    ours = [e for e in scene.github.checks.values() if e["external_id"] == EXTERNAL]
    assert [each["conclusion"] for each in ours] == ["failure"]


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
