"""The gate: whose code an event is about, told by GitHub and git, before any of it is run."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.core.gate import Decision
from bot.errors import BadConfiguration
from bot.project.trouble import BadRepository
from bot.publish.github import Pace
from bot.stages.gating import gate
from tests.publish.contract import contract
from tests.publish.fake_environments import FakeEnvironments
from tests.publish.fake_github import Fault
from tests.publish.fake_server import WholeGitHub, running

REPOSITORY = "octo-org/octo-repo"
OWN = "runs-on: {cpu: [self-hosted]}\n"
FORKS = f"{OWN}environment: tfperf forks\n"
ASKED = "tfperf run for #7 at {} onto {} by comment 99"
PACE = Pace(
    repeats=1,
    backoff_seconds=0.01,
    jitter_seconds=0,
    rate_limit_seconds=0.01,
    between_requests_seconds=0,
    request_timeout_seconds=2,
)


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


Decide = Callable[..., Decision]


@pytest.fixture
def decided(tmp_path: Path) -> Decide:
    """Decide by this configuration, outside of any repository."""

    def decide(
        text: str, around: dict[str, str], request: str | None = None, **more: str
    ) -> Decision:
        path = tmp_path / "tfperf.yml"
        path.write_text(text, encoding="utf-8")
        return gate(path, around | more, request=request, pace=PACE)

    return decide


@pytest.mark.parametrize("event", ["push", "schedule", "merge_group", "workflow_dispatch"])
def test_events_of_ones_own_branches(decided: Decide, tmp_path: Path, event: str) -> None:
    assert decided(OWN, environ(tmp_path, event, {})).runs_on == ("self-hosted",)


def test_a_pull_request_of_ones_own(decided: Decide, tmp_path: Path) -> None:
    payload = pull({"full_name": REPOSITORY})
    assert decided(FORKS, environ(tmp_path, "pull_request", payload)).environment is None


@pytest.mark.parametrize("repository", [{"full_name": "somebody/octo-repo"}, None])
def test_a_fork_even_one_that_is_gone(decided: Decide, tmp_path: Path, repository: object) -> None:
    with pytest.raises(BadConfiguration, match="code from a fork"):
        decided(OWN, environ(tmp_path, "pull_request", pull(repository)))


UNREADABLE = {
    "no JSON": "{",
    "no pull request": {},
    "no repository": {"pull_request": {"head": {}}},
    "a name that is none": pull({"full_name": "octo-org/octo-repo\n"}),
    "a name that is a list": pull({"full_name": [REPOSITORY]}),
}


@pytest.mark.parametrize("payload", UNREADABLE.values(), ids=UNREADABLE)
def test_an_event_that_cannot_be_read(decided: Decide, tmp_path: Path, payload: Any) -> None:
    with pytest.raises(BadRepository, match="the event of this job cannot be read"):
        decided("", environ(tmp_path, "pull_request", payload))


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run", "issue_comment", ""])
def test_other_events_measure_nothing(decided: Decide, tmp_path: Path, event: str) -> None:
    with pytest.raises(BadConfiguration, match="nothing is measured after the event"):
        decided("", environ(tmp_path, event, pull({"full_name": REPOSITORY})))


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[WholeGitHub]:
    """A GitHub whose every exchange has to keep to GitHub's own description."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running(contract()) as fake:
        yield fake
    violations = [found for e in fake.exchanges for found in contract().violations(e)]
    assert not violations, "\n".join(violations)


@pytest.fixture
def environments(github: WholeGitHub) -> FakeEnvironments:
    return FakeEnvironments(github=github).install()


def of_a_fork(tmp_path: Path, github: WholeGitHub) -> dict[str, str]:
    around = environ(tmp_path, "pull_request", pull({"full_name": "somebody/octo-repo"}))
    return around | {"GITHUB_API_URL": github.url, "GITHUB_TOKEN": "ghs_reads"}


def test_somebody_has_to_approve(
    decided: Decide, tmp_path: Path, github: WholeGitHub, environments: FakeEnvironments
) -> None:
    environments.add("tfperf forks", "branch_policy", "required_reviewers")
    decision = decided(FORKS, of_a_fork(tmp_path, github))
    assert (decision.environment, decision.runs_on) == ("tfperf forks", ("self-hosted",))
    (asked,) = github.exchanges
    assert asked.path == f"/repos/{REPOSITORY}/environments/tfperf%20forks"


OPEN: dict[str, tuple[str, tuple[str, ...], str]] = {
    "one that is misspelt or gone": ("tfperf-forks", ("required_reviewers",), "there is no"),
    "one that GitHub made itself": ("tfperf forks", (), "nobody has to approve"),
    "one that only waits": ("tfperf forks", ("wait_timer",), "nobody has to approve"),
    "one for some branches": ("tfperf forks", ("branch_policy",), "nobody has to approve"),
    "one whose reviewers left": (
        "tfperf forks",
        ("required_reviewers",),
        "nobody has to approve",
    ),
}


@pytest.mark.parametrize("found", OPEN.values(), ids=OPEN)
def test_an_environment_that_lets_jobs_through(
    decided: Decide,
    tmp_path: Path,
    github: WholeGitHub,
    environments: FakeEnvironments,
    found: tuple[str, tuple[str, ...], str],
) -> None:
    name, kinds, what = found
    environments.add(name, *kinds, reviewers=0)
    with pytest.raises(BadConfiguration, match=what) as refused:
        decided(FORKS, of_a_fork(tmp_path, github))
    assert "required reviewers" in str(refused.value.next_step)


