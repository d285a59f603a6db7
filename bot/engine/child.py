"""Owns a child process that is waited for: its deadline, and the end of all that it started."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path


def run(
    command: Sequence[str],
    *,
    environ: Mapping[str, str],
    log: Path,
    deadline_seconds: float,
    folder: Path | None = None,
) -> int | None:
    """Run a command, which speaks into the log; return its code, or None when it took too long."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # ^C in the terminal is for us, not for it
        )
        try:
            return process.wait(deadline_seconds)
        except subprocess.TimeoutExpired:
            return None
        finally:  # on ^C too, and with all it started
            # macOS answers "not permitted" for a group of which only the dead are left.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
