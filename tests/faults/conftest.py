"""Owns what the tests of faults share: a run in a folder, what it said, and who outlived it."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.core.plan import Plan
from bot.core.report import Report
from bot.environments.preparation import Prepared
from bot.progress import Silent
from bot.run_folder import RunFolder
from bot.stages.concluding import report
from bot.stages.house import House
from bot.stages.measuring import measure
from bot.stages.preparing import describe
from tests.conftest import FRAMEWORK

GRACE_SECONDS = 20

OBEDIENT = """
import os
exec(os.environ.get("AT_IMPORT", ""))
"""


@pytest.fixture(scope="session")
def pythons(install: Callable[[str], Path]) -> dict[str, Path]:
    """Installs of a framework that does at import what a variable says."""
    installs = {"base-a": install("1.0"), "base-b": install("1.0"), "cand-a": install("2.0")}
    for python in installs.values():
        [framework] = python.parents[1].glob(f"lib/python*/site-packages/{FRAMEWORK}.py")
        framework.write_text(framework.read_text() + OBEDIENT)
    return installs


@pytest.fixture(autouse=True)
def _few_rounds(few_rounds: None) -> None:
    """Here nothing depends on how precise a figure is."""


class Notes(Silent):
    """Remembers what a person would have been told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def note(self, text: str) -> None:
        self.said.append(text)


@dataclass(kw_only=True)
class Run:
    """A plan that is carried out, and carried on with, in a folder."""

    plan: Plan
    folder: RunFolder
    prepared: dict[str, Prepared]
    notes: Notes = field(default_factory=Notes)

    def go_on(self) -> Report:
        """Measure from where the journal ends, and conclude, as `tfperf resume` does."""
        with self.folder.held():
            self.folder.write(self.folder.plan, self.plan)
            for environment in self.plan.environments:
                described = describe(self.prepared[environment.id])
                self.folder.write(self.folder.environment(environment), described)
            house = House(home=self.folder.path, environ=os.environ, progress=self.notes)
            measurement = measure(self.plan, self.prepared, self.folder, house)
            return report(measurement, self.folder, home=house.home)


@pytest.fixture
def begin(
    prepared: Callable[[Plan], dict[str, Prepared]], tmp_path: Path
) -> Iterator[Callable[..., Run]]:
    """Plan a run in a folder; when the test ends, no process of it may be left."""
    runs: list[Run] = []

    def start(plan: Plan, folder: Path | None = None) -> Run:
        run = Run(plan=plan, folder=RunFolder(folder or tmp_path / "run"), prepared=prepared(plan))
        runs.append(run)
        return run

    yield start
    for run in runs:
        assert processes_of(run.folder.path) == []


def processes_of(run: Path, *, patience_seconds: float = GRACE_SECONDS) -> list[int]:
    """Wait for the workers of a run, and what they started, to be gone; return who does not go."""
    keras_home = os.fsencode(run.resolve() / "keras")  # every worker has it in its environment
    deadline = time.monotonic() + patience_seconds
    while (left := _with_variable(keras_home)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


def _with_variable(content: bytes) -> list[int]:
    return [
        int(process.name)
        for process in Path("/proc").glob("[0-9]*")
        if content in _environ(process) and _state(process) != "Z"
    ]


def _environ(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:  # it ended meanwhile, or is another user's
        return b""


def _state(process: Path) -> str:
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"
