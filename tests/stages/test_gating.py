"""The gate: whose code an event is about, told by GitHub and git, before any of it is run."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from bot.core.config import Config, load
from bot.errors import BadConfiguration
from bot.project.trouble import BadRepository
from bot.stages.gating import gate

REPOSITORY = "octo-org/octo-repo"
OWN = load("runs-on: {cpu: [self-hosted]}", source="", environ={}, overrides={})
ASKED = "tfperf run for #7 at {} by comment 99"


def environ(tmp_path: Path, event: str, payload: Any) -> dict[str, str]:
    path = tmp_path / "event.json"
    path.write_text(payload if isinstance(payload, str) else json.dumps(payload), encoding="utf-8")
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": str(path),
        "GITHUB_REPOSITORY": REPOSITORY,
    }


def pull(repository: object) -> dict[str, Any]:
    head = {"sha": "1" * 40, "repo": repository}
    return {"pull_request": {"number": 7, "base": {"sha": "2" * 40}, "head": head}}


@pytest.mark.parametrize("event", ["push", "schedule", "merge_group", "workflow_dispatch"])
def test_events_of_ones_own_branches(tmp_path: Path, event: str) -> None:
    decision = gate(OWN, environ(tmp_path, event, {}), request=None)
    assert decision.runs_on == ("self-hosted",)


def test_a_pull_request_of_ones_own(tmp_path: Path) -> None:
    payload = pull({"full_name": REPOSITORY})
    assert gate(OWN, environ(tmp_path, "pull_request", payload), request=None).environment is None


@pytest.mark.parametrize("repository", [{"full_name": "somebody/octo-repo"}, None])
def test_a_fork_even_one_that_is_gone(tmp_path: Path, repository: object) -> None:
    with pytest.raises(BadConfiguration, match="code from a fork"):
        gate(OWN, environ(tmp_path, "pull_request", pull(repository)), request=None)


UNREADABLE = {
    "no JSON": "{",
    "no pull request": {},
    "no repository": {"pull_request": {"head": {}}},
    "a name that is none": pull({"full_name": "octo-org/octo-repo\n"}),
    "a name that is a list": pull({"full_name": [REPOSITORY]}),
}


@pytest.mark.parametrize("payload", UNREADABLE.values(), ids=UNREADABLE)
def test_an_event_that_cannot_be_read(tmp_path: Path, payload: Any) -> None:
    with pytest.raises(BadRepository, match="the event of this job cannot be read"):
        gate(Config(), environ(tmp_path, "pull_request", payload), request=None)


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run", "issue_comment", ""])
def test_other_events_measure_nothing(tmp_path: Path, event: str) -> None:
    with pytest.raises(BadConfiguration, match="nothing is measured after the event"):
        gate(Config(), environ(tmp_path, event, pull({"full_name": REPOSITORY})), request=None)


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A clone with the commits of a branch, and one of a fork that is in no branch."""
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(origin)], check=True)
    git(origin, "commit", "--allow-empty", "-m", "first")
    git(origin, "switch", "--quiet", "-c", "topic")
    git(origin, "commit", "--allow-empty", "-m", "topic")
    topic = git(origin, "rev-parse", "HEAD")
    git(origin, "switch", "--quiet", "main")
    subprocess.run(["git", "clone", "--quiet", str(origin), str(clone)], check=True)
    git(clone, "switch", "--quiet", "--detach")
    git(clone, "commit", "--allow-empty", "-m", "of a fork")
    monkeypatch.chdir(clone)
    return {"topic": topic, "fork": git(clone, "rev-parse", "HEAD"), "unknown": "9" * 40}


def test_a_comment_asks_for_a_commit_of_ones_own(checkout: dict[str, str], tmp_path: Path) -> None:
    request = ASKED.format(checkout["topic"])
    decision = gate(OWN, environ(tmp_path, "workflow_dispatch", {}), request=request)
    assert decision.commit == checkout["topic"]


@pytest.mark.parametrize("name", ["fork", "unknown"])
def test_a_comment_asks_for_a_commit_of_a_fork(
    checkout: dict[str, str], tmp_path: Path, name: str
) -> None:
    request = ASKED.format(checkout[name])
    around = environ(tmp_path, "workflow_dispatch", {})
    with pytest.raises(BadConfiguration, match="code from a fork"):
        gate(OWN, around, request=request)
    assert gate(Config(), around, request=request).commit == checkout[name]


@pytest.mark.parametrize(
    "request_", ["x", ASKED.format("main"), ASKED.format("1" * 39), ASKED.format("1" * 40) + "\n"]
)
def test_a_name_that_is_no_request(tmp_path: Path, request_: str) -> None:
    with pytest.raises(BadConfiguration, match="not the name of a run"):
        gate(Config(), environ(tmp_path, "workflow_dispatch", {}), request=request_)


def test_only_a_dispatched_run_may_name_a_request(tmp_path: Path) -> None:
    """The name of another run is the title of a pull request, which anybody writes."""
    around = environ(tmp_path, "push", {})
    assert gate(Config(), around, request=ASKED.format("1" * 40)).commit is None
