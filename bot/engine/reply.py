"""Owns the reading of a worker's reply: workers are not trusted, what is odd is a `Failed`."""

import sys
from typing import Any, TypeGuard

from bot.core.outcome import Failed, Skipped

Reply = dict[str, Any]

_LARGEST_PID = (1 << 31) - 1
"""What the C library takes; no kernel counts so far."""

_LONGEST_QUOTE = 200


class CaseFailed(Exception):
    """A case, or a whole arm, ended early; `failure` goes into the journal.

    It is `Skipped` where the workload itself said that it cannot run there.
    """

    def __init__(self, failure: Failed | Skipped) -> None:
        super().__init__(failure.reason)
        self.failure = failure

    @property
    def failed(self) -> Failed:
        """The failure of what is no case, and so cannot be skipped."""
        if isinstance(self.failure, Skipped):
            return Failed(kind="exception", reason=self.failure.reason)
        return self.failure


def is_finite(value: object) -> TypeGuard[float]:
    """Whether a value is a number to calculate with; an integer may be too large for that."""
    return isinstance(value, int | float) and abs(value) <= sys.float_info.max


def number(reply: Reply, name: str) -> float:
    """Read a number that must be there, finite and not negative."""
    value = reply.get(name)
    if _is_size(value):
        return value
    raise _odd(reply, name)


def numbers(reply: Reply, name: str, *, most: int) -> tuple[float, ...]:
    """Read a list of numbers that must be there, each finite and not negative."""
    values = reply.get(name)
    if isinstance(values, list) and len(values) <= most and all(map(_is_size, values)):
        return tuple(values)
    raise _odd(reply, name)


def _is_size(value: object) -> TypeGuard[float]:
    return is_finite(value) and value >= 0


def process_id(reply: Reply, name: str) -> int:
    """Read the id of a process: signals go there, and 0, 1 and -1 would mean others."""
    value = reply.get(name)
    if type(value) is int and 1 < value <= _LARGEST_PID:
        return value
    raise _odd(reply, name)


def text(reply: Reply, name: str) -> str | None:
    """Read a text that the worker may not know."""
    value = reply.get(name)
    if value is None or (isinstance(value, str) and "\0" not in value):
        return value
    raise _odd(reply, name)


def texts(reply: Reply, name: str) -> tuple[str, ...]:
    """Read a list of texts that need not be there."""
    value = reply.get(name, [])
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise _odd(reply, name)


def mapping(reply: Reply, name: str) -> Reply:
    """Read what has names itself, and must be there."""
    value = reply.get(name)
    if isinstance(value, dict):
        return value
    raise _odd(reply, name)


def _odd(reply: Reply, name: str) -> CaseFailed:
    sent = f"{reply[name]!r:.{_LONGEST_QUOTE}}" if name in reply else "nothing"
    return CaseFailed(Failed(kind="protocol", reason=f"the worker sent {sent} as {name}"))
