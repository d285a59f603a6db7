"""Owns starting the run that a comment asks for: at which commit, with which inputs, and once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from github import GithubException

from bot.core.asked import Inputs, Suspects, inputs_of, inputs_of_confirm
from bot.core.commands import Bisect, Confirm, Explain, Run
from bot.core.replies import Refused, Started
from bot.core.request import Request
from bot.errors import CannotPublish
from bot.publish.api import Pull
from bot.publish.asked import Log
from bot.publish.commands_api import CommandsApi
from bot.publish.event import AskedComment
from bot.publish.trouble import Trouble, explain

WORKFLOW = "tfperf.yml"
AGAIN = "write the command again, as a new comment"

Asking = Run | Confirm | Bisect | Explain
FindSuspects = Callable[[Pull], Suspects | None]
"""Read the newest report of a pull request's head; None when it has no alarm that counts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NotStarted(Refused):
    """GitHub refused to start the run: the comment is answered, and the job fails."""

    error: CannotPublish


@dataclass(kw_only=True, slots=True)
class Starting:
    """What a run is started with, and where."""

    api: CommandsApi
    pull: int
    comment: AskedComment
    branch: str
    find_suspects: FindSuspects
    log: Log
    url: str | None = None
    """Where the run is, once it was started."""

    def start(self, asking: Asking) -> Started | Refused:
        """Start the run, once; say what was started, or why nothing was."""
        verb = type(asking).__name__.lower()
        pull = self.api.pull(self.pull)
        if pull.state != "open":
            return Refused(verb=verb, why="the pull request is closed", next_step="reopen it first")
        is_seen = self._is_push_seen(pull)
        if is_seen is None:
            return Refused(
                verb=verb,
                why="commits were pushed after the comment was made",
                next_step=f"look at them, then {AGAIN}",
                commit=pull.head.sha,
            )
        inputs = self._inputs(asking, pull)
        if inputs is None:
            return Refused(
                verb=verb,
                why="there is no report of this commit with an alarm that counts",
                next_step="wait for the run of this commit, or measure it by /tfperf run",
                commit=pull.head.sha,
            )
        request = Request(
            verb=verb, pull=pull.number, commit=pull.head.sha, comment=self.comment.id
        )
        try:
            self._dispatch(request, inputs)
        except GithubException as error:
            trouble = _why_not_started(error)
            if trouble is None:
                raise
            return NotStarted(
                verb=verb,
                why=trouble.what,
                next_step=f"{trouble.next_step}; then {AGAIN}",
                error=self._error(trouble),
            )
        return Started(
            request=request,
            inputs=inputs,
            url=self.url,
            fork=self._fork(pull),
            is_push_seen=is_seen,
        )

    def _fork(self, pull: Pull) -> str | None:
        if pull.head.repo is None:
            return "a fork that was deleted"
        name = pull.head.repo.full_name
        return None if name == self.api.repository else name

    def _inputs(self, asking: Asking, pull: Pull) -> Inputs | None:
        if not isinstance(asking, Confirm):
            return inputs_of(asking)
        suspects = self.find_suspects(pull)
        return inputs_of_confirm(suspects) if suspects else None

    def _is_push_seen(self, pull: Pull) -> bool | None:
        """Say whether it is certain that the commit was there when the comment was made.

        None when it was not. GitHub's list of pushes has its own clock; where it is not shown (a
        private fork, a deleted one) only the commit's own date is left, which anybody can set.
        """
        asked = self.comment.created_at
        head = pull.head
        push = None
        if head.repo is not None:
            push = replace(self.api, repository=head.repo.full_name).last_push(head.ref)
        if push is not None and push.timestamp >= asked:
            return None
        if push is not None and push.after == head.sha:
            return True
        return None if _is_after(self.api.committed(head.sha), asked) else False

    def _dispatch(self, request: Request, inputs: Inputs) -> None:
        """Start the run, unless it was: an answer that got lost must not start a second one."""
        there = self.api.run_called(WORKFLOW, str(request))
        if there is not None:
            self.url = there.html_url
            self.log(f"the run was started before: {there.html_url}")
            return
        wanted = {
            "request": str(request),
            "baseline": inputs.baseline,
            "versions": inputs.versions,
            "workloads": inputs.workloads,
            "mode": inputs.mode,
        }
        branch = self.branch
        self.url = self.api.dispatch(WORKFLOW, branch, wanted)
        self.log(f"started: {request}")

    def _error(self, trouble: Trouble) -> CannotPublish:
        return CannotPublish(
            trouble.what,
            where=f"{self.api.repository}, comment {self.comment.id}",
            cause=trouble.cause,
            next_step=trouble.next_step,
        )


def _is_after(made: datetime | None, asked: datetime) -> bool:
    return made is not None and made >= asked


def _why_not_started(error: GithubException) -> Trouble | None:
    """Explain why a run was not started; None when another attempt may do."""
    trouble = explain(error, rate_limit_seconds=0, from_fork=False)
    if trouble.passing:
        return None
    match error.status:
        case 404:
            return replace(
                trouble,
                cause=f"there is no .github/workflows/{WORKFLOW} on the default branch",
                next_step=f"`tfperf init` writes {WORKFLOW}: merge it into the default branch",
            )
        case 422:
            return replace(
                trouble,
                cause=f"the {WORKFLOW} of the default branch takes other inputs, or cannot be "
                "started by `workflow_dispatch`",
                next_step=f"`tfperf init` writes a new {WORKFLOW}: merge it",
            )
        case 403:
            return replace(
                trouble,
                cause="the token may not start workflows, or they are switched off",
                next_step="give the job that answers `permissions: actions: write`",
            )
        case _:
            return trouble
