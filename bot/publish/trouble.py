"""Owns what can go wrong while talking to GitHub, and what a person is told about it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from github import GithubException, RateLimitExceededException
from requests import RequestException
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError

COMMENTING = "pull-requests: write"
CHECKING = "checks: write"
READING_RUNS = "actions: read"
READING_FILES = "contents: read"

WHAT_FOR = {
    COMMENTING: "write comments on pull requests",
    CHECKING: "write check runs",
    READING_RUNS: "read the artifacts of runs",
    READING_FILES: "read the base branch",
}

LONGEST_LINE = 200

AGAIN = "run the publishing job again: it measures nothing and never posts twice"


class Vanished(Exception):
    """The comment was deleted between reading the list and changing it."""


class InvalidAnswer(Exception):
    """The status was success, the body was not what GitHub documents."""


class StorageRefused(Exception):
    """The storage where artifacts lie did not hand one out; the next address may do better."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the storage of artifacts answered {status}")
        self.status = status


TROUBLES = (
    *(GithubException, RequestException, HTTPError, json.JSONDecodeError),
    *(Vanished, InvalidAnswer, StorageRefused),
)
"""What is raised when GitHub, the network or a proxy in between does not do as documented."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trouble:
    """One failed attempt; `passing` says whether another one may succeed, `wait` how much later."""

    what: str
    cause: str
    next_step: str
    passing: bool = False
    is_forbidden: bool = False
    wait_seconds: float | None = None


def grant(permission: str) -> str:
    """Say how the token of a job gets a permission."""
    return f"""give the job that publishes (not the one that measures):
    permissions:
      {permission}"""


def explain(
    error: Exception, *, rate_limit_seconds: float, from_fork: bool, permission: str = COMMENTING
) -> Trouble:
    """Find the likely cause of a failed request, and what to do about it."""
    match error:
        case Vanished():
            return Trouble(
                what="the comment was deleted while it was being edited",
                cause="somebody deletes the comments of this tool",
                next_step=AGAIN,
                passing=True,
                wait_seconds=0,
            )
        case InvalidAnswer() | json.JSONDecodeError():
            return _passing("GitHub's answer was not the JSON it documents")
        case StorageRefused():
            return _passing(str(error))
        case GithubException():
            return _refused(
                error,
                rate_limit_seconds=rate_limit_seconds,
                from_fork=from_fork,
                permission=permission,
            )
        case _:
            return _passing(f"GitHub could not be reached: {_short(error)}")


def _refused(
    error: GithubException, *, rate_limit_seconds: float, from_fork: bool, permission: str
) -> Trouble:
    said = f"GitHub answered {error.status}: {_message(error)}"
    headers = CaseInsensitiveDict(error.headers or {})
    if headers.get("x-ratelimit-remaining") == "0" and (reset := _reset(headers)):
        return Trouble(
            what=f"GitHub's rate limit is used up until {reset:%Y-%m-%d %H:%M} UTC",
            cause="many requests were made with this token in the last hour",
            next_step=AGAIN,
        )
    asked = _retry_after(headers)
    is_limit = isinstance(error, RateLimitExceededException)
    if is_limit or error.status == HTTPStatus.TOO_MANY_REQUESTS or asked is not None:
        return _passing(said, wait_seconds=rate_limit_seconds if asked is None else asked)
    reason = _reason(error, from_fork=from_fork, permission=permission)
    if reason is None:
        return _passing(said)
    cause, next_step = reason
    is_forbidden = error.status == HTTPStatus.FORBIDDEN
    return Trouble(what=said, cause=cause, next_step=next_step, is_forbidden=is_forbidden)


def _reason(error: GithubException, *, from_fork: bool, permission: str) -> tuple[str, str] | None:
    """Return the likely cause of a status and what to do; None when it may be another next time."""
    match error.status:
        case 401:
            return (
                "the token is wrong, or it expired: the job's token ends with the job",
                "hand `${{ github.token }}` of this job to the step, not a stored one",
            )
        case 403:
            return _forbidden(error, from_fork=from_fork, permission=permission)
        case 404 | 410:
            return (
                "what is asked for is gone, or the token cannot see it or this repository",
                f"check that it still exists; if it does, {grant(permission)}",
            )
        case 422:
            return (
                "the text is longer than GitHub takes, or spam detection refused it",
                "compare fewer versions or workloads in one comment, or read the summary",
            )
        case _:
            return None


def _forbidden(error: GithubException, *, from_fork: bool, permission: str) -> tuple[str, str]:
    if "locked" in _message(error).lower():
        cause, next_step = "the conversation of the pull request is locked", "unlock it"
        return cause, f"{next_step}, or read the job summary"
    if from_fork:
        cause = "runs for pull requests from forks only get a token that can read"
        return cause, f"publish in a workflow on `workflow_run`, and {grant(permission)}"
    return f"the token may not {WHAT_FOR[permission]}", grant(permission)


def _passing(what: str, wait_seconds: float | None = None) -> Trouble:
    return Trouble(
        what=what,
        cause="GitHub or the network between it and this machine is in trouble "
        "(www.githubstatus.com tells)",
        next_step=AGAIN,
        passing=True,
        wait_seconds=wait_seconds,
    )


def _message(error: GithubException) -> str:
    """Return GitHub's own words, in one short line."""
    data = error.data if isinstance(error.data, dict) else {}
    parts = [str(data.get("message") or "no reason given")]
    parts += [
        str(detail.get("message") or detail.get("code") or "")
        for detail in data.get("errors") or []
        if isinstance(detail, dict)
    ]
    return _one_line("; ".join(part for part in parts if part))


def _short(error: Exception) -> str:
    return _one_line(f"{type(error).__name__}: {error}")


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE - 1]}…"


def _reset(headers: Mapping[str, str]) -> datetime | None:
    text = headers.get("x-ratelimit-reset", "")
    return datetime.fromtimestamp(int(text), UTC) if text.isascii() and text.isdigit() else None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    text = headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() else None
