"""Owns where a run stands on GitHub: parsed once from the environment and the event's file."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from bot.core.request import parse_request
from bot.errors import CannotPublish
from bot.publish.event import (
    FULL_NAME,
    IssueCommentEvent,
    Payload,
    PullRequestEvent,
    WorkflowRun,
    WorkflowRunEvent,
)

DEFAULT_AUTHOR = "github-actions[bot]"
"""Who `GITHUB_TOKEN` writes as; it cannot be asked, because GET /user is forbidden to it."""

LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
"""Hosts that may be spoken to in the clear."""

WORKFLOW = ".github/workflows/tfperf.yml"
"""Whose runs may name a pull request themselves, when a command started them."""

Event = TypeVar("Event", bound=Payload)


@dataclass(frozen=True, kw_only=True, slots=True)
class PullNumber:
    """A pull request the event names; a null `sha` means that no commit is known."""

    number: int
    sha: str | None
    from_fork: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class HeadBranch:
    """A pull request the event does not name: GitHub is asked for the one with this head."""

    repository: str
    branch: str
    sha: str

    @property
    def query(self) -> str:
        """Return the head as GitHub's list of pull requests wants it."""
        return f"{self.repository.partition('/')[0]}:{self.branch}"


@dataclass(frozen=True, kw_only=True, slots=True)
class LostBranch:
    """The branch or the fork a run was for is gone: there is a commit, and nobody to tell."""

    sha: str


Target = PullNumber | HeadBranch | LostBranch


@dataclass(frozen=True, kw_only=True, slots=True)
class MeasuringRun:
    """The run whose report is published: this one, or the one this one follows.

    `commit` is the head that was proposed, null where the event tells none; `conclusion` is null
    until the run is over, and where it is the run we are part of.
    """

    id: int
    number: int
    attempt: int
    url: str
    commit: str | None
    is_over: bool = True
    is_this: bool = True
    began: datetime | None = None
    conclusion: str | None = None

    @property
    def external_id(self) -> str:
        """Return what its check run is known by."""
        return f"tfperf:{self.id}.{self.attempt}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What publishing needs to know about the run it is part of."""

    repository: str
    event: str
    target: Target
    measured: MeasuringRun
    api_url: str
    token: str = field(repr=False)
    author: str


def read_context(environ: Mapping[str, str]) -> Context:
    """Read the context of a GitHub Actions run."""
    event = _required(environ, "GITHUB_EVENT_NAME")
    repository = _required(environ, "GITHUB_REPOSITORY")
    if not re.fullmatch(FULL_NAME, repository):
        raise _malformed("GITHUB_REPOSITORY", repository, "owner/name")
    payload = read_payload(environ)
    target: Target
    if event == "workflow_run":
        follows = _parsed(WorkflowRunEvent, payload)
        target = _target_of_run(follows.workflow_run, repository)
        measured = _run_before(follows, target)
    else:
        target = _target(event, payload, repository)
        measured = _this_run(environ, repository, target.sha)
    return Context(
        repository=repository,
        event=event,
        target=target,
        measured=measured,
        api_url=_api_url(environ.get("GITHUB_API_URL") or "https://api.github.com"),
        token=_token(environ),
        author=environ.get("TFPERF_COMMENT_AUTHOR") or DEFAULT_AUTHOR,
    )


def _this_run(environ: Mapping[str, str], repository: str, commit: str | None) -> MeasuringRun:
    number = _count(environ, "GITHUB_RUN_ID")
    server = _address("GITHUB_SERVER_URL", environ.get("GITHUB_SERVER_URL") or "https://github.com")
    return MeasuringRun(
        id=number,
        number=_count(environ, "GITHUB_RUN_NUMBER"),
        attempt=_count(environ, "GITHUB_RUN_ATTEMPT"),
        url=f"{server}/{repository}/actions/runs/{number}",
        commit=commit,
    )


def _run_before(event: WorkflowRunEvent, target: Target) -> MeasuringRun:
    run = event.workflow_run
    return MeasuringRun(
        id=run.id,
        number=run.run_number,
        attempt=run.run_attempt,
        url=run.html_url,
        commit=target.sha,
        is_over=event.action == "completed",
        is_this=False,
        began=run.run_started_at,
        conclusion=run.conclusion,
    )


def _target(event: str, payload: object, repository: str) -> PullNumber:
    match event:
        case "pull_request" | "pull_request_target":
            pull = _parsed(PullRequestEvent, payload).pull_request
            head = pull.head.repo
            return PullNumber(
                number=pull.number,
                sha=pull.head.sha,
                from_fork=head is None or head.full_name != repository,
            )
        case "issue_comment":
            issue = _parsed(IssueCommentEvent, payload).issue
            if issue.pull_request is None:
                raise _no_pull_request("the comment was made on an issue")
            return PullNumber(number=issue.number, sha=None, from_fork=False)
        case _:
            raise _no_pull_request(f"the event is `{event}`")


