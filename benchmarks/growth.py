"""Owns what a block costs: real worker processes, more and more versions and cases."""

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import stand_in
from bot.core.config import load
from bot.core.metric import CASE_METRICS
from bot.core.plan import Plan
from bot.core.wall import PHASES, add, split
from bot.engine.journal import Journal
from bot.environments.preparation import Prepared
from bot.progress import Silent
from bot.run_folder import RunFolder
from bot.stages.house import House
from bot.stages.measuring import measure
from bot.stages.planning import make_plan
from bot.stages.preparing import prepare_environments

CALLS = ("first_call", "count", "warm_up", "timed", "untimed")
"""The phases in which the workload's step is called."""

BLOCKS = 3
"""So few that no cell is decided, whatever is measured: every run has as many."""

SIZES = ((1, 2), (2, 2), (4, 2), (8, 2), (1, 8), (1, 32))
"""Versions and cases; what is compared with is installed twice beside them."""

TWO_CASES = ("geometric_series[function]", "mnist_mlp[train_step]")
TENSORFLOW_SIZES = ((1, TWO_CASES), (2, TWO_CASES), (4, TWO_CASES), (1, ("*",)))
"""Versions and cases of the suite."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """One run of a fixed number of blocks, and what it cost.

    `cpu_seconds` is the CPU time of the orchestrator alone; workers have their own.
    """

    framework: str
    versions: int
    cases: int
    blocks: int
    seconds: float
    cpu_seconds: float
    phases: Mapping[str, float]

    @property
    def seconds_per_block(self) -> float:
        return self.seconds / self.blocks

    @property
    def cpu_share(self) -> float:
        """The share of the wall time in which the orchestrator itself computed."""
        return self.cpu_seconds / self.seconds

    @property
    def calls_share(self) -> float:
        return calls_share(self.phases)


def calls_share(phases: Mapping[str, float]) -> float:
    """Return the share of the wall time that was spent inside calls of steps."""
    whole = sum(phases.values())
    return sum(phases.get(name, 0.0) for name in CALLS) / whole if whole else 0.0


def wall_split(samples: Path) -> dict[str, float]:
    """Read from a run's journal where its seconds went."""
    phases: dict[str, float] = dict.fromkeys(PHASES, 0.0)
    with Journal(samples) as journal:
        for record in journal.records():
            add(phases, split(record))
    return phases


def run(framework: str, plan: Plan, prepared: Mapping[str, Prepared], folder: Path) -> Point:
    """Measure what is planned, with real workers, and take the time of it."""
    began, cpu_began = time.perf_counter(), time.process_time()
    measurement = measure(plan, prepared, RunFolder(folder), house(folder))
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
    if measurement.stopped_by != "most_blocks":
        raise SystemExit(f"the run ended otherwise than planned: {measurement.stopped_by}")
    return Point(
        framework=framework,
        versions=len(plan.candidates),
        cases=len(plan.cases),
        blocks=measurement.blocks,
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        phases=wall_split(RunFolder(folder).samples),
    )


def house(home: Path) -> House:
    return House(home=home, environ=os.environ, progress=Silent())


def stand_in_points(folder: Path, sizes: Iterable[tuple[int, int]]) -> Iterator[Point]:
    """Run every size with the framework that costs nothing."""
    for versions, cases in sizes:
        run_folder = folder / f"{versions}-{cases}"
        plan = stand_in.plan(run_folder / "workload", versions=versions, cases=cases, blocks=BLOCKS)
        prepared = {
            each.id: stand_in.install(each, folder / "environments") for each in plan.environments
        }
        yield run(stand_in.FRAMEWORK, plan, prepared, run_folder)


def tensorflow_points(
    folder: Path, home: Path, release: str, sizes: Iterable[tuple[int, tuple[str, ...]]]
) -> Iterator[Point]:
    """Run every size with TensorFlow, all versions being one release."""
    for number, (versions, cases) in enumerate(sizes):
        run_folder = RunFolder(folder / f"tensorflow-{number}")
        asked = {
            "baseline": release,
            # One release under several names: a variable that nobody reads tells them apart.
            "versions": [
                {"tensorflow": release, "knobs": {"BENCH_VERSION": str(i)}} for i in range(versions)
            ],
            "workloads": cases,
            "metrics": CASE_METRICS,
            "most-blocks": BLOCKS,
            "budget": "2h",
            "seed": 1,
        }
        config = load(json.dumps(asked), source="benchmarks", environ={}, overrides={})
        here = house(home)
        plan = make_plan(config, here, base=folder, command=["benchmarks.cost"])
        prepared = prepare_environments(plan, run_folder, here)
        yield run(f"tensorflow {release}", plan, prepared, run_folder.path)
