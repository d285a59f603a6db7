"""Owns which comments are commands, and who may give them."""

import re
from collections.abc import Callable, Mapping

from pydantic import ValidationError

from bot.core.commands import Command, Unknown, parse_command
from bot.errors import CannotPublish
from bot.publish.api import Comment
from bot.publish.context import read_payload
from bot.publish.event import AskedComment, AskingEvent

MAY_ASK = frozenset({"admin", "write"})
"""What GitHub says of people who may write here; `maintain` is among them as `write`."""
LOGIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
Log = Callable[[str], None]


def read_event(environ: Mapping[str, str]) -> AskingEvent:
    """Read the event of a comment; raise CannotPublish where it is another one."""
    event = environ.get("GITHUB_EVENT_NAME")
    if event != "issue_comment":
        raise CannotPublish(
            "there is no comment to answer",
            where=f"the event is `{event}`" if event else "this is no job of GitHub Actions",
            cause="commands are read from `issue_comment` events alone",
            next_step="give the job a condition: github.event_name == 'issue_comment'",
        )
    try:
        return AskingEvent.model_validate(read_payload(environ))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise CannotPublish(
            "the event of this run is not what its name says",
            where=f"{'.'.join(map(str, first['loc'])) or 'payload'}: {first['msg']}",
            cause="GITHUB_EVENT_NAME and GITHUB_EVENT_PATH do not belong together",
            next_step="let the runner set both; do not override them in the workflow",
        ) from error


def asked(event: AskingEvent, log: Log) -> Command | Unknown | None:
    """Read the command of an event; what is no command costs no request."""
    user = event.comment.user
    if event.action != "created":
        log(f"nothing to do: the comment was {event.action}, and only new comments are read")
    elif event.issue.pull_request is None:
        log("nothing to do: the comment was made on an issue, not on a pull request")
    elif user is None or user.type != "User" or not LOGIN.fullmatch(user.login):
        log("nothing to do: the comment was not written by a person")
    else:
        command = parse(event.comment)
        if command is None:
            log("nothing to do: the comment is no command")
        return command
    return None


def parse(comment: AskedComment | Comment) -> Command | Unknown | None:
    """Read a comment as of the day it was made."""
    return parse_command(comment.body, on=comment.created_at.date())
