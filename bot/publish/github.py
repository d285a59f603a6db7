"""Owns how GitHub is called: one client, which requests it repeats, how long it waits."""

from dataclasses import dataclass
from math import ceil
from typing import Any, Self

from github import Auth, Github, GithubRetry
from urllib3 import BaseHTTPResponse

from bot import __version__
from bot.publish.access import Access
from bot.publish.context import Context
from bot.publish.deadline import Deadline

REPEATED_STATUS = (429, *range(500, 600))
REPEATED_METHODS = frozenset({"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Not POST: an answer that got lost would become a second comment. PATCH sets the whole body."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How patient we are; the deadline decides in the end.

    A request that can be repeated is, `repeats` times; the whole, from listing to writing, is
    attempted `attempts` times.
    """

    attempts: int = 4
    repeats: int = 4
    backoff_seconds: float = 1.0
    jitter_seconds: float = 0.5
    rate_limit_seconds: float = 30.0
    longest_wait_seconds: int = 120
    request_timeout_seconds: int = 20
    between_requests_seconds: float = 0.25
    between_writes_seconds: float = 1.0


class RetryWithin(GithubRetry):
    """PyGithub's retries, except that a wait which outlasts the deadline ends at once."""

    def __init__(self, *, deadline: Deadline, **settings: Any) -> None:  # noqa: ANN401 - what urllib3 and PyGithub take
        self.deadline = deadline
        super().__init__(**settings)

    def new(self, **settings: Any) -> Self:  # noqa: ANN401 - as above
        """Keep the deadline in every copy that urllib3 makes."""
        return super().new(deadline=self.deadline, **settings)

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        """Wait as long as GitHub asks for, or as the backoff says."""
        asked = self.get_retry_after(response) if response is not None else None
        status = "no answer" if response is None else f"it answered {response.status}"
        seconds = self.get_backoff_time() if asked is None else asked
        self.deadline.wait(seconds, f"GitHub wants {seconds:.3g} s between attempts ({status})")


def retries(deadline: Deadline, pace: Pace) -> RetryWithin:
    """Build the rule by which requests are repeated."""
    return RetryWithin(
        deadline=deadline,
        total=pace.repeats,
        backoff_factor=pace.backoff_seconds,
        backoff_jitter=pace.jitter_seconds,
        secondary_rate_wait=pace.rate_limit_seconds,
        max_rate_limit_wait=pace.longest_wait_seconds,
        retry_after_max=pace.longest_wait_seconds,
        status_forcelist=list(REPEATED_STATUS),
        allowed_methods=REPEATED_METHODS,
    )


def connect(context: Context | Access, deadline: Deadline, pace: Pace) -> Github:
    """Build the client; nothing is sent yet."""
    return Github(
        auth=Auth.Token(context.token),
        base_url=context.api_url,
        lazy=True,
        per_page=100,
        timeout=max(1, min(pace.request_timeout_seconds, ceil(deadline.seconds))),
        retry=retries(deadline, pace),
        user_agent=f"tf-perf-bot/{__version__}",
        seconds_between_requests=pace.between_requests_seconds,
        seconds_between_writes=pace.between_writes_seconds,
    )
