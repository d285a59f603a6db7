"""Owns the payloads of GitHub's events: only the fields that publishing may trust."""

from typing import Annotated, Any

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
    """The run that ended; everything here was written by GitHub, nothing by that run.

    `pull_requests` is left out on purpose: it is empty for pull requests from forks.
    """

    event: str
    head_sha: Sha
    head_branch: Annotated[str, Field(min_length=1)] | None
    head_repository: Repository | None


class WorkflowRunEvent(Payload):
    """Event `workflow_run`."""

    workflow_run: WorkflowRun


class Issue(Payload):
    """What was commented on; `pull_request` is there when it is one."""

    number: Number
    pull_request: dict[str, Any] | None = None


class IssueCommentEvent(Payload):
    """Event `issue_comment`."""

    issue: Issue
