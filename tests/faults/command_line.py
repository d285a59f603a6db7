"""Owns the real command line as tests use it: a place to run it in, with a framework of its own."""

import os
import select
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.environments import interpreters
from tests.environments.conftest import MINOR, PackageShelf

DEADLINE_SECONDS = 60

# The real command line, only with few rounds; and one that stays in the middle of its report.
PROGRAM = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in background
from bot.core import rounds
rounds.MOST_ROUNDS = rounds.LEAST_ROUNDS
from bot.cli import main
main()
"""
STAYS_IN_REPORT = """
import time
from bot.stages import concluding
def stay(_report, **_):
    open({started!r}, "w").close()
    time.sleep(3600)
concluding.render_comment = stay
"""

FRAMEWORK = """
import os

def gate(place):
    "Say that this place is reached, and stay there until the gate opens."
    folder = os.environ.get("GATE", "")
    if os.environ.get("GATE_IN") == place and os.path.exists(folder + "/started"):
        open(folder + "/started", "w").close()
        open(folder + "/go").close()

if __version__ == "2.16.2":
    gate("import")
"""

WORKLOAD = """
"Counts; has started another program; and may stay in a round."
import itertools
import subprocess
import tensorflow

def build():
    subprocess.Popen(["sleep", "3600"])
    calls = itertools.count(1)
    def step():
        if next(calls) == 60 and tensorflow.__version__ == "2.16.2":
            tensorflow.gate("round")
        sum(range(2000))
    return step
"""


@dataclass(frozen=True)
class Workplace:
    """A folder in which tfperf is run, whose only packages are those on its shelf."""

    folder: Path
    cwd: Path

    def at(self, cwd: Path) -> "Workplace":
        """The same shelf, and another folder to be in."""
        return replace(self, cwd=cwd)

    @classmethod
    def in_folder(cls, folder: Path) -> "Workplace":
        """Put two releases on the shelf, one of which needs a package that is slow to build."""
        shelf = PackageShelf(folder / "shelf")
        shelf.folder.mkdir(parents=True)
        for version in ("2.15.1", "2.16.2"):
            shelf.wheel("tensorflow", version, source=FRAMEWORK)
        shelf.wheel("tensorflow", "2.16.1", requires=("slow",))
        shelf.slow_source()
        (folder / "counting.py").write_text(WORKLOAD)
        return cls(folder, folder)

    @property
    def environ(self) -> dict[str, str]:
        """Variables with which nothing else is found."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "PYTHONPATH": str(Path(__file__).parents[2]),
            interpreters.variable(MINOR): sys.executable,
            "UV_DEFAULT_INDEX": (self.folder / "shelf").as_uri(),
            "UV_CACHE_DIR": str(self.folder / "cache"),
        }

    def compare(
        self,
        run: Path,
        *arguments: str,
        candidate: str = "2.16.2",
        before: str = "",
        **environ: str,
    ) -> subprocess.Popen[str]:
        """Start a comparison in the run folder `run`."""
        options = ["--python", MINOR, "--dependencies", "newest", "--most-blocks", "3"]
        options += [
            "--paths",
            str(self.folder / "counting.py"),
            "-w",
            "counting",
            "--run-dir",
            str(run),
        ]
        return self._start(
            "compare", "2.15.1", candidate, *options, *arguments, before=before, **environ
        )

    def resume(self, run: Path) -> subprocess.Popen[str]:
        """Start to go on with a run."""
        return self._start("resume", str(run))

    def _start(self, *arguments: str, before: str = "", **environ: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", before + PROGRAM, *arguments],
            cwd=self.cwd,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


class Gate:
    """Two named pipes: where somebody says that a place is reached, and what he waits for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        os.mkfifo(folder / "started")
        os.mkfifo(folder / "go")

    def wait(self, process: subprocess.Popen[str]) -> None:
        """Wait until the place is reached by the process, or by another that it started."""
        started = os.open(self.folder / "started", os.O_RDONLY | os.O_NONBLOCK)
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not select.select([started], [], [], 0.1)[0]:
            if process.poll() is not None or time.monotonic() > deadline:
                process.kill()
                pytest.fail(f"the place was not reached: {process.communicate()[0]}")
        os.close(started)

    def open(self) -> None:
        """Let him go, and all who come later."""
        (self.folder / "started").unlink()
        (self.folder / "go").write_bytes(b"")

    def remove(self) -> None:
        """Let all who come later go."""
        shutil.rmtree(self.folder)


def ending(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for the end of a command; return its exit code and all it said."""
    said, _ = process.communicate(timeout=DEADLINE_SECONDS)
    return process.returncode, said
