"""Owns where a run stands on GitHub: parsed once from the environment and the event's file."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from bot.errors import CannotPublish
from bot.publish.event import (
    FULL_NAME,
    IssueCommentEvent,
    Payload,
    PullRequestEvent,
    WorkflowRunEvent,
)

DEFAULT_AUTHOR = "github-actions[bot]"
"""Who `GITHUB_TOKEN` writes as; it cannot be asked, because GET /user is forbidden to it."""

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
class Context:
    """What publishing needs to know about the run it is part of."""

    repository: str
    event: str
    target: PullNumber | HeadBranch
    api_url: str
    token: str = field(repr=False)
    author: str
    run_number: int
    run_attempt: int
    actor: str


def read_context(environ: Mapping[str, str]) -> Context:
    """Read the context of a GitHub Actions run."""
    event = _required(environ, "GITHUB_EVENT_NAME")
    repository = _required(environ, "GITHUB_REPOSITORY")
    if not re.fullmatch(FULL_NAME, repository):
        raise _malformed("GITHUB_REPOSITORY", repository, "owner/name")
    return Context(
        repository=repository,
        event=event,
        target=_target(event, _payload(environ), repository),
        api_url=_api_url(environ.get("GITHUB_API_URL") or "https://api.github.com"),
        token=_token(environ),
        author=environ.get("TFPERF_COMMENT_AUTHOR") or DEFAULT_AUTHOR,
        run_number=_count(environ, "GITHUB_RUN_NUMBER"),
        run_attempt=_count(environ, "GITHUB_RUN_ATTEMPT"),
        actor=environ.get("GITHUB_ACTOR", ""),
    )


def _target(event: str, payload: object, repository: str) -> PullNumber | HeadBranch:
    match event:
        case "pull_request" | "pull_request_target":
            pull = _parsed(PullRequestEvent, payload).pull_request
            head = pull.head.repo
            return PullNumber(
                number=pull.number,
                sha=pull.head.sha,
                from_fork=head is None or head.full_name != repository,
            )
        case "workflow_run":
            return _head_of_run(_parsed(WorkflowRunEvent, payload))
        case "issue_comment":
            issue = _parsed(IssueCommentEvent, payload).issue
            if issue.pull_request is None:
                raise _no_pull_request("the comment was made on an issue")
            return PullNumber(number=issue.number, sha=None, from_fork=False)
        case _:
            raise _no_pull_request(f"the event is `{event}`")


def _head_of_run(event: WorkflowRunEvent) -> HeadBranch:
    run = event.workflow_run
    if run.event not in {"pull_request", "pull_request_target"}:
        raise _no_pull_request(f"the run that ended was started by `{run.event}`")
    if run.head_repository is None or run.head_branch is None:
        raise _no_pull_request("the branch or the fork it came from was deleted")
    return HeadBranch(
        repository=run.head_repository.full_name, branch=run.head_branch, sha=run.head_sha
    )


def _payload(environ: Mapping[str, str]) -> object:
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


def _api_url(url: str) -> str:
    wanted = "an https:// address, because the token is sent there"
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise _malformed("GITHUB_API_URL", url, wanted) from error
    local = parts.hostname in {"127.0.0.1", "localhost", "::1"}
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
