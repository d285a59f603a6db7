"""Stands in for the runner of blocks: records that only depend on seed, block and case."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import ClassVar

from bot.core.conditions import Conditions
from bot.core.outcome import Failed, Imported, Measured
from bot.core.plan import Environment
from bot.core.record import CaseBlock, ConditionsBlock, ImportBlock, Record
from bot.core.schedule import Block, Task
from bot.engine.arming import Armoury

SPEEDS = {"slower": 1.3, "even": 1.0}
CHANCE_OF_FAILURE = 0.07


@dataclass(kw_only=True)
class StandIn:
    """Takes no time: what a record cost is added to `seconds_used`."""

    armoury: Armoury
    random: Random
    import_width: int
    outputs_paths: Callable[..., object]
    artifact_path: Callable[..., object]
    is_time_up: Callable[[], bool]
    seconds_used: ClassVar[float] = 0.0

    def run(self, block: Block) -> Iterator[Record]:
        seed = f"{self.armoury.plan.seed} {block.number}"
        imported = _imports(block, seed)
        yield self._costing(imported)
        for task in block.tasks:
            if self.is_time_up():
                break
            record = _case(block, task, imported, seed)
            if record.outcomes:
                yield self._costing(record)
        yield ConditionsBlock(block=block.number, conditions=Conditions(seconds=1.0))

    def stop(self) -> None:
        pass

    def _costing(self, record: Record) -> Record:
        StandIn.seconds_used += record.seconds
        return record


def _imports(block: Block, seed: str) -> ImportBlock:
    outcomes = {arm.id: _imported(Random(f"{seed} {arm.id}")) for arm in block.arms}
    return ImportBlock(block=block.number, outcomes=outcomes, seconds=1.0)


def _imported(random: Random) -> Imported | Failed:
    if random.random() < CHANCE_OF_FAILURE / 2:
        return Failed(kind="import", reason="ImportError: one day so, one day so")
    cpu = random.gauss(2.0, 0.02)
    return Imported(cpu_seconds=cpu, wall_seconds=cpu, rss_bytes=int(cpu * 1e8), modules=9)


def _case(block: Block, task: Task, imported: ImportBlock, seed: str) -> CaseBlock:
    """Like the runner: nothing is run in an arm that could not import, or without baselines."""
    able = [arm for arm in task.arms if isinstance(imported.outcomes[arm.id], Imported)]
    if sum(arm.role != "candidate" for arm in able) < 2:
        able = []
    return CaseBlock(
        block=block.number,
        case=task.case.name,
        outcomes={arm.id: _measured(task, arm, seed) for arm in able},
        seconds=2.5,
    )


def _measured(task: Task, arm: Environment, seed: str) -> Measured | Failed:
    random = Random(f"{seed} {task.case.name} {arm.id}")
    if arm.role == "candidate" and random.random() < CHANCE_OF_FAILURE:
        return Failed(kind="exception", reason="ValueError: one day so, one day so")
    speed = SPEEDS[task.case.workload] if arm.role == "candidate" else 1.0
    return Measured(
        first_call_cpu_seconds=speed * random.gauss(1.0, 0.02),
        first_call_wall_seconds=1.0,
        build_cpu_seconds=random.gauss(1.0, 0.02),
        build_wall_seconds=1.0,
        peak_rss_bytes=int(random.gauss(1e8, 1e5)),
        round_seconds=tuple(speed * random.gauss(0.01, 0.0002) for _ in range(4))
        if task.is_timed
        else (),
        rss_growth_bytes=random.randrange(4096),
        calls_in_rounds=100,
        counters={"traces": 1} if task.is_counted else {},
    )
