"""The table of releases on a screen."""

from rich.console import Console

from bot.core.version_table import version_table
from bot.render.versions import versions_screen
from tests.core.checkups import MACHINE, pythons_of


def shown(*here: str) -> list[str]:
    console = Console(width=100, record=True, force_terminal=False)
    with console.capture() as capture:
        console.print(versions_screen(version_table(pythons_of(*here), MACHINE)))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_every_release_has_a_line_and_every_remedy_is_told_once() -> None:
    lines = shown("3.10", "3.11")
    assert lines[0].split() == [
        "release",
        "date",
        "wheels",
        "for",
        "Python",
        "used",
        "that",
        "Python",
    ]
    rows = {line.split()[0]: " ".join(line.split()) for line in lines[1:39]}
    assert rows["2.15.1"] == "2.15.1 2024-03-08 3.9 to 3.11 3.11 here"
    assert rows["1.0.1"] == "1.0.1 2017-03-08 3.6 3.6 missing: no Python 3.6 is here"
    remedies = [line for line in lines[39:] if line.startswith("1.0.1, 1.1.0, 1.2.1")]
    assert len(remedies) == 1
    assert lines[-1] == "14 of 38 releases can be had here."
