"""What a person sees while a run goes on."""

from io import StringIO

from rich.console import Console

from bot.core.table import Table
from bot.progress import Lively, Plain
from tests.core.test_table import CASES, filled


def shown(table: Table, *, height: int = 40) -> str:
    console = Console(file=StringIO(), force_terminal=True, width=120, height=height)
    lively = Lively(console)
    lively.measuring(table.plan, table, block=8, seconds=70.0)
    with console.capture() as capture:
        console.print(lively._picture)
    return capture.get()


def test_the_picture_names_cells_with_ratio_interval_and_verdict() -> None:
    text = shown(filled(15, slowdown=1.3))
    assert "block 9" in text
    assert "1 min 10 s of 10 min" in text
    for name in CASES:
        assert name in text
    assert "×1.3" in text
    assert "slower" in text


def test_the_picture_fits_the_terminal() -> None:
    assert len(shown(filled(3), height=12).splitlines()) <= 12


def test_names_that_look_like_markup_stay_as_they_are() -> None:
    assert "series[eager]" in shown(filled(2))


def test_plain_lines_have_no_control_codes_and_tell_each_decision_once() -> None:
    table, stream = filled(15, slowdown=1.3), StringIO()
    plain = Plain(stream)
    for block in (13, 14):
        plain.measuring(table.plan, table, block=block, seconds=60.0)
    text = stream.getvalue()
    assert "\x1b" not in text
    assert text.count("slower: series[eager] step in 2.21.0") == 1
    assert text.count("cells decided") == 2


class Closed(StringIO):
    def write(self, _text: str) -> int:
        raise BrokenPipeError


def test_a_reader_who_went_away_does_not_end_the_measuring() -> None:
    Plain(Closed()).note("anybody?")
