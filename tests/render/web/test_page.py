"""The page as text: whole, harmless, and with the words that comment and terminal have."""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any

import pytest

from bot.core.report import Report
from bot.render import headline
from bot.render.cell_kind import kind_of
from bot.render.escape import TERMINAL
from bot.render.standing import Tally
from bot.render.web.cells import SIGNS, counts, drawn, one_on, page_axis, table_lines
from bot.render.web.data import embedded
from bot.render.web.grids import environments
from bot.render.web.heatmap import shade
from bot.render.web.page import render_page
from bot.render.web.view import Picture
from tests.render.situations.conftest import SITUATIONS
from tests.render.web.conftest import details_of, pictures_of

Situation = tuple[str, Report]
LOADING = {"src", "href", "action", "data", "srcset", "poster", "xlink:href", "formaction"}


class Elements(HTMLParser):
    """The elements of a page with their attributes, and its texts; data blocks are no text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.policy = self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if dict(attrs).get("http-equiv") == "Content-Security-Policy":
            self.policy = dict(attrs)["content"] or ""

    def handle_data(self, data: str) -> None:
        if self.tags[-1:] != ["script"]:
            self.text += data


@pytest.fixture(params=sorted(SITUATIONS))
def anything(request: pytest.FixtureRequest, reports: SimpleNamespace) -> Report:
    report: Report = SITUATIONS[request.param](reports)
    return report


def test_every_situation_has_a_page_with_every_cell_in_it(anything: Report) -> None:
    page = render_page(anything)

    assert page.count("<tr data-k=") == len(anything.cells)
    assert page.count('class="log"') == len(anything.failures)


def test_no_page_names_another_place_to_load_from(anything: Report) -> None:
    page = Elements(render_page(anything))
    addresses = [value for name, value in page.attributes if name in LOADING]

    assert all(address.startswith(("#", "data:,")) for address in addresses)
    assert not [value for name, value in page.attributes if name == "style" and "url(" in value]
    assert page.policy.startswith("default-src 'none'")


def test_only_our_own_script_is_allowed_to_run(reports: SimpleNamespace) -> None:
    page = render_page(reports.report())
    (script,) = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert f"script-src 'sha256-{digest}'" in Elements(page).policy


def test_hostile_names_are_text_everywhere(reports: SimpleNamespace) -> None:
    page = Elements(render_page(SITUATIONS["hostile_names"](reports)))

    assert not {"img", "b", "iframe", "object", "svg"} & {*page.tags}
    assert page.tags.count("script") == 3
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "<img src=x onerror=alert(1)>" in page.text
    assert not {"\x1b", "\u202e"} & {*page.text}


@pytest.mark.parametrize("text", ["</script>", "<!--", "a\u2028b", '"', "\\"])
def test_embedded_data_says_the_same_and_ends_no_element(text: str) -> None:
    written = embedded({"name": text})

    assert "<" not in written
    assert json.loads(written) == {"name": text}


def test_the_report_in_the_page_is_the_report(several: Report) -> None:
    page = render_page(several)
    (data,) = re.findall(r'id="report-data">(.*?)</script>', page, flags=re.DOTALL)

    assert Report.model_validate_json(data) == several


def test_the_heading_is_that_of_the_comment(several: Report) -> None:
    page = render_page(several)
    (heading,) = re.findall(r"<h1>(.*?)</h1>", page)

    plain = re.sub(r"</?code>", "", heading)
    assert plain == headline.heading(Tally(several), TERMINAL)


def test_without_a_journal_the_page_says_so(several: Report) -> None:
    assert "The samples are not on this page" in render_page(several)
    assert "The samples are not on this page" not in render_page(several, details_of(several))


def test_charts_stand_in_the_page_with_their_sentence(several: Report) -> None:
    pictures = pictures_of(several)
    page = render_page(several, None, pictures)

    assert pictures
    assert page.count('role="img"') >= len(pictures)
    assert all(picture.svg in page for picture in pictures)


Change = dict[str, Any]
KINDS: list[tuple[Change, str]] = [
    ({"verdict": "REGRESSION"}, "worse"),
    ({"verdict": "REGRESSION", "matters": False}, "small"),
    ({"verdict": "IMPROVEMENT"}, "better"),
    ({"verdict": "IMPROVEMENT", "matters": False}, "small"),
    ({"verdict": "EQUIVALENT"}, "unchanged"),
    ({"verdict": "INCONCLUSIVE"}, "undecided"),
    ({"verdict": "NOT_MEASURED"}, "missing"),
    ({"verdict": "REGRESSION", "acknowledged": {"author": "a", "reason": "b"}}, "excused"),
    (
        {"verdict": "REGRESSION", "confirmation": {"word": "refuted", "reason": "b"}},
        "excused",
    ),
]


@pytest.mark.parametrize(("change", "kind"), KINDS)
def test_a_cell_is_of_one_kind(reports: SimpleNamespace, change: Change, kind: str) -> None:
    assert kind_of(reports.cell(**change)) == kind


def test_the_most_urgent_cell_comes_first_and_each_is_counted_once(several: Report) -> None:
    lines = table_lines(several)

    order = [list(SIGNS).index(line.kind) for line in lines]
    assert order == sorted(order)
    assert lines[0].ratio == 1.8
    numbers = [int(count.text.split()[0]) for count in counts(several)]
    assert sum(numbers) == len(several.cells)


INTERVALS: list[tuple[tuple[float | None, float | None], bool, bool]] = [
    ((1.1, 1.3), False, False),
    ((None, 1.3), True, False),
    ((1.1, None), False, True),
    ((None, None), True, True),
    ((0.0, 1.3), True, False),
    ((1.1, 99.0), False, True),
]


@pytest.mark.parametrize(("interval", "left", "right"), INTERVALS)
def test_a_bound_that_is_not_known_is_open_and_not_invented(
    reports: SimpleNamespace,
    interval: tuple[float | None, float | None],
    left: bool,
    right: bool,
) -> None:
    cell = reports.cell(verdict="REGRESSION", ratio=1.2, interval=interval)
    found = drawn(page_axis(reports.report(cells=(cell,))), cell)

    assert found is not None
    assert (found.opens_left, found.opens_right) == (left, right)
    assert 0 <= found.left <= found.point <= found.right <= 100


def test_the_line_stands_where_nothing_changed(reports: SimpleNamespace) -> None:
    cells = (reports.cell(ratio=1.0), reports.cell(verdict="REGRESSION", ratio=2.0))
    axis = page_axis(reports.report(cells=cells))

    same = drawn(axis, cells[0])
    assert same is not None
    assert same.point == one_on(axis)


@pytest.mark.parametrize("ratio", [None, 0.0, float("inf"), float("nan")])
def test_what_no_axis_holds_is_not_drawn(reports: SimpleNamespace, ratio: float | None) -> None:
    cell = reports.cell(verdict="REGRESSION", ratio=ratio, interval=(None, None))
    report = reports.report(cells=(cell, reports.cell()))

    assert drawn(page_axis(report), cell) is None
    assert render_page(report)


SHADES = [
    ("EQUIVALENT", 1.5, 0),
    ("INCONCLUSIVE", 3.0, 0),
    ("REGRESSION", 1.01, 0),
    ("REGRESSION", 1.03, 1),
    ("REGRESSION", 1.2, 2),
    ("REGRESSION", 1.5, 3),
    ("REGRESSION", 30.0, 4),
    ("IMPROVEMENT", 0.98, -1),
    ("IMPROVEMENT", 0.1, -4),
]


@pytest.mark.parametrize(("verdict", "ratio", "expected"), SHADES)
def test_a_colour_is_as_dark_as_the_change_and_only_where_it_is_decided(
    reports: SimpleNamespace, verdict: str, ratio: float, expected: int
) -> None:
    assert shade(reports.cell(verdict=verdict, ratio=ratio)) == expected


def test_figures_of_arms_hold_what_was_measured(
    several: Report, written: Callable[..., str]
) -> None:
    found = details_of(several, blocks=2)
    page = render_page(several, found)
    (data,) = re.findall(r'id="figures-data">(.*?)</script>', page, flags=re.DOTALL)
    figures = json.loads(data)

    case = figures["details"]["cases"][several.cases[0]]
    rounds = found.cases[several.cases[0]].blocks[0].parts["cand-0"].rounds
    assert case["blocks"][0]["parts"]["2"]["r"] == pytest.approx(rounds, rel=1e-4)
    assert [arm["role"] for arm in figures["details"]["arms"][:3]] == [
        "baseline",
        "control",
        "candidate",
    ]


def test_every_verdict_has_its_reason_and_what_was_said_of_it_later(
    reports: SimpleNamespace,
) -> None:
    accepted = {"author": "<b>jo", "reason": "known & wanted", "until": "2027-01-31"}
    refuted = {"word": "refuted", "reason": "b", "ratio": 1.01, "interval": (0.99, 1.03)}
    changes = {"reason": "for this reason", "acknowledged": accepted, "confirmation": refuted}
    page = Elements(render_page(reports.report(cells=(reports.cell(**changes),))))

    assert "for this reason" in page.text
    assert "acknowledged by <b>jo until 2027-01-31: known & wanted" in page.text
    assert "refuted on a fresh machine: ×1.01" in page.text


def test_wall_time_stands_beside_cpu_time(reports: SimpleNamespace) -> None:
    cell = reports.cell(metric="first_call", baseline_wall_seconds=2.0, candidate_wall_seconds=3.0)
    page = Elements(render_page(reports.report(cells=(cell,))))

    assert "wall 2.00\N{NO-BREAK SPACE}s" in page.text
    assert "wall 3.00\N{NO-BREAK SPACE}s" in page.text


def test_lines_of_environments_are_counted_as_they_are_shown(several: Report) -> None:
    grid = environments(several)
    differing = sum(bool(line.sign) for line in grid.lines)

    assert grid.title == f"Environments: {differing} of {len(grid.lines)} lines differ"


def test_a_map_names_no_baseline_where_columns_have_different_ones(
    reports: SimpleNamespace,
) -> None:
    page = render_page(SITUATIONS["pull_request_under_one_release"](reports))

    assert "A column with + PR is compared with the same release" in page
    assert "<caption>step</caption>" in page
    assert "A column with + PR" not in render_page(reports.report())


@pytest.mark.parametrize(
    ("names", "opened"),
    [
        (("forest", "heatmap", "timeline"), ["timeline"]),
        (("forest", "heatmap"), ["forest"]),
        ((), []),
    ],
)
def test_one_chart_is_open(several: Report, names: tuple[str, ...], opened: list[str]) -> None:
    pictures = [
        Picture(name=name, title=f"chart {name}", description="", svg="<svg></svg>")
        for name in names
    ]
    page = render_page(several, None, pictures)

    found = re.findall(r'<details class="grid" open>\s*<summary><h3>chart (\w+)</h3>', page)
    assert found == opened
