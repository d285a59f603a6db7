"""What a person is told while a run goes on; render/test_live_picture.py has how it looks."""

from io import StringIO

from rich.console import Console

from bot.core.outcome import Failed
from bot.core.table import Table
from bot.progress import Lively, Plain, Silent
from tests.core.test_table import CASES, case_block, filled, measured

BAD = "\x1b]0;title\x07\x1b[2Jname[bold]\r\n:boom:"


def with_failures(number: int) -> Table:
    table = filled(9)
    for block in range(number):
        broken = Failed(kind="exception", reason=f"ValueError: {BAD}")
        both = {"base_a": measured(), "base_b": measured()}
        table.add(case_block(block, CASES[0], **both, cand_a=broken))
    return table


def lively() -> tuple[Lively, StringIO]:
    stream = StringIO()
    return Lively(Console(file=stream, force_terminal=True, color_system=None, width=100)), stream


def picture(of: Lively) -> str:
    console = Console(width=100, height=40, color_system=None)
    with console.capture() as capture:
        console.print(of._picture)
    return capture.get()


def test_plain_lines_have_no_control_codes_and_tell_each_decision_once() -> None:
    table, stream = filled(15, slowdown=1.3), StringIO()
    plain = Plain(stream)
    for block in (13, 14):
        plain.measuring(table, block=block, seconds=60.0)
    text = stream.getvalue()
    assert "\x1b" not in text
    assert text.count("slower: series[eager] step in 2.21.0, ×1.30 +30.5 % (×1.29 to ×1.31)") == 1
    assert text.count("cells decided, 1 min of 10 min used, at most 9 min left (budget)") == 2


def test_plain_lines_tell_each_failing_case_once() -> None:
    stream = StringIO()
    plain = Plain(stream)
    for number in (1, 2):
        plain.measuring(with_failures(number), block=number, seconds=60.0)
    assert stream.getvalue().count("raised an error: series[eager] in 2.21.0: ValueError") == 1


def test_the_picture_keeps_every_kind_of_problem_and_prints_it_once() -> None:
    shown, stream = lively()
    shown.warn("the index was not reached")
    shown.environment("2.3.0", "unavailable", "no Python 3.7 here")
    for number in (1, 2):
        shown.measuring(with_failures(number), block=number, seconds=60.0)

    text = picture(shown)
    assert "3 problems so far:" in text
    assert "warning: the index was not reached" in text
    assert "not available: 2.3.0: no Python 3.7 here" in text
    assert "raised an error: series[eager] in 2.21.0: ValueError: name[bold] :boom: (2 time" in text
    printed = stream.getvalue()
    for once in ("warning: the index", "not available: 2.3.0", "raised an error: series[eager]"):
        assert printed.count(once) == 1


def test_a_version_that_comes_after_all_is_no_longer_waited_for() -> None:
    shown, _ = lively()
    shown.environment("2.21.0", "installing", "")
    shown.environment("2.21.0", "ready", "3 s, 40 packages")
    assert "ready" in picture(shown)
    assert "installing" not in picture(shown)


def test_names_of_others_are_neither_markup_nor_control_codes() -> None:
    shown, stream = lively()
    plain = Plain(log := StringIO())
    for each in (shown, plain):
        each.note(BAD)
        each.warn(BAD)
        each.environment(BAD, "unavailable", BAD)
        each.measuring(with_failures(1), block=1, seconds=60.0)

    text = stream.getvalue() + log.getvalue() + picture(shown)
    assert not set(text) & set("\x1b\x07\r")
    assert text.count("name[bold] :boom:") == 14


def test_who_hears_notes_alone_hears_warnings_too() -> None:
    class Heard(Silent):
        said = ""

        def note(self, text: str) -> None:
            self.said += text

    heard = Heard()
    heard.warn("the disk is nearly full")
    assert heard.said == "the disk is nearly full"


class Closed(StringIO):
    def write(self, _text: str) -> int:
        raise BrokenPipeError


def test_a_reader_who_went_away_does_not_end_the_measuring() -> None:
    Plain(Closed()).note("anybody?")
