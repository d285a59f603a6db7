"""Owns the third stage: block after block, until every cell is decided or time is up."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from bot.core.plan import Plan
from bot.core.schedule import next_block
from bot.core.table import Table
from bot.engine.arming import Armoury
from bot.engine.block import BlockRunner
from bot.engine.journal import Journal
from bot.engine.machine import this_machine
from bot.environments.preparation import Prepared
from bot.locations import workloads_root
from bot.progress import Progress
from bot.run_folder import RunFolder
from bot.stages.house import House

StoppedBy = Literal["decided", "budget", "most_blocks", "interrupted", "nothing"]


@dataclass(kw_only=True, slots=True)
class Measurement:
    """What the measuring stage leaves behind."""

    table: Table
    seconds: float = 0.0
    blocks: int = 0
    resumed: int = 0
    stopped_by: StoppedBy = "decided"


@dataclass(kw_only=True)
class Stopwatch:
    """Seconds spent measuring, in this process and in those before it."""

    already: float
    _began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """All of them."""
        return self.already + time.monotonic() - self._began


def measure(
    plan: Plan, prepared: Mapping[str, Prepared], folder: RunFolder, house: House
) -> Measurement:
    """Measure block after block until every cell is decided or the budget is used up."""
    unavailable = {
        environment.id: folder.read_environment(environment).unavailable or "not installed"
        for environment in plan.environments
        if environment.id not in prepared
    }
    result = Measurement(table=Table(plan, unavailable=unavailable))
    with Journal(folder.samples) as journal:
        for record in journal.records():
            result.table.add(record)
            result.blocks = result.resumed = record.block + 1
            result.seconds += record.seconds
        clock = Stopwatch(already=result.seconds)
        runner = _runner(plan, prepared, folder, house, clock)
        try:
            _measure_blocks(result, runner, journal, house.progress, clock)
        except KeyboardInterrupt:
            result.stopped_by = "interrupted"
        result.seconds = clock.seconds
    return result


def _runner(
    plan: Plan,
    prepared: Mapping[str, Prepared],
    folder: RunFolder,
    house: House,
    clock: Stopwatch,
) -> BlockRunner:
    armoury = Armoury(
        plan=plan,
        pythons={name: each.python for name, each in prepared.items()},
        worker=workloads_root() / "run.py",
        folder=folder.path.resolve(),  # a workload may change its working folder
        environ=house.environ,
    )
    return BlockRunner(
        armoury=armoury,
        random=Random(plan.seed),
        import_width=this_machine().cores,
        outputs_path=RunFolder(folder.path.resolve()).missing_outputs,
        is_time_up=lambda: clock.seconds > plan.budget_seconds,
    )


def _measure_blocks(
    result: Measurement,
    runner: BlockRunner,
    journal: Journal,
    progress: Progress,
    clock: Stopwatch,
) -> None:
    plan, table = result.table.plan, result.table
    while True:
        random = Random(f"{plan.seed} {result.blocks}")  # the same after a resume
        block = next_block(table, result.blocks, random)
        if block is None:
            result.stopped_by = _why_there_is_no_block(result)
            return
        if clock.seconds > plan.budget_seconds:
            result.stopped_by = "budget"
            return
        runner.random = random
        for record in runner.run(block):
            journal.append(record)
            table.add(record)
            progress.measuring(plan, table, block=block.number, seconds=clock.seconds)
        result.blocks += 1


def _why_there_is_no_block(result: Measurement) -> StoppedBy:
    if result.blocks == 0:
        return "nothing"
    most = result.table.plan.rule.most_blocks
    cells = result.table.candidate_cells.values()
    is_capped = any(not cell.is_settled and len(cell.trials) >= most for cell in cells)
    return "most_blocks" if is_capped else "decided"
