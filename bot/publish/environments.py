"""Owns asking GitHub who has to approve jobs of an environment, before it is relied on."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from github import UnknownObjectException

from bot.errors import CannotPublish
from bot.publish.access import read_access
from bot.publish.api import Answer, Api, parsed
from bot.publish.deadline import Deadline
from bot.publish.github import Pace, connect
from bot.publish.session import PATIENT
from bot.publish.trouble import READING_RUNS, TROUBLES, explain

REVIEWERS = "required_reviewers"
ASKING_SECONDS = 60.0


class Reviewer(Answer):
    """A person or a team that may approve."""

    type: str


class Rule(Answer):
    """A rule that protects an environment; only that of reviewers lists any."""

    type: str
    reviewers: tuple[Reviewer, ...] = ()


class Environment(Answer):
    """An environment of a repository."""

    name: str
    protection_rules: tuple[Rule, ...] = ()

    @property
    def has_reviewers(self) -> bool:
        """Whether somebody has to approve each job, and somebody can."""
        return any(rule.type == REVIEWERS and rule.reviewers for rule in self.protection_rules)


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentsApi(Api):
    """What the gate needs of GitHub."""

    def environment(self, name: str) -> Environment | None:
        """Return an environment; None where there is none, or the token cannot see it."""
        try:
            _, data = self._send("GET", f"environments/{quote(name, safe='')}")
        except UnknownObjectException:
            return None
        return parsed(Environment, data)


def find_environment(
    environ: Mapping[str, str],
    name: str,
    *,
    deadline_seconds: float = ASKING_SECONDS,
    pace: Pace = PATIENT,
) -> Environment | None:
    """Return an environment of this job's repository, or raise CannotPublish: nobody could tell.

    Reads GITHUB_TOKEN, GITHUB_REPOSITORY and GITHUB_API_URL. Nothing is written.
    """
    access = read_access(environ)
    deadline = Deadline(seconds=deadline_seconds)
    with connect(access, deadline, pace) as client:
        api = EnvironmentsApi(
            requester=client.requester, repository=access.repository, deadline=deadline
        )
        try:
            return deadline.bound(lambda: api.environment(name))
        except TROUBLES as error:
            trouble = explain(
                error,
                rate_limit_seconds=pace.rate_limit_seconds,
                from_fork=False,
                permission=READING_RUNS,
            )
            raise CannotPublish(
                trouble.what, where=f"{access.repository}, environment {name}", cause=trouble.cause
            ) from error
