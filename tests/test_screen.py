"""Who looks, whether a picture can be drawn, and in which colours: all by the environment."""

from io import StringIO

import pytest
from rich.text import Text

from bot.screen import Screen


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("is_terminal", "environ", "is_watched", "can_redraw", "has_colours"),
    [
        (True, {"TERM": "xterm"}, True, True, True),
        (False, {"TERM": "xterm"}, False, False, False),
        (True, {"TERM": "xterm", "CI": "true"}, False, False, False),
        (True, {"TERM": "dumb"}, True, False, False),
        (True, {"TERM": "xterm", "NO_COLOR": "1"}, True, True, False),
        (True, {"TERM": "xterm", "NO_COLOR": ""}, True, True, True),
        (False, {"FORCE_COLOR": "1"}, False, False, True),
        (True, {"CI": "true", "FORCE_COLOR": "1"}, False, False, True),
        (True, {"TERM": "xterm", "FORCE_COLOR": ""}, True, True, True),
        (False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False, False),
        (False, {"FORCE_COLOR": "1", "TERM": "dumb"}, False, False, False),
    ],
)
def test_screen(
    monkeypatch: pytest.MonkeyPatch,
    environ: dict[str, str],
    *,
    is_terminal: bool,
    is_watched: bool,
    can_redraw: bool,
    has_colours: bool,
) -> None:
    for name in ("TERM", "CI", "NO_COLOR", "FORCE_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    screen = Screen(Terminal() if is_terminal else StringIO(), environ)

    assert (screen.is_watched, screen.can_redraw) == (is_watched, can_redraw)
    assert screen.has_colours == has_colours
    assert screen.console().is_interactive == can_redraw
    drawn = screen.drawn(Text("slower", style="bold red"), Text("[bold]:boom:"))
    assert ("\x1b" in drawn) == has_colours
    assert drawn.endswith("[bold]:boom:")


def test_lines_for_a_log_are_as_long_as_they_are() -> None:
    line = "a word" * 100
    assert Screen(StringIO(), {}).drawn(Text(line), is_cut=False) == line
