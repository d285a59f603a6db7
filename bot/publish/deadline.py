"""Owns the one deadline that everything publishing does shares."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TypeVar

from bot.errors import CannotPublish

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """A moment on the monotonic clock."""

    seconds: float
    started: float = field(default_factory=time.monotonic)

    def remaining(self) -> float:
        """Return the seconds that are left, never less than zero."""
        return max(0.0, self.started + self.seconds - time.monotonic())

    def wait(self, seconds: float, reason: str) -> None:
        """Sleep, unless that would take longer than what is left: then say so at once."""
        if seconds >= self.remaining():
            raise self.missed(reason)
        time.sleep(seconds)

    def bound(self, work: Callable[[], Result]) -> Result:
        """Run `work`; give up when the time is over, whatever it hangs in.

        A name that does not resolve and an answer that drips byte by byte know no timeout of
        their own, so the work is done in a thread that does not keep the process alive.
        """
        outcome: Future[Result] = Future()

        def run() -> None:
            try:
                outcome.set_result(work())
            except BaseException as error:  # noqa: BLE001 - handed over, raised by the waiting thread
                outcome.set_exception(error)

        threading.Thread(target=run, name="publish", daemon=True).start()
        try:
            return outcome.result(timeout=self.remaining())
        except TimeoutError as error:
            if outcome.done():
                raise
            raise self.missed("GitHub did not finish its answer") from error

    def missed(self, reason: str) -> CannotPublish:
        """Say that the time is used up, and what it was spent on."""
        return CannotPublish(
            f"publishing did not finish within {self.seconds:g} s: {reason}",
            cause="GitHub is slow, asks to wait, or cannot be reached from this machine",
            next_step="run the publishing job again: it measures nothing and never posts twice",
        )
