"""The end of a run on a terminal, at every width, and in a pipe."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from rich.cells import cell_len
from rich.console import Console

from bot.core.report import Report
from bot.render import headline
from bot.render.escape import TERMINAL
from bot.render.standing import Tally
from bot.render.terminal import final_table, plain_lines


def shown(
    report: Report, *, width: int = 120, colour: bool = False, files: tuple[str, ...] = ()
) -> str:
    console = Console(
        width=width, force_terminal=colour, color_system="standard" if colour else None
    )
    with console.capture() as text:
        console.print(final_table(report, files))
    return text.get()


WIDTHS = (30, 40, 60, 80, 100, 120, 160, 200)


def everything(reports: SimpleNamespace) -> Report:
    """Several versions, every verdict, results, other frameworks, failures and a note."""
    labels = ("2.18.1", reports.candidate)
    slower = reports.cell(reports.cases[0], "REGRESSION", ratio=1.234, candidate=labels[0])
    smaller = reports.cell(reports.cases[1], "IMPROVEMENT", metric="peak_rss", ratio=0.812)
    small = reports.cell(reports.cases[1], "REGRESSION", ratio=1.012, matters=False)
    unclear = reports.cell(reports.cases[2], "INCONCLUSIVE", ratio=1.04, interval=(None, 1.2))
    gone = reports.cell(reports.cases[3], "NOT_MEASURED", ratio=None, blocks=0)
    leaking = reports.cell(
        reports.cases[0],
        "REGRESSION",
        metric="rss_slope",
        ratio=None,
        difference=24.3 * 2**20,
        interval=(18.0 * 2**20, None),
        unit="bytes per 1,000 calls",
        baseline_value=0.0,
        candidate_value=24.3 * 2**20,
    )
    report: Report = reports.report(
        overall="regression",
        exit_code=1,
        candidates=labels,
        cells=(slower, leaking, smaller, small, unclear, gone, *reports.equal_cells()[5:7]),
        numerics=(reports.numeric(reports.cases[2], "WRONG", reason="3 of 10 values are NaN"),),
        failures=(reports.failure(reports.cases[3], kind="timeout", reason="no answer in 60 s"),),
        references=(reports.reference(reports.cases[0], "step", 0.341, "torch==2.5.1"),),
        notes=("CPU load rose to 3.1",),
    )
    return report


FILES = ("report: .tfperf/runs/20261120-1030/report.json", "page: .tfperf/runs/20261120-1030/x")


@pytest.mark.parametrize("width", WIDTHS)
def test_at_every_width(
    reports: SimpleNamespace, width: int, assert_golden: Callable[[str, str], None]
) -> None:
    text = shown(everything(reports), width=width, files=FILES)
    lines = [line.rstrip() for line in text.splitlines()]

    assert_golden(f"terminal_at_{width}.txt", "\n".join(lines) + "\n")


@pytest.mark.parametrize("width", WIDTHS)
def test_no_line_is_wider_than_the_terminal_and_no_figure_is_broken(
    reports: SimpleNamespace, width: int
) -> None:
    report = everything(reports)
    long = reports.cell("a_very_long_workload" * 5, "REGRESSION", ratio=1.777)
    report = report.model_copy(update={"cells": (*report.cells, long)})
    lines = shown(report, width=width).splitlines()

    assert max(map(cell_len, lines)) <= width
    for figure in ("×1.23 +23.4 %", "×0.812 −18.8 %", "×1.78 +77.7 %", "14 min 2 s", "0.41 %"):
        assert any(figure in line for line in lines)


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (50, ()),
        (70, ("verdict", "change")),
        (100, ("verdict", "change", "baseline", "candidate")),
        (110, ("verdict", "change", "baseline", "candidate", "95 % interval")),
        (200, ("verdict", "change", "baseline", "candidate", "95 % interval", "in figures")),
    ],
)
def test_a_wider_terminal_shows_more_columns(
    reports: SimpleNamespace, width: int, columns: tuple[str, ...]
) -> None:
    header = shown(reports.report(), width=width).splitlines()[0].split("  ")

    titles = ("verdict", "change", "baseline", "candidate", "95 % interval", "in figures")
    assert {title for title in titles if title in map(str.strip, header)} == set(columns)


def test_the_verdict_is_the_last_thing_on_the_screen(reports: SimpleNamespace) -> None:
    *_, page, heading, duty = shown(reports.report(), width=200, files=FILES).splitlines()

    assert page == FILES[-1]
    assert heading == headline.heading(Tally(reports.report()), TERMINAL)
    assert duty == "Nothing to do."


def test_regressions_come_first_and_are_red(reports: SimpleNamespace) -> None:
    slower = reports.cell(reports.cases[3], "REGRESSION", ratio=1.2)
    report = reports.report(cells=reports.equal_cells(slower))

    first = shown(report, colour=True).splitlines()[1]
    assert first.startswith("\x1b[31mslower")


def test_a_long_table_leaves_out_what_did_not_change(reports: SimpleNamespace) -> None:
    cells = tuple(reports.cell(f"case{index}") for index in range(100))
    slower = reports.cell("slow_case", "REGRESSION", ratio=1.2)
    text = shown(reports.report(cells=(*cells, slower)))

    assert "slow_case" in text
    assert "case99" not in text
    assert "100 cells not listed: 100 unchanged" in text


def test_a_long_table_leaves_out_what_a_failure_tells(reports: SimpleNamespace) -> None:
    gone = {"ratio": None, "blocks": 0, "candidate": "2.3.0"}
    cells = [reports.cell(f"case{index}", "NOT_MEASURED", **gone) for index in range(50)]
    mute = reports.cell("mute_case", "NOT_MEASURED", ratio=None, blocks=0)
    failure = reports.failure("*", environment="2.3.0", kind="unavailable", reason="no Python 3.7")
    report = reports.report(cells=(*cells, mute, reports.cell()), failures=(failure,))
    text = shown(report)

    assert "mute_case" in text
    assert "case49" not in text
    assert "51 cells not listed: 50 not measured and 1 unchanged" in text
    assert "not available: every case in 2.3.0: no Python 3.7" in text


def test_a_pipe_gets_one_line_per_finding_and_the_verdict_first(reports: SimpleNamespace) -> None:
    slower = reports.cell(reports.cases[0], "REGRESSION", ratio=1.2, interval=(1.1, 1.3))
    report = reports.report(
        cells=(slower,), numerics=(reports.numeric(verdict="WRONG", reason="a NaN"),)
    )

    assert plain_lines(report)[2:4] == [
        "slower: mnist_mlp[train_step] step in 2.21.0, ×1.20 +20.0 % (×1.10 to ×1.30)",
        "result wrong: mnist_mlp[train_step] in 2.21.0: a NaN",
    ]


def test_no_control_character_of_others_reaches_the_terminal(reports: SimpleNamespace) -> None:
    bad = "\x1b]0;title\x07\x1b[2Jname[bold]\r"
    report = reports.report(
        cells=(reports.cell(bad, "INCONCLUSIVE", reason=bad),),
        failures=(reports.failure(bad, reason=bad, kind=bad, environment=bad),),
        notes=(bad,),
    )

    text = shown(report) + "".join(plain_lines(report))
    assert not set(text) & set("\x1b\x07\r")
    assert "name[bold]" in text


def test_of_many_changes_the_largest_are_listed_and_the_others_counted(
    reports: SimpleNamespace,
) -> None:
    cells = tuple(
        reports.cell(f"case{index:02}", "REGRESSION", ratio=1.1 + index / 100)
        for index in range(60)
    )
    text = shown(reports.report(cells=cells))

    rows = [line for line in text.splitlines() if line.startswith("slower")]
    assert len(rows) == 40
    assert "case59" in rows[0]
    assert "case20" in rows[-1]
    assert "20 cells not listed: 20 slower" in text
