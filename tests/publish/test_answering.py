"""Commands in comments: who may ask for what, at which commit, and that nothing starts twice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.core.asked import Suspects, Unreadable
from bot.core.replies import Reply
from bot.errors import CannotPublish, ExitCode
from bot.publish.acknowledging import acknowledgements_from
from bot.publish.answering import answer
from bot.publish.api import Comment, User
from bot.publish.commands_api import AskedPull
from bot.publish.github import Pace
from bot.publish.session import Session
from bot.render.answers import answer_text
from tests.publish.conftest import SHA
from tests.publish.fake_commands import BASE, RUN_URL, FakeCommands
from tests.publish.fake_github import BOT, REPOSITORY, FakeGitHub, Fault, Request
from tests.publish.fake_github import Reply as Sent

OTHER = "89abcdef0123456789abcdef0123456789abcdef"
FORK = "someone/fork"
EARLIER, LATER = "2026-11-20T11:00:00Z", "2026-11-20T13:00:00Z"
ALWAYS = 1000
EnvironOf = Callable[..., dict[str, str]]


@dataclass(kw_only=True)
class Scene:
    """A pull request, a comment on it, and everything that may have happened around them."""

    github: FakeGitHub
    commands: FakeCommands
    environ_of: EnvironOf
    pace: Pace
    log: list[str] = field(default_factory=list)
    suspects: Suspects | Unreadable | None = None
    forks: bool = False
    event: dict[str, Any] = field(default_factory=dict)

    def says(self, body: str, login: str = "maintainer", **changes: Any) -> "Scene":
        """Write a comment on pull request 7, and keep the event that GitHub makes of it."""
        comment = self.github.add_comment(body, login)
        self.event = {
            "action": "created",
            "issue": {"number": 7, "pull_request": {"url": "https://example.org"}},
            "comment": {name: comment[name] for name in ("id", "body", "created_at", "user")},
            "repository": {"full_name": REPOSITORY, "default_branch": "trunk"},
        } | changes
        return self

    @property
    def comment(self) -> int:
        number: int = self.event["comment"]["id"]
        return number

    def run(
        self, *, event: str = "issue_comment", deadline: float = 10, patience: float = 0
    ) -> "Scene":
        environ = self.environ_of(event, self.event, GITHUB_API_URL=self.github.url)
        answer(
            environ,
            write=self._write,
            find_suspects=self._find,
            log=self.log.append,
            forks=self.forks,
            deadline_seconds=deadline,
            patience_seconds=patience,
            pace=self.pace,
        )
        return self

    def refused(self, deadline: float = 10) -> CannotPublish:
        with pytest.raises(CannotPublish) as raised:
            self.run(deadline=deadline)
        assert raised.value.exit_code == ExitCode.PUBLISHING_FAILED
        assert all((raised.value.what, raised.value.cause, raised.value.next_step))
        return raised.value

    def _write(self, reply: Reply, comment: int, line: str) -> str:
        return answer_text(reply, comment, line)

    def _find(self, session: Session, pull: AskedPull) -> Suspects | Unreadable | None:
        assert session.context.repository == REPOSITORY
        assert pull.head.sha == SHA
        return self.suspects

    @property
    def answers(self) -> list[str]:
        """What we wrote."""
        comments = self.github.comments.values()
        return [each["body"] for each in comments if each["user"]["login"] == BOT]

    def request(self, verb: str = "run") -> str:
        return f"tfperf {verb} for #7 at {SHA} onto {BASE} by comment {self.comment}"


@dataclass(kw_only=False)
class FirstAnswer:
    """Another job, whose answer is there when somebody looks for the second time."""

    scene: Scene
    looks: int = 0

    def install(self) -> None:
        self.scene.github.route("GET", "issues/{number}/comments", self._comments)

    def _comments(self, request: Request) -> Sent:
        self.looks += 1
        if self.looks == 2:
            text = f"<!-- tfperf:answer:{self.scene.comment} -->\n**Started**"
            self.scene.github.add_comment(text, BOT)
        comments = list(self.scene.github.comments.values())
        return self.scene.github.page(request, comments)


@pytest.fixture
def scene(github: FakeGitHub, environ_of: EnvironOf, pace: Pace) -> Iterator[Scene]:
    commands = FakeCommands(github=github)
    commands.install()
    commands.pushes[REPOSITORY, "topic"] = (EARLIER, SHA)
    yield Scene(github=github, commands=commands, environ_of=environ_of, pace=pace)
    for inputs in commands.dispatched:
        assert all(isinstance(value, str) for value in inputs.values())


ASKED: dict[str, tuple[str, dict[str, str]]] = {
    "what is configured": ("/tfperf run", {}),
    "releases": (
        "/tfperf run 2.15.1 2.16 2.21.0",
        {"baseline": "2.15.1", "versions": "2.16,2.21.0"},
    ),
    "workloads": ("/tfperf run -w mnist* -w scan", {"workloads": "mnist*,scan"}),
    "a bisection": (
        "/tfperf bisect scan 2.9 2.21",
        {"baseline": "2.9", "versions": "2.9..2.21", "workloads": "scan"},
    ),
    "an explanation": (
        "/tfperf explain scan 2.9.3 2.15.1",
        {
            "baseline": "2.9.3",
            "versions": '[{"tensorflow": "2.15.1"}, '
            '{"tensorflow": "2.15.1", "knobs": {"TF_ENABLE_ONEDNN_OPTS": "0"}}]',
            "workloads": "scan",
        },
    ),
}


@pytest.mark.parametrize(("body", "inputs"), ASKED.values(), ids=ASKED)
def test_a_command_starts_one_run_and_says_so(
    scene: Scene, body: str, inputs: dict[str, str]
) -> None:
    verb = body.split()[1]
    scene.says(body).run()
    blank = {"baseline": "", "versions": "", "workloads": "", "mode": "compare"}
    assert scene.commands.dispatched == [blank | inputs | {"request": scene.request(verb)}]
    assert scene.commands.branches == ["trunk"]
    assert scene.commands.reactions == ["eyes", "rocket"]
    (text,) = scene.answers
    assert text.startswith(f"<!-- tfperf:answer:{scene.comment} -->\n**Started**")
    assert SHA in text
    assert f"- command: `{body}`\n" in text
    assert f"[the run]({RUN_URL})" in text
    assert scene.request(verb) in text
    assert scene.log[0] == f"started: {scene.request(verb)}"
    assert scene.log[1].startswith("answered: https://github.com/")


@pytest.mark.parametrize("permission", ["admin", "write"])
def test_who_may_ask(scene: Scene, permission: str) -> None:
    scene.commands.permissions["maintainer"] = permission
    scene.says("/tfperf run").run()
    assert len(scene.commands.dispatched) == 1


@pytest.mark.parametrize("permission", ["read", "none", "triage", "", None])
@pytest.mark.parametrize("body", ["/tfperf run", "/tfperf help", "/tfperf ack a b", "/tfperf x"])
def test_who_may_not_gets_a_thumb_and_no_words(
    scene: Scene, permission: str | None, body: str
) -> None:
    if permission is not None:
        scene.commands.permissions["visitor"] = permission
    scene.says(body, "visitor").run()
    assert scene.commands.reactions == ["-1"]
    assert (scene.answers, scene.commands.dispatched) == ([], [])
    assert scene.log == ["refused: who wrote the comment may not write to this repository"]


SILENT: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "an edit": ("/tfperf run", "maintainer", {"action": "edited"}, "was edited"),
    "a deletion": ("/tfperf run", "maintainer", {"action": "deleted"}, "was deleted"),
    "an issue": ("/tfperf run", "maintainer", {"issue": {"number": 7}}, "on an issue"),
    "our own comment": ("/tfperf run", BOT, {}, "not written by a person"),
    "another program": ("/tfperf run", "renovate[bot]", {}, "not written by a person"),
    "talk": ("please run /tfperf", "maintainer", {}, "is no command"),
    "a quoted command": ("> /tfperf run", "maintainer", {}, "is no command"),
    "a command further down": ("Hi\n/tfperf run", "maintainer", {}, "is no command"),
}


@pytest.mark.parametrize(("body", "login", "changes", "words"), SILENT.values(), ids=SILENT)
def test_what_is_not_for_us_costs_no_request(
    scene: Scene, body: str, login: str, changes: dict[str, Any], words: str
) -> None:
    scene.says(body, login, **changes).run()
    assert words in scene.log[0]
    assert scene.github.exchanges == []


@pytest.mark.parametrize("kind", ["Bot", "Organization", ""])
def test_a_program_with_the_name_of_a_person(scene: Scene, kind: str) -> None:
    scene.says("/tfperf run")
    scene.event["comment"]["user"] |= {"type": kind}
    scene.run()
    assert scene.log == ["nothing to do: the comment was not written by a person"]
    assert scene.github.exchanges == []


def test_an_account_that_is_gone(scene: Scene) -> None:
    scene.says("/tfperf run")
    scene.event["comment"]["user"] = None
    scene.run()
    assert scene.github.exchanges == []


def test_a_person_we_write_as_is_not_obeyed(scene: Scene) -> None:
    scene.says("/tfperf run")
    environ = scene.environ_of(
        "issue_comment",
        scene.event,
        GITHUB_API_URL=scene.github.url,
        TFPERF_COMMENT_AUTHOR="maintainer",
    )
    answer(
        environ,
        write=answer_text,
        find_suspects=lambda _session, _pull: None,
        log=scene.log.append,
        pace=scene.pace,
    )
    assert scene.log == ["nothing to do: the comment is our own"]
    assert scene.github.exchanges == []


def test_the_same_event_twice_starts_one_run(scene: Scene) -> None:
    scene.says("/tfperf run").run().run()
    assert len(scene.commands.dispatched) == 1
    assert len(scene.answers) == 1
    assert scene.log[-1] == "nothing to do: the comment is answered already"


@pytest.mark.parametrize("name", ["base", "commit"])
def test_a_run_is_known_by_its_comment_alone(scene: Scene, name: str) -> None:
    """The job died after the start, and before it is run again the base or the head moves."""
    scene.says("/tfperf run")
    before = {"base": BASE, "commit": SHA}
    before[name] = OTHER
    request = "tfperf run for #7 at {commit} onto {base} by comment {{}}".format(**before)
    request = request.format(scene.comment)
    scene.commands.dispatched.append({"request": request})
    scene.run()
    assert len(scene.commands.dispatched) == 1
    (text,) = scene.answers
    assert request in text
    assert f"- commit: `{before['commit']}`" in text


def test_a_comment_that_another_job_has_seen_is_left_to_it(scene: Scene) -> None:
    """Two jobs at a time: GitHub tells the second that its reaction was there already."""
    scene.says("/tfperf run")
    scene.commands.reactions.append("eyes")
    other = FirstAnswer(scene)
    other.install()
    scene.run(patience=0.05)
    assert other.looks == 2
    assert scene.commands.dispatched == []
    assert len(scene.answers) == 1
    assert scene.log == [
        "another job has seen the comment: waiting for its answer",
        "nothing to do: the comment is answered already",
    ]


def test_a_comment_whose_other_job_died_is_answered_here(scene: Scene) -> None:
    scene.says("/tfperf run")
    scene.commands.reactions.append("eyes")
    scene.run()
    assert len(scene.commands.dispatched) == 1
    assert len(scene.answers) == 1
    assert scene.log[:2] == [
        "another job has seen the comment: waiting for its answer",
        "it did not answer",
    ]


def test_a_pasted_marker_is_no_answer(scene: Scene) -> None:
    scene.says("/tfperf run")
    scene.github.add_comment(f"<!-- tfperf:answer:{scene.comment} -->", "visitor")
    scene.run()
    assert len(scene.commands.dispatched) == 1


def test_another_comment_gets_its_own_run(scene: Scene) -> None:
    scene.says("/tfperf run").run()
    scene.says("/tfperf run").run()
    assert len({each["request"] for each in scene.commands.dispatched}) == 2


def test_a_job_that_died_after_the_start_is_run_again(scene: Scene) -> None:
    scene.says("/tfperf run")
    scene.github.faults = [
        Fault(verb="POST", path="/issues/7/comments", status=401, body={"message": "x"})
    ]
    scene.refused()
    scene.run()
    assert len(scene.commands.dispatched) == 1
    assert len(scene.answers) == 1
    assert f"the run was started before: {RUN_URL}" in scene.log


def test_a_comment_that_was_edited_in_between_starts_nothing(scene: Scene) -> None:
    scene.says("/tfperf run")
    scene.github.comments[scene.comment]["body"] = "/tfperf run 1.15 2.0"
    scene.run()
    assert scene.commands.dispatched == []
    assert scene.commands.reactions == ["eyes", "-1"]
    (text,) = scene.answers
    assert "edited after it was made" in text


def test_a_comment_that_was_deleted_in_between_starts_nothing(scene: Scene) -> None:
    scene.says("/tfperf run")
    del scene.github.comments[scene.comment]
    scene.run()
    assert (scene.answers, scene.commands.dispatched) == ([], [])
    assert scene.log == ["nothing to do: the comment was deleted"]


def test_commits_that_were_pushed_in_between_start_nothing(scene: Scene) -> None:
    scene.commands.pushes[REPOSITORY, "topic"] = (LATER, SHA)
    scene.says("/tfperf run").run()
    assert scene.commands.dispatched == []
    assert scene.commands.reactions == ["eyes", "-1"]
    (text,) = scene.answers
    assert "commits were pushed after the comment was made" in text
    assert f"- commit: `{SHA}`" in text


@pytest.mark.parametrize("committed", [EARLIER, LATER])
def test_a_push_that_is_not_the_head_starts_nothing(scene: Scene, committed: str) -> None:
    """Whatever the commit says of its date: GitHub tells of another one."""
    scene.commands.pushes[REPOSITORY, "topic"] = (EARLIER, OTHER)
    scene.commands.committed = committed
    scene.says("/tfperf run").run()
    assert scene.commands.dispatched == []
    (text,) = scene.answers
    assert "the last push that GitHub shows is not the commit of this pull request" in text


@pytest.mark.parametrize("committed", [EARLIER, LATER])
@pytest.mark.parametrize("where", ["a private fork", "a deleted fork", "a hidden branch"])
def test_where_pushes_are_not_shown_the_commits_own_date_is_left(
    scene: Scene, where: str, committed: str
) -> None:
    pull = scene.github.pulls[0]
    if where == "a private fork":
        pull["head"]["repo"]["full_name"] = FORK
    elif where == "a deleted fork":
        pull["head"]["repo"] = None
    else:
        scene.commands.pushes.clear()
    scene.commands.committed = committed
    scene.forks = True
    scene.says("/tfperf run").run()
    (text,) = scene.answers
    if committed == LATER:
        assert scene.commands.dispatched == []
        assert "pushed after the comment" in text
    else:
        assert len(scene.commands.dispatched) == 1
        assert "GitHub does not tell when this commit was pushed" in text


MEASURING = ("run", "run 2.15.1 2.21.0", "confirm", "bisect scan 2.9 2.21", "explain scan 2.9 2.12")
FORKS: dict[str, dict[str, str] | None] = {
    FORK: {"full_name": FORK},
    "a fork that was deleted": None,
}


@pytest.mark.parametrize("fork", FORKS)
@pytest.mark.parametrize("command", MEASURING)
def test_a_fork_is_not_measured_unless_the_workflow_allows_it(
    scene: Scene, command: str, fork: str
) -> None:
    pull = scene.github.pulls[0]
    repo = FORKS[fork]
    pull["head"]["repo"] = repo if repo is None else pull["head"]["repo"] | repo
    scene.commands.pushes[FORK, "topic"] = (EARLIER, SHA)
    scene.suspects = Suspects(cases=("a",))
    scene.says(f"/tfperf {command}").run()
    assert scene.commands.dispatched == []
    assert scene.commands.reactions == ["eyes", "-1"]
    (text,) = scene.answers
    assert fork in text
    assert "may write the caches of the default branch" in text
    assert "forks: true" in text
    assert f"- command: `/tfperf {command}`" in text


@pytest.mark.parametrize("body", ["/tfperf help", "/tfperf ack scan known"])
def test_what_measures_nothing_is_answered_for_forks_too(scene: Scene, body: str) -> None:
    scene.github.pulls[0]["head"]["repo"]["full_name"] = FORK
    scene.says(body).run()
    assert scene.commands.reactions == ["eyes", "rocket"]


def test_a_fork_is_measured_where_the_workflow_allows_it(scene: Scene) -> None:
    scene.forks = True
    scene.github.pulls[0]["head"]["repo"]["full_name"] = FORK
    scene.commands.pushes[FORK, "topic"] = (EARLIER, SHA)
    scene.says("/tfperf run").run()
    assert scene.commands.dispatched[0]["request"] == scene.request()
    (text,) = scene.answers
    assert f"`{SHA}`, from `{FORK}`: it runs without a token" in text
    assert "does not tell" not in text


def test_a_closed_pull_request_is_not_measured(scene: Scene) -> None:
    scene.github.pulls[0]["state"] = "closed"
    scene.says("/tfperf run").run()
    assert scene.commands.dispatched == []
    assert "the pull request is closed" in scene.answers[0]


def test_a_confirmation_takes_the_suspects(scene: Scene) -> None:
    scene.suspects = Suspects(cases=("a[x]", "b"), baseline="2.15.1", versions=("2.16", "2.21.0"))
    scene.says("/tfperf confirm").run()
    assert scene.commands.dispatched == [
        {
            "request": scene.request("confirm"),
            "baseline": "2.15.1",
            "versions": "2.16,2.21.0",
            "workloads": "a[x],b",
            "mode": "confirm",
        }
    ]


def test_a_confirmation_of_a_report_that_is_refused_says_why(scene: Scene) -> None:
    scene.suspects = Unreadable(why="it says <b> @all")
    scene.says("/tfperf confirm").run()
    assert scene.commands.dispatched == []
    assert scene.commands.reactions == ["eyes", "-1"]
    (text,) = scene.answers
    assert "the newest report of this commit cannot be read: it says" in text
    assert not {"<b>", "@all", "@all."} & set(text.split())


def test_a_confirmation_without_an_alarm_says_so(scene: Scene) -> None:
    scene.says("/tfperf confirm").run()
    assert scene.commands.dispatched == []
    assert scene.commands.reactions == ["eyes", "-1"]
    assert "no report of this commit with an alarm" in scene.answers[0]


def test_an_acknowledgement_is_answered(scene: Scene) -> None:
    scene.says("/tfperf ack scan* @all see #12 <b> until 2027-06-30").run()
    (text,) = scene.answers
    assert "**Accepted** until 2027-06-30" in text
    assert "is published the next time" in text
    assert "Deleting the comment withdraws it" in text
    assert not {"@all", "#12", "<b>"} & set(text.split())
    assert scene.commands.reactions == ["eyes", "rocket"]
    assert scene.commands.dispatched == []


@pytest.mark.parametrize("body", ["/tfperf help", "/tfperf", "/tfperf rnu", "/tfperf ; id"])
def test_help_is_given_once(scene: Scene, body: str) -> None:
    scene.says(body).run()
    scene.says("/tfperf what").run()
    (text,) = scene.answers
    assert text.startswith(f"<!-- tfperf:answer:{scene.comment - 2} help -->")
    assert "/tfperf bisect CASE GOOD BAD" in text
    assert scene.log[-1] == "nothing to do: the help is in this conversation already"


def test_a_command_with_a_mistake_is_told_each_time(scene: Scene) -> None:
    for _ in range(2):
        scene.says("/tfperf run 2.15.1 @everyone").run()
    assert len(scene.answers) == 2
    assert all("usage: `/tfperf run" in text for text in scene.answers)
    # As code it calls nobody.
    in_code = "- command: `/tfperf run 2.15.1 @everyone`"
    assert not any("@everyone" in text.replace(in_code, "") for text in scene.answers)
    assert scene.commands.dispatched == []


REFUSALS: dict[str, tuple[Fault, str, str]] = {
    "no workflow": (
        Fault(verb="POST", path="dispatches", status=404, body={"message": "Not Found"}),
        "404: Not Found",
        "merge it into the default branch",
    ),
    "other inputs": (
        Fault(verb="POST", path="dispatches", status=422, body={"message": "Unexpected inputs"}),
        "422: Unexpected inputs",
        "writes a new tfperf.yml",
    ),
    "no permission": (
        Fault(verb="POST", path="dispatches", status=403, body={"message": "Not accessible"}),
        "403: Not accessible",
        "actions: write",
    ),
}


@pytest.mark.parametrize(("fault", "what", "advice"), REFUSALS.values(), ids=REFUSALS)
def test_a_run_that_github_does_not_start(
    scene: Scene, fault: Fault, what: str, advice: str
) -> None:
    fault.times = 1
    scene.github.faults = [fault]
    error = scene.says("/tfperf run").refused()
    assert what in error.what
    assert advice in str(error)
    (text,) = scene.answers
    assert "**Not started**" in text
    assert scene.commands.reactions == ["eyes", "-1"]
    scene.run()
    assert scene.commands.dispatched == []
    assert len(scene.answers) == 1


@pytest.mark.parametrize("changes", [{"has_workflow": False}, {"known_inputs": frozenset()}])
def test_a_workflow_that_is_not_ours(scene: Scene, changes: dict[str, Any]) -> None:
    for name, value in changes.items():
        setattr(scene.commands, name, value)
    assert "tfperf init" in str(scene.says("/tfperf run").refused())
    assert scene.commands.reactions == ["eyes", "-1"]


def test_a_github_that_does_not_tell_the_run(scene: Scene) -> None:
    scene.commands.tells_runs = False
    scene.says("/tfperf run").run()
    assert "the Actions tab" in scene.answers[0]
    assert scene.commands.reactions == ["eyes", "rocket"]


PASSING = {
    "500": {"status": 500, "body": {"message": "x"}},
    "429": {"status": 429, "body": {"message": "x"}, "headers": {"Retry-After": "0"}},
    "HTML": {"status": 200, "body": b"<html>"},
    "reset before": {"reset": True},
    "reset after": {"reset": True, "late": True},
    "HTML after": {"status": 200, "body": b"<html>", "late": True},
}
PLACES = ["dispatches", "/issues/7/comments"]


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize("path", PLACES)
def test_what_passes_leaves_one_run_and_one_answer(
    scene: Scene, path: str, fault: dict[str, Any]
) -> None:
    scene.github.faults = [Fault(verb="POST", path=path, **fault)]
    scene.says("/tfperf run").run()
    assert len(scene.commands.dispatched) == 1
    assert len(scene.answers) == 1


@pytest.mark.parametrize("status", [403, 404, 422, 500])
def test_a_reaction_that_fails_stops_nothing(scene: Scene, status: int) -> None:
    scene.github.faults = [
        Fault(verb="POST", path="reactions", status=status, body={"message": "x"}, times=ALWAYS)
    ]
    scene.says("/tfperf run").run()
    assert len(scene.commands.dispatched) == 1
    assert len(scene.answers) == 1
    assert f"the reaction eyes could not be set: GitHub answered {status}: x" in scene.log


FINAL: dict[str, tuple[dict[str, Any], str]] = {
    "401": ({"status": 401, "body": {"message": "Bad credentials"}}, "401: Bad credentials"),
    "403": ({"status": 403, "body": {"message": "Not accessible"}}, "403: Not accessible"),
    "500": ({"status": 500, "body": {"message": "x"}, "times": ALWAYS}, "could not be reached"),
    "the hourly limit": (
        {
            "status": 403,
            "body": {"message": "API rate limit exceeded"},
            "headers": {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"},
            "times": ALWAYS,
        },
        "rate limit is used up",
    ),
    "drips": ({"drips": True, "times": ALWAYS}, "did not finish"),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize(("fault", "what"), FINAL.values(), ids=FINAL)
def test_rights_that_cannot_be_asked_start_nothing(
    scene: Scene, fault: dict[str, Any], what: str
) -> None:
    scene.github.faults = [Fault(verb="GET", path="permission", **fault)]
    assert what in str(scene.says("/tfperf run").refused(deadline=2))
    assert (scene.answers, scene.commands.dispatched, scene.commands.reactions) == ([], [], [])


def test_a_rate_limit_is_no_private_fork(scene: Scene) -> None:
    """What is not known because we ask too often is asked again, not passed over."""
    limit = FINAL["the hourly limit"][0]
    scene.github.faults = [Fault(verb="GET", path="activity", **limit)]
    scene.says("/tfperf run").refused(deadline=2)
    assert scene.commands.dispatched == []


@pytest.mark.parametrize("event", ["pull_request", "push", "workflow_run"])
def test_another_event_is_no_comment(scene: Scene, event: str) -> None:
    scene.says("/tfperf run")
    with pytest.raises(CannotPublish, match="there is no comment to answer"):
        scene.run(event=event)


def test_a_payload_that_is_not_an_event(scene: Scene) -> None:
    scene.event = {"action": "created", "issue": {"number": 7}}
    with pytest.raises(CannotPublish, match="not what its name says"):
        scene.run()


def comment_of(body: str, login: str | None = "maintainer", kind: str = "User") -> Comment:
    return Comment.model_validate(
        {
            "id": 1,
            "body": body,
            "html_url": "https://example.org/1",
            "created_at": "2026-11-20T12:00:00Z",
            "user": None if login is None else User(login=login, type=kind),
        }
    )


@pytest.mark.parametrize(
    ("comment", "cases"),
    [
        (comment_of("/tfperf ack scan known"), ["scan"]),
        (comment_of("/tfperf ack scan known until 2026-12-31\n\nmore words"), ["scan"]),
        (comment_of("/tfperf ack scan known", "admin"), ["scan"]),
        (comment_of("/tfperf ack scan known", "visitor"), []),
        (comment_of("/tfperf ack scan known", "stranger"), []),
        (comment_of("/tfperf ack scan known", None), []),
        (comment_of("/tfperf ack scan known", "maintainer", "Bot"), []),
        (comment_of("/tfperf ack scan known", "../../x"), []),
        (comment_of("/tfperf ack scan"), []),
        (comment_of("/tfperf ack scan old until 2026-11-19"), []),
        (comment_of("> /tfperf ack scan known"), []),
        (comment_of("/tfperf run"), []),
    ],
)
def test_acknowledgements(comment: Comment, cases: list[str]) -> None:
    rights = {"maintainer": "write", "admin": "admin", "visitor": "read"}
    waivers = acknowledgements_from([comment], lambda login: rights.get(login, "none"))
    assert [waiver.case for waiver in waivers] == cases
    assert all(waiver.source == comment.html_url for waiver in waivers)
    assert all(waiver.author == comment.author for waiver in waivers)


def test_rights_are_asked_once_for_each_who_acknowledges() -> None:
    asked: list[str] = []

    def permission(login: str) -> str:
        asked.append(login)
        return "write"

    comments = [comment_of("/tfperf ack a b"), comment_of("hello", "other")]
    assert len(acknowledgements_from(comments * 3, permission)) == 3
    assert asked == ["maintainer"]
