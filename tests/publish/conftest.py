"""Owns the fake GitHub of these tests, and the environments of the runs that publish to it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.publish.github import Pace
from tests.publish.contract import Contract, contract
from tests.publish.fake_github import REPOSITORY
from tests.publish.fake_server import WholeGitHub, running
from tests.publish.scene import Scene

SHA = "0123456789abcdef0123456789abcdef01234567"
Environ = dict[str, str]


@pytest.fixture(scope="session")
def described() -> Contract:
    return contract()


@pytest.fixture
def github(described: Contract, monkeypatch: pytest.MonkeyPatch) -> Iterator[WholeGitHub]:
    """A GitHub with pull request 7; whatever was exchanged has to keep to GitHub's description."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running(described) as fake:
        fake.add_pull(7, SHA)
        yield fake
    violations = [found for e in fake.exchanges for found in described.violations(e)]
    assert not violations, "\n".join(violations)


@pytest.fixture
def pace() -> Pace:
    """As patient as the real one, in a faster world."""
    return Pace(
        backoff_seconds=0.01,
        jitter_seconds=0,
        rate_limit_seconds=0.05,
        longest_wait_seconds=2,
        request_timeout_seconds=1,
        between_requests_seconds=0,
        between_writes_seconds=0,
    )


@pytest.fixture
def environ_of(tmp_path: Path) -> Callable[..., Environ]:
    """Write an event's file; return the environment of a step in the run it starts."""

    def build(event: str, payload: Any, **changes: str) -> Environ:
        file = tmp_path / "event.json"
        text = payload if isinstance(payload, str) else json.dumps(payload)
        file.write_text(text, encoding="utf-8")
        return {
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(file),
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_API_URL": "https://api.github.com",
            "GITHUB_TOKEN": "ghs_secret",
            "GITHUB_RUN_ID": "4012",
            "GITHUB_RUN_NUMBER": "12",
            "GITHUB_RUN_ATTEMPT": "1",
        } | changes

    return build


@pytest.fixture
def pull_request_event() -> dict[str, Any]:
    head = {"sha": SHA, "ref": "topic", "repo": {"full_name": REPOSITORY}}
    return {"action": "synchronize", "pull_request": {"number": 7, "head": head}}


@pytest.fixture
def environ(
    github: WholeGitHub,
    environ_of: Callable[..., Environ],
    pull_request_event: dict[str, Any],
) -> Environ:
    """A run for pull request 7."""
    return environ_of("pull_request", pull_request_event, GITHUB_API_URL=github.url)


@pytest.fixture
def scene(github: WholeGitHub, pace: Pace, tmp_path: Path) -> Scene:
    return Scene(github=github, pace=pace, folder=tmp_path)
