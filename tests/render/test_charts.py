"""What charts show: which cells, in which order, with the very numbers of the report."""

import json
import math
from types import SimpleNamespace
from typing import Any

import altair as alt
import jsonschema
import pytest

from bot.core.report import Acknowledgement, CellReport, Report, SubjectReport
from bot.render import chart_words
from bot.render.chart import Chart
from bot.render.chart_axes import ticks
from bot.render.chart_points import short
from bot.render.charts import charts
from bot.render.course import MOST_NAMED
from bot.render.forest import MOST_CHANGES, MOST_OTHERS
from bot.render.heatmap import FULL, MOST_CASES, MOST_CELLS, MOST_RELEASES
from bot.render.timeline import apart

RELEASES = ("2.16.2", "2.18.1", "2.21.0")


def drawn(report: Report) -> dict[str, Chart]:
    made = {str(chart.name): chart for chart in charts(report)}
    for chart in made.values():
        json.dumps(chart.spec, allow_nan=False)
        assert named(chart.spec) <= chart.spec["datasets"].keys()
    return made


def named(spec: Any) -> set[str]:
    """Return the data that layers draw."""
    layers = [layer["data"] for layer in spec["layer"]]
    assert all(data.keys() == {"name"} for data in layers)
    return {data["name"] for data in layers}


def rows(chart: Chart, *fields: str) -> list[dict[str, Any]]:
    """Return the data that have all these fields."""
    return [
        row
        for values in chart.spec["datasets"].values()
        for row in values
        if row.keys() >= {*fields}
    ]


def subtitle(chart: Chart) -> str:
    return " ".join(chart.spec["title"]["subtitle"])


def wide(r: Any, *, cases: int, releases: int, ratio: float = 1.1) -> Any:
    """Every case slower in every release, the later cases more so."""
    labels = tuple(f"2.{minor}.0" for minor in range(releases))
    names = tuple(f"workload_{number}[case]" for number in range(cases))
    cells = [
        r.cell(case, "REGRESSION", ratio=ratio + number / 1_000 + at / 1e5, candidate=label)
        for number, case in enumerate(names)
        for at, label in enumerate(labels)
    ]
    return r.report(
        baseline="1.0.0",
        candidates=labels,
        cases=names,
        cells=tuple(cells),
        environments=(
            r.environment("1.0.0", "baseline"),
            *(r.environment(label, "candidate") for label in labels),
        ),
    )


@pytest.fixture
def over_releases(reports: SimpleNamespace) -> Any:
    r = reports
    changed = (
        r.cell(r.cases[1], "REGRESSION", ratio=1.8, interval=(1.7, 1.92), candidate="2.16.2"),
        r.cell(r.cases[1], "REGRESSION", ratio=1.21, interval=(1.1, 1.3), candidate="2.18.1"),
        r.cell(r.cases[3], "IMPROVEMENT", ratio=0.6, interval=(0.5, 0.7), candidate="2.18.1"),
        r.cell(r.cases[2], "INCONCLUSIVE", ratio=1.03, interval=(None, 1.2), candidate="2.21.0"),
        r.cell(r.cases[0], "NOT_MEASURED", ratio=None, candidate="2.18.1", interval=(None, None)),
    )
    return r.report(candidates=RELEASES, cells=r.equal_cells(*changed, candidates=RELEASES))


def test_the_specification_is_vega_lite_and_loads_nothing(over_releases: Report) -> None:
    schema = jsonschema.Draft7Validator(alt.load_schema())
    made = drawn(over_releases)

    assert list(made) == ["forest", "heatmap", "timeline"]
    for chart in made.values():
        schema.validate(chart.spec)
        text = json.dumps(chart.spec)
        assert '"url"' not in text
        assert '"href"' not in text
        assert text.count("http") == text.count("https://vega.github.io/schema/") == 1


