"""Owns which pull request a run belongs to, and whether its commit is still the measured one."""

from typing import NoReturn

from bot.errors import CannotPublish
from bot.publish.api import Api, Pull
from bot.publish.context import HeadBranch, PullNumber


def find_pull(api: Api, target: PullNumber | HeadBranch) -> int:
    """Return the number of the pull request; refuse one whose head has moved on."""
    match target:
        case PullNumber(number=number, sha=sha):
            pull = api.pull(number)
            if sha is not None and pull.head.sha != sha:
                _refuse_stale(pull, sha)
            return pull.number
        case HeadBranch():
            return _only(_pulls_of(api, target), target).number


def _pulls_of(api: Api, target: HeadBranch) -> list[Pull]:
    """Return the open pull requests from this branch; GitHub ignores a filter it cannot read."""
    return [
        pull
        for pull in api.open_pulls(target.query)
        if pull.head.repo is not None
        and pull.head.repo.full_name == target.repository
        and pull.head.ref == target.branch
    ]


def _only(pulls: list[Pull], target: HeadBranch) -> Pull:
    current = [pull for pull in pulls if pull.head.sha == target.sha]
    if len(current) == 1:
        return current[0]
    if current:
        raise CannotPublish(
            "the measured commit belongs to more than one open pull request: "
            + ", ".join(f"#{pull.number}" for pull in current),
            where=f"{target.repository}, branch {target.branch}",
            cause="the same branch is proposed to several base branches",
            next_step="close all but one, or read the job summary",
        )
    if pulls:
        _refuse_stale(pulls[0], target.sha)
    raise CannotPublish(
        "there is no open pull request to comment on",
        where=f"{target.repository}, branch {target.branch}, commit {target.sha[:12]}",
        cause="it was merged or closed while its commit was being measured",
        next_step="read the job summary or the report in the run's artifact",
    )


def _refuse_stale(pull: Pull, measured: str) -> NoReturn:
    raise CannotPublish(
        f"pull request #{pull.number} is at {pull.head.sha[:12]} now, {measured[:12]} was measured",
        cause="commits were pushed while this run was measuring",
        next_step="nothing: the run of the newer commit writes the comment",
    )
