"""The way of a finished text to its comment, without a report and without a check."""

from collections.abc import Mapping

from bot.publish.comment import Published, StickyComment
from bot.publish.github import Pace
from bot.publish.look import Looking
from bot.publish.pull import find_pull
from bot.publish.session import open_session


def publish(
    body: str, *, environ: Mapping[str, str], deadline_seconds: float, pace: Pace
) -> Published:
    """Find the pull request, look at it, and write."""
    with open_session(environ, deadline_seconds=deadline_seconds, pace=pace) as session:
        pull = session.persist(lambda: find_pull(session.api, session.context.target))
        looking = Looking(api=session.api, pull=pull.number)
        look = session.persist(
            lambda: looking.look(
                config_path="tfperf.yml", commit=pull.head.sha, check_name="tfperf"
            )
        )
        sticky = StickyComment(
            looking=looking, body=body, author=session.context.author, seen=look.comments
        )
        return session.persist(sticky.converge)
