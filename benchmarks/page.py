"""How long a report takes to be written in every form, and the page to open.

    python -m benchmarks.page

Opening is measured in the browser that the tests use, from a file, beside a page without anything
in it: the ratio is ours, the milliseconds are the machine's.

Must show: a page of 2,000 cells opens in under a second.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from types import SimpleNamespace

from playwright.sync_api import Browser

from benchmarks.tables import Target, print_table, print_targets
from bot.core.report import Report
from bot.render.charts import charts
from bot.render.comment import render_comment
from bot.render.pictures import png, svg
from bot.render.summary import render_summary
from bot.render.web.page import render_page
from tests.browser import new_page, running_chromium
from tests.render import conftest as factories
from tests.render.web.conftest import details_of, many_cells

NOTHING, JUDGED = "nothing", "2,000 cells"
MOST_MILLISECONDS = 1_000
SIZES = {"40 cells": (4, 2), JUDGED: (50, 8), "5,000 cells": (100, 10)}
"""Cases and versions, five metrics each."""

TIMES = 7
EMPTY = "<!doctype html><title>nothing</title>"
OPENED = """() => {
  const [navigation] = performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return [navigation.loadEventEnd, paint ? paint.startTime : navigation.loadEventEnd];
}"""


def main() -> int:
    """Print two tables; 1 when what must be shown was not."""
    r = SimpleNamespace(
        report=factories.report_of, cell=factories.cell_of, equal_cells=factories.equal_cells
    )
    reports = {
        name: many_cells(r, cases=cases, versions=versions)
        for name, (cases, versions) in SIZES.items()
    }
    heads = ("report", "comment", "summary", "page", "charts", "page, size")
    print_table(heads, [(name, *writing(report)) for name, report in reports.items()])
    opened = opening_all(reports)
    print_table(
        ("page", "loaded", "first paint", "of an empty page"),
        [
            (name, f"{loaded:.0f} ms", f"{painted:.0f} ms", f"x{loaded / opened[NOTHING][0]:.1f}")
            for name, (loaded, painted) in opened.items()
        ],
    )
    loaded = opened[JUDGED][0]
    is_met = loaded < MOST_MILLISECONDS
    print_targets([Target(what="2,000 cells open in 1 s", got=f"{loaded:.0f} ms", is_met=is_met)])
    return int(not is_met)


def opening_all(reports: Mapping[str, Report]) -> dict[str, tuple[float, float]]:
    """Open the page of each report, and an empty one."""
    with running_chromium() as browser, tempfile.TemporaryDirectory() as folder:
        pages = {name: render_page(each, details_of(each)) for name, each in reports.items()}
        return {
            name: opening(browser, Path(folder), text)
            for name, text in {NOTHING: EMPTY, **pages}.items()
        }


def writing(report: Report) -> list[str]:
    """Time every form of a report once; drawing starts a runtime, which every run does."""
    found = details_of(report)
    took = [
        seconds(lambda: render_comment(report)),
        seconds(lambda: render_summary(report)),
        seconds(lambda: render_page(report, found)),
        seconds(lambda: [(svg(chart), png(chart)) for chart in charts(report)]),
    ]
    size = len(render_page(report, found).encode()) / 2**20
    return [*(f"{each:.2f} s" for each in took), f"{size:.1f} MiB"]


def seconds(work: Callable[[], object]) -> float:
    """Take the wall time of one piece of work."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def opening(browser: Browser, folder: Path, text: str) -> tuple[float, float]:
    """Open a page several times; return median milliseconds until loaded and until painted."""
    file = folder / "page.html"
    file.write_text(text, encoding="utf-8")
    took = []
    for _ in range(TIMES):
        with new_page(browser) as page:
            page.goto(file.as_uri())
            page.wait_for_timeout(100)  # the load event has an end
            took.append(page.evaluate(OPENED))
    loaded, painted = (median(each) for each in zip(*took, strict=True))
    return loaded, painted


if __name__ == "__main__":
    sys.exit(main())
