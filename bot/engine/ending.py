"""Owns the words for every way in which a worker, or its case, ends before it should."""

import signal
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.core.outcome import Failed, FailureKind, Skipped
from bot.errors import CannotWrite

_DOING = {
    "import": "importing the framework",
    "open": "starting the case",
    "make_artifact": "making the artifact",
    "build": "build",
    "first_call": "the first call",
    "see_device": "looking for the GPU",
    "call": "counting",
    "count": "counting",
    "warm_up": "warm-up",
    "round": "a timed round",
    "script": "the script",
    "close": "closing the case",
}

_KINDS: dict[str, FailureKind] = {
    "exception": "exception",
    "skipped": "exception",  # where nothing can be skipped any more
    "workload": "exception",
    "import": "import",
    "memory": "memory",
}

_MOST_BYTES = 4096

_LONGEST_LINE = 500
"""A progress bar may be one line; and searching a line for names takes the square of its length."""

_CAN_SKIP = frozenset({"make_artifact", "build", "first_call"})
"""Before a case has run: whoever skips later was able to, and would hide what was found."""

_FIRST_STEPS = ("build", "first_call")
_FORK_HINT = "; if that is a deadlock after fork, --isolation process avoids it"


def lateness(do: str, *, seconds: float, is_forked: bool) -> str:
    """Say what was not done in time; a child of a process with threads may wait for one of them."""
    hint = _FORK_HINT if is_forked and do in _FIRST_STEPS else ""
    return f"{_doing(do)} did not end within {seconds:g} s{hint}"


def death(
    died: Mapping[str, Any], do: str, *, said: str, had_oom_kill: bool, is_of_arm: bool = False
) -> Failed:
    """Turn the end of a process into an outcome; out of memory only where something proves it."""
    name, detail = died.get("signal"), last_lines(said)
    where = f"{_doing(do)}, with its whole worker" if is_of_arm else _doing(do)
    if not name:
        reason = f"left with exit code {died.get('exit_code')} in {where}"
        return Failed(kind="exit", reason=reason, detail=detail)
    reason = f"killed by {name} in {where}"
    proof = None
    if name == "SIGKILL" and had_oom_kill:
        proof = "the kernel counted an out-of-memory kill meanwhile"
    elif name == "SIGABRT" and "std::bad_alloc" in said:
        proof = "std::bad_alloc"
    if proof is None:
        return Failed(kind="signal", reason=reason, detail=detail)
    return Failed(kind="memory", reason=f"out of memory: {reason} ({proof})", detail=detail)


def told(error: Mapping[str, Any], do: str) -> Failed | Skipped:
    """Turn an error reply into an outcome that names type, message, place and step.

    A workload that raises `unittest.SkipTest` says why it cannot run there, if it does so in time.
    A full disk is no outcome of a workload: it ends the run.
    """
    message = str(error.get("message", "")).strip().partition("\n")[0]
    if error.get("kind") == "skipped" and do in _CAN_SKIP:
        return Skipped(reason=message or "the workload skipped itself and said no reason")
    what = f"{error.get('type', 'error')}: {message}".rstrip(": ")
    where = f" at {error['where']}" if error.get("where") else ""
    if error.get("kind") == "disk":
        raise CannotWrite(f"a worker cannot write (in {_doing(do)}{where}): {message}")
    return Failed(
        kind=_KINDS.get(str(error.get("kind")), "protocol"),
        reason=f"{what} (in {_doing(do)}{where})",
        detail=str(error.get("traceback", "")),
    )


def _doing(do: str) -> str:
    return _DOING.get(do, do)


def exit_text(code: int) -> str:
    """Say how a process ended, by what `wait` returned."""
    return signal_name(-code) if code < 0 else f"exit code {code}"


def signal_name(number: int) -> str:
    """Name a signal as people do, as far as it has a name."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def with_detail(failure: Failed | Skipped, said: str) -> Failed | Skipped:
    """Show what was said elsewhere with a failure that brings nothing of its own."""
    if isinstance(failure, Skipped) or failure.detail or not said:
        return failure
    return replace(failure, detail=said)


def last_words(log: Path, *, start: int = 0, most: int = _MOST_BYTES) -> str:
    """Return the end of a log, from byte `start` on; it may be huge or no text."""
    with log.open("rb") as file:
        file.seek(max(start, log.stat().st_size - most))
        return file.read().decode("utf-8", "replace")


def last_lines(said: str, *, most: int = 12) -> str:
    """Return as many lines as a person wants to read."""
    return "\n".join(line[:_LONGEST_LINE] for line in said.splitlines()[-most:])
