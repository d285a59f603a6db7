"""Pages for tests, with figures behind them as a run leaves them."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from bot.core.conditions import Conditions
from bot.core.details import Details, details
from bot.core.outcome import Imported, Measured
from bot.core.plan import Rule
from bot.core.record import CaseBlock, ConditionsBlock, ImportBlock, Record
from bot.core.report import Report
from bot.render.charts import charts
from bot.render.pictures import svg
from bot.render.web.page import render_page
from bot.render.web.view import Picture
from tests.browser import new_page
from tests.core.runs import case, environment, plan
from tests.render.situations.verdicts import several_candidates

VERDICTS = ("REGRESSION", "EQUIVALENT", "IMPROVEMENT", "INCONCLUSIVE", "EQUIVALENT")


def details_of(report: Report, *, blocks: int = 4) -> Details:
    """Invent what is behind a report: the same cases and versions, blocks with samples."""
    random = Random(7)
    candidates = tuple(
        environment(label, "candidate", f"cand-{number}")
        for number, label in enumerate(report.candidates)
    )
    baseline = environment(report.baseline, "baseline", "base-a")
    control = environment(report.baseline, "control", "base-b")
    arms = (baseline, control, *candidates)
    made = plan(
        cases=tuple(case(name) for name in report.cases), environments=arms, rule=Rule(cells=9)
    )
    records: list[Record] = []
    for block in range(blocks):
        imports = {arm.id: _imported(random) for arm in arms}
        records.append(ImportBlock(block=block, outcomes=imports))
        records += [_case_block(random, block, name, [a.id for a in arms]) for name in report.cases]
        quiet = Conditions(seconds=9.0, busy_seconds=5.0, idle_seconds=4.0, steal_seconds=0.1)
        records.append(ConditionsBlock(block=block, conditions=quiet))
    return details(made, records)


def _imported(random: Random) -> Imported:
    seconds = random.uniform(2.0, 2.1)
    return Imported(cpu_seconds=seconds, wall_seconds=seconds, rss_bytes=10**8, modules=9)


def _case_block(random: Random, block: int, name: str, arms: list[str]) -> CaseBlock:
    outcomes = {arm: _measured(random, 1.0 + 0.2 * number) for number, arm in enumerate(arms)}
    return CaseBlock(block=block, case=name, outcomes=outcomes)


def _measured(random: Random, factor: float) -> Measured:
    calls = [0.003 * factor * random.lognormvariate(0, 0.03) for _ in range(12)]
    return Measured(
        first_call_cpu_seconds=0.2 * factor,
        first_call_wall_seconds=0.25 * factor,
        build_cpu_seconds=0.1,
        build_wall_seconds=0.1,
        peak_rss_bytes=round(4e8 * factor),
        round_seconds=tuple(calls[2:]),
        warm_up_seconds=(3 * calls[0], calls[1]),
    )


def many_cells(r: Any, *, cases: int = 50, versions: int = 8) -> Report:
    """Make a report of cases x versions x five metrics: 2,000 cells."""
    random = Random(3)
    labels = tuple(f"2.{minor}.0" for minor in range(21 - versions, 21))
    names = tuple(f"workload_{number:02}[case_{number % 5}]" for number in range(cases))
    metrics = ("step", "throughput", "first_call", "build", "peak_rss")
    cells = tuple(
        r.cell(
            name,
            VERDICTS[random.randrange(5)],
            metric=metric,
            candidate=label,
            ratio=math.exp(random.gauss(0, 0.3)),
        )
        for name in names
        for metric in metrics
        for label in labels
    )
    report: Report = r.report(
        overall="regression", exit_code=1, candidates=labels, cases=names, cells=cells
    )
    return report


def pictures_of(report: Report) -> list[Picture]:
    return [
        Picture(name=c.name, title=c.title, description=c.description, svg=svg(c, themed=True))
        for c in charts(report)
    ]


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., str]:
    """Write a page as a file; return its address."""

    def write(report: Report, found: Details | None = None, *, drawn: bool = False) -> str:
        path = tmp_path / "report.html"
        pictures = pictures_of(report) if drawn else []
        path.write_text(render_page(report, found, pictures), encoding="utf-8")
        return path.as_uri()

    return write


@pytest.fixture(scope="session")
def several(reports: SimpleNamespace) -> Report:
    """Build a report of four versions with a finding of every kind."""
    report: Report = several_candidates(reports)
    failure = reports.failure(reports.cases[2], environment="2.20.0")
    return report.model_copy(update={"failures": (failure,)})


@pytest.fixture(scope="session")
def address(several: Report, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write that report's page once, with samples and charts."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    page = render_page(several, details_of(several), pictures_of(several))
    path.write_text(page, encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with new_page(chromium) as page:
        yield page


@pytest.fixture
def opened(page: Page, address: str) -> Page:
    page.goto(address)
    return page


def shown_rows(page: Page) -> list[list[str]]:
    rows: list[list[str]] = page.eval_on_selector_all(
        "#cell-table tbody tr:not([hidden])",
        "rows => rows.map(row => [...row.children].map(cell => cell.innerText.trim()))",
    )
    return rows
