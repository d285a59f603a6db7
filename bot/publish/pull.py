"""Owns which pull request a run belongs to, and whether its commit is still the measured one."""

from bot.errors import CannotPublish
from bot.publish.api import Api, Pull
from bot.publish.context import HeadBranch, LostBranch, NothingToPublish, PullNumber, Target

MERGED = "it was merged or closed while its commit was being measured"


def find_pull(api: Api, target: Target) -> Pull:
    """Return the pull request as it is now; NothingToPublish where it is closed or moved on."""
    match target:
        case LostBranch(sha=sha):
            raise _gone(f"commit {sha[:12]}", "the branch or the fork it came from was deleted")
        case PullNumber(number=number, sha=sha):
            pull = api.pull(number)
            if sha is not None and pull.state != "open":
                raise _gone(f"pull request #{number}", MERGED)
            if sha is not None and pull.head.sha != sha:
                raise _stale(pull, sha)
            return pull
        case HeadBranch():
            return _only(_pulls_of(api, target), target)


def _pulls_of(api: Api, target: HeadBranch) -> list[Pull]:
    """Return the open pull requests from this branch; GitHub ignores a filter it cannot read."""
    return [
        pull
        for pull in api.open_pulls(target.query)
        if pull.state == "open"
        and pull.head.repo is not None
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
        raise _stale(pulls[0], target.sha)
    raise _gone(f"{target.repository}, branch {target.branch}, commit {target.sha[:12]}", MERGED)


def _gone(where: str, cause: str) -> NothingToPublish:
    return NothingToPublish(
        "there is no open pull request to comment on",
        where=where,
        cause=cause,
        next_step="read the job summary or the report in the run's artifact",
    )


def _stale(pull: Pull, measured: str) -> NothingToPublish:
    return NothingToPublish(
        f"pull request #{pull.number} is at {pull.head.sha[:12]} now, {measured[:12]} was measured",
        cause="commits were pushed while this run was measuring",
        next_step="nothing: the run of the newer commit writes the comment",
    )
