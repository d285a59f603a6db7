"""Shared by the tests of measuring: real workers, real processes, a framework of three lines."""

import os
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from bot.core import rounds
from bot.core.plan import Case, Environment, Plan, Rule
from bot.engine.discovery import discover, workload_files
from bot.environments.preparation import Prepared
from bot.locations import workloads_root
from tests.browser import running_chromium

FRAMEWORK = "tinyflow"

settings.register_profile("untimed", deadline=None)  # a busy machine is not a bug
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _signals() -> Iterator[None]:
    """Give signals back as they were: who calls the command line leaves them ignored."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A browser for many pages: `tests.browser.new_page`."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def install(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Make a virtual environment with `tinyflow` of some version; return its interpreter."""

    def make(version: str) -> Path:
        prefix = tmp_path_factory.mktemp("install")
        command = [sys.executable, "-m", "venv", "--without-pip", "--symlinks", str(prefix)]
        subprocess.run(command, check=True)
        paths = sysconfig.get_paths(vars={"base": str(prefix), "platbase": str(prefix)})
        packages = Path(paths["purelib"])
        (packages / f"{FRAMEWORK}.py").write_text(f'__version__ = "{version}"\n')
        (packages / "numpy.pth").write_text(str(Path(np.__file__).parents[1]) + "\n")
        return Path(paths["scripts"]) / "python"

    return make


@pytest.fixture(scope="session")
def pythons(install: Callable[[str], Path]) -> dict[str, Path]:
    """Two installs of a baseline and one candidate."""
    return {"base-a": install("1.0"), "base-b": install("1.0"), "cand-a": install("2.0")}


@pytest.fixture
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make no more rounds than a block needs: for tests of which no figure has to be precise."""
    monkeypatch.setattr(rounds, "MOST_ROUNDS", rounds.LEAST_ROUNDS)


def environment(identity: str, role: str, release: str) -> Environment:
    label = f"{release}'" if role == "control" else release
    return Environment.model_validate(
        {
            "id": identity,
            "label": label,
            "role": role,
            "package": FRAMEWORK,
            "module": FRAMEWORK,
            "release": release,
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        }
    )


@pytest.fixture
def plan(tmp_path: Path) -> Callable[..., Plan]:
    """Plan a run of the given workload texts: name -> source."""

    def make(workloads: dict[str, str], *, only: Sequence[str] = (), **changes: Any) -> Plan:
        folder = tmp_path / "mine"
        folder.mkdir(exist_ok=True)
        for name, source in workloads.items():
            (folder / f"{name}.py").write_text(source)
        files = workload_files([folder])
        cases, broken = discover(files, worker=workloads_root() / "run.py", environ=os.environ)
        kept: tuple[Case, ...] = tuple(c for c in cases if not only or c.name in only)
        values: dict[str, Any] = {
            "created": "2026-01-01T00:00:00+00:00",
            "command": "tfperf compare 1.0 2.0",
            "seed": 1,
            "environments": (
                environment("base-a", "baseline", "1.0"),
                environment("base-b", "control", "1.0"),
                environment("cand-a", "candidate", "2.0"),
            ),
            "cases": kept,
            "broken_workloads": broken,
            "rule": Rule(cells=len(kept) * 3 + 1, most_blocks=3),
            "dependencies": "release-date",
            "device": "cpu",
            "isolation": "fork",
            "threads": 1,
            "budget_seconds": 120.0,
            "timeout_seconds": 20.0,
        }
        return Plan.model_validate({**values, **changes})

    return make


@pytest.fixture
def prepared(pythons: dict[str, Path]) -> Callable[[Plan], dict[str, Prepared]]:
    """Pass the tests' installs off as prepared environments."""

    def make(plan: Plan) -> dict[str, Prepared]:
        return {
            environment.id: Prepared(
                environment=environment,
                python=pythons[environment.id],
                prefix=pythons[environment.id].parents[1],
                packages={FRAMEWORK: environment.release},
                lock=Path("none"),
                lock_digest="none",
                reused=True,
                seconds=0.0,
            )
            for environment in plan.environments
        }

    return make
