"""Owns one arm: a worker process, its private pipes, and what to say when it dies or hangs."""

import contextlib
import json
import math
import os
import select
import selectors
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from bot.core.outcome import Failed, FailureKind
from bot.engine import ending, oom
from bot.engine.reply import CaseFailed, Reply, mapping, process_id

GRACE_SECONDS = 5.0
"""How long a process may take to notice that it should end."""

LONGEST_REPLY = 1 << 16
MOST_STRAY_REPLIES = 100

MOST_LOG_BYTES = 16 << 20
"""A workload that prints all the time must not fill the disk; its newest words are kept."""


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
        self._last_case_pid: int | None = None
        self._asked = ""
        self.deadline = math.inf
        self._is_ended = False
        self._oom_kills = oom.kills()
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
    def case_pid(self) -> int | None:
        """The process of the case that is open."""
        return self._case_pid

    @property
    def had_oom_kill(self) -> bool:
        """Whether the kernel ended something for want of memory since the case was opened."""
        return oom.kills() > self._oom_kills

    @property
    def is_serving(self) -> bool:
        """Whether a case is open and can be closed."""
        return self.is_alive and self._case_pid is not None

    def ask(self, do: str, **fields: object) -> Reply:
        """Send a request and wait for its reply; raise `CaseFailed` for every other ending."""
        self.post(do, **fields)
        return self.collect()

    def post(self, do: str, **fields: object) -> None:
        """Send a request whose reply will be collected; its deadline runs from now on."""
        if self._is_ended:
            raise CaseFailed(self._death_of_process())
        self._bound_log()
        if do == "open":
            self._case_log_start = self._log.stat().st_size
            self._oom_kills = oom.kills()
        self._next_id += 1
        self._asked = do
        request = json.dumps({"id": self._next_id, "do": do, **fields}) + "\n"
        try:
            os.write(self._requests, request.encode())
        except BrokenPipeError:
            raise CaseFailed(self._death_of_process()) from None
        self.deadline = time.monotonic() + self._timeout_seconds

    def collect(self) -> Reply:
        """Wait for the reply to what was posted; raise `CaseFailed` for every other ending."""
        do = self._asked
        for _ in range(MOST_STRAY_REPLIES):
            reply = self._receive(do, self.deadline)
            if reply.get("died"):
                raise self._case_died(reply)
            if reply.get("id") == self._next_id:
                return self._accept(do, reply)
        self.kill()
        raise CaseFailed(self._failed("protocol", "the worker sent replies nobody asked for"))

    def fileno(self) -> int:
        """Return what becomes readable when there is something to collect, for a selector."""
        return self._replies

    def _bound_log(self) -> None:
        if self._log.stat().st_size > MOST_LOG_BYTES:
            os.truncate(self._log, 0)  # the worker appends: its next line is the first again
            self._case_log_start = 0

    def _case_died(self, reply: Reply) -> CaseFailed:
        with self._distrust():
            died = mapping(reply, "died")
        self._case_pid = None
        return CaseFailed(self._death(died))

    def _accept(self, do: str, reply: Reply) -> Reply:
        if not reply.get("ok"):
            with self._distrust():
                error = mapping(reply, "error")
            raise CaseFailed(ending.told(error, do))
        if do == "open":
            with self._distrust():
                self._case_pid = self._last_case_pid = process_id(reply, "pid")
        elif do == "close":
            is_spent = self._case_pid == self._process.pid
            self._case_pid = None
            if is_spent:  # it served one case and leaves: it must not be asked for another
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(GRACE_SECONDS)
                self.kill()
        return reply

    @contextlib.contextmanager
    def _distrust(self) -> Iterator[None]:
        """End a worker that does not say what every worker says."""
        try:
            yield
        except CaseFailed:
            self.kill()
            raise

    def _receive(self, do: str, deadline: float) -> Reply:
        while b"\n" not in self._buffer:
            if not self._wait_readable(deadline):
                is_forked = self._case_pid not in {None, self._process.pid}
                reason = ending.lateness(do, seconds=self._timeout_seconds, is_forked=is_forked)
                self._end_case()
                raise CaseFailed(self._failed("timeout", reason))
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

    def _death(self, died: Mapping[str, object], *, is_of_arm: bool = False) -> Failed:
        return ending.death(
            died,
            self._asked,
            said=self._last_words(),
            had_oom_kill=self.had_oom_kill,
            is_of_arm=is_of_arm,
        )

    def _death_of_process(self) -> Failed:
        try:
            code = self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return self._failed("protocol", "the worker closed its pipe and went on running")
        died = {"signal": ending.signal_name(-code)} if code < 0 else {"exit_code": code}
        return self._death(died, is_of_arm=self._case_pid not in {None, self._process.pid})

    def _failed(self, kind: FailureKind, reason: str) -> Failed:
        return Failed(kind=kind, reason=reason, detail=ending.last_lines(self._last_words()))

    def _last_words(self) -> str:
        return ending.last_words(self._log, start=self._case_log_start)

    def await_case_end(self) -> None:
        """Wait until the process of the last case has given its memory back."""
        if self._last_case_pid is None or not hasattr(os, "pidfd_open"):
            return
        with contextlib.suppress(OSError):  # gone already, or a kernel that cannot tell
            process = os.pidfd_open(self._last_case_pid)
            try:
                select.select([process], [], [], GRACE_SECONDS)
            finally:
                os.close(process)

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
