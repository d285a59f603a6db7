"""Owns the acknowledgements that stand in comments: whose word counts, and for how long."""

from collections.abc import Callable, Iterable

from bot.core.commands import Ack
from bot.core.waiver import Waiver
from bot.publish.api import Comment
from bot.publish.asked import LOGIN, MAY_ASK, parse


def acknowledgements_from(
    comments: Iterable[Comment], permission: Callable[[str], str]
) -> list[Waiver]:
    """Read what people accepted in the comments of a pull request, as they are now.

    `permission` returns what a login may do here; it is asked once for each who acknowledges.
    An acknowledgement ends with its comment, and with its author's right to write.
    """
    known: dict[str, bool] = {}
    waivers = []
    for comment in comments:
        if comment.user is None or comment.user.type != "User":
            continue
        login = comment.user.login
        command = parse(comment)
        if not isinstance(command, Ack) or not LOGIN.fullmatch(login):
            continue
        if login not in known:
            known[login] = permission(login) in MAY_ASK
        if known[login]:
            waivers.append(
                Waiver(
                    case=command.case,
                    reason=command.reason,
                    author=login,
                    until=command.until,
                    source=comment.html_url,
                )
            )
    return waivers
