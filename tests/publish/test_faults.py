"""Bad days of GitHub and the network: no second comment, bounded time, a message that helps."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.errors import CannotPublish, ExitCode
from bot.publish.comment import Published
from bot.publish.github import Pace
from tests.publish.fake_github import FakeGitHub, Fault
from tests.publish.sending import publish

BODY = "<!-- tfperf:cpu v2 run=12.1 digest=aaaa -->\n## No regression\n"
OLD = "<!-- tfperf:cpu v2 run=11.1 digest=aaaa -->\n## 1 regression\n"
DEADLINE = 3.0
ALWAYS = 1000

HTML = b"<html><body>Whoa there!</body></html>"
CUT_JSON = b'[{"id": 1001, "body": "<!-- tfp'
SECONDARY = {
    "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you "
    "try again.",
    "documentation_url": "",
}
FORBIDDEN = {"message": "Resource not accessible by integration", "documentation_url": ""}
LOCKED = {"message": "Unable to create comment because issue is locked.", "documentation_url": ""}
BAD_TOKEN = {"message": "Bad credentials", "documentation_url": ""}
MISSING = {"message": "Not Found", "documentation_url": ""}
BUSY = {"message": "Server Error"}


def send(environ: dict[str, str], pace: Pace, deadline: float = DEADLINE) -> Published:
    return publish(BODY, environ=environ, deadline_seconds=deadline, pace=pace)


PASSING = {
    "429 without Retry-After": {"status": 429, "body": BUSY},
    "429 with Retry-After": {"status": 429, "body": BUSY, "headers": {"Retry-After": "0"}},
    "403 secondary limit": {"status": 403, "body": SECONDARY},
    "403 with Retry-After": {"status": 403, "body": SECONDARY, "headers": {"Retry-After": "1"}},
    "500": {"status": 500, "body": BUSY},
    "502 as HTML": {"status": 502, "body": HTML, "headers": {"Content-Type": "text/html"}},
    "503": {"status": 503, "body": BUSY},
    "reset before the work": {"reset": True},
    "reset after the work": {"reset": True, "late": True},
    "slow answer, nothing done": {"hangs": True},
    "slow answer, work done": {"hangs": True, "late": True},
    "HTML instead of JSON": {"status": 200, "body": HTML},
    "HTML after the work": {"status": 200, "body": HTML, "late": True},
    "JSON that stops": {"status": 200, "body": CUT_JSON},
    "JSON that stops after the work": {"status": 200, "body": CUT_JSON, "late": True},
    "JSON of something else": {"status": 200, "body": {"message": "Moved"}, "late": True},
}


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
@pytest.mark.parametrize("verb", ["GET", "POST", "PATCH"])
def test_what_passes_leaves_exactly_one_comment(
    github: FakeGitHub, environ: dict[str, str], pace: Pace, verb: str, fault: dict[str, object]
) -> None:
    if verb == "PATCH":
        github.add_comment(OLD)
    github.faults = [Fault(verb=verb, path="/repos", **fault)]  # type: ignore[arg-type]
    published = send(environ, pace, deadline=10)
    assert published.action == ("edited" if verb == "PATCH" else "created")
    assert github.bodies() == [BODY]


def test_a_duplicate_that_cannot_be_deleted_at_first_is_deleted_later(
    github: FakeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    github.add_comment(OLD)
    github.add_comment(OLD)
    github.faults = [Fault(verb="DELETE", reset=True, late=True), Fault(verb="DELETE", status=502)]
    assert send(environ, pace).action == "edited"
    assert github.bodies() == [BODY]


FINAL = {
    "401": (401, BAD_TOKEN, "401: Bad credentials", "the job's token ends with the job"),
    "403 permission": (403, FORBIDDEN, "not accessible by integration", "pull-requests: write"),
    "403 locked": (403, LOCKED, "issue is locked", "unlock it"),
    "404": (404, MISSING, "404: Not Found", "is gone, or the token cannot see it"),
}


@pytest.mark.parametrize("refusal", FINAL.values(), ids=FINAL)
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_what_does_not_pass_is_said_at_once(
    github: FakeGitHub,
    environ: dict[str, str],
    pace: Pace,
    verb: str,
    refusal: tuple[int, dict[str, object], str, str],
) -> None:
    status, body, what, advice = refusal
    github.faults = [Fault(verb=verb, path="/repos", status=status, body=body, times=ALWAYS)]
    with pytest.raises(CannotPublish) as raised:
        send(environ, pace)
    assert what in raised.value.what
    assert advice in str(raised.value)
    assert raised.value.exit_code == ExitCode.PUBLISHING_FAILED
    assert github.sent(verb) == 1
    assert github.comments == {}


def test_a_body_that_is_too_long_says_so(
    github: FakeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    github.longest_body = 10
    with pytest.raises(CannotPublish, match=r"422: Validation Failed; body is too long") as raised:
        send(environ, pace)
    assert "fewer versions" in str(raised.value)
    assert github.sent("POST") == 1


def test_a_fork_is_told_where_publishing_works(
    github: FakeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    event = Path(environ["GITHUB_EVENT_PATH"])
    payload = event.read_text(encoding="utf-8")
    event.write_text(payload.replace("octo-org/octo-repo", "someone/fork"), encoding="utf-8")
    github.faults = [Fault(verb="POST", path="/repos", status=403, body=FORBIDDEN, times=ALWAYS)]
    with pytest.raises(CannotPublish) as raised:
        send(environ, pace)
    assert "pull requests from forks" in str(raised.value)
    assert "`workflow_run`" in str(raised.value)


ENDLESS = {
    "503": ({"status": 503, "body": BUSY}, "503"),
    "resets": ({"reset": True}, "could not be reached"),
    "slow": ({"hangs": True}, "within 1.2 s"),
    "drips": ({"drips": True}, "did not finish its answer"),
    "HTML": ({"status": 200, "body": HTML}, "not the JSON it documents"),
    "a long Retry-After": (
        {"status": 429, "body": BUSY, "headers": {"Retry-After": "60"}},
        "answered 429",
    ),
    "the hourly limit": (
        {
            "status": 403,
            "body": {"message": "API rate limit exceeded for installation ID 1."},
            "headers": {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "4102444800"},
        },
        "rate limit is used up until 2100-01-01 00:00 UTC",
    ),
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("trouble", ENDLESS.values(), ids=ENDLESS)
@pytest.mark.parametrize("verb", ["GET", "POST"])
def test_what_never_passes_ends_in_time_with_its_reason(
    github: FakeGitHub,
    environ: dict[str, str],
    pace: Pace,
    verb: str,
    trouble: tuple[dict[str, object], str],
) -> None:
    fault, what = trouble
    github.faults = [Fault(verb=verb, path="/repos", times=ALWAYS, **fault)]  # type: ignore[arg-type]
    with pytest.raises(CannotPublish) as raised:
        send(environ, pace, deadline=1.5)
    assert github.comments == {}
    assert what in str(raised.value)


def test_nobody_there(environ: dict[str, str], pace: Pace) -> None:
    environ["GITHUB_API_URL"] = "http://127.0.0.1:9"
    with pytest.raises(CannotPublish, match="GitHub could not be reached"):
        send(environ, replace(pace, attempts=1))
