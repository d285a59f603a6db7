"""Comments as GitHub shows them, in a browser: all situations on one page, one aspect a test."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from bot.core.appearance import Appearance
from bot.core.news import Before, state_of
from bot.render.comment import render_comment
from tests.browser import Scheme, keep, new_page
from tests.npm import node_folder
from tests.render.github_page import page_of
from tests.render.situations.conftest import SITUATIONS

HERE = Path(__file__).parent
PICTURED = (
    "one_regression", "several_candidates", "wrong_and_drifted", "some_fail", "state_changed",
    "pull_request_under_one_release", "forty_releases", "hostile_names", "with_a_picture",
)  # fmt: skip
DOT = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
COLUMNS = """\
() => [...document.querySelectorAll('table')].map(table => {
  const rows = [...table.rows].map(row => [...row.cells].map(cell => {
    const box = cell.getBoundingClientRect();
    return [Math.round(box.left), Math.round(box.right)];
  }));
  return {name: table.closest('article').id, rows};
})"""
PLOTS = """\
() => [...document.querySelectorAll('table')].map(table => ({
  name: table.closest('article').id,
  widths: [...table.querySelectorAll('code')]
    .filter(code => /^[·│─┼●├┤◄►]+$/.test(code.textContent))
    .map(code => Math.round(code.getBoundingClientRect().width * 10) / 10),
}))"""
ESCAPED = """\
() => [...document.querySelectorAll('td, th')].flatMap(cell => {
  const box = cell.getBoundingClientRect();
  const out = [...cell.querySelectorAll('*')].map(each => each.getBoundingClientRect()).some(each =>
    each.width && (each.left < box.left - 1 || each.right > box.right + 1
      || each.top < box.top - 1 || each.bottom > box.bottom + 1));
  return out || cell.scrollWidth > cell.clientWidth + 1
    ? [cell.closest('article').id + ': ' + cell.textContent.slice(0, 80)] : [];
})"""
WIDE = """\
() => [...document.querySelectorAll('article')].flatMap(article =>
  [...article.querySelectorAll(':scope > *:not(table):not(details)')]
    .filter(each => each.scrollWidth > article.clientWidth)
    .map(each => article.id + ': ' + each.textContent.slice(0, 80)))"""


@pytest.fixture(scope="module")
def comments(reports: SimpleNamespace) -> dict[str, str]:
    """Every situation, and what only a published comment has."""
    first = SITUATIONS["one_regression"](reports)
    before = Before(generation=(12, 1), state=state_of(first))
    then = SITUATIONS["wrong_and_drifted"](reports)
    pictured = Appearance(image_base="https://example.org/performance")
    return {
        **{name: render_comment(make(reports)) for name, make in SITUATIONS.items()},
        "state_changed": render_comment(then, run=(13, 1), before=before),
        "with_a_picture": render_comment(first, appearance=pictured),
    }


@pytest.fixture(scope="module")
def shown(comments: dict[str, str], request: pytest.FixtureRequest) -> str:
    """One page with all of them; the picture is one that needs no network."""
    packages = node_folder(request, "github-look", HERE.parent / "github")
    style = packages / "node_modules" / "github-markdown-css" / "github-markdown.css"
    page = page_of(comments, style.read_text(encoding="utf-8"))
    picture = "https://example.org/performance/20261120-1030-7f3a/forest.png"
    assert page.count(picture) == 1
    return page.replace(picture, DOT)


@pytest.fixture(scope="module")
def page(shown: str, chromium: Browser) -> Iterator[Page]:
    with new_page(chromium, width=920) as opened:
        opened.set_content(shown)
        yield opened


def unfold(page: Page, *, is_open: bool) -> None:
    page.evaluate(
        "open => document.querySelectorAll('details').forEach(each => { each.open = open; })",
        is_open,
    )


def test_details_are_closed(page: Page) -> None:
    found = page.evaluate("() => [...document.querySelectorAll('details')].map(each => each.open)")
    assert len(found) > 100
    assert not any(found)


def test_every_block_that_is_folded_says_what_it_holds(page: Page) -> None:
    titles: list[str] = page.locator("summary").all_text_contents()
    assert all(len(title.split()) >= 3 for title in titles), titles


def test_columns_line_up(page: Page) -> None:
    unfold(page, is_open=True)
    tables: list[dict[str, Any]] = page.evaluate(COLUMNS)
    unfold(page, is_open=False)
    assert len(tables) > 100
    for table in tables:
        for column in zip(*table["rows"], strict=True):
            assert len({tuple(sides) for sides in column}) == 1, table["name"]


def test_plots_of_a_table_have_one_width(page: Page) -> None:
    unfold(page, is_open=True)
    tables: list[dict[str, Any]] = page.evaluate(PLOTS)
    unfold(page, is_open=False)
    drawn = [table for table in tables if table["widths"]]
    assert len(drawn) > 30
    assert {table["name"] for table in drawn if len(set(table["widths"])) > 1} == set()


def test_nothing_leaves_its_cell(page: Page) -> None:
    unfold(page, is_open=True)
    escaped, wide = page.evaluate(ESCAPED), page.evaluate(WIDE)
    unfold(page, is_open=False)
    assert escaped == []
    assert wide == []


def test_the_table_of_changes_needs_no_scrolling(page: Page) -> None:
    """What a reader looks at first has to be seen whole."""
    script = """() => [...document.querySelectorAll('h4')]
      .filter(each => each.textContent === 'Changes that matter')
      .map(each => each.nextElementSibling)
      .filter(table => table.scrollWidth > table.clientWidth + 1)
      .map(table => table.closest('article').id)"""
    assert set(page.evaluate(script)) <= {"hostile_names"}


def test_names_become_no_markup(page: Page) -> None:
    odd = page.evaluate(
        "() => [...document.querySelectorAll('a, b, em, h1, h2, iframe, input, ol, script')]"
        ".map(each => each.outerHTML)"
    )
    assert odd == []
    assert page.locator("img").count() == 1
    hostile = page.locator("#hostile_names")
    assert "@\u200btorvalds" in hostile.inner_text()
    assert "<img src=x onerror=alert(1)>" in hostile.inner_text()


def test_a_picture_says_what_it_shows(page: Page) -> None:
    picture = page.locator("#with_a_picture img")
    assert str(picture.get_attribute("alt")).startswith("Forest plot: ")
    assert picture.evaluate("each => each.getBoundingClientRect().right") <= 880


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_to_look_at(shown: str, chromium: Browser, scheme: Scheme) -> None:
    with new_page(chromium, width=920, scheme=scheme) as page:
        page.set_content(shown)
        for name in PICTURED:
            page.evaluate(
                "name => document.querySelectorAll('article')"
                ".forEach(each => { each.hidden = each.id !== name; })",
                name,
            )
            keep(page, f"comment_{name}_{scheme}", is_whole=True)
        background = page.evaluate(
            "name => getComputedStyle(document.getElementById(name)).backgroundColor", PICTURED[-1]
        )
        assert (background == "rgb(255, 255, 255)") == (scheme == "light")
