"""Owns the payloads of GitHub's events: only the fields that publishing may trust."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

FULL_NAME = r"^[A-Za-z0-9_-]+/[A-Za-z0-9._-]+$"
Sha = Annotated[str, Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]
Number = Annotated[int, Field(gt=0)]
FullName = Annotated[str, Field(pattern=FULL_NAME)]


class Payload(BaseModel):
    """A part of an event; GitHub adds fields at any time, so unknown ones are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Repository(Payload):
    """A repository, by its `owner/name`."""

    full_name: FullName


class Head(Payload):
    """The commit a pull request proposes; its repository is null once the fork is deleted."""

    sha: Sha
    ref: str
    repo: Repository | None


class PullRequest(Payload):
    """The pull request of a `pull_request` or `pull_request_target` event."""

    number: Number
    head: Head


class PullRequestEvent(Payload):
    """Event `pull_request` or `pull_request_target`."""

    pull_request: PullRequest


class WorkflowRun(Payload):
    """The run that measures; everything but `display_title` was written by GitHub.

    `pull_requests` is left out on purpose: it is empty for pull requests from forks.
    """

    id: Number
    event: str
    path: Annotated[str, Field(description="of the workflow's file")]
    run_number: Number
    run_attempt: Number
    run_started_at: datetime
    display_title: Annotated[
        str, Field(description="the title of the pull request, or what a dispatch asks for")
    ]
    html_url: Annotated[str, Field(pattern=r"^https?://[^\s]+$")]
    conclusion: Annotated[str | None, Field(pattern=r"^[a-z_]+$")]
    head_sha: Sha
    head_branch: Annotated[str, Field(min_length=1)] | None
    head_repository: Repository | None


class WorkflowRunEvent(Payload):
    """Event `workflow_run`; `action` is requested, in_progress or completed."""

    action: Literal["requested", "in_progress", "completed"]
    workflow_run: WorkflowRun


class Issue(Payload):
    """What was commented on; `pull_request` is there when it is one."""

    number: Number
    pull_request: dict[str, Any] | None = None


class IssueCommentEvent(Payload):
    """Event `issue_comment`."""

    issue: Issue


class Person(Payload):
    """Who wrote a comment; `type` tells people (`User`) from programs (`Bot`)."""

    login: str
    type: str


class AskedComment(Payload):
    """A comment as it was when the event was made; its author is null once the account is gone."""

    id: Number
    body: str
    created_at: datetime
    user: Person | None


class Home(Repository):
    """The repository an event belongs to."""

    default_branch: Annotated[str, Field(min_length=1)]


class AskingEvent(IssueCommentEvent):
    """Event `issue_comment`, with what a command needs."""

    action: str
    comment: AskedComment
    repository: Home
