"""`/tfperf confirm`: which report it takes, and that what is in it stays data."""

from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner

from bot import cli_github
from bot.core.report import Report
from bot.publish.github import Pace
from bot.stages.answering import answer_comment
from tests.publish.conftest import SHA
from tests.publish.fake_commands import BASE, FakeCommands
from tests.publish.fake_github import REPOSITORY, FakeGitHub
from tests.render.conftest import cell_of, equal_cells, report_of

OTHER = "89abcdef0123456789abcdef0123456789abcdef"
EARLIER = "2026-11-20T11:00:00Z"
CASES = ("mnist_mlp[train_step]", "keras_lstm[fit]")
Confirm = Callable[[], list[str]]


def with_alarm(case: str) -> bytes:
    alarm = cell_of(case, "REGRESSION", ratio=1.3)
    return as_artifact(report_of(overall="regression", exit_code=1, cells=equal_cells(alarm)))


def as_artifact(report: Report) -> bytes:
    return report.model_dump_json(by_alias=True).encode()


@pytest.fixture
def commands(github: FakeGitHub) -> Iterator[FakeCommands]:
    made = FakeCommands(github=github)
    made.install()
    made.pushes[REPOSITORY, "topic"] = (EARLIER, SHA)
    yield made
    # The storage is none of GitHub's interface: it has no description, and gets no token.
    stored = [exchange for exchange in github.exchanges if exchange.path.startswith("/storage/")]
    assert not any("Authorization" in exchange.request_headers for exchange in stored)
    github.exchanges = [exchange for exchange in github.exchanges if exchange not in stored]


@pytest.fixture
def confirm(
    commands: FakeCommands, environ_of: Callable[..., dict[str, str]], pace: Pace
) -> Confirm:
    """Comment `/tfperf confirm`; return the workloads of what was started."""

    def run() -> list[str]:
        github = commands.github
        comment = github.add_comment("/tfperf confirm", "maintainer")
        event = {
            "action": "created",
            "issue": {"number": 7, "pull_request": {"url": "https://example.org"}},
            "comment": comment,
            "repository": {"full_name": REPOSITORY, "default_branch": "trunk"},
        }
        environ = environ_of("issue_comment", event, GITHUB_API_URL=github.url)
        answer_comment(environ, log=lambda _line: None, deadline_seconds=10, pace=pace)
        return [each["workloads"] for each in commands.dispatched]

    return run


def name_of(commit: str, pull: int = 7) -> str:
    return f"tfperf run for #{pull} at {commit} onto {BASE} by comment 5"


def test_the_alarms_of_the_newest_report_are_measured_again(
    commands: FakeCommands, confirm: Confirm
) -> None:
    add = commands.ended
    add(1, event="pull_request", commit=SHA, title="x", report=with_alarm(CASES[0]))
    add(2, event="pull_request", commit=SHA, title="x", report=with_alarm(CASES[1]))
    assert confirm() == [CASES[1]]
    assert commands.dispatched[0]["mode"] == "confirm"
    assert commands.dispatched[0]["versions"] == "2.21.0"


def test_a_run_that_a_comment_asked_for_counts(commands: FakeCommands, confirm: Confirm) -> None:
    add = commands.ended
    add(1, event="pull_request", commit=SHA, title="x", report=with_alarm(CASES[0]))
    add(
        2,
        event="workflow_dispatch",
        commit=OTHER,
        title=name_of(SHA),
        report=with_alarm(CASES[1]),
    )
    assert confirm() == [CASES[1]]


def test_a_run_without_a_report_is_passed_over(commands: FakeCommands, confirm: Confirm) -> None:
    add = commands.ended
    add(1, event="pull_request", commit=SHA, title="x", report=with_alarm(CASES[0]))
    add(2, event="pull_request", commit=SHA, title="x", report=None)
    assert confirm() == [CASES[0]]


FOREIGN = {
    "of another commit": ("pull_request", OTHER, "x"),
    "of a push": ("push", SHA, "x"),
    "asked for another commit": ("workflow_dispatch", OTHER, name_of(OTHER)),
    "asked for another pull request": ("workflow_dispatch", OTHER, name_of(SHA, 8)),
    "by hand": ("workflow_dispatch", SHA, "tfperf"),
    "of a pull request with a forged title": ("pull_request", OTHER, name_of(SHA)),
}


@pytest.mark.parametrize(("event", "commit", "title"), FOREIGN.values(), ids=FOREIGN)
def test_what_is_not_about_this_commit_does_not_count(
    commands: FakeCommands, confirm: Confirm, event: str, commit: str, title: str
) -> None:
    commands.ended(1, event=event, commit=commit, title=title, report=with_alarm(CASES[0]))
    assert confirm() == []
    assert "no report of this commit" in commands.github.bodies()[-1]


def test_a_report_without_an_alarm_starts_nothing(commands: FakeCommands, confirm: Confirm) -> None:
    report = as_artifact(report_of())
    commands.ended(1, event="pull_request", commit=SHA, title="x", report=report)
    assert confirm() == []


@pytest.mark.parametrize("report", [b"{", b"[]", b'{"schema": 1}', b"x" * 100])
def test_a_report_that_is_refused_starts_nothing_and_the_answer_says_why(
    commands: FakeCommands, confirm: Confirm, report: bytes
) -> None:
    commands.ended(1, event="pull_request", commit=SHA, title="x", report=with_alarm(CASES[0]))
    commands.ended(2, event="pull_request", commit=SHA, title="x", report=report)
    assert confirm() == []
    assert commands.reactions == ["eyes", "-1"]
    answer = commands.github.bodies()[-1]
    assert "**Not started**: the newest report of this commit cannot be read: " in answer
    assert "- next: measure it again by /tfperf run" in answer


def test_an_archive_that_is_refused_is_answered_too(
    commands: FakeCommands, confirm: Confirm
) -> None:
    commands.ended(1, event="pull_request", commit=SHA, title="x", report=b"{}")
    commands.archives[1] += b"x"
    assert confirm() == []
    assert "cannot be read: the artifact is refused" in commands.github.bodies()[-1]


def test_an_artifact_that_is_not_even_fetched_is_answered_too(
    commands: FakeCommands, confirm: Confirm
) -> None:
    commands.ended(1, event="pull_request", commit=SHA, title="x", report=b"{}")
    commands.size = 1 << 30
    assert confirm() == []
    assert "cannot be read: the artifact is refused: it has" in commands.github.bodies()[-1]


@pytest.mark.parametrize("options", [[], ["--forks"]])
def test_the_command_line_allows_forks(options: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(
        cli_github, "answer_comment", lambda _environ, *, forks, **_: asked.append(forks)
    )
    assert CliRunner().invoke(cli_github.answer, options).exit_code == 0
    assert asked == [bool(options)]