def test_numbers_are_those_of_the_report(over_releases: Report) -> None:
    cells = {(c.case, c.metric, c.candidate): c for c in over_releases.cells}

    for chart in drawn(over_releases).values():
        points = rows(chart, "case", "metric", "release", "verdict")
        assert points
        for row in points:
            cell = cells[row["case"], row["metric"], row["release"]]
            assert (row["ratio"], row["verdict"]) == (cell.ratio, cell.verdict)
            if "low" in row:
                assert (row["low"], row["high"]) == cell.interval


def test_the_forest_begins_with_the_worst(over_releases: Report) -> None:
    forest = drawn(over_releases)["forest"]

    assert forest.title == "Changes that matter"
    assert [row["figure"] for row in rows(forest, "figure")] == ["×1.80", "×1.21", "×0.600"]
    assert [row["row"] for row in rows(forest, "figure")] == [0, 1, 2]
    assert forest.description == (
        "Changes that matter: 3 cells, worst mnist_mlp[predict_one] step · 2.16.2: slower,"
        " ×1.80 (×1.70 to ×1.92)."
    )


def test_without_a_change_the_forest_has_what_comes_closest(reports: SimpleNamespace) -> None:
    r = reports
    open_cell = r.cell(r.cases[2], "INCONCLUSIVE", ratio=1.01, interval=(None, None))
    small = r.cell(r.cases[0], "REGRESSION", ratio=1.04, matters=False)
    forest = drawn(r.report(cells=r.equal_cells(open_cell, small)))["forest"]

    assert forest.title == chart_words.NO_CHANGE
    assert [row["kind"] for row in rows(forest, "kind")][:3] == [
        "undecided",
        "real, but below the threshold",
        "unchanged",
    ]
    assert rows(forest, "bounds")[0]["bounds"] == "no bounds yet"


def test_a_bound_that_is_not_known_is_an_arrow(reports: SimpleNamespace) -> None:
    r = reports
    cell = r.cell(r.cases[2], "INCONCLUSIVE", ratio=1.01, interval=(None, 1.1))
    forest = drawn(r.report(cells=(cell,)))["forest"]

    (row,) = rows(forest, "low", "high")
    assert (row["low"], row["high"], row["to"]) == (None, 1.1, 1.1)
    (arrow,) = rows(forest, "end")
    assert arrow["end"] == row["from"] < 1.01
    shapes = [layer["mark"].get("shape") for layer in forest.spec["layer"]]
    assert "triangle-left" in shapes
    assert "triangle-right" not in shapes


def test_a_bound_beyond_the_axis_is_an_arrow_too(reports: SimpleNamespace) -> None:
    cell = reports.cell(ratio=1.5, interval=(0.001, 900.0), verdict="INCONCLUSIVE")
    forest = drawn(reports.report(cells=(cell,)))["forest"]

    (row,) = rows(forest, "low", "high")
    assert (row["low"], row["high"]) == (0.001, 900.0)
    assert row["from"] > 0.5
    assert row["to"] < 3
    assert len(rows(forest, "end")) == 2


@pytest.mark.parametrize(
    ("changes", "left_out"), [(MOST_CHANGES, ""), (MOST_CHANGES + 7, "And 7 more changes: see")]
)
def test_what_the_forest_leaves_out_is_counted(
    reports: SimpleNamespace, changes: int, left_out: str
) -> None:
    forest = drawn(wide(reports, cases=changes, releases=1))["forest"]

    found = rows(forest, "figure")
    assert len(found) == MOST_CHANGES
    assert found[0]["case"] == f"workload_{changes - 1}[case]"
    assert left_out in subtitle(forest)
    assert ("more" in subtitle(forest)) == bool(left_out)


def test_without_a_change_the_forest_is_short(reports: SimpleNamespace) -> None:
    cells = tuple(reports.cell(f"c{number}") for number in range(40))
    forest = drawn(reports.report(cells=cells))["forest"]

    assert len(rows(forest, "figure")) == MOST_OTHERS
    assert "And 28 more cells" in subtitle(forest)


