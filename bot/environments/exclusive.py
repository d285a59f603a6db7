"""Owns that only one process at a time works on a file or an environment."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from bot.environments.command import Deadline

if sys.platform != "win32":
    import fcntl

_POLL_SECONDS = 0.1


class Busy(Exception):
    """Another process held the lock until the deadline."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path))
        self.path = path


@contextmanager
def exclusive(path: Path, deadline: Deadline) -> Iterator[int]:
    """Hold a lock; yields its descriptor, to be kept open by what must be over before others.

    The kernel releases it when the last holder ends, however it ends: nothing goes stale.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        while not _take(file):
            if deadline.remaining() <= 0:
                raise Busy(path)
            threading.Event().wait(_POLL_SECONDS)
        yield file.fileno()


def _take(file: IO[str]) -> bool:
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
