"""Owns publishing from end to end: from the environment and a finished text to the comment."""

import re
from collections.abc import Mapping

from bot.errors import BadConfiguration, CannotPublish
from bot.publish.api import Api
from bot.publish.comment import Published, StickyComment, marker
from bot.publish.context import Context, PullNumber, read_context
from bot.publish.deadline import Deadline
from bot.publish.github import Pace, connect
from bot.publish.pull import find_pull
from bot.publish.trouble import TROUBLES, Trouble, explain

KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.]|-(?!-)){0,39}")
PATIENT = Pace()


def publish(
    body: str,
    *,
    key: str,
    environ: Mapping[str, str],
    deadline_seconds: float = 120.0,
    pace: Pace = PATIENT,
) -> Published:
    """Write `body` as the one comment with this key, or say in `CannotPublish` why not.

    The body starts with the key's marker; all that publishing does ends within the deadline.
    """
    check_key(key)
    if not body.startswith(marker(key)):
        raise ValueError(f"the body does not start with {marker(key)!r}")
    context = read_context(environ)
    deadline = Deadline(seconds=deadline_seconds)
    with connect(context, deadline, pace) as client:
        api = Api(requester=client.requester, repository=context.repository, deadline=deadline)
        return deadline.bound(lambda: _publish(api, context, body, key, pace))


def check_key(key: str) -> None:
    """Refuse a key that could end the hidden marker it stands in."""
    if not KEY.fullmatch(key):
        raise BadConfiguration(
            f"{key!r} cannot be the key of a comment",
            cause="it has to be 1 to 40 letters, digits, `_`, `.` or single `-`",
            next_step="use a name like `linux-cpu`",
        )


def _publish(api: Api, context: Context, body: str, key: str, pace: Pace) -> Published:
    """Repeat the whole until it holds: it finds out each time what is there already."""
    comment: StickyComment | None = None
    attempt = 1
    while True:
        try:
            if comment is None:
                pull = find_pull(api, context.target)
                comment = StickyComment(
                    api=api, pull=pull, body=body, key=key, author=context.author
                )
            return comment.converge()
        except TROUBLES as error:
            trouble = _explained(error, context, pace)
            if not trouble.passing or attempt == pace.attempts:
                raise CannotPublish(
                    trouble.what,
                    where=f"{context.repository}, event {context.event}",
                    cause=trouble.cause,
                    next_step=trouble.next_step,
                ) from error
        wait = trouble.wait_seconds
        if wait is None:
            wait = pace.backoff_seconds * 2 ** (attempt - 1)
        api.deadline.wait(wait, f"{trouble.what} (the next attempt is due in {wait:.3g} s)")
        attempt += 1


def _explained(error: Exception, context: Context, pace: Pace) -> Trouble:
    from_fork = isinstance(context.target, PullNumber) and context.target.from_fork
    return explain(error, rate_limit_seconds=pace.rate_limit_seconds, from_fork=from_fork)