def test_a_change_without_a_ratio_is_counted(reports: SimpleNamespace) -> None:
    leak = reports.cell(
        reports.cases[3],
        "REGRESSION",
        metric="rss_slope",
        ratio=None,
        difference=24e6,
        interval=(19e6, 29e6),
        unit="bytes per 1,000 calls",
        threshold=8e6,
    )
    forest = drawn(reports.report(cells=reports.equal_cells(leak)))["forest"]

    assert forest.title == chart_words.OTHERS_WITHOUT_RATIO
    assert "1 change has no ratio to draw: see report.json" in subtitle(forest)


def test_what_does_not_count_is_no_alarm(reports: SimpleNamespace) -> None:
    known = Acknowledgement(author="ada", reason="traded for memory")
    excused = reports.cell(reports.cases[0], "REGRESSION", ratio=1.4, acknowledged=known)
    worse = reports.cell(reports.cases[1], "REGRESSION", ratio=1.1)
    made = drawn(reports.report(cells=reports.equal_cells(excused, worse)))

    assert [row["kind"] for row in rows(made["forest"], "figure")] == [
        "slower or bigger",
        "acknowledged or refuted",
    ]
    figures = [row["figure"] for row in rows(made["heatmap"], "figure")]
    assert figures[:2] == ["1.10", "(1.40)"]
    assert "acknowledged or refuted" in subtitle(made["heatmap"])


@pytest.mark.parametrize("ratio", [0.0, math.inf, 1e12, -1.0])
def test_what_no_axis_holds_is_not_drawn(reports: SimpleNamespace, ratio: float) -> None:
    cell = reports.cell(ratio=ratio, verdict="REGRESSION", interval=(None, None))

    assert drawn(reports.report(cells=(cell,))) == {}


def test_the_map_has_all_pairs_the_worst_case_first(over_releases: Report) -> None:
    heatmap = drawn(over_releases)["heatmap"]
    found = rows(heatmap, "figure")
    names = {row["row"]: row["case"] for row in found}

    assert len(found) == 4 * 3
    assert [names[at] for at in range(4)] == [
        "mnist_mlp[predict_one]",  # slower
        "mnist_mlp[train_step]",  # not measured in one release
        "keras_lstm[fit]",  # undecided in one
        "matmul[512]",  # faster
    ]
    assert heatmap.title == "Step next to 2.15.1"
    assert " 4 cases in 3 releases, worst mnist_mlp[predict_one] step · 2.16.2" in (
        heatmap.description
    )


def test_the_map_says_without_colour_what_a_cell_is(over_releases: Report) -> None:
    found = rows(drawn(over_releases)["heatmap"], "figure")
    figures = {row["verdict"]: row for row in found}

    assert figures["INCONCLUSIVE"]["figure"] == "1.03?"
    assert figures["INCONCLUSIVE"]["strength"] == 0
    assert figures["NOT_MEASURED"]["figure"] == "–"
    assert figures["NOT_MEASURED"]["ratio"] is None
    assert (figures["IMPROVEMENT"]["tone"], figures["IMPROVEMENT"]["strength"]) == ("better", 1)
    slower = {row["ratio"]: row for row in found if row["verdict"] == "REGRESSION"}
    assert (slower[1.8]["tone"], slower[1.8]["strength"]) == ("worse", 1)
    assert slower[1.21]["strength"] == pytest.approx(math.log(1.21) / math.log(FULL))


def test_a_case_without_a_step_has_its_own_metric(reports: SimpleNamespace) -> None:
    cells = (
        reports.cell("import", metric="import"),
        reports.cell("old.py", metric="wall", ratio=1.3, verdict="REGRESSION"),
        reports.cell("old.py", metric="peak_rss", ratio=2.0),
        reports.cell(reports.cases[0], metric="first_call", ratio=3.0),
        reports.cell(reports.cases[0]),
    )
    heatmap = drawn(reports.report(cells=cells))["heatmap"]

    assert [row["name"] for row in rows(heatmap, "name")] == [
        "old.py · wall time",
        "import",
        "mnist_mlp[train_step]",
    ]
    assert [row["metric"] for row in rows(heatmap, "figure")] == ["wall", "import", "step"]
    assert heatmap.title == "Times and sizes next to 2.15.1"


