"""Owns one arm: a worker process, its private pipes, and what to say when it dies or hangs."""

import contextlib
import json
import math
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bot.core.outcome import Failed, FailureKind

GRACE_SECONDS = 5.0
"""How long a process may take to notice that it should end."""

LONGEST_REPLY = 1 << 16
MOST_STRAY_REPLIES = 100

MOST_LOG_BYTES = 16 << 20
"""A workload that prints all the time must not fill the disk; its newest words are kept."""

Reply = dict[str, Any]


class CaseFailed(Exception):
    """A case, or a whole arm, ended early; `failure` goes into the journal."""

    def __init__(self, failure: Failed) -> None:
        super().__init__(failure.reason)
        self.failure = failure


class Arm:
    """A worker process. Every question has a deadline; every ending becomes a `Failed`."""

    def __init__(
        self, command: list[str], *, environ: Mapping[str, str], log: Path, timeout_seconds: float
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._log = log
        self._next_id = 0
        self._buffer = b""
        self._case_pid: int | None = None
        self._is_ended = False
        requests, self._requests = os.pipe()
        self._replies, replies = os.pipe()
        descriptors = ["--requests", str(requests), "--replies", str(replies)]
        try:
            with log.open("ab") as output:
                self._case_log_start = output.tell()
                self._process = subprocess.Popen(
                    [*command, *descriptors],
                    env=dict(environ),
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    pass_fds=(requests, replies),
                    start_new_session=True,  # ^C in the terminal is for us, not for it
                )
        finally:
            os.close(requests)
            os.close(replies)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def is_alive(self) -> bool:
        """Whether the process can still be asked."""
        return not self._is_ended and self._process.poll() is None

    @property
    def is_serving(self) -> bool:
        """Whether a case is open and can be closed."""
        return self.is_alive and self._case_pid is not None

    def ask(self, do: str, **fields: object) -> Reply:
        """Send a request and wait for its reply; raise `CaseFailed` for every other ending."""
        if self._is_ended:
            raise CaseFailed(self._death_of_process())
        self._bound_log()
        if do == "open":
            self._case_log_start = self._log.stat().st_size
        self._next_id += 1
        request = json.dumps({"id": self._next_id, "do": do, **fields}) + "\n"
        try:
            os.write(self._requests, request.encode())
        except BrokenPipeError:
            raise CaseFailed(self._death_of_process()) from None
        deadline = time.monotonic() + self._timeout_seconds
        for _ in range(MOST_STRAY_REPLIES):
            reply = self._receive(do, deadline)
            if reply.get("died"):
                self._case_pid = None
                raise CaseFailed(self._death(reply["died"], do))
            if reply.get("id") == self._next_id:
                return self._accept(do, reply)
        self.kill()
        raise CaseFailed(self._failed("protocol", "the worker sent replies nobody asked for"))

    def _bound_log(self) -> None:
        if self._log.stat().st_size > MOST_LOG_BYTES:
            os.truncate(self._log, 0)  # the worker appends: its next line is the first again
            self._case_log_start = 0

    def _accept(self, do: str, reply: Reply) -> Reply:
        if not reply.get("ok"):
            raise CaseFailed(_failure(reply.get("error", {}), do))
        if do == "open":
            self._case_pid = int(reply["pid"])
        elif do == "close":
            is_spent = self._case_pid == self._process.pid
            self._case_pid = None
            if is_spent:  # it served one case and leaves: it must not be asked for another
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(GRACE_SECONDS)
                self.kill()
        return reply

    def _receive(self, do: str, deadline: float) -> Reply:
        while b"\n" not in self._buffer:
            if not self._wait_readable(deadline):
                self._end_case()
                limit = f"{self._timeout_seconds:g} s"
                raise CaseFailed(
                    self._failed("timeout", f"{_DOING.get(do, do)} did not end within {limit}")
                )
            data = os.read(self._replies, LONGEST_REPLY)
            if not data:
                raise CaseFailed(self._death_of_process())
            self._buffer += data
            if len(self._buffer) > LONGEST_REPLY:
                self.kill()
                raise CaseFailed(self._failed("protocol", "the worker sent a reply without end"))
        line, self._buffer = self._buffer.split(b"\n", 1)
        try:
            reply = json.loads(line)
        except ValueError:
            reply = None
        if not isinstance(reply, dict):
            self.kill()
            raise CaseFailed(self._failed("protocol", "the worker sent what is not a reply"))
        return reply

    def _wait_readable(self, deadline: float) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(self._replies, selectors.EVENT_READ)
            return bool(selector.select(max(0.0, deadline - time.monotonic())))

    def _end_case(self) -> None:
        """Kill a hanging case; the arm itself lives on if it says so in time."""
        if self._case_pid is None or self._case_pid == self._process.pid:
            self.kill()
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._case_pid, signal.SIGKILL)
        self._case_pid = None
        deadline = time.monotonic() + GRACE_SECONDS
        try:
            while not self._receive("close", deadline).get("died"):
                pass
        except CaseFailed:
            self.kill()

    def _death(self, died: dict[str, Any], do: str) -> Failed:
        name, code = died.get("signal"), died.get("exit_code")
        doing = _DOING.get(do, do)
        if name:
            return self._failed("signal", f"killed by {name} in {doing}")
        return self._failed("exit", f"left with exit code {code} in {doing}")

    def _death_of_process(self) -> Failed:
        try:
            code = self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._failed("protocol", "the worker closed its pipe and went on running")
        died = {"signal": _signal_name(-code)} if code < 0 else {"exit_code": code}
        return self._death(died, "its worker process")

    def _failed(self, kind: FailureKind, reason: str) -> Failed:
        return Failed(
            kind=kind, reason=reason, detail=last_lines(self._log, start=self._case_log_start)
        )

    def stop(self) -> None:
        """Ask the worker to leave; kill it when it does not, or is in the middle of something."""
        if self.is_alive and not self.is_serving:
            self._timeout_seconds = GRACE_SECONDS
            with contextlib.suppress(CaseFailed):
                self.ask("bye")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the worker and everything it started; harmless when repeated."""
        if self._is_ended:
            return
        self._is_ended = True
        for group in (self._case_pid, self._process.pid):
            if group is not None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(group, signal.SIGKILL)
        self._case_pid = None
        os.close(self._requests)
        os.close(self._replies)
        with contextlib.suppress(subprocess.TimeoutExpired):  # the kernel is freeing its memory
            self._process.wait(GRACE_SECONDS)


def number(reply: Reply, name: str) -> float:
    """Read a number that must be there, finite and not negative: workers are not trusted."""
    value = reply.get(name)
    if isinstance(value, int | float) and math.isfinite(value) and value >= 0:
        return value
    reason = f"the worker sent {value!r} as {name}"
    raise CaseFailed(Failed(kind="protocol", reason=reason))


_DOING = {
    "import": "importing the framework",
    "open": "starting the case",
    "build": "build",
    "first_call": "the first call",
    "warm_up": "warm-up",
    "round": "a timed round",
    "close": "closing the case",
}

_KINDS: dict[str, FailureKind] = {
    "exception": "exception",
    "workload": "exception",
    "import": "import",
    "memory": "memory",
}


def _failure(error: dict[str, Any], do: str) -> Failed:
    """Turn an error reply into an outcome that names type, message, place and step."""
    message = str(error.get("message", "")).strip().partition("\n")[0]
    what = f"{error.get('type', 'error')}: {message}".rstrip(": ")
    where = f" at {error['where']}" if error.get("where") else ""
    return Failed(
        kind=_KINDS.get(str(error.get("kind")), "protocol"),
        reason=f"{what} (in {_DOING.get(do, do)}{where})",
        detail=str(error.get("traceback", "")),
    )


def exit_text(code: int) -> str:
    """Say how a process ended, by what `wait` returned."""
    return _signal_name(-code) if code < 0 else f"exit code {code}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def last_lines(log: Path, *, start: int = 0, most_bytes: int = 4096, most_lines: int = 12) -> str:
    """Return the last lines of a log, from byte `start` on; it may be huge or no text."""
    with log.open("rb") as file:
        file.seek(max(start, log.stat().st_size - most_bytes))
        text = file.read().decode("utf-8", "replace")
    return "\n".join(text.splitlines()[-most_lines:])
