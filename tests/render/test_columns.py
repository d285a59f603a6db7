"""Which columns find room, and what is left of a table where not even a few of them do."""

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from bot.render.columns import Column, Columns

NAME = "a_long_name_of_a_workload[case]"  # 31 columns
FIGURE = "×1.31 +31.0 %"


def table(name: str = NAME, *, is_tight: bool = False, rows: int = 1) -> Columns:
    return Columns(
        is_tight=is_tight,
        columns=(
            Column(title="verdict", cells=[Text("slower", style="red")] * rows, kind="verdict"),
            Column(title="case", cells=[Text(name)] * rows, kind="name"),
            Column(title="metric", cells=[Text("step")] * rows, kind="label"),
            Column(title="before", cells=[Text("3.41 ms")] * rows, leaves=1),
            Column(title="change", cells=[Text(FIGURE)] * rows),
            Column(title="blocks", cells=[Text("9")] * rows, leaves=2),
        ),
    )


def shown(columns: Columns, width: int) -> list[str]:
    console = Console(width=width, color_system=None)
    with console.capture() as text:
        console.print(columns)
    return [line.rstrip() for line in text.get().splitlines()]


@pytest.mark.parametrize(
    ("width", "titles"),
    [
        (100, ["verdict", "case", "metric", "before", "change", "blocks"]),
        (80, ["verdict", "case", "metric", "before", "change", "blocks"]),
        (79, ["verdict", "case", "metric", "before", "change"]),
        (72, ["verdict", "case", "metric", "before", "change"]),
        (71, ["verdict", "case", "metric", "change"]),
        (56, ["verdict", "case", "metric", "change"]),  # the name folds
    ],
)
def test_the_least_important_column_leaves_first(width: int, titles: list[str]) -> None:
    assert shown(table(), width)[0].split() == titles


def test_a_column_that_says_nothing_takes_no_room() -> None:
    mute = Column(title="change", cells=[Text("")])
    place = Column(title="case", cells=[Text(NAME)], kind="name")
    assert shown(Columns(columns=(place, mute)), 100) == ["case", NAME]


def test_a_label_is_broken_between_words_before_a_name_is() -> None:
    label = Column(title="metric", cells=[Text("growth per 1,000 calls")], kind="label")
    place = Column(title="case", cells=[Text(NAME)], kind="name")
    assert shown(Columns(columns=(place, label)), 46) == [
        f"case{' ' * 29}metric",
        f"{NAME}  growth per",
        f"{' ' * 33}1,000 calls",
    ]


def test_where_no_table_finds_room_a_row_is_two_lines() -> None:
    assert shown(table(), 40) == [f"slower {FIGURE}", f"  {NAME} step"]


def test_where_not_even_those_find_room_names_go_on_below() -> None:
    assert shown(table(), 20) == [
        f"slower {FIGURE}",
        "  a_long_name_of_a_w",
        "  orkload[case] step",
    ]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 160, 200])
@pytest.mark.parametrize("is_tight", [True, False])
def test_nothing_is_wider_than_the_terminal_and_figures_stay_whole(
    width: int, *, is_tight: bool
) -> None:
    lines = shown(table(NAME * 9, is_tight=is_tight, rows=3), width)

    assert max(map(cell_len, lines)) <= width
    assert sum(FIGURE in line for line in lines) == 3


@pytest.mark.parametrize("width", [30, 60, 120])
@pytest.mark.parametrize("lines", [0, 1, 2, 3, 7, 100])
def test_a_tight_table_knows_how_many_rows_find_room(width: int, lines: int) -> None:
    tight = table(NAME * 9, is_tight=True, rows=12)
    rows = tight.rows_within(lines, width=width)

    assert rows == 0 or len(shown(tight.first(rows), width)) <= lines
    assert rows == 12 or len(shown(tight.first(rows + 1), width)) > lines


def test_a_short_name_is_never_cut() -> None:
    assert "mlp[fit]" in shown(table("mlp[fit]", is_tight=True), 44)[1]
