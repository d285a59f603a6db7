"""How GitHub is called: what is repeated, what is sent along."""

from dataclasses import replace

import pytest

from bot import __version__
from bot.errors import CannotPublish
from bot.publish.deadline import Deadline
from bot.publish.github import Pace, RetryWithin
from tests.publish.fake_github import FakeGitHub, Fault
from tests.publish.sending import publish

BODY = "<!-- tfperf:cpu v2 run=12.1 digest=aaaa -->\n## No regression\n"
OLD = "<!-- tfperf:cpu v2 run=11.1 digest=aaaa -->\n## 1 regression\n"


@pytest.mark.parametrize(("verb", "times_sent"), [("GET", 5), ("PATCH", 5), ("POST", 1)])
def test_only_what_can_be_repeated_is_repeated(
    github: FakeGitHub, environ: dict[str, str], pace: Pace, verb: str, times_sent: int
) -> None:
    if verb == "PATCH":
        github.add_comment(OLD)
    github.faults = [Fault(verb=verb, path="/repos", status=503, times=1000)]
    once = replace(pace, attempts=1, repeats=4)
    with pytest.raises(CannotPublish):
        publish(BODY, environ=environ, deadline_seconds=5, pace=once)
    assert github.sent(verb) == times_sent


def test_who_is_calling(github: FakeGitHub, environ: dict[str, str], pace: Pace) -> None:
    publish(BODY, environ=environ, deadline_seconds=5, pace=pace)
    for exchange in github.exchanges:
        assert exchange.request_headers["User-Agent"] == f"tf-perf-bot/{__version__}"
        assert exchange.request_headers["Authorization"] == "token ghs_secret"


def test_an_address_below_a_path_keeps_it(
    github: FakeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    """GitHub Enterprise Server lives below /api/v3."""
    environ["GITHUB_API_URL"] += "/api/v3/"
    with pytest.raises(CannotPublish, match="404"):
        publish(BODY, environ=environ, deadline_seconds=5, pace=pace)
    assert github.exchanges.pop().path == "/api/v3/repos/octo-org/octo-repo/pulls/7"


def test_every_copy_of_the_retries_keeps_the_deadline() -> None:
    deadline = Deadline(seconds=0)
    copy = RetryWithin(deadline=deadline, total=3, retry_after_max=9).new(total=2)
    assert (copy.deadline, copy.total, copy.retry_after_max) == (deadline, 2, 9)
