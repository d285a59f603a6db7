"""Owns what the tests of the worker share: workers, a framework, workload files."""

import importlib
import os
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.environments import find_interpreter
from tests.workloads.worker import WORKLOADS, Arm

TINYFLOW = '''
"""A framework that imports at once and says what the process looked like at that moment."""
import sys
__version__ = "1.2.3"
__git_version__ = b"numpy was there" if "numpy" in sys.modules else b"no numpy yet"
__compiler_version__ = sys.path[-1]
touched = []

class Benchmark(object):
    """What a benchmark derives from; its report_benchmark is never to be reached."""

    def report_benchmark(self, **fields):
        raise AssertionError("this would have been TensorFlow's own")

    @classmethod
    def is_abstract(cls):
        return cls is Benchmark
'''


def _interpreter(version: str) -> str:
    if version == "here":
        return sys.executable
    found = find_interpreter(version, environ=os.environ)
    if found is None:
        pytest.skip(f"there is no Python {version} here")
    return str(found)


@pytest.fixture
def interpreter() -> Callable[[str], str]:
    return _interpreter


@pytest.fixture(scope="module", params=["here", "3.6", "3.13"])
def python(request: pytest.FixtureRequest) -> str:
    return _interpreter(request.param)


@pytest.fixture(scope="session")
def framework(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("frameworks")
    (folder / "tinyflow.py").write_text(TINYFLOW)
    return folder


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Arm]]:
    """Start a worker that has imported nothing yet."""
    arms: list[Arm] = []

    def start(python: str) -> Arm:
        arms.append(Arm(python, tmp_path / f"log-{len(arms)}"))
        return arms[-1]

    yield start
    for arm in arms:
        arm.end()


@contextmanager
def _importing(python: str, framework: Path, log: Path) -> Iterator[Arm]:
    arm = Arm(python, log)
    try:
        assert arm.ask("import", module="tinyflow", paths=[str(framework)])["ok"]
        yield arm
    finally:
        arm.end()


@pytest.fixture
def own_arm(python: str, framework: Path, tmp_path: Path) -> Iterator[Arm]:
    """A worker of each Python that has imported the framework, for tests that end it."""
    with _importing(python, framework, tmp_path / "log") as arm:
        yield arm


@pytest.fixture(scope="module")
def resident(
    python: str, framework: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Arm]:
    with _importing(python, framework, tmp_path_factory.mktemp("resident") / "log") as arm:
        yield arm


@pytest.fixture
def arm(resident: Arm) -> Iterator[Arm]:
    """The same, one for all tests of a module: no case may be able to spoil it."""
    yield resident
    resident.settle()


@pytest.fixture(scope="module")
def numpy_resident(framework: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arm]:
    with _importing(sys.executable, framework, tmp_path_factory.mktemp("numpy") / "log") as arm:
        yield arm


@pytest.fixture
def numpy_arm(numpy_resident: Arm) -> Iterator[Arm]:
    """A worker of the Python of the tests, which has numpy."""
    yield numpy_resident
    numpy_resident.settle()


@pytest.fixture
def workload(tmp_path: Path) -> Callable[..., Path]:
    """Write a workload file; lines without `def build` are the body of the step."""

    def write(source: str, name: str = "mine.py") -> Path:
        if "def build" not in source:
            body = "\n".join("        " + line for line in source.splitlines())
            source = f"import tinyflow\ndef build():\n    def step():\n{body}\n    return step\n"
        file = tmp_path / "their" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(source, encoding="utf-8")
        return file

    return write


@pytest.fixture
def suite(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Import a file of the suite as a worker does, with an empty framework."""
    monkeypatch.setattr(sys, "path", [*sys.path, str(WORKLOADS / "suite")])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    framework = types.ModuleType("tensorflow")
    monkeypatch.setattr(framework, "__version__", "0.0.0", raising=False)
    monkeypatch.setitem(sys.modules, "tensorflow", framework)
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if str(WORKLOADS) in str(getattr(sys.modules[name], "__file__", "")):
            del sys.modules[name]