def test_what_the_map_leaves_out_is_counted(reports: SimpleNamespace) -> None:
    heatmap = drawn(wide(reports, cases=26, releases=MOST_RELEASES + 2))["heatmap"]
    found = rows(heatmap, "figure")

    assert len(found) == 25 * MOST_RELEASES == MOST_CELLS
    assert "And 1 more case: see report.json; and 2 more releases" in subtitle(heatmap)
    assert {row["release"] for row in found} == {f"2.{minor}.0" for minor in range(2, 42)}


def test_a_map_of_few_releases_has_no_more_than_so_many_cases(reports: SimpleNamespace) -> None:
    heatmap = drawn(wide(reports, cases=MOST_CASES + 2, releases=2))["heatmap"]

    assert len(rows(heatmap, "figure")) == MOST_CASES * 2
    assert "And 2 more cases: see report.json" in subtitle(heatmap)


def test_the_timeline_begins_with_the_baseline(over_releases: Report) -> None:
    timeline = drawn(over_releases)["timeline"]
    found = rows(timeline, "line", "column")

    assert [row["ratio"] for row in found if row["line"] == 0] == [1.0, 1.8, 1.21, 1.004]
    assert [row["release"] for row in found[:4]] == ["2.15.1", *RELEASES]
    gap = next(row for row in found if row["ratio"] is None)
    assert gap["release"] == "2.18.1"
    half_known = next(row for row in found if row.get("verdict") == "INCONCLUSIVE")
    assert (half_known["from"], half_known["to"], half_known["solid"]) == (1.03, 1.2, 0)


def test_releases_are_in_their_order_whatever_was_asked_first(reports: SimpleNamespace) -> None:
    asked = ("2.21.0", "2.9.3", "2.16.2")
    timeline = drawn(reports.report(candidates=asked, cells=reports.equal_cells(candidates=asked)))[
        "timeline"
    ]

    names = [row["release"] for row in rows(timeline, "release", "column") if "line" not in row]
    assert names == ["2.9.3", "2.15.1", "2.16.2", "2.21.0"]


def test_other_columns_stay_as_they_were_named(reports: SimpleNamespace) -> None:
    asked = ("mine", "2.9.3")
    cells = reports.equal_cells(candidates=asked)
    report = reports.report(candidates=asked, cells=cells, environments=())

    names = [row["release"] for row in rows(drawn(report)["timeline"], "column", "release")][:3]
    assert names == [reports.baseline, *asked]


def test_only_cases_that_change_most_have_a_name(reports: SimpleNamespace) -> None:
    timeline = drawn(wide(reports, cases=70, releases=3))["timeline"]
    ends = rows(timeline, "text")

    assert len(ends) == MOST_NAMED
    assert {row["text"].split()[0] for row in ends} == {
        f"workload_{number}[case]" for number in range(64, 70)
    }
    assert "in grey 60 other cases" in subtitle(timeline)
    assert "And 4 more cases: see report.json" in subtitle(timeline)


def test_names_stand_apart_and_in_order() -> None:
    assert apart([10.0, 12.0, 200.0]) == [10.0, 26.0, 200.0]
    assert apart([319.0, 319.0, 320.0]) == [288.0, 304.0, 320.0]


def test_one_candidate_has_no_timeline(reports: SimpleNamespace) -> None:
    assert list(drawn(reports.report())) == ["forest", "heatmap"]


def test_nothing_measured_has_no_charts(reports: SimpleNamespace) -> None:
    assert charts(reports.report(cells=())) == ()
    assert charts(reports.report(candidates=(), cells=())) == ()


