"""The picture of a run that goes on: it fits, it shows what is urgent, it keeps what went wrong."""

from collections.abc import Callable

import pytest
from rich.cells import cell_len
from rich.console import Console

from bot.core.outcome import Failed
from bot.core.table import Table
from bot.render import live
from bot.render.live_picture import LivePicture
from tests.core.test_table import CASES, case_block, filled, make_plan, measured

BAD = "\x1b]0;title\x07\x1b[2Jname[bold]\r:boom:"
TROUBLES = (
    "warning: the workload broken cannot be read: invalid syntax (broken.py, line 3)",
    "not available: 2.3.0: no Python 3.7 here; install it with: uv python install 3.7",
    "raised an error: mlp[fit] in 2.21.0: ValueError: no layer is called 'dense_1' (2 times)",
)
ENVIRONMENTS = {
    "2.15.1": ("ready", "12.1 s, 41 packages"),
    "2.3.0": ("unavailable", "no Python 3.7 here; install it with: uv python install 3.7"),
    "2.21.0": ("installing", ""),
}
SIZES = [(w, h) for w in (20, 40, 60, 80, 120, 200) for h in (2, 3, 5, 8, 12, 24, 60)]


def one_slower(blocks: int = 9) -> Table:
    """One case got slower, beyond doubt after nine blocks; of the other nobody knows as yet."""
    table = filled(0, plan=make_plan(metrics=("step", "peak_rss")))
    slower = filled(blocks, slowdown=1.3)
    for number in range(blocks):
        rows = {"base_a": measured(0.01), "base_b": measured(0.0101 - 0.0002 * (number % 2))}
        table.add(case_block(number, CASES[0], **rows, cand_a=measured(0.013)))
    assert slower.plan.cases == table.plan.cases
    return table


def drawn(picture: LivePicture, *, width: int = 100, height: int = 30) -> list[str]:
    console = Console(width=width, height=height, color_system=None, force_terminal=True)
    with console.capture() as text:
        console.print(picture)
    return [line.rstrip() for line in text.get().splitlines()]


def measuring(
    table: Table, *, rows: int = 60, troubles: tuple[str, ...] = TROUBLES, seconds: float = 70.0
) -> LivePicture:
    return live.measuring(table, block=8, seconds=seconds, most_rows=rows, troubles=troubles)


@pytest.mark.parametrize(("width", "height"), [(100, 30), (100, 12), (40, 30), (40, 12), (30, 5)])
def test_measuring(width: int, height: int, assert_golden: Callable[[str, str], None]) -> None:
    lines = drawn(measuring(one_slower()), width=width, height=height)

    assert_golden(f"live_{width}x{height}.txt", "\n".join(lines) + "\n")


def test_preparing(assert_golden: Callable[[str, str], None]) -> None:
    lines = drawn(live.preparing(ENVIRONMENTS, TROUBLES[1:2]))

    assert_golden("live_environments.txt", "\n".join(lines) + "\n")


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_it_fits_whatever_the_size(width: int, height: int) -> None:
    pictures = (measuring(one_slower()), live.preparing(ENVIRONMENTS, TROUBLES))
    for picture in pictures:
        lines = drawn(picture, width=width, height=height)
        assert len(lines) < height
        assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_a_problem_is_never_hidden(width: int, height: int) -> None:
    lines = drawn(measuring(one_slower()), width=width, height=height)

    if height > 2:
        assert any(line.startswith("3 problems so far"[:width]) for line in lines)
    if height > 3:
        assert lines[-1].startswith("raised an err")


def test_an_alarm_is_seen_before_anything_else() -> None:
    low = drawn(measuring(one_slower(), troubles=()), height=8)

    assert low[4].startswith("slower")
    assert "more: " in low[-1]


def test_every_cell_is_shown_or_counted() -> None:
    table = one_slower()
    lines = drawn(measuring(table, rows=2, troubles=()))

    rows = [line for line in lines if line.split(" ")[0] in {"slower", "open", "unchanged"}]
    assert f"and {len(table.candidate_cells) - len(rows)} more" in lines[-1]


def test_figures_have_three_digits() -> None:
    text = "\n".join(drawn(measuring(one_slower()), width=120))

    assert "×1.30 +30" in text
    assert "1 min 10 s of 10 min used" in text


def test_names_of_others_are_neither_markup_nor_control_codes() -> None:
    environments = {BAD: ("unavailable", BAD)}
    text = "\n".join(drawn(live.preparing(environments, ()), width=200))
    assert not set(text) & set("\x1b\x07\r")
    assert "name[bold]" in text
    assert ":boom:" in text


def test_a_failure_in_the_table_is_not_waited_for() -> None:
    table = one_slower()
    broken = Failed(kind="timeout", reason="no answer within 60 s")
    table.add(case_block(9, CASES[1], base_a=measured(), base_b=measured(), cand_a=broken))

    assert any(line.startswith("not measured") for line in drawn(measuring(table)))
