"""Owns the requests that commands make beside those of publishing: reactions, rights, runs."""

import json
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import quote

from github import GithubException, RateLimitExceededException

from bot.core.request import Request, parse_request
from bot.publish.api import PER_PAGE, Answer, Api, Pull, parsed
from bot.publish.event import Sha
from bot.publish.trouble import InvalidAnswer

Reaction = Literal["eyes", "rocket", "-1"]
SEEN: Reaction = "eyes"
UNSEEN = frozenset({403, 404, 409, 410, 422, 451})
"""What GitHub answers where it does not show something to this token."""


class Base(Answer):
    """The side of a pull request that it is to be merged into."""

    sha: Sha


class AskedPull(Pull):
    """A pull request that a command is about, with the commit it is compared with."""

    base: Base


class Permission(Answer):
    """What somebody may do in a repository: admin, write, read or none; `maintain` is write."""

    permission: str


class Activity(Answer):
    """A push to a branch, with the time GitHub saw it: unlike a commit's, nobody can forge it."""

    after: str
    timestamp: datetime


class Signature(Answer):
    """Who made a commit, and when they say they did."""

    date: datetime


class GitCommit(Answer):
    """What git knows of a commit."""

    committer: Signature | None


class Commit(Answer):
    """A commit."""

    commit: GitCommit


class Run(Answer):
    """A run of a workflow; `display_title` is its `run-name`, or the title of a pull request."""

    id: int
    event: str
    head_sha: str
    display_title: str
    html_url: str
    run_number: int
    run_attempt: int = 1
    run_started_at: datetime | None = None


class Dispatched(Answer):
    """The run that was started."""

    html_url: str


class Runs(Answer):
    """A page of runs."""

    workflow_runs: list[Run]


@dataclass(frozen=True, kw_only=True, slots=True)
class CommandsApi(Api):
    """What answering a command needs of GitHub."""

    def asked_pull(self, number: int) -> AskedPull:
        """Return one pull request as it is now, with its base."""
        _, data = self._send("GET", f"pulls/{number}")
        return parsed(AskedPull, data)

    def claim(self, comment: int) -> bool:
        """Show that a comment was seen; True for the first job alone that does.

        GitHub keeps one reaction of a kind and says which request made it, so of two jobs that
        ask at the same time one is told that it came second.
        """
        path = f"issues/comments/{comment}/reactions"
        self.deadline.wait(0, f"POST {path} was not sent any more")
        status, headers, output = self.requester.requestJson(
            "POST", f"/repos/{self.repository}/{path}", input={"content": SEEN}
        )
        if status >= HTTPStatus.BAD_REQUEST:
            raise self.requester.createException(status, headers, _words(output))
        return status == HTTPStatus.CREATED

    def react(self, comment: int, reaction: Reaction) -> None:
        """Put a reaction on a comment; one that is there already stays the only one."""
        self._send("POST", f"issues/comments/{comment}/reactions", body={"content": reaction})

    def permission(self, login: str) -> str:
        """Return what somebody may do here."""
        _, data = self._send("GET", f"collaborators/{quote(login, safe='')}/permission")
        return parsed(Permission, data).permission

    def last_push(self, branch: str) -> Activity | None:
        """Return the last push to a branch; None where GitHub does not show it."""
        query = {"ref": f"refs/heads/{branch}", "per_page": 1}
        try:
            _, data = self._send("GET", "activity", query=query)
        except RateLimitExceededException:
            raise
        except GithubException as error:
            if error.status in UNSEEN:
                return None
            raise
        if not isinstance(data, list):
            raise InvalidAnswer
        return parsed(Activity, data[0]) if data else None

    def committed(self, commit: str) -> datetime | None:
        """Return when a commit was made, as whoever made it says."""
        _, data = self._send("GET", f"commits/{commit}")
        committer = parsed(Commit, data).commit.committer
        return committer.date if committer else None

    def run_of(self, workflow: str, comment: int) -> tuple[Run, Request] | None:
        """Return the run that a comment started, among the newest hundred that were asked for.

        The rest of its name is not compared: the base may have moved since.
        """
        query = {"event": "workflow_dispatch", "per_page": PER_PAGE}
        _, data = self._send("GET", f"actions/workflows/{workflow}/runs", query=query)
        runs = parsed(Runs, data).workflow_runs
        named = ((run, parse_request(run.display_title)) for run in runs)
        return next(
            ((run, asked) for run, asked in named if asked and asked.comment == comment), None
        )

    def runs_of(self, workflow: str, pull: Pull) -> list[Run]:
        """Return the runs that measured the head of a pull request and are over, newest first.

        Only somebody who may start a workflow names a run of `workflow_dispatch`; the title of any
        other run is anybody's.
        """
        path = f"actions/workflows/{workflow}/runs"
        found: list[Run] = []
        for chosen in ({"head_sha": pull.head.sha}, {"event": "workflow_dispatch"}):
            query = {"status": "completed", "per_page": PER_PAGE} | chosen
            _, data = self._send("GET", path, query=query)
            found += parsed(Runs, data).workflow_runs
        runs = {run.id: run for run in found if _measured(run, pull)}
        return [runs[number] for number in sorted(runs, reverse=True)]

    def dispatch(self, workflow: str, branch: str, inputs: dict[str, str]) -> str | None:
        """Start a run, once; return its address, null from a GitHub that does not tell it."""
        body = {"ref": branch, "inputs": inputs, "return_run_details": True}
        _, data = self._send("POST", f"actions/workflows/{workflow}/dispatches", body=body)
        return parsed(Dispatched, data).html_url if data else None


def _words(output: str) -> dict[str, Any]:
    """Read what came with a refusal: GitHub's JSON, or whatever something in between said."""
    try:
        said = json.loads(output)
    except ValueError:
        said = None
    return said if isinstance(said, dict) else {"message": output}


def _measured(run: Run, pull: Pull) -> bool:
    if run.event == "workflow_dispatch":
        asked = parse_request(run.display_title)
        return asked is not None and (asked.pull, asked.commit) == (pull.number, pull.head.sha)
    return run.event == "pull_request" and run.head_sha == pull.head.sha
