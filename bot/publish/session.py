"""Owns a session with GitHub: one client, one deadline, and how often something is tried."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TypeVar

from bot.errors import CannotPublish
from bot.publish.api import Api
from bot.publish.context import Context, PullNumber, read_context
from bot.publish.deadline import Deadline
from bot.publish.github import Pace, connect
from bot.publish.trouble import COMMENTING, TROUBLES, explain

Result = TypeVar("Result")
PATIENT = Pace()
RESERVE = 0.2
CLOSING_SHARE = 0.4
MOST_RESERVE_SECONDS = 30.0
"""Kept back from the deadline, so that a check run can still be closed when all else is late."""


class Forbidden(CannotPublish):
    """The token may not do it, however often it is tried."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """All that publishing does shares one of these, and so one deadline."""

    context: Context
    api: Api
    deadline: Deadline
    reserve: Deadline
    pace: Pace

    @contextmanager
    def closing(self, *, is_last: bool) -> Iterator["Session"]:
        """Give a session for the end, with a client of its own: the other may hang in a request.

        The last one has all the time that was kept back; another one a share of what is left, so
        that it cannot cost what comes after it.
        """
        deadline = self.reserve
        if not is_last:
            deadline = Deadline(seconds=CLOSING_SHARE * self.deadline.remaining())
        with connect(self.context, deadline, self.pace) as client:
            api = replace(self.api, requester=client.requester, deadline=deadline)
            yield replace(self, api=api, deadline=deadline)

    def persist(self, work: Callable[[], Result], *, permission: str = COMMENTING) -> Result:
        """Repeat `work` until it holds; say in CannotPublish what is in its way for good.

        `work` has to find out each time what is there already. `permission` is what the token
        needs for it.
        """
        return self.deadline.bound(lambda: self._persist(work, permission))

    def _persist(self, work: Callable[[], Result], permission: str) -> Result:
        attempt = 1
        while True:
            try:
                return work()
            except TROUBLES as error:
                target = self.context.target
                trouble = explain(
                    error,
                    rate_limit_seconds=self.pace.rate_limit_seconds,
                    from_fork=isinstance(target, PullNumber) and target.from_fork,
                    permission=permission,
                )
                if not trouble.passing or attempt == self.pace.attempts:
                    refusal = Forbidden if trouble.is_forbidden else CannotPublish
                    raise refusal(
                        trouble.what,
                        where=f"{self.context.repository}, event {self.context.event}",
                        cause=trouble.cause,
                        next_step=trouble.next_step,
                    ) from error
            wait = trouble.wait_seconds
            if wait is None:
                wait = self.pace.backoff_seconds * 2 ** (attempt - 1)
            self.deadline.wait(wait, f"{trouble.what} (the next attempt is due in {wait:.3g} s)")
            attempt += 1


@contextmanager
def open_session(
    environ: Mapping[str, str], *, deadline_seconds: float, pace: Pace = PATIENT
) -> Iterator[Session]:
    """Read where this run stands, and connect; everything after ends within the deadline."""
    context = read_context(environ)
    reserve = Deadline(seconds=deadline_seconds)
    kept = min(MOST_RESERVE_SECONDS, RESERVE * deadline_seconds)
    deadline = Deadline(seconds=deadline_seconds - kept, started=reserve.started)
    with connect(context, deadline, pace) as client:
        api = Api(requester=client.requester, repository=context.repository, deadline=deadline)
        yield Session(context=context, api=api, deadline=deadline, reserve=reserve, pace=pace)
