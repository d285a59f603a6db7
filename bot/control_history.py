"""Owns `control-history.jsonl`: the A/A controls of every finished run, one line for each."""

import fcntl
import os
from pathlib import Path

from bot.core.control_history import History, RunControls, encode, read, sum_up
from bot.errors import CannotWrite

FILE = "control-history.jsonl"


def remember(home: Path, run: RunControls) -> History:
    """Add a run to the history, once, and return what all runs say together."""
    path = home / FILE
    try:
        home.mkdir(parents=True, exist_ok=True)
        with path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # freed when the file is closed
            file.seek(0)
            data = file.readall()
            runs, damaged = read(data.splitlines())
            if runs.get(run.run) != run:
                _append(file.fileno(), encode(run), is_torn=data[-1:] not in (b"", b"\n"))
    except OSError as error:
        raise CannotWrite(
            f"cannot remember this run's A/A controls: {error.strerror}",
            where=str(path),
            cause="the disk is full, or the folder is read-only",
            next_step="make room, then: tfperf resume RUN",
        ) from error
    return sum_up((runs | {run.run: run}).values(), damaged_lines=damaged)


def _append(file: int, line: str, *, is_torn: bool) -> None:
    """Write a line at once, after the half line that a full disk may have left."""
    rest = (b"\n" if is_torn else b"") + line.encode() + b"\n"
    while rest:
        rest = rest[os.write(file, rest) :]
    os.fsync(file)
