"""Owns the other end of the pipes: a small client of the worker."""

import json
import os
import select
import subprocess
from pathlib import Path
from typing import Any

import pytest

WORKLOADS = Path(__file__).parents[2] / "workloads"
DEADLINE_SECONDS = 60


class Arm:
    """A worker at the end of two pipes."""

    def __init__(self, python: str, log: Path) -> None:
        self.log = log
        self._id = 0
        requests, self._requests = os.pipe()
        self._replies, replies = os.pipe()
        command = [python, "-s", "-B", str(WORKLOADS / "run.py"), "serve"]
        command += ["--requests", str(requests), "--replies", str(replies)]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=(requests, replies),
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            )
        os.close(requests)
        os.close(replies)

    def send(self, do: str, **fields: Any) -> int:
        self._id += 1
        self.send_line(json.dumps({"id": self._id, "do": do, **fields}).encode())
        return self._id

    def send_line(self, line: bytes) -> None:
        os.write(self._requests, line + b"\n")

    def receive_line(self) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            if not select.select([self._replies], [], [], DEADLINE_SECONDS)[0]:
                pytest.fail(f"no reply; the log says: {self.log.read_text()[-2000:]}")
            byte = os.read(self._replies, 1)
            if not byte:
                return line
            line += byte
        return line

    def receive(self) -> Any:
        line = self.receive_line()
        assert 0 < len(line) < 4096, line
        return json.loads(line)

    def ask(self, do: str, **fields: Any) -> Any:
        """Send a request and return its reply, or the announcement of a death."""
        number = self.send(do, **fields)
        reply = self.receive()
        assert reply["id"] == (None if "died" in reply else number)
        return reply

    def open(self, file: Path, case: str = "default", *, fork: bool = True) -> Any:
        return self.ask("open", file=str(file), case=case, fork=fork)

    def reach(self, do: str, file: Path, case: str = "default", *, fork: bool = True) -> Any:
        """Open a case, go up to `do` and return the first reply that is not ok, or the last."""
        reply = self.open(file, case, fork=fork)
        for step, fields in (
            ("build", {}),
            ("first_call", {"outputs": None}),
            ("round", {"calls": 1, "untimed_calls": 1}),
        ):
            reply = self.ask(step, **fields)
            if step == do or not reply["ok"]:
                return reply
        return reply

    def settle(self) -> None:
        """Close the case that a test left open, if any."""
        number = self.send("close")
        while self.receive()["id"] != number:
            pass

    def hang_up(self) -> None:
        os.close(self._requests)
        self._requests = -1

    def wait(self) -> int:
        return self.process.wait(DEADLINE_SECONDS)

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        for fd in (self._requests, self._replies):
            if fd >= 0:
                os.close(fd)
