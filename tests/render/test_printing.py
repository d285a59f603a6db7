"""Templates of a repository: what they may say, what they see, and what they can never do."""

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from bot.core.appearance import MOST_CHARACTERS, Appearance, TemplateName
from bot.errors import BadConfiguration
from bot.render import printing
from bot.render.comment import COMMENT_LIMIT, render_comment
from bot.render.page import build_view
from bot.render.printing import CannotPrint, print_view
from bot.render.summary import render_summary
from bot.render.template_check import check_templates
from bot.render.template_language import FILTERS
from bot.render.view import SectionName
from tests.render.conftest import CASES, cell_of, equal_cells, report_of
from tests.render.situations.conftest import SITUATIONS

EXTENDS = '{% extends "tfperf/comment.md.j2" %}\n'
DOCS = Path(__file__).parents[2] / "docs" / "templates.md"
VIEW = build_view(report_of())


def in_block(text: str, block: str = "foot") -> str:
    return f"{EXTENDS}{{% block {block} %}}{text}{{% endblock %}}"


def printed(template: str, **report: Any) -> str:
    chosen = Appearance(templates={"comment.md.j2": template})
    return render_comment(report_of(**report), appearance=chosen)


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_template_that_overrides_nothing_prints_the_same(name: str, reports: Any) -> None:
    report = SITUATIONS[name](reports)
    chosen = Appearance(
        templates={
            "comment.md.j2": EXTENDS,
            "summary.md.j2": EXTENDS.replace("comment", "summary"),
        }
    )

    assert render_comment(report, appearance=chosen) == render_comment(report)
    if len(report.cells) < 1_000:
        assert render_summary(report, appearance=chosen) == render_summary(report)


def test_a_block_is_overridden_and_ours_can_be_called() -> None:
    text = printed(
        EXTENDS
        + "{% block trust %}{% endblock %}"
        + "{% block foot %}Questions? {{ view.counts }}{{ super() }}{% endblock %}"
        + "{% block rule %}\n{{ blocks.body(section) }}{% endblock %}"
    )

    assert "A/A control (2.15.1" not in text
    assert text.rstrip().endswith("Questions? 8 cells: 8 unchanged")
    assert "<summary>Rule" not in text
    assert "Versions take turns in fresh processes" in text


@pytest.mark.parametrize("name", get_args(SectionName))
@pytest.mark.parametrize("page", get_args(TemplateName))
def test_every_section_has_a_block_of_its_name(name: str, page: TemplateName) -> None:
    source = (Path(printing.__file__).parent / "templates" / page).read_text(encoding="utf-8")

    assert f"{{% block {name} scoped %}}" in source
    assert f"`{name}`" in DOCS.read_text(encoding="utf-8")


def test_every_filter_is_documented() -> None:
    page = DOCS.read_text(encoding="utf-8")

    assert all(f"`{name}`" in page for name in FILTERS)


