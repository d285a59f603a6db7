"""Where a run stands, from GitHub's environment; whatever is missing has a next step."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.errors import CannotPublish, ExitCode
from bot.publish.context import (
    Context,
    HeadBranch,
    LostBranch,
    MeasuringRun,
    NothingToPublish,
    PullNumber,
    Target,
    read_context,
)

SHA = "0123456789abcdef0123456789abcdef01234567"
HERE = "octo-org/octo-repo"
OTHER = "89abcdef0123456789abcdef0123456789abcdef"
ASKED = f"tfperf bisect for #9 at {OTHER} onto {'d' * 40} by comment 5"
EnvironOf = Callable[..., dict[str, str]]


def pull_request(repository: str | None = HERE, number: Any = 7, sha: str = SHA) -> dict[str, Any]:
    repo = None if repository is None else {"full_name": repository, "private": False}
    head = {"sha": sha, "ref": "topic", "repo": repo}
    return {"action": "opened", "pull_request": {"number": number, "head": head, "title": "x"}}


def workflow_run(**changes: Any) -> dict[str, Any]:
    run = {
        "id": 4711,
        "path": ".github/workflows/tfperf.yml",
        "run_number": 3,
        "run_attempt": 2,
        "run_started_at": "2026-11-20T12:00:00Z",
        "display_title": ASKED,
        "html_url": "https://github.com/octo-org/octo-repo/actions/runs/4711",
        "conclusion": "success",
        "event": "pull_request",
        "head_sha": SHA,
        "head_branch": "topic/a b",
        "head_repository": {"full_name": "someone/fork"},
        "pull_requests": [{"number": 666}],
    }
    return {"action": "completed", "workflow_run": run | changes}


def comment(pull_request: dict[str, str] | None) -> dict[str, Any]:
    issue: dict[str, Any] = {"number": 9}
    return {"issue": issue | ({"pull_request": pull_request} if pull_request else {})}


TARGETS: dict[str, tuple[str, dict[str, Any], Target]] = {
    "pull_request of a branch here": (
        "pull_request",
        pull_request(),
        PullNumber(number=7, sha=SHA, from_fork=False),
    ),
    "pull_request from a fork": (
        "pull_request",
        pull_request("someone/fork"),
        PullNumber(number=7, sha=SHA, from_fork=True),
    ),
    "pull_request from a fork that is gone": (
        "pull_request_target",
        pull_request(None),
        PullNumber(number=7, sha=SHA, from_fork=True),
    ),
    "workflow_run": (
        "workflow_run",
        workflow_run(),
        HeadBranch(repository="someone/fork", branch="topic/a b", sha=SHA),
    ),
    "workflow_run of a fork that is gone": (
        "workflow_run",
        workflow_run(head_repository=None),
        LostBranch(sha=SHA),
    ),
    "workflow_run that a command asked for": (
        "workflow_run",
        workflow_run(event="workflow_dispatch", head_repository={"full_name": HERE}),
        PullNumber(number=9, sha=OTHER, from_fork=False),
    ),
    "issue_comment on a pull request": (
        "issue_comment",
        comment({"url": "https://example.org"}),
        PullNumber(number=9, sha=None, from_fork=False),
    ),
}


@pytest.mark.parametrize(("event", "payload", "target"), TARGETS.values(), ids=TARGETS)
def test_target(environ_of: EnvironOf, event: str, payload: dict[str, Any], target: Target) -> None:
    follows = event == "workflow_run"
    number = 4711 if follows else 4012
    assert read_context(environ_of(event, payload)) == Context(
        repository=HERE,
        event=event,
        target=target,
        measured=MeasuringRun(
            id=number,
            number=3 if follows else 12,
            attempt=2 if follows else 1,
            url=f"https://github.com/octo-org/octo-repo/actions/runs/{number}",
            commit=target.sha,
            is_this=not follows,
            began=datetime(2026, 11, 20, 12, tzinfo=UTC) if follows else None,
            conclusion="success" if follows else None,
            verb="bisect" if follows and isinstance(target, PullNumber) else None,
        ),
        api_url="https://api.github.com",
        token="ghs_secret",
        author="github-actions[bot]",
    )


@pytest.mark.parametrize("action", ["requested", "in_progress", "completed"])
def test_whether_the_run_is_over(environ_of: EnvironOf, action: str) -> None:
    payload = workflow_run(conclusion=None) | {"action": action}
    measured = read_context(environ_of("workflow_run", payload)).measured
    assert measured.is_over == (action == "completed")


def test_the_token_is_in_no_repr(environ_of: EnvironOf) -> None:
    context = read_context(environ_of("pull_request", pull_request()))
    assert context.token == "ghs_secret"
    assert "ghs_secret" not in repr(context)


NO_PULL_REQUEST: dict[str, tuple[str, Any, str]] = {
    "push": ("push", {"ref": "refs/heads/main"}, "the event is `push`"),
    "by hand": ("workflow_dispatch", {"inputs": {}}, "the event is `workflow_dispatch`"),
    "comment on an issue": ("issue_comment", comment(None), "made on an issue"),
    "run of a push": ("workflow_run", workflow_run(event="push"), "started by `push`"),
    "run by hand": (
        "workflow_run",
        workflow_run(
            event="workflow_dispatch",
            head_repository={"full_name": HERE},
            display_title="tfperf",
        ),
        "by hand, not by a command",
    ),
    "run of a schedule, of whichever file": (
        "workflow_run",
        workflow_run(event="schedule", path=".github/workflows/nightly.yml"),
        "started by `schedule`",
    ),
    "run of a queue": ("workflow_run", workflow_run(event="merge_group"), "by `merge_group`"),
    "run of another repository": (
        "workflow_run",
        workflow_run(event="workflow_dispatch"),
        "of another repository",
    ),
}


@pytest.mark.parametrize(
    ("event", "payload", "where"), NO_PULL_REQUEST.values(), ids=NO_PULL_REQUEST
)
def test_no_pull_request(environ_of: EnvironOf, event: str, payload: Any, where: str) -> None:
    error = refusal(environ_of(event, payload))
    assert isinstance(error, NothingToPublish)
    assert error.what == "there is no pull request to comment on"
    assert where in str(error.where)


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/zz.yml",
        ".github/workflows/tfperf.yaml",
        ".github/workflows/tfperf.yml@x.yml",
        ".github/workflows/tfperf.yml@refs/heads/x.yaml",
        ".github/workflows/TFPERF.yml",
        "workflows/tfperf.yml",
        "",
    ],
)
@pytest.mark.parametrize("event", ["pull_request", "pull_request_target", "workflow_dispatch"])
@pytest.mark.parametrize("action", ["requested", "completed"])
def test_a_run_of_another_file_is_refused_whatever_its_name_is(
    environ_of: EnvironOf, path: str, event: str, action: str
) -> None:
    """A pull request may bring a workflow that is called like ours."""
    payload = workflow_run(event=event, path=path, head_repository={"full_name": HERE})
    error = refusal(environ_of("workflow_run", payload | {"action": action}))
    assert not isinstance(error, NothingToPublish)
    assert error.where == f"its file is `{path}`"
    assert ".github/workflows/tfperf.yml" in error.what


@pytest.mark.parametrize("ref", ["", "@main", "@refs/heads/main", "@v1.2", "@a@b"])
def test_the_path_of_our_workflow_may_name_what_it_was_read_at(
    environ_of: EnvironOf, ref: str
) -> None:
    payload = workflow_run(path=f".github/workflows/tfperf.yml{ref}")
    assert read_context(environ_of("workflow_run", payload)).target.sha == SHA


@pytest.mark.parametrize(
    ("payload", "where"),
    [
        pytest.param("{", "event.json (from GITHUB_EVENT_PATH)", id="not JSON"),
        pytest.param([], "payload: Input should be", id="no object"),
        pytest.param({}, "pull_request: Field required", id="another event's"),
        pytest.param(
            pull_request(number="7; rm"), "pull_request.number", id="a number that is none"
        ),
        pytest.param(pull_request(number=0), "pull_request.number", id="number 0"),
        pytest.param(pull_request(sha="main"), "pull_request.head.sha", id="a commit that is none"),
        pytest.param(pull_request("../x"), "head.repo.full_name", id="a repository that is none"),
    ],
)
def test_payload_that_is_not_an_event(environ_of: EnvironOf, payload: Any, where: str) -> None:
    assert where in str(refusal(environ_of("pull_request", payload)).where)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"id": 0}, "workflow_run.id"),
        ({"run_number": "3; rm"}, "workflow_run.run_number"),
        ({"run_attempt": None}, "workflow_run.run_attempt"),
        ({"html_url": "javascript:alert(1)"}, "workflow_run.html_url"),
        ({"conclusion": "suc cess"}, "workflow_run.conclusion"),
        ({"head_sha": "main"}, "workflow_run.head_sha"),
        ({"head_repository": {"full_name": "../x"}}, "head_repository.full_name"),
        ({"head_branch": ""}, "workflow_run.head_branch"),
        ({"display_title": None}, "workflow_run.display_title"),
    ],
)
def test_run_that_is_none(environ_of: EnvironOf, change: dict[str, Any], where: str) -> None:
    payload = workflow_run(**change)
    assert where in str(refusal(environ_of("workflow_run", payload)).where)


@pytest.mark.parametrize(
    "name", ["GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH", "GITHUB_REPOSITORY", "GITHUB_TOKEN"]
)
@pytest.mark.parametrize("value", [None, ""])
def test_variable_that_is_missing(environ_of: EnvironOf, name: str, value: str | None) -> None:
    environ = environ_of("pull_request", pull_request())
    del environ[name]
    error = refusal(environ | ({} if value is None else {name: value}))
    assert name in str(error)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GITHUB_REPOSITORY", "octo-org"),
        ("GITHUB_REPOSITORY", "octo-org/octo-repo/../other"),
        ("GITHUB_RUN_NUMBER", "twelve"),
        ("GITHUB_RUN_ATTEMPT", "²"),
        ("GITHUB_SERVER_URL", "javascript:x"),
        ("GITHUB_API_URL", "http://api.github.com"),
        ("GITHUB_API_URL", "file:///etc/passwd"),
        ("GITHUB_API_URL", "https://["),
        ("GITHUB_API_URL", "api.github.com"),
    ],
)
def test_variable_that_was_overridden(environ_of: EnvironOf, name: str, value: str) -> None:
    error = refusal(environ_of("pull_request", pull_request(), **{name: value}))
    assert error.what.startswith(f"{name} is {value!r}")


@pytest.mark.parametrize("url", ["https://github.example.org/api/v3", "http://127.0.0.1:8080"])
def test_addresses_that_may_see_the_token(environ_of: EnvironOf, url: str) -> None:
    environ = environ_of("pull_request", pull_request(), GITHUB_API_URL=url)
    assert read_context(environ).api_url == url


def test_event_file_that_is_not_there(environ_of: EnvironOf, tmp_path: Path) -> None:
    environ = environ_of("push", {}, GITHUB_EVENT_PATH=str(tmp_path / "nowhere.json"))
    assert "nowhere.json" in str(refusal(environ).where)


def refusal(environ: dict[str, str]) -> CannotPublish:
    with pytest.raises(CannotPublish) as raised:
        read_context(environ)
    error = raised.value
    assert error.exit_code == ExitCode.PUBLISHING_FAILED
    assert all((error.what, error.where, error.cause, error.next_step))
    return error