def of_pull_request(r: Any, labels: tuple[str, ...]) -> Any:
    pairs = {label: label.removesuffix(" + PR") for label in labels if label.endswith(" + PR")}
    subject = SubjectReport(name="my-model", base="1" * 40, head="2" * 40, pairs=pairs)
    changed = (
        r.cell(r.cases[0], "REGRESSION", ratio=3.0, candidate=labels[0]),
        r.cell(r.cases[0], "REGRESSION", ratio=1.2, candidate=labels[-1]),
    )
    cells = r.equal_cells(*changed, candidates=labels)
    return r.report(candidates=labels, cells=cells, subject=subject, environments=())


def test_a_pull_request_comes_first_and_is_no_release(reports: SimpleNamespace) -> None:
    made = drawn(of_pull_request(reports, ("2.18.1", "2.21.0", "2.21.0 + PR")))

    assert [row["about"] for row in rows(made["forest"], "about")] == [
        "step · 2.21.0 + PR",
        "step · 2.18.1",
    ]
    assert chart_words.with_pull_request() in subtitle(made["forest"])
    assert "2.21.0 + PR" in {row["release"] for row in rows(made["heatmap"], "release")}
    assert "2.21.0 + PR" not in json.dumps(made["timeline"].spec)


def test_a_pull_request_under_one_release_has_no_timeline(reports: SimpleNamespace) -> None:
    assert "timeline" not in drawn(of_pull_request(reports, ("2.21.0", "2.21.0 + PR")))


def test_a_long_name_is_cut_in_its_middle() -> None:
    assert short("a" * 40 + "[predict]", length=20) == "aaaaaaaaa…a[predict]"
    assert short("x\u202ey\n\x1b[31mz") == "x�y z"
    assert short("") == "(empty)"


def test_names_are_data_and_never_keys(reports: SimpleNamespace) -> None:
    odd = ("a.b[c]", "a\\.b['c']", "datum.ratio", "{{x}}", "__proto__", "a" * 300)
    cells = [reports.cell(name, "REGRESSION", ratio=1.2 + at) for at, name in enumerate(odd)]
    twins = [reports.cell("a" * 300 + end, "REGRESSION", ratio=9.0) for end in "xy"]
    made = drawn(reports.report(cells=(*cells, *twins), candidates=(reports.candidate,)))

    assert len(rows(made["forest"], "figure")) == 8
    assert len({row["row"] for row in rows(made["heatmap"], "figure")}) == 8
    for chart in made.values():
        without_data = json.dumps({**chart.spec, "datasets": {}, "description": ""})
        assert not any(name in without_data for name in ("__proto__", "{{x}}", "a.b"))


def test_five_thousand_cells(reports: SimpleNamespace) -> None:
    made = drawn(wide(reports, cases=125, releases=40))

    assert list(made) == ["forest", "heatmap", "timeline"]
    assert all(len(json.dumps(chart.spec)) < 1_000_000 for chart in made.values())


@pytest.mark.parametrize(
    ("low", "high"),
    [(0.95, 1.05), (0.9, 1.3), (0.5, 2.0), (0.3, 4.0), (0.02, 40.0), (1e-6, 1e6), (1e-9, 1e9)],
)
def test_an_axis_has_a_few_round_ratios_and_one(low: float, high: float) -> None:
    found = ticks(low, high)

    assert 1.0 in found
    assert 3 <= len(found) <= 9
    assert all(low <= ratio <= high for ratio in found)


def test_every_kind_has_a_look_of_its_own(reports: SimpleNamespace) -> None:
    from bot.render.chart_style import LOOKS

    seen = {(look.shape, look.is_hollow) for look in LOOKS.values()}
    assert len(seen) == len(LOOKS) == len(chart_words.KINDS)


def test_an_unchanged_report_makes_the_same_charts(over_releases: Report) -> None:
    assert drawn(over_releases) == drawn(over_releases)


def test_a_cell_is_not_changed(over_releases: Report) -> None:
    before = [CellReport.model_validate(cell.model_dump()) for cell in over_releases.cells]
    drawn(over_releases)
    assert list(over_releases.cells) == before
