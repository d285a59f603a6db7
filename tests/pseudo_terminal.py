"""Owns a terminal for tests: a real one for the program, and what a person would see on it."""

import codecs
import fcntl
import os
import re
import struct
import subprocess
import termios
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.cells import cell_len

_TOKENS = re.compile(r"\x1b\][^\x07]*\x07|\x1b\[[0-?]*[ -/]*[@-~]|\r|\n|[^\x1b\r\n]+|\x1b")
_UP = re.compile(r"\x1b\[(\d*)A")
_SILENT = re.compile(r"\x1b\[(?:\?25[lh]|[\d;]*m)|\x1b\].*")
_HALF = re.compile(r"(?:\x1b(?:\[[0-?]*[ -/]*|\][^\x07]*)?|\r)$")
"""The end of what was read, if it may go on with the next piece."""


class Broken(AssertionError):
    """What was written does not look on a terminal as it should."""


@dataclass
class Glass:
    """Lines as they are seen, those that scrolled away included; nothing may be wider.

    `overshoots`: how often the program wanted to go up beyond the first line, as one does whose
    picture is higher than the terminal.
    """

    width: int
    height: int
    overshoots: int = 0
    lines: list[str] = field(default_factory=lambda: [""])
    row: int = 0

    @property
    def visible(self) -> str:
        """What is in the window."""
        return "\n".join(self.lines[-self.height :])

    @property
    def text(self) -> str:
        """All that was ever left to be seen."""
        return "\n".join(self.lines)

    def feed(self, text: str) -> None:
        """Take what a program wrote."""
        for token in _TOKENS.findall(text):
            self._take(token)

    def _take(self, token: str) -> None:
        if token == "\n":
            self.row += 1
            self.lines += [""] * (self.row + 1 - len(self.lines))
        elif token == "\x1b[2K":
            self.lines[self.row] = ""
        elif up := _UP.fullmatch(token):
            self._go_up(int(up[1] or 1))
        elif token != "\r" and not _SILENT.fullmatch(token):
            self._print(token)

    def _go_up(self, rows: int) -> None:
        top = max(0, len(self.lines) - self.height)
        self.overshoots += self.row - rows < top
        self.row = max(top, self.row - rows)

    def _print(self, text: str) -> None:
        if text.startswith("\x1b"):
            raise Broken(f"no terminal needs {text!r}")
        self.lines[self.row] += text
        if cell_len(self.lines[self.row]) > self.width:
            raise Broken(f"wider than {self.width} columns: {self.lines[self.row]!r}")


@dataclass
class Terminal:
    """A program on a pseudo-terminal: standard error is one, the other two are pipes."""

    program: "subprocess.Popen[bytes]"
    descriptor: int
    glass: Glass
    written: str = ""
    _half: str = ""
    _decoder: codecs.IncrementalDecoder = field(
        default_factory=codecs.getincrementaldecoder("utf-8")
    )

    def read_until(self, is_there: Callable[[str], bool]) -> None:
        """Read until something was written, or the program ended."""
        while not is_there(self.written):
            try:
                piece = os.read(self.descriptor, 65_536)
            except OSError:  # what Linux says when nobody has the other end open
                return
            if not piece:
                return
            self._take(self._decoder.decode(piece))

    def _take(self, text: str) -> None:
        self.written += text
        known = self._half + text
        half = _HALF.search(known)
        whole = known[: half.start()] if half else known
        self._half = known[len(whole) :]
        self.glass.feed(whole.replace("\r\n", "\n"))

    def type(self, line: str) -> None:
        """Send a line to standard input."""
        assert self.program.stdin is not None
        self.program.stdin.write(f"{line}\n".encode())
        self.program.stdin.flush()

    def resize(self, width: int, height: int) -> None:
        """Make the window another size, as a person does who pulls at its corner."""
        set_size(self.descriptor, width, height)
        self.glass.width, self.glass.height = width, height

    def end(self) -> tuple[int, str]:
        """Read to the end; return the exit code, and what went to standard output."""
        self.read_until(lambda _: False)
        out, _ = self.program.communicate(timeout=60)
        return self.program.returncode, out.decode()


def set_size(descriptor: int, width: int, height: int) -> None:
    """Tell the terminal how large its window is."""
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))


@contextmanager
def in_terminal(
    command: Sequence[str], *, width: int, height: int, cwd: Path, environ: Mapping[str, str]
) -> Iterator[Terminal]:
    """Start a program whose standard error is a terminal of this size; it does not outlive us."""
    ours, theirs = os.openpty()
    set_size(theirs, width, height)
    without = {"CI", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"}
    inherited = {name: value for name, value in os.environ.items() if name not in without}
    with subprocess.Popen(
        command,
        cwd=cwd,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=theirs,
        env={**inherited, "TERM": "xterm-256color", **environ},
    ) as program:
        os.close(theirs)
        try:
            yield Terminal(program=program, descriptor=ours, glass=Glass(width, height))
        finally:
            program.kill()
            os.close(ours)
