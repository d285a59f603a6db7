"""Owns the gate: whose code this job is about, before any of it is run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bot.core.config import Config
from bot.core.gate import Decision, decide
from bot.core.request import parse_request
from bot.errors import BadConfiguration
from bot.project.event import pull_of
from bot.project.repository import find_repository

OWN: Final = frozenset({"push", "schedule", "merge_group"})
"""Events of the repository's own branches."""


def gate(config: Config, environ: Mapping[str, str], *, request: str | None) -> Decision:
    """Decide where this event's code may be measured; nothing of it is run.

    The working folder has to be a checkout of the base branch. Code that a comment asked for is
    the repository's own when one of its branches has it: then somebody with write access put it
    there.
    """
    event = environ.get("GITHUB_EVENT_NAME", "")
    match event:
        case "pull_request":
            return decide(config, is_foreign=_is_from_a_fork(environ), commit=None)
        case "workflow_dispatch" if request:
            commit = _commit(request)
            return decide(config, is_foreign=not _is_on_a_branch(commit, environ), commit=commit)
        case "workflow_dispatch":
            return decide(config, is_foreign=False, commit=None)
        case _ if event in OWN:
            return decide(config, is_foreign=False, commit=None)
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


def _commit(request: str) -> str:
    asked = parse_request(request)
    if asked is None:
        raise BadConfiguration(
            "this is not the name of a run that a comment asks for",
            where=f"input `request`: {request[:120]!r}",
            cause="the workflow was started by hand with a text of its own",
            next_step="leave `request` empty when you start the workflow by hand",
        )
    return asked.commit


def _is_on_a_branch(commit: str, environ: Mapping[str, str]) -> bool:
    repository = find_repository(Path(), environ)
    if repository is None:
        raise BadConfiguration(
            "there is no checkout",
            where=str(Path().absolute()),
            cause="the step before did not check out the base branch",
            next_step="check out with `fetch-depth: 0` first",
        )
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
