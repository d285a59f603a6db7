from types import SimpleNamespace

import pytest
from rich.cells import cell_len
from rich.console import Console

from bot.core.report import Report
from bot.render.terminal import final_table, plain_lines


def shown(report: Report, *, width: int = 120, colour: bool = False) -> str:
    console = Console(
        width=width, force_terminal=colour, color_system="standard" if colour else None
    )
    with console.capture() as text:
        console.print(final_table(report))
    return text.get()


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(reports: SimpleNamespace, width: int) -> None:
    report = reports.report(cells=(reports.cell("a_very_long_workload" * 5),))

    assert max(map(cell_len, shown(report, width=width).splitlines())) <= width


@pytest.mark.parametrize(
    ("width", "columns"),
    [
        (80, ("verdict", "change")),
        (100, ("verdict", "change", "baseline", "candidate")),
        (130, ("verdict", "change", "baseline", "candidate", "95 % interval")),
    ],
)
def test_a_wider_terminal_shows_more_columns(
    reports: SimpleNamespace, width: int, columns: tuple[str, ...]
) -> None:
    header = shown(reports.report(), width=width).splitlines()[0]

    everything = ("verdict", "change", "baseline", "candidate", "95 % interval")
    assert {column for column in everything if column in header} == set(columns)


def test_the_verdict_is_the_last_thing_on_the_screen(reports: SimpleNamespace) -> None:
    *_, heading, duty = shown(reports.report(), width=200).splitlines()

    assert "no change that matters in 8 cells" in heading
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
    assert "100 unchanged cells not listed" in text


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
