"""The sticky comment, against a GitHub that talks back."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.errors import BadConfiguration, CannotPublish
from bot.publish.comment import Published
from bot.publish.github import Pace
from bot.publish.publish import publish
from tests.publish.fake_github import BOT, FakeGitHub, Fault

BODY = "<!-- tfperf:cpu run=12 -->\n## No regression\n"
OLD = "<!-- tfperf:cpu run=11 -->\n## 1 regression\n"
OTHER_KEY = "<!-- tfperf:gpu run=11 -->\n## 1 regression\n"


def send(environ: dict[str, str], pace: Pace, body: str = BODY) -> Published:
    return publish(body, key="cpu", environ=environ, deadline_seconds=5, pace=pace)


def test_first_time_creates(github: FakeGitHub, environ: dict[str, str], pace: Pace) -> None:
    published = send(environ, pace)
    assert published.action == "created"
    assert published.url == "https://github.com/octo-org/octo-repo/pull/7#issuecomment-1001"
    assert github.bodies() == [BODY]


def test_second_time_edits(github: FakeGitHub, environ: dict[str, str], pace: Pace) -> None:
    github.add_comment(OLD)
    assert send(environ, pace).action == "edited"
    assert github.bodies() == [BODY]


@pytest.mark.parametrize("kept", [BODY, BODY.strip(), BODY.replace("\n", "\r\n")])
def test_nothing_new_writes_nothing(
    github: FakeGitHub, environ: dict[str, str], pace: Pace, kept: str
) -> None:
    github.add_comment(kept)
    assert send(environ, pace).action == "unchanged"
    assert github.sent("PATCH") == github.sent("POST") == 0


@pytest.mark.parametrize(
    ("body", "login"),
    [
        pytest.param(OLD, "mallory", id="our marker pasted by a person"),
        pytest.param(OLD, "github-actions", id="a person with a similar name"),
        pytest.param(OLD, None, id="an account that was deleted"),
        pytest.param(OTHER_KEY, BOT, id="ours, of another key"),
        pytest.param("> " + OLD, BOT, id="ours, quoting the marker"),
        pytest.param("<!-- tfperf:cpu-2 run=1 -->", BOT, id="ours, of a key that starts alike"),
    ],
)
def test_what_is_not_this_comment_is_left_alone(
    github: FakeGitHub, environ: dict[str, str], pace: Pace, body: str, login: str | None
) -> None:
    github.add_comment(body, login)
    assert send(environ, pace).action == "created"
    assert github.bodies() == [body, BODY]


@pytest.mark.parametrize(("ours", "action"), [([OLD], "edited"), ([], "created")])
def test_250_comments_cost_at_most_8_requests(
    github: FakeGitHub, environ: dict[str, str], pace: Pace, ours: list[str], action: str
) -> None:
    for number in range(250):
        github.add_comment(f"comment {number}", "octocat")
    for body in ours:
        github.add_comment(body)
    assert send(environ, pace).action == action
    assert len(github.exchanges) <= 8
    assert github.bodies()[250:] == [BODY]


def test_duplicates_converge_on_the_oldest(
    github: FakeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    oldest = github.add_comment(OLD)["id"]
    github.add_comment(OLD, "mallory")
    github.add_comment(BODY)
    github.add_comment(OLD)
    assert send(environ, pace).action == "edited"
    assert github.comments[oldest]["body"] == BODY
    assert [c["user"]["login"] for c in github.comments.values()] == [BOT, "mallory"]


def test_two_publishers_at_once_leave_one_comment(
    github: FakeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    """Both have seen an empty list when the first of them writes."""
    github.faults = [Fault(verb="POST", times=2, meet=threading.Barrier(2, timeout=10))]
    bodies = [BODY, OLD]
    with ThreadPoolExecutor(2) as publishers:
        done = list(publishers.map(lambda body: send(environ, pace, body), bodies))
    assert len(done) == 2
    assert len(github.comments) == 1
    assert github.sent("POST") == 2
    assert github.bodies()[0] in bodies


def test_a_token_of_another_account_keeps_to_one_comment(
    github: FakeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    """Who a token belongs to is learnt from what it wrote."""
    github.login = "octocat"
    github.add_comment(OLD, "octocat")
    assert send(environ, pace).url.endswith("#issuecomment-1001")
    assert github.bodies() == [BODY]


def test_an_account_that_is_named_needs_no_second_comment(
    github: FakeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    github.login = "tf-perf[bot]"
    github.add_comment(OLD, "tf-perf[bot]")
    environ["TFPERF_COMMENT_AUTHOR"] = "tf-perf[bot]"
    assert send(environ, pace).action == "edited"
    assert github.sent("POST") == 0


def test_a_comment_deleted_meanwhile_is_written_anew(
    github: FakeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    number = github.add_comment(OLD)["id"]
    github.faults = [Fault(verb="PATCH", deletes=number)]
    assert send(environ, pace).action == "created"
    assert github.bodies() == [BODY]


@pytest.mark.parametrize("key", ["", "a b", "a-->", "a--b", "-a", "x" * 41, "ä", "a\n"])
def test_a_key_that_could_end_the_marker_is_refused(key: str) -> None:
    with pytest.raises(BadConfiguration, match="key of a comment"):
        publish(f"<!-- tfperf:{key} -->", key=key, environ={})


def test_a_body_without_its_marker_is_a_bug() -> None:
    with pytest.raises(ValueError, match="does not start with"):
        publish("## No regression", key="cpu", environ={})


def test_a_commit_that_is_not_the_head_any_more_is_not_published(
    github: FakeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    github.pulls[0]["head"]["sha"] = "f" * 40
    with pytest.raises(CannotPublish, match="#7 is at ffffffffffff now, 0123456789ab was measured"):
        send(environ, pace)
    assert github.comments == {}


def test_what_is_sent_when_all_is_well(
    github: FakeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    send(environ, pace)
    assert [str(exchange) for exchange in github.exchanges] == [
        "GET /repos/octo-org/octo-repo/pulls/7 -> 200",
        "GET /repos/octo-org/octo-repo/issues/7/comments -> 200",
        "POST /repos/octo-org/octo-repo/issues/7/comments -> 201",
        "GET /repos/octo-org/octo-repo/issues/7/comments -> 200",
    ]