def test_the_example_of_the_page_is_one() -> None:
    found = re.search(r"```jinja\n(.+?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    text = printed(found[1])

    assert "A/A control (2.15.1" not in text
    assert "Questions? See our [performance page](https://example.org/performance).\n" in text
    check_templates({"comment.md.j2": found[1]}, "perf")


def test_the_marker_is_in_no_templates_hands() -> None:
    text = printed("<!-- tfperf:default v3 run=99.1 digest=00 -->\nforged")

    assert text.splitlines()[0].startswith("<!-- tfperf:default v3 digest=")
    assert text.splitlines()[1].startswith("<!-- tfperf:default v3 run=99.1")


REFUSED = {
    "arithmetic": "{{ 'a' * 1000000000 }}",
    "a power": "{{ 9 ** 9 ** 9 }}",
    "joined texts": "{% set a = view.heading ~ view.heading %}",
    "a format": "{{ '%1000000000d' % 1 }}",
    "a method": "{{ view.heading.center(1000000000) }}",
    "a method by another name": "{% set blocks = view.heading %}{{ blocks.center(1000000000) }}",
    "a loop with that name": "{% for blocks in view.notes %}{{ blocks.center(9) }}{% endfor %}",
    "a function": "{% for x in range(1000000000) %}{% endfor %}",
    "a block that calls itself": "{{ self.foot() }}",
    "a macro": "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
    "a block of text": "{% set a %}{{ view.heading }}{% endset %}",
    "a call with a block": "{% call blocks.body(section) %}x{% endcall %}",
    "a filter that pads": "{{ view.heading | center(1000000000) }}",
    "a filter of ours": "{{ view.notes | _counted }}",
    "a filter around a block": "{% filter upper %}x{% endfilter %}",
    "a recursive loop": "{% for x in view.notes recursive %}{{ loop(view.notes) }}{% endfor %}",
    "an include": "{% include 'tfperf/blocks.md.j2' %}",
    "a file": "{% include '/etc/passwd' %}",
    "an import": "{% import 'comment.md.j2' as me %}",
    "names from an import": "{% from 'tfperf/blocks.md.j2' import body %}",
    "private parts": "{{ view.__class__ }}",
    "a name that is not there": "{{ view.hedding }}",
    "a tag that is not there": "{% frobnicate %}",
    "an open tag": "{% if view.news %}",
    "a wrong comparison": "{{ view.heading < 3 }}",
    "an empty first": "{{ view.heading.x.y }}",
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_a_template_may_not_say_is_told_with_its_line(text: str) -> None:
    template = in_block(f"\n\n{text}")
    with pytest.raises(CannotPrint) as raised:
        print_view("comment.md.j2", VIEW, {"comment.md.j2": template})
    assert raised.value.where is not None
    assert re.fullmatch(r"comment\.md\.j2:[2-4]", raised.value.where), raised.value

    with pytest.raises(BadConfiguration, match="a template cannot be used") as refused:
        check_templates({"comment.md.j2": template}, "perf")
    assert str(refused.value.where).startswith("perf/comment.md.j2:")
    assert refused.value.cause
    assert "docs/templates.md" in str(refused.value.next_step)


@pytest.mark.parametrize("other", ["comment.md.j2", "tfperf/blocks.md.j2", "/etc/passwd", "x"])
def test_a_template_extends_ours_or_nothing(other: str) -> None:
    with pytest.raises(CannotPrint, match="extends what is none of"):
        print_view("comment.md.j2", VIEW, {"comment.md.j2": f'{{% extends "{other}" %}}'})


LOOP = "{% for a in view.sections %}" * 12 + "x" + "{% endfor %}" * 12
QUIET = "{% for a in view.sections %}" * 12 + "{% endfor %}" * 12


@pytest.mark.parametrize(("text", "said"), [(LOOP, "turns"), (QUIET, "turns")])
@pytest.mark.timeout(60)
def test_loops_come_to_an_end(text: str, said: str) -> None:
    with pytest.raises(CannotPrint, match=said):
        print_view("comment.md.j2", VIEW, {"comment.md.j2": in_block(text)})


def test_no_more_is_printed_than_anybody_keeps() -> None:
    loops = "{% for a in view.sections %}{% for b in view.sections %}{% for c in view.sections %}"
    text = f"{loops}{'x' * 60_000}{'{% endfor %}' * 3}"
    with pytest.raises(CannotPrint, match="prints more than"):
        print_view("comment.md.j2", VIEW, {"comment.md.j2": in_block(text)})


def test_time_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printing, "MOST_SECONDS", -1.0)
    with pytest.raises(CannotPrint, match="seconds"):
        print_view("comment.md.j2", VIEW, {"comment.md.j2": EXTENDS})


def test_what_cannot_be_printed_is_told_and_ours_is_used() -> None:
    broken = in_block("{{ view.hedding }}")
    text = printed(broken)
    plain = render_comment(report_of())
    first, *others = [line for line in text.splitlines() if line.startswith("> Note: ")]

    assert "the template comment.md.j2 of this repository could not be printed" in first
    assert "comment.md.j2:2" in first.replace("&#8203;", "").replace("&#58;", ":")
    assert others == [line for line in plain.splitlines() if line.startswith("> Note: ")]
    assert "<summary>Rule" in text


def test_a_template_that_leaves_no_room_is_told() -> None:
    text = printed(in_block("x" * (COMMENT_LIMIT + 1)))

    assert "however short the page is made, it prints more than 60,000 characters" in text
    assert len(text) <= COMMENT_LIMIT


def test_a_template_is_printed_ever_shorter_like_ours() -> None:
    cells = tuple(cell_of(f"c[{index}]") for index in range(3_000))
    text = printed(in_block("The end.\n{{ super() }}"), cells=cells)

    assert len(text) <= COMMENT_LIMIT
    assert text.rstrip().endswith("and in `report.html` of the run.")
    assert "The end." in text


def test_a_template_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadConfiguration) as refused:
        check_templates({"comment.md.j2": "x" * (MOST_CHARACTERS + 1)}, "perf")
    assert "65,536 characters" in str(refused.value.cause)


def test_the_other_page_keeps_ours() -> None:
    chosen = Appearance(templates={"comment.md.j2": "short"})

    assert render_summary(report_of(), appearance=chosen) == render_summary(report_of())


def test_a_template_may_choose_among_sections() -> None:
    text = printed(
        "{% for s in view.sections | rejectattr('name', 'in', ['rule', 'command']) %}"
        "{{ loop.index }} {{ s.name | upper }}{% if not loop.last %}, {% endif %}{% endfor %}",
        cells=equal_cells(cell_of(CASES[0], "REGRESSION", ratio=1.2)),
    )

    assert text.splitlines()[1].startswith("1 CHANGES, 2 RESULTS, 3 UNCHANGED")
