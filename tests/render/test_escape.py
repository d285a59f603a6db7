import re
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.render.escape import clean, code, code_in_table, code_in_tag, fenced, is_version, prose

MARKUP = st.text(st.sampled_from("`|\\*_[]()<>#@!-:$&;~ab1 \n\"'/.w{}=+"), max_size=40)
WORDS = (
    "@torvalds #1 GH-1 owner/repo#2 https://evil.example www.evil.example a@evil.example --> <!--"
    " </details> <script> <br> ![x](y) [x]:y | \\| ` ``` \x1b[31m \u202e &#64; &lt; :tada: $x$"
)
HOSTILE = st.one_of(
    MARKUP,
    st.text(max_size=40),
    st.lists(st.sampled_from([*WORDS.split(" "), "\n"]), max_size=8).map(" ".join),
)
Read = Callable[[str], Any]
ZERO_WIDTH_SPACE = "\u200b"
LINKED = re.compile(r"@\w|#\d|GH-\d|://|www\.")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("mnist_mlp[predict_one]", "mnist_mlp[predict_one]"),
        ("\x1b[1;31mError\x1b[0m", "Error"),
        ("\x1b]8;;https://evil.example\x07click\x1b]8;;\x07", "click"),
        ("\x9b31mred", "red"),
        ("two\nlines\tand\u2028more", "two lines and more"),
        ("abc\u202edef\u200b", "abc\N{REPLACEMENT CHARACTER}def\N{REPLACEMENT CHARACTER}"),
        ("nul\x00 bell\x07", "nul\N{REPLACEMENT CHARACTER} bell\N{REPLACEMENT CHARACTER}"),
        ("\ud800", "\N{REPLACEMENT CHARACTER}"),
        ("", ""),
    ],
)
def test_clean_shows_one_line_of_what_can_be_shown(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_clean_ends_a_long_text_with_an_ellipsis() -> None:
    assert clean("x" * 100, limit=10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("matmul[512]", "`matmul[512]`"),
        ("a`b", "``a`b``"),
        ("`", "`` ` ``"),
        ("``a", "``` ``a ```"),
        ("a|b", "`a|b`"),
        (" ", "(empty)"),
    ],
)
def test_code_takes_a_longer_fence_than_its_text(text: str, span: str) -> None:
    assert code(text) == span


def test_only_a_table_needs_its_bars_escaped() -> None:
    assert code_in_table("a|b") == "`a\\|b`"


@pytest.mark.parametrize(
    ("label", "is_plain"),
    [
        ("2.21.0", True),
        ("2.22.0.dev20261101", True),
        ("v2", False),
        ("2.1 ", False),
        ("1<b", False),
    ],
)
def test_only_plain_versions_stand_without_code(label: str, is_plain: bool) -> None:
    assert is_version(label) is is_plain


@settings(deadline=None)
@given(HOSTILE, HOSTILE)
@example("\\", "x")
@example("a\\", "|")
def test_nothing_leaves_its_table_cell(read_markdown: Read, first: str, second: str) -> None:
    row = f"| {code_in_table(first)} | {prose(second)} | end |"
    page = read_markdown(f"| a | b | c |\n| :-- | --: | :-- |\n{row}\n")

    shown = [cell.replace(ZERO_WIDTH_SPACE, "") for cell in page.cells[3:]]
    assert shown == [clean(first, limit=120) or "(empty)", clean(second), "end"]
    assert page.tags <= {"table", "thead", "tbody", "tr", "th", "td", "code"}
    assert not LINKED.search(page.linkable)


@settings(deadline=None)
@given(HOSTILE, HOSTILE)
def test_nothing_leaves_its_sentence(read_markdown: Read, first: str, second: str) -> None:
    page = read_markdown(f"### Said {code(first)} and {prose(second)} end")

    assert page.tags <= {"h3", "code"}
    assert not LINKED.search(page.linkable)
    shown = page.linkable.replace(ZERO_WIDTH_SPACE, "")
    assert shown.rstrip("\n").endswith(f" and {clean(second)} end")


@settings(deadline=None)
@given(HOSTILE)
def test_nothing_leaves_its_summary(read_markdown: Read, text: str) -> None:
    page = read_markdown(f"<details><summary>{code_in_tag(text)}</summary>\n\nbody\n\n</details>")

    assert page.tags == {"details", "summary", "code", "p"}
    assert [c.replace(ZERO_WIDTH_SPACE, "") for c in page.codes] == [
        clean(text, limit=120) or "(empty)"
    ]


@settings(deadline=None)
@given(st.lists(HOSTILE, max_size=5).map("\n".join))
def test_nothing_closes_its_log(read_markdown: Read, log: str) -> None:
    page = read_markdown(f"{fenced(log)}\n\nafter")

    assert page.tags == {"pre", "code", "p"}
    assert page.linkable.strip() == "after"


def test_a_log_keeps_its_last_lines() -> None:
    log = "\n".join(f"line {number}" for number in range(1000))

    shown = fenced(log, limit=100)

    assert shown.startswith("```text\n…")
    assert shown.endswith("line 999\n```")
    assert len(shown) < 120
