"""The ways through the page: addresses, keys, what is chosen, and what a reader of it is told."""

from pathlib import Path
from random import Random
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.core.report import Report
from bot.core.units import format_bytes, format_ratio, format_seconds
from bot.render.web import page as pages
from tests.browser import new_page
from tests.render.web.conftest import details_of, many_cells, shown_rows
from tests.render.web.test_browser import PHONE, Write

NUMBERS = Path(pages.__file__).parent / "assets" / "numbers.js"


def open_case(page: Page, name: str) -> None:
    page.goto(f"{page.url.partition('#')[0]}#case={quote(name)}")
    expect(page.locator("#detail h2")).to_be_visible()


@pytest.mark.parametrize("cut", ["%", "%E0%A4%A", "mnist%2"])
def test_an_address_that_was_cut_short_leaves_the_page_whole(
    page: Page, address: str, cut: str
) -> None:
    page.goto(f"{address}#case={cut}")
    expect(page.locator("#detail .note")).to_be_visible()

    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()


def test_skipping_to_the_content_leaves_a_case_open(opened: Page, several: Report) -> None:
    open_case(opened, several.cases[0])
    opened.locator(".skip").press("Enter")

    expect(opened.locator("#content")).to_be_focused()
    expect(opened.locator("#detail h2")).to_be_visible()


def test_a_case_that_was_opened_by_its_address_closes_too(page: Page, address: str) -> None:
    page.goto(f"{address}#case={quote('keras_lstm[fit]')}")
    page.keyboard.press("Escape")

    expect(page.locator("#all")).to_be_visible()
    expect(page.locator("#content")).to_be_focused()


def test_the_line_of_bars_is_the_baseline_even_where_its_bar_is_hidden(
    opened: Page, several: Report
) -> None:
    open_case(opened, several.cases[0])
    line = opened.locator("#detail figure", has_text="peak memory").locator("line.one")
    before = line.get_attribute("x1")
    opened.get_by_role("checkbox", name="(baseline)").uncheck()

    assert line.get_attribute("x1") == before


def test_what_is_chosen_stays_when_arms_or_the_case_change(opened: Page, several: Report) -> None:
    open_case(opened, several.cases[0])
    chosen = opened.locator("#detail").get_by_label("Metric")
    chosen.select_option("peak memory")
    opened.get_by_role("checkbox", name="2.18.1").uncheck()
    expect(chosen).to_have_value("peak_rss")

    open_case(opened, several.cases[1])
    expect(opened.locator("#detail h2")).to_have_text(several.cases[1])
    expect(chosen).to_have_value("peak_rss")


def test_tables_of_a_case_are_named_for_what_they_hold(opened: Page, several: Report) -> None:
    open_case(opened, several.cases[0])
    for section in opened.locator("#detail section:has(> .wide)").all():
        title = section.locator("h3").inner_text()
        assert section.locator("> .wide").get_attribute("aria-label") == title


def test_sorting_by_verdict_again_gives_the_first_order(opened: Page) -> None:
    first = shown_rows(opened)
    for by in ("case", "urgency"):
        opened.locator(f"#cell-table th[data-by={by}] button").click()

    assert shown_rows(opened) == first


def test_what_failed_for_every_case_is_told_with_each(
    page: Page, reports: SimpleNamespace, written: Write
) -> None:
    failure = reports.failure("*", environment="2.20.0", reason="no such release")
    page.goto(written(reports.report(failures=(failure,))))
    open_case(page, reports.cases[0])

    expect(page.locator("#detail .log")).to_contain_text("no such release")


def test_scripts_write_numbers_as_all_else_does(page: Page) -> None:
    random = Random(5)
    values = [10 ** random.uniform(-10, 8) for _ in range(500)]
    values += [0.0, -0.0123, 9.995, 999.5, 0.0009996, 1000.0, 1023.6, 1e3 * 2**10, 999_999.0, 1e6]
    told = page.evaluate(
        f"values => {{ {NUMBERS.read_text(encoding='utf-8')}; return values.map((value) =>"
        ' [quantity(value, "seconds"), quantity(value, "bytes"), ratio(value)]); }',
        values,
    )

    write = (format_seconds, format_bytes, format_ratio)
    assert told == [[each(value) for each in write] for value in values]


def test_a_phone_sorts_and_reads_figures(chromium: Browser, several: Report, address: str) -> None:
    with new_page(chromium, width=PHONE, height=800) as page:
        page.goto(address)
        page.locator("th[data-by=ratio]").get_by_role("button").click()
        assert shown_rows(page)[0][6].startswith("×1.80")

        open_case(page, several.cases[0])
        for drawing in page.locator("#detail svg.drawing").all():
            scale = "svg => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width"
            assert drawing.evaluate(scale) > 0.9


def test_the_table_of_cells_fits_a_screen(opened: Page) -> None:
    sizes = "part => [part.scrollWidth, part.clientWidth]"
    needed, given = opened.locator(".wide", has=opened.locator("#cell-table")).evaluate(sizes)

    assert needed <= given


def test_a_tile_says_its_verdict_and_is_the_first_stop_of_its_map(opened: Page) -> None:
    opened.locator("#map-metric").focus()
    opened.keyboard.press("Tab")

    focused = opened.locator("#map-0 a:focus")
    expect(focused).to_be_visible()
    for tile in opened.locator("#map-0 td a").all():
        name = tile.get_attribute("aria-label") or ""
        word = name.partition(":")[0].removesuffix(" (small)")
        assert word in {"slower", "faster", "unchanged", "undecided", "not measured"}


def test_a_report_without_cells_says_so_and_promises_nothing(
    page: Page, reports: SimpleNamespace, written: Write
) -> None:
    report = reports.report(cells=())
    page.goto(written(report, details_of(report)))

    expect(page.locator("#none")).to_have_text("Nothing was compared.")
    assert page.locator("#map, nav a[href='#map']").count() == 0
    drawing = page.locator("#machine-figure svg.drawing").first
    assert drawing.evaluate("svg => svg.getBoundingClientRect().width") < 700


@pytest.mark.parametrize("width", [PHONE, 1280])
def test_every_part_is_reached_from_the_top_past_a_long_table(
    chromium: Browser, reports: SimpleNamespace, written: Write, width: int
) -> None:
    report = many_cells(reports, cases=20, versions=4)
    with new_page(chromium, width=width) as page:
        page.goto(written(report, details_of(report, blocks=1)))
        for name in ("data", "map", "behind", "cells", "data"):
            page.locator(f"nav a[href='#{name}']").press("Enter")
            page.wait_for_timeout(200)  # what is drawn late must not push it out of sight
            expect(page.locator(f"#{name}")).to_be_in_viewport()


@pytest.mark.parametrize(("versions", "expected"), [(1, 1), (6, 6), (7, 6), (40, 6)])
def test_the_first_view_has_six_versions_at_most_with_the_last(
    page: Page, reports: SimpleNamespace, written: Write, versions: int, expected: int
) -> None:
    labels = tuple(f"2.{minor}.0" for minor in range(versions))
    cell = reports.cell(candidate=labels[0])
    report = reports.report(candidates=labels, cases=(cell.case,), cells=(cell,))
    page.goto(written(report, details_of(report, blocks=1)))
    open_case(page, cell.case)

    shown = page.locator("#detail .legend label", has=page.locator("input:checked"))
    names = [name for name in shown.all_inner_texts() if "(" not in name]
    assert len(names) == expected
    assert labels[-1] in names
