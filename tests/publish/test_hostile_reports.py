"""Whatever an artifact brings: it is refused with its place, or it stays in its own cell."""

import re
from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm  # type: ignore[import-untyped]
import pytest
from cmarkgfm.cmark import Options  # type: ignore[import-untyped]

from bot.core.report import Report
from bot.core.strict_report import BadReport, parse_report
from bot.errors import ExitCode
from bot.render.comment import render_comment
from bot.render.summary import render_summary
from tests.publish.hostile import (
    ESCAPED,
    HOSTILE,
    PLAIN_LOG,
    REFUSED,
    Hostile,
    message,
    report_with,
)
from tests.publish.hostile_table import table

SECURITY = Path(__file__).parents[2] / "docs" / "security.md"

OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_HARDBREAKS | Options.CMARK_OPT_FOOTNOTES
EXTENSIONS = ["table", "strikethrough", "autolink", "tasklist"]
LINKED = re.compile(
    r"@\w|#\d|\b[A-Za-z]+-\d|://|www\.|:(?:[a-z]\w*|[+-]1|100|\d\w*[a-z]\w*):|DOLLAR"
    r"|(?<!\w)(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{7,}(?!\w)"
)
"""What GitHub makes a link, a picture or a formula of, outside of code, after Markdown is read."""


class Skeleton(HTMLParser):
    """Everything of a page but its words: elements with their attributes, comments, in order."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.linkable = ""
        self._codes = 0
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append(f"<{tag} {attrs}>")
        self._codes += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(f"</{tag}>")
        self._codes -= tag == "code"

    def handle_comment(self, data: str) -> None:
        self.parts.append("<!-- -->")

    def handle_decl(self, decl: str) -> None:
        self.parts.append("<! >")

    def handle_pi(self, data: str) -> None:
        self.parts.append("<? >")

    def handle_data(self, data: str) -> None:
        if not self._codes:
            self.linkable += data


def skeleton(markdown: str) -> Skeleton:
    """Read as GitHub does; formulas are looked for in the source, where an entity is no dollar."""
    marked = markdown.replace("$", "DOLLAR")
    return Skeleton(cmarkgfm.markdown_to_html_with_extensions(marked, OPTIONS, EXTENSIONS))


def harmless(log: str) -> Report:
    return report_with(log=log)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
def test_it_is_refused_and_the_place_is_named(case: Hostile) -> None:
    said = message(case)

    for words in case.said:
        assert words in said
    assert said.isascii()
    assert said.isprintable()
    assert len(said) < 500


def test_a_refusal_is_a_trouble_of_publishing() -> None:
    with pytest.raises(BadReport) as refusal:
        parse_report(b"")

    assert refusal.value.exit_code == ExitCode.PUBLISHING_FAILED
    assert refusal.value.next_step


def test_the_table_in_the_documentation_is_current() -> None:
    page = SECURITY.read_text(encoding="utf-8")

    assert table() in page, "paste the output of python -m tests.publish.hostile_table"


@pytest.mark.parametrize("case", ESCAPED, ids=lambda case: case.name)
@pytest.mark.parametrize("render", [render_comment, render_summary])
def test_it_is_shown_and_changes_nothing_outside_its_cell(case: Hostile, render: object) -> None:
    assert callable(render)
    report = parse_report(case.make())

    text = render(report)

    page, plain = skeleton(text), skeleton(render(harmless(PLAIN_LOG)))
    assert page.parts == plain.parts
    assert not LINKED.search(page.linkable)


@pytest.mark.parametrize("case", ESCAPED, ids=lambda case: case.name)
def test_only_the_first_line_is_a_marker(case: Hostile) -> None:
    text = render_comment(parse_report(case.make()))

    assert text.startswith("<!-- tfperf:default v")
    first, _, rest = text.partition("\n")
    assert first.endswith("-->")
    assert not re.search(r"^\s*<!--", rest, re.MULTILINE) or "```" in rest
    assert len(text) <= 65_536


def test_a_harmless_report_is_read_and_has_what_the_others_are_held_against() -> None:
    page = skeleton(render_comment(harmless(PLAIN_LOG)))

    assert sum(part.startswith("<table") for part in page.parts) >= 5
    assert not LINKED.search(page.linkable)


def test_there_are_enough_of_them_and_each_has_its_name() -> None:
    assert len({case.name for case in HOSTILE}) == len(HOSTILE) >= 60
