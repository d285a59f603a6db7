"""Owns the gate: whose code this job is about, before any of it is run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.core.config import Config, load
from bot.core.gate import Decision, decide
from bot.core.request import Request, parse_request
from bot.errors import BadConfiguration, CannotPublish
from bot.project.event import pull_of
from bot.project.repository import Repository, find_repository
from bot.publish.environments import find_environment
from bot.publish.github import Pace
from bot.publish.session import PATIENT

OWN: Final = frozenset({"push", "schedule", "merge_group"})
"""Events of the repository's own branches."""
REVIEW: Final = (
    "in the settings of the repository, Environments, create it and choose people as required "
    "reviewers, who then approve each run"
)


def gate(
    path: Path, environ: Mapping[str, str], *, request: str | None, pace: Pace = PATIENT
) -> Decision:
    """Decide where this event's code may be measured; nothing of it is run.

    `path` is that of the configuration. The working folder has to be a checkout of the base
    branch; for what a comment asked for, one of all branches, and then the configuration is that
    of the commit which the request names as its base. Code that a comment asked for is the
    repository's own when one of its branches has it: then somebody with write access put it there.
    """
    event = environ.get("GITHUB_EVENT_NAME", "")
    match event:
        case "pull_request":
            decision = decide(_here(path), is_foreign=_is_from_a_fork(environ))
        case "workflow_dispatch" if request:
            asked = _Asked(request=_parsed(request), repository=_repository(environ))
            decision = decide(
                asked.config(path), is_foreign=asked.is_foreign(), request=asked.request
            )
        case "workflow_dispatch":
            decision = decide(_here(path), is_foreign=False)
        case _ if event in OWN:
            decision = decide(_here(path), is_foreign=False)
        case _:
            raise BadConfiguration(
                f"nothing is measured after the event `{event}`",
                where="GITHUB_EVENT_NAME",
                cause="code of a pull request would run beside a token that can write"
                if event == "pull_request_target"
                else "it does not say whose code is measured",
                next_step="call the workflow after pull_request, push, schedule, merge_group or "
                "workflow_dispatch",
            )
    if decision.environment is not None:
        _must_be_reviewed(decision.environment, environ, pace)
    return decision


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asked:
    """What a comment asked for, in a clone of the repository with all its branches."""

    request: Request
    repository: Repository

    def config(self, path: Path) -> Config:
        """Read the configuration as it was at the base: that of the default branch is another."""
        base = self.request.base
        if not _is_on_a_branch(self.repository, base):
            raise BadConfiguration(
                f"the base of the pull request, {base[:12]}, is on no branch of this repository",
                where=str(self.repository.top),
                cause="the base branch was deleted or replaced after the comment, or the checkout "
                "fetched less than all branches",
                next_step="write the command again; in a workflow of your own, check out with "
                "`fetch-depth: 0`",
            )
        whole = path.parent.resolve() / path.name
        if not whole.is_relative_to(self.repository.top):
            raise BadConfiguration(
                f"{path} lies outside of the repository",
                where=f"repository: {self.repository.top}",
                next_step="name a file of the repository in `config`",
            )
        inside = whole.relative_to(self.repository.top).as_posix()
        text = self.repository.text(base, inside)
        return _loaded(text, source=f"{inside} at {base[:12]}")

    def is_foreign(self) -> bool:
        """Whether no branch has the commit: it is of a fork."""
        return not _is_on_a_branch(self.repository, self.request.commit)


def _here(path: Path) -> Config:
    text = path.read_text(encoding="utf-8") if path.is_file() else None
    return _loaded(text, source=str(path))


def _loaded(text: str | None, *, source: str) -> Config:
    return load(text, source=source, environ={}, overrides={})


def _parsed(request: str) -> Request:
    asked = parse_request(request)
    if asked is None:
        raise BadConfiguration(
            "this is not the name of a run that a comment asks for",
            where=f"input `request`: {request[:160]!r}",
            cause="the workflow was started by hand with a text of its own",
            next_step="leave `request` empty when you start the workflow by hand",
        )
    return asked


def _repository(environ: Mapping[str, str]) -> Repository:
    repository = find_repository(Path(), environ)
    if repository is None:
        raise BadConfiguration(
            "there is no checkout",
            where=str(Path().absolute()),
            cause="the step before did not check out the base branch",
            next_step="check out with `fetch-depth: 0` first",
        )
    return repository


def _is_on_a_branch(repository: Repository, commit: str) -> bool:
    if not repository.has(commit):
        return False
    return bool(repository.git.must("branch", "--remotes", "--contains", commit).text)


def _is_from_a_fork(environ: Mapping[str, str]) -> bool:
    pull = pull_of(environ)
    if pull is None:
        raise BadConfiguration(
            "the event of this job cannot be read",
            where="GITHUB_EVENT_PATH is not set",
            cause="the step does not run in a GitHub Actions job, or hides the runner's variables",
            next_step="let the runner set it",
        )
    return pull.is_from_a_fork(environ.get("GITHUB_REPOSITORY", ""))


def _must_be_reviewed(name: str, environ: Mapping[str, str], pace: Pace) -> None:
    """Refuse an environment that lets jobs through by itself: GitHub makes missing ones so."""
    if not environ.get("GITHUB_TOKEN"):
        raise BadConfiguration(
            f"nobody can say whether somebody has to approve in the environment `{name}`",
            where="GITHUB_TOKEN is not set",
            cause="the job has no token to ask GitHub with",
            next_step="hand it over: `github-token` of the action, in a job with `actions: read`",
        )
    try:
        environment = find_environment(environ, name, pace=pace)
    except CannotPublish as error:
        raise BadConfiguration(
            f"nobody can say whether somebody has to approve in the environment `{name}`",
            where=error.what,
            cause=error.cause,
            next_step="give the job that calls the workflow `actions: read`, as `tfperf init` "
            "writes it; then run it again",
        ) from error
    if environment is None:
        raise BadConfiguration(
            f"there is no environment `{name}`",
            where="`environment` of tfperf.yml on the base branch",
            cause="it was misspelt or deleted, and GitHub would make one that lets everybody "
            "through; or the job that calls the workflow lacks `actions: read`",
            next_step=REVIEW,
        )
    if not environment.has_reviewers:
        raise BadConfiguration(
            f"nobody has to approve in the environment `{name}`",
            where="`environment` of tfperf.yml on the base branch",
            cause="it has no required reviewers, so that code of any fork would run on "
            "your runner at once",
            next_step=REVIEW,
        )
