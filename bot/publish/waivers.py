"""Owns asking GitHub whose acknowledgements count: only of people who may write here."""

from collections.abc import Iterable

from github import UnknownObjectException

from bot.core.waiver import Waiver
from bot.publish.acknowledging import acknowledgements_from
from bot.publish.api import Api, Comment
from bot.publish.commands_api import CommandsApi


def acknowledgements_of(api: Api, comments: Iterable[Comment]) -> list[Waiver]:
    """Return what people with write permission accepted; asks once for each who acknowledges."""
    asking = CommandsApi(requester=api.requester, repository=api.repository, deadline=api.deadline)

    def permission(login: str) -> str:
        try:
            return asking.permission(login)
        except UnknownObjectException:  # no collaborator
            return "none"

    return acknowledgements_from(comments, permission)
