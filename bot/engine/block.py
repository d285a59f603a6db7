"""Owns one block: fresh processes, one per arm, resident at once, taking turns in random order."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TypeVar

from packaging.version import Version

from bot.core.outcome import Failed, Imported
from bot.core.plan import Case, Environment
from bot.core.record import CaseBlock, ImportBlock, Record
from bot.core.schedule import Block, Task
from bot.engine.arm import Arm, CaseFailed, Reply
from bot.engine.arming import Armoury
from bot.engine.turns import calls_per_sample, rounds_per_block, untimed_calls
from bot.engine.visit import Visit

Item = TypeVar("Item")


@dataclass(kw_only=True)
class BlockRunner:
    """Runs planned blocks and yields their records as they come in.

    `outputs_path` says where a case's results in one environment go, None for nowhere;
    `is_time_up` is asked between tasks, so a budget is exceeded by one task at most.
    """

    armoury: Armoury
    random: Random
    import_width: int
    outputs_path: Callable[[Environment, Case], Path | None]
    is_time_up: Callable[[], bool]
    _arms: dict[str, Arm] = field(default_factory=dict)

    def run(self, block: Block) -> Iterator[Record]:
        """Start every arm, import, then run the tasks; no process is left behind."""
        try:
            yield self._start(block)
            for task in block.tasks:
                if self.is_time_up():
                    return
                if self._have_baselines(task):
                    yield self._run_task(task, block.number)
        finally:
            self._stop_arms()

    def _start(self, block: Block) -> ImportBlock:
        began = time.monotonic()
        for environment in block.arms:  # not in a thread: a worker dies with the thread's end
            self._arms[environment.id] = self.armoury.start(environment, self.random)
        with ThreadPoolExecutor(self.import_width) as pool:
            replies = list(pool.map(self._import, block.arms))
        return ImportBlock(
            block=block.number,
            outcomes={
                environment.id: reply if isinstance(reply, Failed) else Imported(**reply["import"])
                for environment, reply in zip(block.arms, replies, strict=True)
            },
            seconds=time.monotonic() - began,
            frameworks={
                environment.id: {name: reply[name] for name in ("git_version", "compiler")}
                for environment, reply in zip(block.arms, replies, strict=True)
                if not isinstance(reply, Failed)
            },
        )

    def _import(self, environment: Environment) -> Reply | Failed:
        arm = self._arms[environment.id]
        try:
            reply = arm.ask("import", module=environment.module, paths=[])
        except CaseFailed as ended:
            arm.kill()
            return ended.failure
        if wrong := wrong_version(environment, reply, self.armoury.pythons[environment.id]):
            arm.kill()
            return wrong
        return reply

    def _have_baselines(self, task: Task) -> bool:
        """Bring back arms that were lost or spent by an earlier case."""
        for environment in task.arms:
            if not self._arms[environment.id].is_alive:
                self._arms[environment.id].kill()
                self._arms[environment.id] = self.armoury.start(environment, self.random)
                self._import(environment)
        return all(self._arms[arm.id].is_alive for arm in task.arms if arm.role != "candidate")

    def _run_task(self, task: Task, number: int) -> CaseBlock:
        began = time.monotonic()
        visits = {
            environment.id: self._begin(task, environment)
            for environment in self._shuffled(task.arms)
            if self._arms[environment.id].is_alive
        }
        baselines = [visits[arm.id] for arm in task.arms if arm.role != "candidate"]
        timed = [visits[arm.id] for arm in task.timed if arm.id in visits]
        calls = 1
        if not any(visit.failure for visit in baselines):
            calls = self._take_turns([visit for visit in timed if visit.failure is None])
        return CaseBlock(
            block=number,
            case=task.case.name,
            outcomes={name: visit.end() for name, visit in visits.items()},
            calls_per_sample=calls,
            seconds=time.monotonic() - began,
        )

    def _begin(self, task: Task, environment: Environment) -> Visit:
        visit = Visit(
            arm=self._arms[environment.id],
            case=task.case,
            is_forked=self.armoury.plan.isolation == "fork",
        )
        visit.begin(
            outputs=self.outputs_path(environment, task.case),
            is_timed=environment in task.timed,
        )
        return visit

    def _take_turns(self, visits: list[Visit]) -> int:
        """Run the rounds; every round has its own random order. Return the calls per sample."""
        if not visits:
            return 1
        speeds = [visit.seconds_per_call for visit in visits]
        calls, untimed = calls_per_sample(speeds), untimed_calls(speeds)
        for _ in range(rounds_per_block(speeds, calls + untimed)):
            for visit in self._shuffled(visits):
                if visit.failure is None:
                    visit.sample(calls, untimed=untimed)
        return calls

    def _shuffled(self, items: Sequence[Item]) -> list[Item]:
        order = list(items)
        self.random.shuffle(order)
        return order

    def _stop_arms(self) -> None:
        for arm in self._arms.values():
            arm.stop()
        self._arms.clear()


def wrong_version(environment: Environment, reply: Reply, python: Path) -> Failed | None:
    """Compare what was imported with what was asked for; None when it is the same."""
    found = reply["framework_version"]
    if found is not None and Version(found) != Version(environment.release):
        reason = f"asked for {environment.package} {environment.release}, imported {found}"
        return Failed(kind="version", reason=reason, detail=str(reply["file"]))
    prefix = python.parent.parent.resolve()
    if not Path(reply["file"]).resolve().is_relative_to(prefix):
        reason = f"{environment.package} was imported from outside its environment"
        return Failed(kind="version", reason=reason, detail=str(reply["file"]))
    return None
