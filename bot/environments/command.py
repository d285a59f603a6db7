"""Owns running one outside program so that neither it nor its children outlive its deadline."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

_POLL_SECONDS = 0.2
_GRACE_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Finished:
    """What a program left; `status` is None when it was ended at its deadline."""

    status: int | None
    stdout: str
    stderr: str

    @property
    def said(self) -> str:
        """All it said, for a person."""
        return "\n".join(part for part in (self.stdout, self.stderr) if part)


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """The moment waiting ends: after `seconds`, or as soon as somebody sets `stop`."""

    seconds: float
    stop: threading.Event = field(default_factory=threading.Event)
    _started: float = field(default_factory=time.monotonic)

    def remaining(self) -> float:
        """Seconds left; 0.0 when the waiting is over."""
        if self.stop.is_set():
            return 0.0
        return max(0.0, self._started + self.seconds - time.monotonic())


def run(
    command: Sequence[str | Path],
    *,
    environ: Mapping[str, str],
    deadline: Deadline,
    folder: Path = Path(os.sep),
    log: Path | None = None,
    keep_open: Sequence[int] = (),
) -> Finished:
    """Run a program to its end or to the deadline; with `log`, all it says goes there.

    It runs in the root folder unless told otherwise, because the tools read settings from the
    folder they are in and its parents.
    """
    with _streams(log) as (stdout, stderr):
        process = subprocess.Popen(
            [os.fspath(part) for part in command],
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
            pass_fds=keep_open,
            encoding="utf-8",
            errors="replace",
        )
        try:
            status, out, err = _wait(process, deadline)
        finally:
            _end(process)
    if log is not None:
        out = log.read_text(encoding="utf-8", errors="replace")
    return Finished(status=status, stdout=out, stderr=err)


@contextmanager
def _streams(log: Path | None) -> Iterator[tuple[int | IO[str], int | IO[str]]]:
    if log is None:
        yield subprocess.PIPE, subprocess.PIPE
        return
    with log.open("w", encoding="utf-8") as file:
        yield file, subprocess.STDOUT


def _wait(process: subprocess.Popen[str], deadline: Deadline) -> tuple[int | None, str, str]:
    while (left := deadline.remaining()) > 0:
        try:
            out, err = process.communicate(timeout=min(left, _POLL_SECONDS))
        except subprocess.TimeoutExpired:
            continue
        return process.returncode, out or "", err or ""
    return None, "", ""


def _end(process: subprocess.Popen[str]) -> None:
    """End the whole group of a program that has not finished: politely, then not."""
    if process.poll() is None:
        _signal_group(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
        _signal_group(process, signal.SIGKILL)
        process.wait()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _signal_group(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)
