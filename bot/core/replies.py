"""Owns what a comment with a command is answered: decided here, said elsewhere."""

from dataclasses import dataclass

from bot.core.asked import Inputs
from bot.core.commands import Ack
from bot.core.request import Request


@dataclass(frozen=True, kw_only=True, slots=True)
class Started:
    """A run was started; `url` is null where GitHub did not say which."""

    request: Request
    inputs: Inputs
    url: str | None
    fork: str | None
    """The repository the commit comes from, where it is not this one."""
    is_push_seen: bool
    """Whether GitHub told when the commit was pushed: before the comment."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """Nothing was started; `why` and `next_step` may quote others, `commit` is the head now."""

    verb: str | None
    why: str
    next_step: str
    commit: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Accepted:
    """An acknowledgement is in force."""

    ack: Ack
    author: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Helped:
    """What can be asked for; `why` is what was wrong with the comment, null when it asked."""

    why: str | None = None


Reply = Started | Refused | Accepted | Helped

_HELP = " help"
_START = "<!-- tfperf:answer:"


def answer_marker(comment: int, reply: Reply) -> str:
    """Return the first line of an answer; no key of a sticky comment can look like it."""
    return f"{_START}{comment}{_HELP if isinstance(reply, Helped) else ''} -->"


def is_answer(body: str, comment: int) -> bool:
    """Whether a comment of ours answers another one."""
    return body.startswith(f"{_START}{comment} ")


def is_help(body: str) -> bool:
    """Whether a comment of ours is the help."""
    first = body.partition("\n")[0].strip()
    return first.startswith(_START) and first.endswith(f"{_HELP} -->")
