"""What GitHub and the network do wrong while a report is published, and what comes of it.

    python -m tests.publish.fault_table

prints the table of docs/faults.md; `test_fault_table.py` holds every line of it to its promise.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.errors import TfperfError
from bot.publish.github import Pace
from tests.publish.contract import contract
from tests.publish.fake_github import Fault
from tests.publish.fake_server import WholeGitHub, running
from tests.publish.scene import RUN, SHA, Scene, archive_of, clean

ALWAYS = 1000
PACE = Pace(
    backoff_seconds=0.01,
    jitter_seconds=0,
    rate_limit_seconds=0.05,
    longest_wait_seconds=2,
    request_timeout_seconds=1,
    between_requests_seconds=0,
    between_writes_seconds=0,
)
DEADLINE = 5.0
HTML = b"<html><body>Whoa there!</body></html>"
BUSY = {"message": "Server Error"}
SECONDARY = {
    "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you "
    "try again.",
    "documentation_url": "",
}
PRIMARY = {"message": "API rate limit exceeded for installation ID 1.", "documentation_url": ""}
USED_UP = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"}
FORBIDDEN = {"message": "Resource not accessible by integration", "documentation_url": ""}
TOO_LONG = {"message": "Validation Failed", "documentation_url": ""}

PASSING: dict[str, dict[str, Any]] = {
    "429 without Retry-After": {"status": 429, "body": BUSY},
    "429 with Retry-After": {"status": 429, "body": BUSY, "headers": {"Retry-After": "0"}},
    "403, secondary limit": {"status": 403, "body": SECONDARY},
    "500": {"status": 500, "body": BUSY},
    "502 as HTML": {"status": 502, "body": HTML, "headers": {"Content-Type": "text/html"}},
    "503": {"status": 503, "body": BUSY},
    "a reset before the work": {"reset": True},
    "a reset after the work": {"reset": True, "late": True},
    "a slow answer": {"hangs": True, "late": True},
    "HTML instead of JSON": {"status": 200, "body": HTML, "late": True},
    "JSON that stops": {"status": 200, "body": b'{"id": 10', "late": True},
}
"""What passes: it happens once."""

LASTING: dict[str, dict[str, Any]] = {
    "503 for good": {"status": 503, "body": BUSY},
    "403, primary limit": {"status": 403, "body": PRIMARY, "headers": USED_UP},
    "401": {"status": 401, "body": {"message": "Bad credentials", "documentation_url": ""}},
    "403, no permission": {"status": 403, "body": FORBIDDEN},
    "404": {"status": 404, "body": {"message": "Not Found", "documentation_url": ""}},
    "422, too long": {"status": 422, "body": TOO_LONG},
    "it hangs for good": {"hangs": True},
}
"""What does not: it happens whenever it is tried."""

PLACES: dict[str, dict[str, Any]] = {
    "artifact": {"verb": "GET", "path": "/artifacts"},
    "look": {"verb": "POST", "path": "/graphql"},
    "comment": {"verb": "POST", "path": "/issues/7/comments"},
    "edit": {"verb": "PATCH", "path": "/issues/comments"},
    "check": {"verb": "POST", "path": "/check-runs"},
}
"""Where it happens: the first request of its kind."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What somebody sees afterwards."""

    exit_code: int
    said: str
    comments: int
    checks: tuple[str, ...]
    kept: int
    log: tuple[str, ...] = field(compare=False)

    def __str__(self) -> str:
        """Write a field of the table."""
        page = {0: "no comment", 1: "1 comment"}.get(self.comments, f"{self.comments} comments")
        checks = ", ".join(self.checks) or "none"
        said = f"; `{self.said}`" if self.said else ""
        return f"exit {self.exit_code}, {page}, check: {checks}{said}"


def suffer(fault: dict[str, Any], place: str, *, times: int) -> Outcome:
    """Publish while something goes wrong."""
    with running(contract()) as github, tempfile.TemporaryDirectory() as folder:
        github.add_pull(7, SHA)
        scene = Scene(github=github, pace=PACE, folder=Path(folder))
        if place == "edit":
            scene.of_run(11).publish(clean())
            scene.kept.clear()
        github.artifacts.listed.clear()
        github.artifacts.add(RUN, archive_of(clean()))
        github.faults = [Fault(**PLACES[place], times=times, **fault)]
        outcome = _outcome(scene, github)
        violations = [found for e in github.exchanges for found in contract().violations(e)]
        assert not violations, violations
        return outcome


def _outcome(scene: Scene, github: WholeGitHub) -> Outcome:
    code, said = 0, ""
    try:
        scene.publish(deadline=DEADLINE)
    except TfperfError as error:
        code, said = error.exit_code, error.what
    return Outcome(
        exit_code=int(code),
        said=said,
        comments=len(github.comments),
        checks=tuple(github.check_runs.words),
        kept=len(scene.kept),
        log=tuple(scene.log),
    )


def lines() -> Iterator[str]:
    """Write the table."""
    places = [place for place in PLACES if place != "edit"]
    yield "| what happens | " + " | ".join(f"to the {place}" for place in places) + " |"
    yield "|---" * (len(places) + 1) + "|"
    for faults, times in ((PASSING, 1), (LASTING, ALWAYS)):
        for name, fault in faults.items():
            outcomes = [str(suffer(fault, place, times=times)) for place in places]
            yield f"| {name} | " + " | ".join(outcomes) + " |"


if __name__ == "__main__":
    for line in lines():
        print(line)  # noqa: T201
