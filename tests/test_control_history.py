"""The history on disk: every run once, whatever happened to the file meanwhile."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.control_history import FILE, remember
from bot.core.control_history import RunControls, read
from bot.errors import CannotWrite


def controls(run: str, flagged: int = 0) -> RunControls:
    return RunControls(run=run, controls=22, flagged=flagged)


def lines(home: Path) -> list[bytes]:
    return (home / FILE).read_bytes().splitlines()


def test_every_run_adds_a_line_and_gets_the_sum(tmp_path: Path) -> None:
    home = tmp_path / "not" / "there"
    remember(home, controls("a"))
    history = remember(home, controls("b", flagged=1))
    assert (history.runs, history.controls, history.flagged) == (2, 44, 1)
    assert len(lines(home)) == 2


def test_a_report_written_again_counts_once_and_adds_nothing(tmp_path: Path) -> None:
    remember(tmp_path, controls("a"))
    assert remember(tmp_path, controls("a")).runs == 1
    assert len(lines(tmp_path)) == 1


def test_a_run_that_was_resumed_counts_as_it_ended(tmp_path: Path) -> None:
    remember(tmp_path, controls("a", flagged=1))
    history = remember(tmp_path, controls("a"))
    assert (history.runs, history.flagged) == (1, 0)


def test_after_a_torn_line_the_next_one_is_whole(tmp_path: Path) -> None:
    remember(tmp_path, controls("a"))
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"run": "b", "contr')
    history = remember(tmp_path, controls("c"))
    assert (history.runs, history.damaged_lines) == (2, (2,))
    assert list(read(lines(tmp_path))[0]) == ["a", "c"]


def test_runs_that_end_at_once_are_all_remembered(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; home, writer = sys.argv[1:];"
        "from bot.control_history import remember;"
        "from bot.core.control_history import RunControls;"
        "runs = [RunControls(run=f'{writer} {i}', controls=22, flagged=0) for i in range(10)];"
        "[remember(Path(home), run) for run in runs]"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), str(number)])
        for number in range(3)
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    runs, damaged = read(lines(tmp_path))
    assert (len(runs), damaged) == (30, ())


def test_where_nothing_can_be_written_it_says_what_to_do(tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.write_text("no folder")
    with pytest.raises(CannotWrite, match="tfperf resume") as caught:
        remember(home, controls("a"))
    assert caught.value.where == str(home / FILE)