FAULTS = {
    "the token may not": Fault(
        verb="GET", times=9, status=403, body={"message": "Resource not accessible by integration"}
    ),
    "GitHub is down": Fault(verb="GET", times=9, status=503),
    "an answer that is none": Fault(verb="GET", times=9, status=200, body=b"<html>"),
    "an answer of another shape": Fault(verb="GET", times=9, status=200, body={"name": 1}),
    "a connection that is cut": Fault(verb="GET", times=9, reset=True),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_where_nobody_can_tell_it_is_refused(
    decided: Decide,
    tmp_path: Path,
    github: WholeGitHub,
    environments: FakeEnvironments,
    fault: Fault,
) -> None:
    environments.add("tfperf forks", "required_reviewers")
    github.faults.append(fault)
    with pytest.raises(BadConfiguration, match="nobody can say") as refused:
        decided(FORKS, of_a_fork(tmp_path, github))
    assert "actions: read" in str(refused.value.next_step)


def test_without_a_token_it_is_refused(
    decided: Decide, tmp_path: Path, github: WholeGitHub
) -> None:
    with pytest.raises(BadConfiguration, match="nobody can say"):
        decided(FORKS, of_a_fork(tmp_path, github), GITHUB_TOKEN="")
    assert github.exchanges == []


def test_nobody_is_asked_where_the_runner_is_githubs(
    decided: Decide, tmp_path: Path, github: WholeGitHub
) -> None:
    decision = decided("environment: tfperf forks\n", of_a_fork(tmp_path, github))
    assert decision.environment is None
    assert github.exchanges == []


def git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    command = ["git", "-C", str(folder), *who, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def configured(folder: Path, text: str) -> str:
    (folder / "tfperf.yml").write_text(text, encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "configured")
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A clone of the default branch, with a release branch, a topic, and a commit of a fork.

    The default branch has a runner of GitHub's, the release branch one of our own.
    """
    origin, clone = tmp_path / "origin", tmp_path / "clone"
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", str(origin)], check=True)
    main = configured(origin, "")
    git(origin, "switch", "--quiet", "-c", "release/2")
    release = configured(origin, OWN)
    git(origin, "switch", "--quiet", "-c", "topic")
    git(origin, "commit", "--allow-empty", "-m", "topic")
    topic = git(origin, "rev-parse", "HEAD")
    git(origin, "switch", "--quiet", "main")
    subprocess.run(["git", "clone", "--quiet", str(origin), str(clone)], check=True)
    git(clone, "switch", "--quiet", "--detach")
    fork = configured(clone, "# of a fork\n")
    git(clone, "switch", "--quiet", "main")
    monkeypatch.chdir(clone)
    commits = {"main": main, "release": release, "topic": topic, "fork": fork}
    return commits | {"unknown": "9" * 40}


def asked(checkout: dict[str, str], commit: str, base: str = "release") -> str:
    return ASKED.format(checkout[commit], checkout[base])


HERE = Path("tfperf.yml")


def test_a_comment_asks_for_a_commit_of_ones_own(checkout: dict[str, str], tmp_path: Path) -> None:
    around = environ(tmp_path, "workflow_dispatch", {})
    decision = gate(HERE, around, request=asked(checkout, "topic"))
    assert (decision.commit, decision.base) == (checkout["topic"], checkout["release"])


def test_the_configuration_is_that_of_the_base_that_was_asked_for(
    checkout: dict[str, str], tmp_path: Path
) -> None:
    """The checkout is that of the default branch, which may say something else."""
    around = environ(tmp_path, "workflow_dispatch", {})
    labels = {
        base: gate(HERE, around, request=asked(checkout, "topic", base)).runs_on
        for base in ("main", "release")
    }
    assert labels == {"main": ("ubuntu-24.04",), "release": ("self-hosted",)}


@pytest.mark.parametrize("name", ["fork", "unknown"])
def test_a_comment_asks_for_a_commit_of_a_fork(
    checkout: dict[str, str], tmp_path: Path, name: str
) -> None:
    around = environ(tmp_path, "workflow_dispatch", {})
    with pytest.raises(BadConfiguration, match="code from a fork"):
        gate(HERE, around, request=asked(checkout, name))
    decision = gate(HERE, around, request=asked(checkout, name, "main"))
    assert decision.commit == checkout[name]


@pytest.mark.parametrize("base", ["fork", "unknown"])
def test_a_base_that_is_on_no_branch_decides_nothing(
    checkout: dict[str, str], tmp_path: Path, base: str
) -> None:
    around = environ(tmp_path, "workflow_dispatch", {})
    with pytest.raises(BadConfiguration, match="is on no branch of this repository"):
        gate(HERE, around, request=asked(checkout, "topic", base))


@pytest.mark.parametrize("path", ["../tfperf.yml", "/etc/tfperf.yml"])
def test_a_configuration_outside_of_the_repository(
    checkout: dict[str, str], tmp_path: Path, path: str
) -> None:
    around = environ(tmp_path, "workflow_dispatch", {})
    with pytest.raises(BadConfiguration, match="lies outside of the repository"):
        gate(Path(path), around, request=asked(checkout, "topic"))


@pytest.mark.parametrize(
    "request_",
    [
        "x",
        ASKED.format("main", "1" * 40),
        ASKED.format("1" * 39, "1" * 40),
        ASKED.format("1" * 40, "main"),
        ASKED.format("1" * 40, "1" * 40) + "\n",
    ],
)
def test_a_name_that_is_no_request(tmp_path: Path, request_: str) -> None:
    with pytest.raises(BadConfiguration, match="not the name of a run"):
        gate(HERE, environ(tmp_path, "workflow_dispatch", {}), request=request_)


def test_only_a_dispatched_run_may_name_a_request(decided: Decide, tmp_path: Path) -> None:
    """The name of another run is the title of a pull request, which anybody writes."""
    around = environ(tmp_path, "push", {})
    assert decided("", around, ASKED.format("1" * 40, "2" * 40)).commit is None