def _target_of_run(run: WorkflowRun, repository: str) -> Target:
    if run.event == "workflow_dispatch":
        return _asked_for(run, repository)
    if run.event not in {"pull_request", "pull_request_target"}:
        raise _no_pull_request(f"the run that ended was started by `{run.event}`")
    if run.head_repository is None or run.head_branch is None:
        return LostBranch(sha=run.head_sha)
    return HeadBranch(
        repository=run.head_repository.full_name, branch=run.head_branch, sha=run.head_sha
    )


def _asked_for(run: WorkflowRun, repository: str) -> PullNumber:
    """Read which pull request a command was about; only who may write here can start such a run."""
    what = "the run that ended was started by `workflow_dispatch`"
    if run.path.partition("@")[0] != WORKFLOW:
        raise _no_pull_request(f"{what}, and is not of {WORKFLOW}")
    home = run.head_repository
    if home is None or home.full_name.casefold() != repository.casefold():
        raise _no_pull_request(f"{what} of another repository")
    request = parse_request(run.display_title)
    if request is None:
        raise _no_pull_request(f"{what} by hand, not by a command in a comment")
    return PullNumber(number=request.pull, sha=request.commit, from_fork=False)


def read_payload(environ: Mapping[str, str]) -> object:
    """Read the event's file: whatever JSON it holds."""
    path = Path(_required(environ, "GITHUB_EVENT_PATH"))
    try:
        payload: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CannotPublish(
            "the event of this run cannot be read",
            where=f"{path} (from GITHUB_EVENT_PATH): {error}",
            cause="the step does not run on a GitHub Actions runner, or in a container "
            "that does not see the runner's files",
            next_step="run `tfperf publish` in a step of a GitHub Actions job",
        ) from error
    return payload


def _parsed(model: type[Event], payload: object) -> Event:
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise CannotPublish(
            "the event of this run is not what its name says",
            where=f"{'.'.join(map(str, first['loc'])) or 'payload'}: {first['msg']}",
            cause="GITHUB_EVENT_NAME and GITHUB_EVENT_PATH do not belong together",
            next_step="let the runner set both; do not override them in the workflow",
        ) from error


def _required(environ: Mapping[str, str], name: str) -> str:
    if value := environ.get(name):
        return value
    raise CannotPublish(
        f"{name} is not set",
        where="environment",
        cause="publishing only works inside a GitHub Actions job",
        next_step="run `tfperf publish` in a step of a GitHub Actions job; "
        "the report itself is complete in the run folder",
    )


def _token(environ: Mapping[str, str]) -> str:
    if token := environ.get("GITHUB_TOKEN"):
        return token
    raise CannotPublish(
        "there is no token to write the comment with",
        where="environment variable GITHUB_TOKEN",
        cause="a step sees the job's token only when it is handed over",
        next_step="add to the publishing step:\n    env:\n      GITHUB_TOKEN: ${{ github.token }}",
    )


def _count(environ: Mapping[str, str], name: str) -> int:
    text = environ.get(name) or "1"
    if not text.isascii() or not text.isdigit():
        raise _malformed(name, text, "a whole number")
    return int(text)


def _address(name: str, url: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]/_-]+", url):
        raise _malformed(name, url, "an http:// or https:// address")
    return url.rstrip("/")


def _api_url(url: str) -> str:
    wanted = "an https:// address, because the token is sent there"
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _malformed("GITHUB_API_URL", url, wanted) from error
    local = parts.hostname in LOCAL
    if not parts.hostname or parts.scheme not in ({"https", "http"} if local else {"https"}):
        raise _malformed("GITHUB_API_URL", url, wanted)
    return url


def _malformed(name: str, value: str, wanted: str) -> CannotPublish:
    return CannotPublish(
        f"{name} is {value!r}, but has to be {wanted}",
        where="environment",
        cause="the variable was overridden",
        next_step=f"let the runner set {name}",
    )


def _no_pull_request(reason: str) -> CannotPublish:
    return CannotPublish(
        "there is no pull request to comment on",
        where=reason,
        cause="comments are written for pull_request, pull_request_target, issue_comment and "
        "workflow_run events that belong to a pull request",
        next_step="read the job summary or the report in the run folder; to publish only where "
        "it makes sense, give the step a condition on github.event_name",
    )
