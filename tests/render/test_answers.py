"""The words of answers to comments: golden files, and nothing of others gets through as markup."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.asked import Inputs, inputs_of
from bot.core.commands import Ack, Bisect, Explain
from bot.core.replies import (
    Accepted,
    Helped,
    Refused,
    Reply,
    Started,
    answer_marker,
    is_answer,
    is_help,
)
from bot.core.request import Request
from bot.publish.marker import KEY, read_marker
from bot.publish.starting import INSTEAD_OF_A_FORK, WHY_NO_FORK
from bot.render.answers import LONGEST, answer_text
from bot.render.escape import code

SHA = "0123456789abcdef0123456789abcdef01234567"
BASE = "89abcdef0123456789abcdef0123456789abcdef"
RUN = "https://github.com/octo-org/octo-repo/actions/runs/99"


def started(verb: str, inputs: Inputs, *, fork: str | None = None, is_seen: bool = True) -> Started:
    request = Request(verb=verb, pull=7, commit=SHA, base=BASE, comment=1001)
    url = RUN if is_seen else None
    return Started(request=request, inputs=inputs, url=url, fork=fork, is_push_seen=is_seen)


LINES = {
    "run": "/tfperf run",
    "bisect": "/tfperf bisect scan 2.9 2.21",
    "explain": "/tfperf explain scan 2.15.1 2.21.0",
    "confirm_of_a_fork": "/tfperf confirm",
    "refused": "/tfperf run 2.15.7 2.21.0",
    "refused_for_a_fork": "/tfperf run",
}
"""What was asked, where the answer repeats it."""

REPLIES: dict[str, Reply] = {
    "run": started("run", Inputs()),
    "bisect": started("bisect", inputs_of(Bisect(case="scan", good="2.9", bad="2.21"))),
    "explain": started(
        "explain", inputs_of(Explain(case="scan", base="2.15.1", candidate="2.21.0"))
    ),
    "confirm_of_a_fork": started(
        "confirm",
        Inputs(baseline="2.15.1", versions="2.21.0", workloads="a[x],b", mode="confirm"),
        fork="someone/fork",
        is_seen=False,
    ),
    "ack": Accepted(
        ack=Ack(case="scan*", reason="Keras 3 builds more", until=date(2027, 6, 30)),
        author="maintainer",
    ),
    "ack_without_an_end": Accepted(ack=Ack(case="scan", reason="known"), author="maintainer"),
    "refused": Refused(
        verb="run",
        why='"2.15.7" is no release; did you mean 2.15.1?',
        next_step="write the command again, as a new comment",
        commit=SHA,
    ),
    "refused_for_a_fork": Refused(
        verb="run", why=WHY_NO_FORK.format("someone/fork"), next_step=INSTEAD_OF_A_FORK
    ),
    "help": Helped(),
    "unknown": Helped(why='there is no command "rnu"; did you mean run?'),
}


@pytest.mark.parametrize("name", REPLIES)
def test_the_text_is_the_golden_one(name: str, assert_golden: Callable[[str, str], None]) -> None:
    assert_golden(f"answer_{name}.md", answer_text(REPLIES[name], 1001, LINES.get(name, "")))


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_an_answer_is_known_by_its_first_line(reply: Reply) -> None:
    text = answer_text(reply, 1001, "/tfperf run")
    assert text.startswith(answer_marker(1001, reply) + "\n")
    assert is_answer(text, 1001)
    assert not is_answer(text, 100)
    assert not is_answer(text, 10010)
    assert is_help(text) == isinstance(reply, Helped)


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_an_answer_is_never_taken_for_a_sticky_comment(reply: Reply) -> None:
    found = read_marker(answer_text(reply, 1, "/tfperf run"))
    assert found is None or not KEY.fullmatch(found.key)


HOSTILE = [
    "@everyone",
    "#1",
    "<img src=x>",
    "-->",
    "[a](http://x.example)",
    "![a](b)",
    "`code`",
    "a\nb",
    "| a |",
    "\N{RIGHT-TO-LEFT OVERRIDE}",
    "https://example.org",
]


@given(st.text() | st.sampled_from(HOSTILE))
def test_words_of_others_open_nothing(text: str) -> None:
    for reply in (
        Refused(verb=None, why=text, next_step=text),
        Helped(why=text),
        Accepted(ack=Ack(case="a", reason=text), author="b"),
    ):
        plain = answer_text(reply, 1, "")
        harmless = plain.replace(answer_marker(1, reply), "")
        assert "-->" not in harmless
        assert "<" not in harmless
        assert "](" not in harmless
        assert not {"@everyone", "#1"} & set(harmless.split())


@given(st.text() | st.sampled_from(HOSTILE))
def test_the_command_is_repeated_as_code(line: str) -> None:
    for reply in (Refused(verb=None, why="a", next_step="b"), started("run", Inputs())):
        (said,) = [
            each for each in answer_text(reply, 1, line).split("\n") if each[:11] == "- command: "
        ]
        assert said.endswith(code(line, limit=LONGEST))
