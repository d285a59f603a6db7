"""Owns starting the run that a comment asks for: at which commit, with which inputs, and once."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from github import GithubException

from bot.core.asked import Inputs, Suspects, Unreadable, inputs_of, inputs_of_confirm
from bot.core.commands import Bisect, Confirm, Explain, Run
from bot.core.replies import Refused, Started
from bot.core.request import Request
from bot.errors import CannotPublish
from bot.publish.asked import Log
from bot.publish.commands_api import AskedPull, CommandsApi
from bot.publish.event import AskedComment
from bot.publish.trouble import Trouble, explain

WORKFLOW = "tfperf.yml"
AGAIN = "write the command again, as a new comment"

Asking = Run | Confirm | Bisect | Explain
FindSuspects = Callable[[AskedPull], Suspects | Unreadable | None]
"""Read the newest report of a pull request's head; None when it has no alarm that counts."""


WHY_NO_FORK = (
    "its code is from {}, and a run that a comment starts may write the caches of the default "
    "branch"
)
INSTEAD_OF_A_FORK = (
    "Re-run all jobs of its last run measures it again; for more, read the code, push it to a "
    "branch of this repository and open a pull request from there, or allow it: forks: true for "
    "publish.yml in tfperf-publish.yml"
)
LATER = "commits were pushed after the comment was made"
ELSEWHERE = "the last push that GitHub shows is not the commit of this pull request"


@dataclass(frozen=True, kw_only=True, slots=True)
class Pushed:
    """The commit may be none that was there when the comment was made."""

    why: str


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
    forks: bool
    """Whether code of forks may be measured where it can write the default branch's caches."""
    find_suspects: FindSuspects
    log: Log
    url: str | None = None
    """Where the run is, once it was started."""

    def start(self, asking: Asking) -> Started | Refused:
        """Start the run, once; say what was started, or why nothing was."""
        verb = type(asking).__name__.lower()
        pull = self.api.asked_pull(self.pull)
        if pull.state != "open":
            return Refused(verb=verb, why="the pull request is closed", next_step="reopen it first")
        fork = self._fork(pull)
        if fork is not None and not self.forks:
            return Refused(verb=verb, why=WHY_NO_FORK.format(fork), next_step=INSTEAD_OF_A_FORK)
        is_seen = self._is_push_seen(pull)
        if isinstance(is_seen, Pushed):
            return Refused(
                verb=verb,
                why=is_seen.why,
                next_step=f"look at them, then {AGAIN}",
                commit=pull.head.sha,
            )
        inputs = self._inputs(asking, pull)
        if isinstance(inputs, Refused):
            return inputs
        request = Request(
            verb=verb,
            pull=pull.number,
            commit=pull.head.sha,
            base=pull.base.sha,
            comment=self.comment.id,
        )
        try:
            request = self._dispatch(request, inputs)
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
            fork=fork,
            is_push_seen=is_seen,
        )

    def _fork(self, pull: AskedPull) -> str | None:
        if pull.head.repo is None:
            return "a fork that was deleted"
        name = pull.head.repo.full_name
        return None if name == self.api.repository else name

    def _inputs(self, asking: Asking, pull: AskedPull) -> Inputs | Refused:
        if not isinstance(asking, Confirm):
            return inputs_of(asking)
        match self.find_suspects(pull):
            case Suspects() as suspects:
                return inputs_of_confirm(suspects)
            case Unreadable(why=why):
                why = f"the newest report of this commit cannot be read: {why}"
                next_step = "measure it again by /tfperf run; the run's log tells the whole"
            case _:
                why = "there is no report of this commit with an alarm that counts"
                next_step = "wait for the run of this commit, or measure it by /tfperf run"
        return Refused(verb="confirm", why=why, next_step=next_step, commit=pull.head.sha)

    def _is_push_seen(self, pull: AskedPull) -> bool | Pushed:
        """Say whether it is certain that the commit was there when the comment was made.

        GitHub's list of pushes has its own clock. Only where it is not shown (a private fork, a
        deleted one) is the commit's own date asked, which anybody can set.
        """
        asked = self.comment.created_at
        head = pull.head
        push = None
        if head.repo is not None:
            push = replace(self.api, repository=head.repo.full_name).last_push(head.ref)
        if push is None:
            made = self.api.committed(head.sha)
            return Pushed(why=LATER) if made is not None and made >= asked else False
        if push.timestamp >= asked:
            return Pushed(why=LATER)
        return True if push.after == head.sha else Pushed(why=ELSEWHERE)

    def _dispatch(self, request: Request, inputs: Inputs) -> Request:
        """Start the run, unless it was: an answer that got lost must not start a second one.

        Return what the run was asked: by a job before this one, maybe at another base.
        """
        before = self.api.run_of(WORKFLOW, self.comment.id)
        if before is not None:
            there, request = before
            self.url = there.html_url
            self.log(f"the run was started before: {there.html_url}")
            return request
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
        return request

    def _error(self, trouble: Trouble) -> CannotPublish:
        return CannotPublish(
            trouble.what,
            where=f"{self.api.repository}, comment {self.comment.id}",
            cause=trouble.cause,
            next_step=trouble.next_step,
        )


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
