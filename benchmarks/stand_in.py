"""Owns a framework of one line, in as many installs as asked for, and steps that take a known time.

What is left of a run when nothing is computed is the cost of the tool itself.
"""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np

from bot.core.metric import CASE_METRICS
from bot.core.plan import Case, Environment, Plan, Role, Rule
from bot.engine.discovery import discover, workload_files
from bot.environments.preparation import Prepared
from bot.locations import workloads_root

FRAMEWORK = "standinflow"
STEP_SECONDS = 0.01
BASELINE, CANDIDATE = "1.0", "2.0"

WORKLOAD = """\
"Waits."
import time

CASES = {{"c%02d" % number: {{}} for number in range({cases})}}

def build():
    return lambda: time.sleep({seconds})
"""


def environments(versions: int) -> tuple[Environment, ...]:
    """Describe the baseline, its control, and `versions` candidates."""
    roles: list[Role] = ["baseline", "control", *["candidate"] * versions]  # type: ignore[list-item]
    return tuple(_environment(f"arm-{i:02d}", role) for i, role in enumerate(roles))


def _environment(identity: str, role: Role) -> Environment:
    release = CANDIDATE if role == "candidate" else BASELINE
    return Environment(
        id=identity,
        label=f"{release} ({identity})",
        role=role,
        package=FRAMEWORK,
        module=FRAMEWORK,
        release=release,
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
    )


def install(environment: Environment, folder: Path) -> Prepared:
    """Make a virtual environment that holds the framework; numpy is this program's own."""
    prefix = folder / environment.id
    if not prefix.exists():
        command = [sys.executable, "-m", "venv", "--without-pip", "--symlinks", str(prefix)]
        subprocess.run(command, check=True)
    paths = sysconfig.get_paths(vars={"base": str(prefix), "platbase": str(prefix)})
    packages = Path(paths["purelib"])
    (packages / f"{FRAMEWORK}.py").write_text(f'__version__ = "{environment.release}"\n')
    (packages / "numpy.pth").write_text(f"{Path(np.__file__).parents[1]}\n")
    return Prepared(
        environment=environment,
        python=Path(paths["scripts"]) / "python",
        prefix=prefix,
        packages={FRAMEWORK: environment.release},
        lock=Path("none"),
        lock_digest="none",
        reused=False,
        seconds=0.0,
    )


def plan(folder: Path, *, versions: int, cases: int, blocks: int) -> Plan:
    """Plan a run of exactly `blocks` blocks: so few that the cap comes before any answer."""
    return make_plan(
        environments=environments(versions),
        cases=_cases(folder, cases),
        rule=Rule(cells=1_000_000, most_blocks=blocks),
    )


def make_plan(
    *, environments: tuple[Environment, ...], cases: tuple[Case, ...], rule: Rule
) -> Plan:
    """Plan a run in which nothing but cases is judged: imports need a block more than they do."""
    return Plan(
        created="2026-01-01T00:00:00+00:00",
        command="benchmarks.cost",
        seed=1,
        environments=environments,
        cases=cases,
        rule=rule,
        metrics=CASE_METRICS,
        dependencies="release-date",
        device="cpu",
        isolation="fork",
        threads=1,
        budget_seconds=3600.0,
        timeout_seconds=60.0,
    )


def _cases(folder: Path, count: int) -> tuple[Case, ...]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "waits.py").write_text(WORKLOAD.format(cases=count, seconds=STEP_SECONDS))
    worker = workloads_root() / "run.py"
    found, broken = discover(workload_files([folder]), worker=worker, environ=os.environ)
    if broken:
        raise SystemExit(f"the stand-in's workload cannot be read: {broken[0].reason}")
    return found
