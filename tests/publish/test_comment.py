"""The sticky comment, against a GitHub that talks back."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.core.news import Before, State
from bot.errors import BadConfiguration, CannotPublish
from bot.publish.comment import Published
from bot.publish.github import Pace
from bot.publish.marker import Marker, check_key, read_marker
from tests.publish.fake_github import BOT, Fault
from tests.publish.fake_server import WholeGitHub
from tests.publish.sending import publish

BODY = "<!-- tfperf:cpu v2 run=12.1 digest=aaaa -->\n## No regression\n"
OLD = "<!-- tfperf:cpu v2 run=11.1 digest=aaaa -->\n## No regression, other figures\n"
OTHER = "<!-- tfperf:cpu v2 run=11.1 digest=bbbb -->\n## 1 regression\n"
FIRST = "<!-- tfperf:cpu v1 digest=bbbb -->\n## 1 regression\n"
NEWER = "<!-- tfperf:cpu v2 run=12.2 digest=aaaa -->\n## No regression\n"
LIKE = "<!-- tfperf:cpu-2 v2 run=1.1 digest=aaaa -->"
OTHER_KEY = "<!-- tfperf:gpu v2 run=11.1 digest=aaaa -->\n## 1 regression\n"


def send(environ: dict[str, str], pace: Pace, body: str = BODY) -> Published:
    return publish(body, environ=environ, deadline_seconds=5, pace=pace)


def test_first_time_creates(github: WholeGitHub, environ: dict[str, str], pace: Pace) -> None:
    published = send(environ, pace)
    assert published.action == "created"
    assert published.url == "https://github.com/octo-org/octo-repo/pull/7#issuecomment-1001"
    assert github.bodies() == [BODY]


def test_second_time_edits(github: WholeGitHub, environ: dict[str, str], pace: Pace) -> None:
    github.add_comment(OLD)
    assert send(environ, pace).action == "edited"
    assert github.bodies() == [BODY]


@pytest.mark.parametrize("kept", [BODY, BODY.strip(), BODY.replace("\n", "\r\n")])
def test_nothing_new_writes_nothing(
    github: WholeGitHub, environ: dict[str, str], pace: Pace, kept: str
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
        pytest.param(
            "<!-- tfperf:cpu-2 v2 run=1.1 digest=aaaa -->",
            BOT,
            id="ours, of a key that starts alike",
        ),
    ],
)
def test_what_is_not_this_comment_is_left_alone(
    github: WholeGitHub, environ: dict[str, str], pace: Pace, body: str, login: str | None
) -> None:
    github.add_comment(body, login)
    assert send(environ, pace).action == "created"
    assert github.bodies() == [body, BODY]


@pytest.mark.parametrize(("ours", "action"), [([OLD], "edited"), ([], "created")])
def test_250_comments_cost_at_most_8_requests(
    github: WholeGitHub, environ: dict[str, str], pace: Pace, ours: list[str], action: str
) -> None:
    for number in range(250):
        github.add_comment(f"comment {number}", "octocat")
    for body in ours:
        github.add_comment(body)
    assert send(environ, pace).action == action
    assert len(github.exchanges) <= 5, "the whole takes three more: artifact, archive, check"
    assert github.bodies()[250:] == [BODY]


def test_duplicates_converge_on_the_oldest(
    github: WholeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    oldest = github.add_comment(OLD)["id"]
    github.add_comment(OLD, "mallory")
    github.add_comment(OLD)
    assert send(environ, pace).action == "edited"
    assert github.comments[oldest]["body"] == BODY
    assert [c["user"]["login"] for c in github.comments.values()] == [BOT, "mallory"]


@pytest.mark.parametrize("second", [BODY, OLD, OTHER], ids=["same", "older", "other verdict"])
def test_two_publishers_at_once_leave_one_comment(
    github: WholeGitHub, environ: dict[str, str], pace: Pace, second: str
) -> None:
    """Both have seen an empty list when the first of them writes."""
    barrier = threading.Barrier(2, timeout=10)
    github.faults = [Fault(verb="POST", path="issues", times=2, meet=barrier)]
    bodies = [BODY, second]
    with ThreadPoolExecutor(2) as publishers:
        done = list(publishers.map(lambda body: send(environ, pace, body), bodies))
    assert len(done) == 2
    assert github.sent("POST") == 2
    standing = [
        comment["body"]
        for comment in github.comments.values()
        if comment["node_id"] not in github.graphql.minimized
    ]
    assert standing == [BODY]


def test_a_token_of_another_account_keeps_to_one_comment(
    github: WholeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    """Who a token belongs to is learnt from what it wrote."""
    github.login = "octocat"
    github.add_comment(OLD, "octocat")
    assert send(environ, pace).url.endswith("#issuecomment-1001")
    assert github.bodies() == [BODY]


def test_an_account_that_is_named_needs_no_second_comment(
    github: WholeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    github.login = "tf-perf[bot]"
    github.add_comment(OLD, "tf-perf[bot]")
    environ["TFPERF_COMMENT_AUTHOR"] = "tf-perf[bot]"
    assert send(environ, pace).action == "edited"
    assert github.sent("POST") == 0


def test_a_comment_deleted_meanwhile_is_written_anew(
    github: WholeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    number = github.add_comment(OLD)["id"]
    github.faults = [Fault(verb="PATCH", deletes=number)]
    assert send(environ, pace).action == "created"
    assert github.bodies() == [BODY]


@pytest.mark.parametrize("key", ["", "a b", "a-->", "a--b", "-a", "x" * 41, "ä", "a\n"])
def test_a_key_that_could_end_the_marker_is_refused(key: str) -> None:
    with pytest.raises(BadConfiguration, match="key of a comment"):
        check_key(key)


def test_a_body_without_its_marker_is_a_bug(environ: dict[str, str], pace: Pace) -> None:
    with pytest.raises(ValueError, match="does not start with a marker"):
        send(environ, pace, "## No regression")


NONE = State(count=0, hashes=frozenset())
MARKERS = {
    BODY: Marker(key="cpu", generation=(12, 1), digest="aaaa"),
    FIRST: Marker(key="cpu", generation=(0, 0), digest="bbbb"),
    "<!-- tfperf:cpu run=12 -->": Marker(key="cpu", generation=(12, 0), digest=""),
    "<!-- tfperf:a.b v2 digest=00 -->": Marker(key="a.b", generation=(0, 0), digest="00"),
    "<!-- tfperf:answer:1001 -->": Marker(key="answer:1001", generation=(0, 0), digest=""),
    "<!-- tfperf:answer:1001 help -->": None,
    f"> {BODY}": None,
    "<!-- tfperf:cpu v2 run=0.1 digest=aa -->": None,
    "<!-- tfperf:cpu v2 run=1.1 digest=AA -->": None,
    "<!-- tfperf:cpu v4 run=1.1 digest=aa -->": None,
    "<!-- tfperf:cpu v3 run=1.1 digest=aa state=0 -->": Marker(
        key="cpu", generation=(1, 1), digest="aa", state=NONE
    ),
    "<!-- tfperf:cpu v3 run=2.1 digest=aa state=1:0000000f before=1.2/70 -->": Marker(
        key="cpu",
        generation=(2, 1),
        digest="aa",
        state=State(count=1, hashes=frozenset({"0000000f"})),
        before=Before(generation=(1, 2), state=State(count=70, hashes=None)),
    ),
    "<!-- tfperf:cpu v3 run=2.1 digest=aa state=0 before=2.1/0 -->": Marker(
        key="cpu", generation=(2, 1), digest="aa", state=NONE
    ),
    "<!-- tfperf:cpu v3 run=2.1 digest=aa state=2:0000000f before=1.1/01 -->": None,
    "<!-- tfperf:cpu v3 run=2.1 digest=aa state=2:0000000f -->": Marker(
        key="cpu", generation=(2, 1), digest="aa"
    ),
    f"<!-- tfperf:cpu v3 run=2.1 digest=aa state=900:{'0' * 7200} -->": None,
    "<!-- tfperf:cpu v2 run=1.1 digest=aa": None,
}


@pytest.mark.parametrize(("body", "marker"), MARKERS.items())
def test_what_a_first_line_says(body: str, marker: Marker | None) -> None:
    assert read_marker(body) == marker


@pytest.mark.parametrize("before", [OTHER, FIRST], ids=["version 2", "version 1"])
def test_another_verdict_is_news_and_the_old_one_is_folded_away(
    github: WholeGitHub, environ: dict[str, str], pace: Pace, before: str
) -> None:
    old = github.add_comment(before)
    assert send(environ, pace).action == "created"
    assert github.bodies() == [before, BODY]
    assert github.graphql.minimized == {old["node_id"]: "outdated"}


def test_a_verdict_that_comes_back_is_news_too(
    github: WholeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    folded = github.add_comment(OLD.replace("run=11.1", "run=9.1"))
    github.graphql.minimized[folded["node_id"]] = "outdated"
    standing = github.add_comment(OTHER)
    assert send(environ, pace).action == "created"
    assert len(github.comments) == 3
    assert [*github.graphql.minimized] == [folded["node_id"], standing["node_id"]]
    minimizing = [e for e in github.exchanges if b"minimizeComment" in e.request]
    assert len(minimizing) == 1, "what is folded away is not folded again"


def test_where_folding_is_forbidden_the_old_comment_stays_and_is_told(
    github: WholeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    github.add_comment(OTHER)
    github.graphql.forbidden = {"minimizeComment"}
    published = send(environ, pace)
    assert published.action == "created"
    assert "issuecomment-1001 could not be folded away: the token may not" in published.notes[0]
    assert github.bodies() == [OTHER, BODY]


def test_an_older_run_leaves_the_comment_of_a_newer_one(
    github: WholeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    github.add_comment(NEWER)
    published = send(environ, pace)
    assert published.action == "stale"
    assert "run 12.2, which is newer" in published.notes[0]
    assert github.bodies() == [NEWER]
    assert github.sent("POST") == github.sent("PATCH") == 0


def test_a_newer_run_that_was_faster_by_a_moment_is_not_overwritten(
    github: WholeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    """It wrote after we had looked, and before we would have."""
    number = github.add_comment(OLD)["id"]
    github.faults = [Fault(verb="GET", path=f"comments/{number}", edits=(number, NEWER))]
    assert send(environ, pace).action == "stale"
    assert github.bodies() == [NEWER]


def test_a_newer_run_that_created_meanwhile_has_the_last_word(
    github: WholeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    github.faults = [Fault(verb="POST", path="issues", adds=NEWER)]
    assert send(environ, pace).action == "stale"
    assert github.bodies() == [NEWER]


def test_a_commit_that_is_not_the_head_any_more_is_not_published(
    github: WholeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    github.pulls[0]["head"]["sha"] = "f" * 40
    with pytest.raises(CannotPublish, match="#7 is at ffffffffffff now, 0123456789ab was measured"):
        send(environ, pace)
    assert github.comments == {}


def test_what_is_sent_when_all_is_well(
    github: WholeGitHub, environ: dict[str, str], pace: Pace
) -> None:
    send(environ, pace)
    assert [str(exchange) for exchange in github.exchanges] == [
        "GET /repos/octo-org/octo-repo/pulls/7 -> 200",
        "POST /graphql -> 200",
        "POST /repos/octo-org/octo-repo/issues/7/comments -> 201",
        "POST /graphql -> 200",
    ]
