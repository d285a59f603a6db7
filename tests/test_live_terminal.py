"""A real terminal: the picture stays in it, errors stay to be seen, and no colour comes unasked."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.pseudo_terminal import Terminal, in_terminal

ROOT = Path(__file__).parents[1]
COLOUR = re.compile(r"\x1b\[[\d;]+m")
FRAME = "\x1b]frame\x07"
"""Written behind each picture: a title, which no terminal shows."""

WATCHED = f"""
import os, sys
from bot.core.outcome import Failed
from bot.progress import progress_for
from bot.screen import Screen
from tests.core.test_table import CASES, case_block, filled, measured

console = Screen(sys.stderr, os.environ).console()
with progress_for(sys.stderr, picture_on=console) as progress:
    progress._live._refresh_thread.stop()  # a picture when the test wants one
    progress.note("run folder: runs/1")
    progress.environment("2.3.0", "unavailable", "no Python 3.7 here")
    table = filled(6)
    for block in range(6, 10):
        broken = Failed(kind="exception", reason=f"ValueError: {{block}}")
        outcomes = {{"base_a": measured(), "base_b": measured(), "cand_a": broken}}
        table.add(case_block(block, CASES[block % 2], **outcomes))
        progress.measuring(table, block=block, seconds=10.0 * block)
        progress._live.refresh()
        os.write(2, {FRAME!r}.encode())
        sys.stdin.readline()
"""
PROBLEMS = (
    "not available: 2.3.0: no Python 3.7 here",
    "raised an error: series[eager] in 2.21.0: ValueError: 6",
    "raised an error: mlp[fit] in 2.21.0: ValueError: 7",
)
SIZES = [(80, 24), (120, 12), (40, 10), (20, 3)]


@contextmanager
def watched(width: int = 80, height: int = 24, **environ: str) -> Iterator[Terminal]:
    command = [sys.executable, "-c", WATCHED]
    with in_terminal(command, width=width, height=height, cwd=ROOT, environ=environ) as terminal:
        yield terminal


def see(terminal: Terminal, *, frames: int) -> None:
    """Wait for that many pictures."""
    terminal.read_until(lambda written: written.count(FRAME) >= frames)


def go_on(terminal: Terminal, *, frames: int) -> None:
    """Look at one picture after the other, up to that one."""
    for frame in range(1, frames + 1):
        see(terminal, frames=frame)
        if frame < frames:
            terminal.type("next")


def end(terminal: Terminal) -> None:
    for _ in range(4):
        terminal.type("next")
    assert terminal.end() == (0, "")


def unwrapped(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_picture_stays_in_the_terminal_and_leaves_nothing_but_what_was_told(
    width: int, height: int
) -> None:
    with watched(width, height) as terminal:
        end(terminal)

    assert terminal.glass.overshoots == 0
    assert terminal.written.rindex("\x1b[?25h") > terminal.written.rindex("\x1b[?25l")
    left = unwrapped(terminal.glass.text)
    assert left == " ".join(["run folder: runs/1", *PROBLEMS])


@pytest.mark.parametrize(("width", "height"), SIZES[:3])
def test_problems_are_in_the_picture_until_the_end(width: int, height: int) -> None:
    with watched(width, height) as terminal:
        go_on(terminal, frames=4)
        seen = terminal.glass.visible

    assert "block 10: " in seen
    assert "3 problems so far" in seen
    assert "raised an error: mlp[fit] in 2.21.0" in seen


@pytest.mark.parametrize(("width", "height"), [(120, 40), (40, 10), (24, 6)])
def test_after_a_resize_pictures_fit_again(width: int, height: int) -> None:
    with watched(80, 24) as terminal:
        go_on(terminal, frames=2)
        terminal.resize(width, height)
        terminal.type("next")
        see(terminal, frames=3)
        terminal.glass.overshoots = 0  # what was drawn for another size cannot be taken back whole
        end(terminal)

    assert terminal.glass.overshoots == 0
    assert PROBLEMS[0] in unwrapped(terminal.glass.text)


def test_without_colours_there_are_none_and_no_bold_letters_either() -> None:
    with watched(NO_COLOR="1") as terminal:
        end(terminal)
    assert not COLOUR.findall(terminal.written)

    with watched() as terminal:
        end(terminal)
    assert COLOUR.findall(terminal.written)
