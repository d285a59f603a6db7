"""The page as people use it: in a real browser, from a file, without a network."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.core.report import Report
from tests.browser import keep, new_page
from tests.npm import node_folder
from tests.render.situations.conftest import SITUATIONS
from tests.render.web.conftest import details_of, many_cells, shown_rows

Write = Callable[..., str]
PHONE = 390


def test_it_opens_from_a_file_with_every_part(opened: Page, several: Report) -> None:
    assert len(shown_rows(opened)) == len(several.cells)
    headings = opened.locator("h2:visible").all_inner_texts()
    assert headings == [
        "Overview",
        "Cases and versions",
        "Charts",
        "All cells",
        "Failures",
        "Behind the figures",
        "Data",
    ]
    keep(opened, "page-overview-light")


def test_searching_and_choosing_leave_what_fits(opened: Page) -> None:
    opened.keyboard.press("/")
    expect(opened.locator("#search")).to_be_focused()
    opened.keyboard.type("predict 2.16.2")
    assert {row[1] for row in shown_rows(opened)} == {"mnist_mlp[predict_one]"}
    assert {row[3] for row in shown_rows(opened)} == {"2.16.2"}

    opened.select_option("#by-kind", "better")
    expect(opened.locator("#none")).to_be_visible()
    opened.get_by_role("button", name="Show all").click()
    expect(opened.locator("#none")).to_be_hidden()
    assert len(shown_rows(opened)) > 30


def test_a_count_chooses_its_cells(opened: Page) -> None:
    opened.locator(".counts a", has_text="worse").click()

    expect(opened.locator("#shown")).to_contain_text("2 of ")
    assert {row[0].split()[-1] for row in shown_rows(opened)} == {"slower"}


def test_headings_sort_and_say_so(opened: Page) -> None:
    change = opened.locator("th[data-by=ratio]")
    change.get_by_role("button").click()
    assert change.get_attribute("aria-sort") == "descending"
    assert shown_rows(opened)[0][6].startswith("×1.80")

    change.get_by_role("button").press("Enter")
    assert change.get_attribute("aria-sort") == "ascending"
    assert shown_rows(opened)[0][6].startswith("×0.900")
    assert opened.locator("th[data-by=urgency]").get_attribute("aria-sort") is None


def test_the_map_is_one_stop_and_arrows_move_in_it(opened: Page) -> None:
    tiles = opened.locator("#map-0 td a")
    assert [tile.get_attribute("tabindex") for tile in tiles.all()].count("0") == 1
    tiles.first.focus()
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("ArrowDown")

    focused = opened.evaluate("document.activeElement.closest('tr').rowIndex")
    assert focused == 2
    opened.keyboard.press("Enter")
    expect(opened.locator("#detail h2")).to_be_visible()


def test_the_map_shows_the_metric_that_is_chosen(opened: Page) -> None:
    assert opened.locator(".map:visible").count() == 1
    opened.select_option("#map-metric", index=1)
    assert opened.locator(".map:visible caption").inner_text().startswith("peak memory")


def test_a_case_opens_with_its_figures_and_closes_where_one_was(
    opened: Page, several: Report
) -> None:
    link = opened.locator("#cell-table a", has_text="keras_lstm").last
    link.focus()
    opened.keyboard.press("Enter")

    heading = opened.locator("#detail h2")
    expect(heading).to_be_focused()
    assert heading.inner_text() == several.cases[2]
    titles = opened.locator("#detail figcaption").all_inner_texts()
    assert titles[:4] == [
        "Every block: step",
        "Distribution",
        "Samples, round after round",
        "Warm-up",
    ]
    assert {"peak memory", "first call", "build", "import"} <= {*titles}
    assert opened.locator("#detail .log pre").is_visible()
    assert opened.locator("#detail h3").all_inner_texts()[-1].startswith("keras_lstm")
    keep(opened, "page-case-light", is_whole=True)
    opened.keyboard.press("Escape")
    expect(link).to_be_focused()


def test_arms_can_be_hidden_and_figures_read_as_tables(opened: Page, several: Report) -> None:
    opened.goto(f"{opened.url}#case={quote(several.cases[0])}")
    drawings = opened.locator("#detail svg.drawing").first
    before = drawings.locator("path").count()
    opened.get_by_role("checkbox", name="2.18.1").uncheck()
    assert opened.locator("#detail svg.drawing").first.locator("path").count() < before

    opened.locator("#detail figure summary").first.click()
    table = opened.locator("#detail figure table").first
    assert table.locator("tbody tr").count() == 4
    assert "2.18.1" not in table.inner_text()


def test_no_figure_holds_what_is_no_number(opened: Page, several: Report) -> None:
    for name in (*several.cases, "import"):
        opened.goto(f"{opened.url.partition('#')[0]}#case={quote(name)}")
        assert "NaN" not in opened.locator("#detail").inner_html()


@pytest.mark.parametrize("name", ["no such case", "<img src=x onerror=alert(1)>", "%"])
def test_a_case_that_is_not_there_is_told(opened: Page, name: str) -> None:
    opened.goto(f"{opened.url}#case={quote(name)}")

    expect(opened.locator("#detail .note")).to_be_visible()
    assert opened.locator("#detail img").count() == 0


def test_what_is_saved_is_the_report_and_its_figures(opened: Page, several: Report) -> None:
    samples = 4 * 4 * 6 * 13  # cases, blocks, arms; a first call, two before rounds, ten rounds
    lines = {"cells.csv": 1 + len(several.cells), "samples.csv": 1 + samples}
    saved = {}
    for button in ("report.json", *lines):
        with opened.expect_download() as saving:
            opened.get_by_role("button", name=button).click()
        assert saving.value.suggested_filename == button
        saved[button] = saving.value.path().read_bytes().decode()

    assert Report.model_validate_json(saved["report.json"]) == several
    assert {name: saved[name].count("\r\n") for name in lines} == lines


def test_two_thousand_cells_are_there_at_once(
    page: Page, reports: SimpleNamespace, written: Write
) -> None:
    report = many_cells(reports)
    measuring = page.context.new_cdp_session(page)
    measuring.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(written(report, details_of(report)))
    page.wait_for_timeout(300)
    found = measuring.send("Performance.getMetrics")["metrics"]
    (seconds,) = (each["value"] for each in found if each["name"] == "TaskDuration")

    assert seconds < 1.0  # of its own: how busy the machine is does not count
    assert len(shown_rows(page)) == len(report.cells) == 2_000
    page.fill("#search", "workload_07 build")
    expect(page.locator("#shown")).to_have_text("8 of 2000 cells shown")


def test_dark_is_what_the_system_says_until_somebody_chooses(
    chromium: Browser, several: Report, address: str
) -> None:
    with new_page(chromium, scheme="dark") as page:
        page.goto(address)
        assert ground(page) == "rgb(18, 22, 27)"
        keep(page, "page-overview-dark")
        page.goto(f"{address}#case={quote(several.cases[1])}")
        keep(page, "page-case-dark", is_whole=True)
        page.goto(address)
        page.get_by_role("button", name="Dark or light").click()
        assert ground(page) == "rgb(255, 255, 255)"


def ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_a_phone_needs_no_sideways_scrolling(
    chromium: Browser, several: Report, address: str
) -> None:
    with new_page(chromium, width=PHONE, height=800) as page:
        for place in ("", f"#case={quote(several.cases[1])}"):
            page.goto(address + place)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE
            keep(page, f"page-phone{'-case' if place else ''}", is_whole=True)


def test_hostile_names_neither_run_nor_break_out(
    page: Page, reports: SimpleNamespace, written: Write
) -> None:
    report = SITUATIONS["hostile_names"](reports)
    page.goto(written(report, drawn=True))

    assert page.locator("img, iframe, object, base, form[action]").count() == 0
    page.locator("#cell-table a").first.click()
    expect(page.locator("#detail h2")).to_be_visible()
    assert page.locator("img").count() == 0


SERIOUS = {"serious", "critical"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_serious_fault(
    request: pytest.FixtureRequest,
    chromium: Browser,
    several: Report,
    address: str,
    scheme: Any,
) -> None:
    axe = node_folder(request, "page-axe", Path(__file__).parent)
    script = (axe / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    with new_page(chromium, scheme=scheme) as page:
        for place in ("", f"#case={quote(several.cases[2])}"):
            page.goto(address + place)
            page.evaluate(script)
            found = page.evaluate("axe.run()")
            faults = [
                f"{each['id']}: {node['target']}"
                for each in found["violations"]
                if each["impact"] in SERIOUS
                for node in each["nodes"][:3]
            ]
            assert not faults
