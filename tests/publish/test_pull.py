"""After a `workflow_run`, GitHub is asked for the pull request; nothing else is believed."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.errors import CannotPublish
from bot.publish.context import NothingToPublish
from bot.publish.github import Pace
from tests.publish.fake_github import REPOSITORY, FakeGitHub
from tests.publish.sending import publish

SHA = "a" * 40
NEWER = "b" * 40
BODY = "<!-- tfperf:cpu v2 run=12.1 digest=aaaa -->\n## No regression\n"
Pull = dict[str, Any]


def pull(**changes: Any) -> Pull:
    return {"number": 7, "sha": SHA, "branch": "topic", "repository": "someone/fork"} | changes


@pytest.fixture
def environ(github: FakeGitHub, environ_of: Callable[..., dict[str, str]]) -> dict[str, str]:
    """A run in the wake of one for `someone/fork`, branch `topic`."""
    run = {
        "id": 4012,
        "path": ".github/workflows/tfperf.yml",
        "run_number": 12,
        "run_attempt": 1,
        "run_started_at": "2026-11-20T12:00:00Z",
        "display_title": f"tfperf run for #1 at {'c' * 40} onto {'d' * 40} by comment 5",
        "html_url": "https://github.com/octo-org/octo-repo/actions/runs/4012",
        "conclusion": "success",
        "event": "pull_request",
        "head_sha": SHA,
        "head_branch": "topic",
        "head_repository": {"full_name": "someone/fork"},
        "pull_requests": [],
    }
    payload = {"action": "completed", "workflow_run": run}
    return environ_of("workflow_run", payload, GITHUB_API_URL=github.url)


FOUND = {
    "the only one": [pull()],
    "among those of others": [
        pull(number=1, repository=REPOSITORY),
        pull(number=2, repository="someone/other"),
        pull(number=3, branch="topic2"),
        pull(number=4, repository=None),
        pull(),
    ],
    "next to one that has moved on": [pull(number=5, sha=NEWER), pull()],
}


@pytest.mark.parametrize("pulls", FOUND.values(), ids=FOUND)
def test_found(github: FakeGitHub, environ: dict[str, str], pace: Pace, pulls: list[Pull]) -> None:
    github.pulls = []
    for each in pulls:
        github.add_pull(**each)
    published = publish(BODY, environ=environ, deadline_seconds=5, pace=pace)
    assert published.action == "created"
    assert github.exchanges[0].query == "head=someone%3Atopic&page=1&per_page=100&state=open"
    assert github.exchanges[-2].path.endswith("/issues/7/comments")


REFUSED = {
    "closed meanwhile": ([], "no open pull request", True),
    "the same branch name in another fork": (
        [pull(repository="mallory/fork")],
        "no open pull request",
        True,
    ),
    "pushed meanwhile": (
        [pull(sha=NEWER)],
        "is at bbbbbbbbbbbb now, aaaaaaaaaaaa was measured",
        True,
    ),
    "two of them": ([pull(), pull(number=8)], "more than one open pull request: #7, #8", False),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_refused(
    github: FakeGitHub, environ: dict[str, str], pace: Pace, case: tuple[list[Pull], str, bool]
) -> None:
    """Where nobody waits for a report, it is no failure."""
    pulls, what, is_fine = case
    github.pulls = []
    for each in pulls:
        github.add_pull(**each)
    with pytest.raises(CannotPublish, match=what) as raised:
        publish(BODY, environ=environ, deadline_seconds=5, pace=pace)
    assert isinstance(raised.value, NothingToPublish) == is_fine
    assert github.comments == {}
