"""Owns the third stage: block after block, until every cell is decided or time is up."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from random import Random
from tempfile import TemporaryDirectory

from bot.core.plan import Plan
from bot.core.record import CaseBlock, ImportBlock
from bot.core.run_facts import StoppedBy
from bot.core.schedule import Block, next_block
from bot.core.table import Table
from bot.engine.arming import Armoury
from bot.engine.block import BlockRunner
from bot.engine.device import gpus_of
from bot.engine.journal import Journal
from bot.engine.machine import this_machine
from bot.environments.preparation import Prepared
from bot.locations import workloads_root
from bot.progress import Progress
from bot.run_folder import RunFolder
from bot.stages.house import House
from bot.stages.upgrading import upgraded_copies


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
    with Journal(folder.samples) as journal, gpus_of(plan.device) as gpus, _scratch() as scratch:
        if journal.damage:
            house.progress.warn(journal.damage)
        left = _replay(journal, result)
        clock = Stopwatch(already=result.seconds)
        runner = _runner(plan, prepared, folder, _in(scratch, house), clock)
        runner.gpus = gpus
        try:
            _measure_blocks(result, runner, journal, house.progress, clock, left=left)
        except KeyboardInterrupt:
            result.stopped_by = "interrupted"
        finally:
            runner.stop()
        result.seconds = clock.seconds
    return result


def _replay(journal: Journal, result: Measurement) -> Block | None:
    """Take what was measured before into account; return what is left of the last block.

    That block is planned from what was known before it, and so is the same as it was then.
    """
    table = result.table
    left: Block | None = None
    for number, records in groupby(journal.records(), key=lambda record: record.block):
        if number == journal.last_block:
            left = next_block(table, number, _random(table.plan, number))
        for record in records:
            table.add(record)
            result.seconds += record.seconds
            if left and isinstance(record, CaseBlock):
                tasks = tuple(task for task in left.tasks if task.case.name != record.case)
                left = replace(left, tasks=tasks)
        result.blocks = result.resumed = number + 1
    return left if left and left.tasks else None


def _random(plan: Plan, number: int) -> Random:
    """The random numbers of one block: the same after a resume."""
    return Random(f"{plan.seed} {number}")


def _scratch() -> TemporaryDirectory[str]:
    """Make a folder for workers' temporary files, which they cannot remove: they end at once.

    AutoGraph leaves one for every function. The path is short, as some put sockets there.
    """
    return TemporaryDirectory(prefix="tfperf-", ignore_cleanup_errors=True)


def _in(scratch: str, house: House) -> House:
    return replace(house, environ={**house.environ, "TMPDIR": scratch})


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
        upgrades=upgraded_copies(plan, RunFolder(folder.path.resolve())),
    )
    return BlockRunner(
        armoury=armoury,
        random=Random(plan.seed),
        import_width=this_machine().cores,
        outputs_paths=RunFolder(folder.path.resolve()).outputs_paths,
        artifact_path=RunFolder(folder.path.resolve()).artifact,
        is_time_up=lambda: clock.seconds > plan.budget_seconds,
    )


def _measure_blocks(
    result: Measurement,
    runner: BlockRunner,
    journal: Journal,
    progress: Progress,
    clock: Stopwatch,
    *,
    left: Block | None,
) -> None:
    """Measure what is `left` of a block that was cut short, then whole blocks."""
    plan, table = result.table.plan, result.table
    while True:
        number = left.number if left else result.blocks
        runner.random = _random(plan, number)
        block = left or next_block(table, number, runner.random)
        if block is None:
            result.stopped_by = _why_there_is_no_block(result)
            return
        if clock.seconds > plan.budget_seconds:
            result.stopped_by = "budget"
            return
        for record in runner.run(block):
            if left and isinstance(record, ImportBlock):
                continue  # the block has one, of processes that are gone
            journal.append(record)
            table.add(record)
            progress.measuring(table, block=number, seconds=clock.seconds)
        result.blocks, left = number + 1, None


def _why_there_is_no_block(result: Measurement) -> StoppedBy:
    if result.blocks == 0:
        return "nothing"
    most = result.table.plan.most_blocks_here
    cells = [cell for cell in result.table.candidate_cells.values() if not cell.is_settled]
    if any(len(cell.trials) >= most for cell in cells):
        return "most_blocks"
    if any(cell.is_too_noisy(result.table.plan.rule.most_blocks) for cell in cells):
        return "too_noisy"
    return "nothing_left" if cells else "decided"
