"""GitHub's own examples of events, and what publishing reads from each of them."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from bot.errors import CannotPublish
from bot.publish.context import HeadBranch, LostBranch, PullNumber, Target, read_context
from tests.publish.cut_payloads import CUT, EVENTS, SCHEMAS, file_name, schema_name, validator
from tests.publish.fake_github import REPOSITORY
from tests.publish.payloads import FORK, PAYLOADS, SHA, Payload, event_name, payload

EnvironOf = Callable[..., dict[str, str]]
BRANCH = HeadBranch(repository=REPOSITORY, branch="topic", sha=SHA)
OF_FORK = HeadBranch(repository=FORK, branch="topic", sha=SHA)

UNKNOWN_TO_THE_SCHEMA = {
    "workflow_run completed, deleted fork": ["workflow_run.head_repository"],
}
"""GitHub's server sends null here, its schema does not know."""


@cache
def schemas() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((CUT / SCHEMAS).read_text(encoding="utf-8"))
    return read


def wrong_places(name: str, event: Payload) -> list[str]:
    """Say where an event is not what its schema says."""
    definition = schema_name(event_name(name), event.get("action"))
    judge = validator(schemas()["definitions"], definition)
    return [".".join(map(str, error.absolute_path)) for error in judge.iter_errors(event)]


@pytest.mark.parametrize("name", PAYLOADS)
def test_a_payload_is_what_its_schema_says(name: str) -> None:
    assert wrong_places(name, payload(name)) == UNKNOWN_TO_THE_SCHEMA.get(name, [])


@pytest.mark.parametrize(
    ("name", "changes", "place"),
    [
        ("pull_request opened", {"number": "7"}, "number"),
        ("workflow_run completed success", {"conclusion": "great"}, "workflow_run.conclusion"),
        ("issue_comment created", {"body": None}, "comment.body"),
        ("workflow_run requested", {"nobody": "knows"}, "workflow_run"),
    ],
)
def test_a_schema_finds_what_github_never_sends(
    name: str, changes: dict[str, Any], place: str
) -> None:
    assert place in wrong_places(name, payload(name, **changes))


def test_the_payloads_say_where_they_are_from() -> None:
    examples, described = schemas()["x-source"]
    assert examples.startswith("@octokit/webhooks-examples 7.")
    assert described.startswith("@octokit/webhooks-schemas 7.")
    assert "MIT" in (CUT / "LICENSE").read_text(encoding="utf-8")
    files = {path.name for path in CUT.glob("*.json")} - {SCHEMAS}
    assert files == set(schemas()["x-taken"]) == {file_name(*event) for event in EVENTS}
    assert sum(path.stat().st_size for path in CUT.iterdir() if path.is_file()) < 300_000


NUMBERED = PullNumber(number=7, sha=SHA, from_fork=False)
TARGETS: dict[str, Target | str] = {
    "pull_request opened": NUMBERED,
    "pull_request opened, fork": PullNumber(number=7, sha=SHA, from_fork=True),
    "pull_request opened, deleted fork": PullNumber(number=7, sha=SHA, from_fork=True),
    "pull_request synchronize": NUMBERED,
    "workflow_run requested": BRANCH,
    "workflow_run requested, fork": OF_FORK,
    "workflow_run requested, asked for": NUMBERED,
    "workflow_run completed success": BRANCH,
    "workflow_run completed success, fork": OF_FORK,
    "workflow_run completed success, asked for": NUMBERED,
    "workflow_run completed failure": BRANCH,
    "workflow_run completed failure, fork": OF_FORK,
    "workflow_run completed failure, asked for": NUMBERED,
    "workflow_run completed cancelled": BRANCH,
    "workflow_run completed cancelled, fork": OF_FORK,
    "workflow_run completed cancelled, asked for": NUMBERED,
    "workflow_run completed, deleted fork": LostBranch(sha=SHA),
    "workflow_run completed, push": "started by `push`",
    "workflow_run completed, by hand": "by hand, not by a command",
    "workflow_run completed, title of a fork": OF_FORK,
    "issue_comment created": PullNumber(number=7, sha=None, from_fork=False),
    "issue_comment edited": PullNumber(number=7, sha=None, from_fork=False),
    "issue_comment deleted": PullNumber(number=7, sha=None, from_fork=False),
    "issue_comment created, issue": "made on an issue",
    "workflow_dispatch": "the event is `workflow_dispatch`",
}
"""Name of a payload -> the pull request that publishing reads from it, or why there is none."""


@pytest.mark.parametrize("name", PAYLOADS)
def test_which_pull_request_publishing_reads(environ_of: EnvironOf, name: str) -> None:
    environ = environ_of(event_name(name), payload(name))
    wanted = TARGETS[name]
    if isinstance(wanted, str):
        with pytest.raises(CannotPublish, match="no pull request") as refused:
            read_context(environ)
        assert wanted in str(refused.value.where)
    else:
        assert read_context(environ).target == wanted


RUNS = [name for name in PAYLOADS if event_name(name) == "workflow_run"]


@pytest.mark.parametrize("name", [name for name in RUNS if not isinstance(TARGETS[name], str)])
def test_which_run_publishing_reads(environ_of: EnvironOf, name: str) -> None:
    event = payload(name, id=4243, run_number=31, run_attempt=2)
    measured = read_context(environ_of("workflow_run", event)).measured
    assert measured.external_id == "tfperf:4243.2"
    assert measured.number == 31
    assert measured.commit == SHA
    assert measured.url == f"https://github.com/{REPOSITORY}/actions/runs/4243"
    assert measured.is_over == (event["action"] == "completed")
    assert measured.conclusion == event["workflow_run"]["conclusion"]
    assert not measured.is_this
