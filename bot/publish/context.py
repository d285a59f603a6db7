"""Owns where a run stands on GitHub: parsed once from the environment and the event's file."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from bot.core.request import Request, parse_request
from bot.errors import CannotPublish
from bot.publish.access import api_address, job_token, malformed, repository_name, required
from bot.publish.event import (
    IssueCommentEvent,
    Payload,
    PullRequestEvent,
    WorkflowRun,
    WorkflowRunEvent,
)

DEFAULT_AUTHOR = "github-actions[bot]"
"""Who `GITHUB_TOKEN` writes as; it cannot be asked, because GET /user is forbidden to it."""

WORKFLOW = ".github/workflows/tfperf.yml"
"""Whose runs are published: a pull request may add another file of the same name."""

WORKFLOW_ENDINGS = (".yml", ".yaml")

Event = TypeVar("Event", bound=Payload)


class NothingToPublish(CannotPublish):
    """Nobody waits for a report here: there is nothing to do, and nothing failed."""


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
    until the run is over, and where it is the run we are part of. `verb` is the command in a
    comment that asked for it.
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
    verb: str | None = None

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
    event = required(environ, "GITHUB_EVENT_NAME")
    repository = repository_name(environ)
    payload = read_payload(environ)
    target: Target
    if event == "workflow_run":
        follows = _parsed(WorkflowRunEvent, payload)
        request = _request(follows.workflow_run, repository)
        target = _target_of_run(follows.workflow_run, request)
        measured = _run_before(follows, target, request)
    else:
        target = _target(event, payload, repository)
        measured = _this_run(environ, repository, target.sha)
    return Context(
        repository=repository,
        event=event,
        target=target,
        measured=measured,
        api_url=api_address(environ),
        token=job_token(environ),
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


def _run_before(event: WorkflowRunEvent, target: Target, request: Request | None) -> MeasuringRun:
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
        verb=request.verb if request else None,
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


def _request(run: WorkflowRun, repository: str) -> Request | None:
    """Read what a command asked for; raise for a run that is none of ours.

    Only who may write here can start a run by `workflow_dispatch`, and so choose its name.
    """
    is_asked = run.event == "workflow_dispatch"
    what = f"the run was started by `{run.event}`"
    if not is_asked and run.event not in {"pull_request", "pull_request_target"}:
        raise _no_pull_request(what)
    if not _is_of(run.path, WORKFLOW):
        raise _other_workflow(run.path)
    if not is_asked:
        return None
    home = run.head_repository
    if home is None or home.full_name.casefold() != repository.casefold():
        raise _no_pull_request(f"{what} of another repository")
    request = parse_request(run.display_title)
    if request is None:
        raise _no_pull_request(f"{what} by hand, not by a command in a comment")
    return request


def _is_of(path: str, workflow: str) -> bool:
    """Whether a path is that of a workflow; it may carry the branch or tag that it was read at.

    What follows the `@` may be part of a file's name as well: then it ends as all of them do.
    """
    file, _, ref = path.partition("@")
    return file == workflow and not ref.endswith(WORKFLOW_ENDINGS)


def _target_of_run(run: WorkflowRun, request: Request | None) -> Target:
    if request is not None:
        return PullNumber(number=request.pull, sha=request.commit, from_fork=False)
    if run.head_repository is None or run.head_branch is None:
        return LostBranch(sha=run.head_sha)
    return HeadBranch(
        repository=run.head_repository.full_name, branch=run.head_branch, sha=run.head_sha
    )


def read_payload(environ: Mapping[str, str]) -> object:
    """Read the event's file: whatever JSON it holds."""
    path = Path(required(environ, "GITHUB_EVENT_PATH"))
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


def _count(environ: Mapping[str, str], name: str) -> int:
    text = environ.get(name) or "1"
    if not text.isascii() or not text.isdigit():
        raise malformed(name, text, "a whole number")
    return int(text)


def _address(name: str, url: str) -> str:
    if not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]/_-]+", url):
        raise malformed(name, url, "an http:// or https:// address")
    return url.rstrip("/")


def _no_pull_request(reason: str) -> NothingToPublish:
    return NothingToPublish(
        "there is no pull request to comment on",
        where=reason,
        cause="comments are written for pull_request, pull_request_target, issue_comment and "
        "workflow_run events that belong to a pull request",
        next_step="read the job summary or the report in the run folder; to publish only where "
        "it makes sense, give the step a condition on github.event_name",
    )


def _other_workflow(path: str) -> CannotPublish:
    return CannotPublish(
        f"the run is not of {WORKFLOW}, and of no other file is anything published",
        where=f"its file is `{path}`",
        cause="another workflow has the same name; a pull request can bring one of its own",
        next_step=f"measure in {WORKFLOW}, as `tfperf init` writes it; if the file is in the "
        "pull request alone, ask why",
    )
