"""Owns one block: fresh processes, one per arm, resident at once, taking turns in random order."""

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TypeVar

from packaging.version import InvalidVersion, Version

from bot.core.outcome import Failed, Imported
from bot.core.plan import Case, Environment
from bot.core.record import CaseBlock, ImportBlock, Record
from bot.core.schedule import Block, Task
from bot.engine.arm import Arm, CaseFailed, Reply, number
from bot.engine.arming import Armoury
from bot.engine.turns import LEAST_ROUNDS, calls_per_sample, rounds_per_block, untimed_calls
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
    _cannot_import: set[str] = field(default_factory=set)

    def run(self, block: Block) -> Iterator[Record]:
        """Start every arm, import, then run the tasks; no process is left behind."""
        try:
            yield self._start(block)
            for task in block.tasks:
                if self.is_time_up():
                    return
                record = self._run_task(task, block.number)
                if record.outcomes:
                    yield record
        finally:
            self._stop_arms()

    def _start(self, block: Block) -> ImportBlock:
        began = time.monotonic()
        for environment in block.arms:  # not in a thread: a worker dies with the thread's end
            self._arms[environment.id] = self.armoury.start(environment, self.random)
        replies = self._import_all(block.arms)
        return ImportBlock(
            block=block.number,
            outcomes={
                environment.id: reply if isinstance(reply, Failed) else _imported(reply)
                for environment, reply in zip(block.arms, replies, strict=True)
            },
            seconds=time.monotonic() - began,
            frameworks={
                environment.id: {name: reply[name] for name in ("git_version", "compiler")}
                for environment, reply in zip(block.arms, replies, strict=True)
                if not isinstance(reply, Failed)
            },
        )

    def _import_all(self, environments: Sequence[Environment]) -> list[Reply | Failed]:
        with ThreadPoolExecutor(self.import_width) as pool:
            try:
                return list(pool.map(self._import, environments))
            except KeyboardInterrupt:
                for arm in self._arms.values():
                    arm.kill()  # ends the waiting of the pool's threads as well
                raise

    def _import(self, environment: Environment) -> Reply | Failed:
        arm = self._arms[environment.id]
        try:
            reply = arm.ask("import", module=environment.module, paths=[])
            wrong = wrong_version(environment, reply, self.armoury.pythons[environment.id])
        except CaseFailed as ended:
            wrong = ended.failure
        else:
            if wrong is None:
                return reply
        arm.kill()
        self._cannot_import.add(environment.id)
        return wrong

    def _bring_back(self, environment: Environment) -> Failed | None:
        """Replace an arm that was lost or spent by an earlier case; say why if that fails."""
        self._arms[environment.id].kill()
        self._arms[environment.id] = self.armoury.start(environment, self.random)
        reply = self._import(environment)
        return reply if isinstance(reply, Failed) else None

    def _run_task(self, task: Task, number: int) -> CaseBlock:
        """Run one case; without both baselines there is nothing to compare and nothing is run."""
        began = time.monotonic()
        able = [arm for arm in task.arms if arm.id not in self._cannot_import]
        lost = {
            arm.id: failure
            for arm in able
            if not self._arms[arm.id].is_alive and (failure := self._bring_back(arm))
        }
        able = [arm for arm in able if arm.id not in lost]
        visits: dict[str, Visit] = {}
        calls = 1
        if sum(is_baseline(arm) for arm in able) == sum(map(is_baseline, task.arms)):
            calls = self._measure(task, able, visits)
        return CaseBlock(
            block=number,
            case=task.case.name,
            outcomes={**lost, **{name: visit.end() for name, visit in visits.items()}},
            calls_per_sample=calls,
            seconds=time.monotonic() - began,
        )

    def _measure(self, task: Task, arms: Sequence[Environment], visits: dict[str, Visit]) -> int:
        """Begin in every arm, then take turns; return the calls per sample."""
        for arm in self._shuffled(arms):
            visits[arm.id] = self._begin(task, arm)
            if is_baseline(arm) and visits[arm.id].failure:
                return 1
        ready = [visit for visit in visits.values() if visit.failure is None]
        return self._take_turns(ready) if task.is_timed else 1

    def _begin(self, task: Task, environment: Environment) -> Visit:
        visit = Visit(
            arm=self._arms[environment.id],
            case=task.case,
            is_forked=self.armoury.plan.isolation == "fork",
        )
        visit.begin(
            outputs=self.outputs_path(environment, task.case),
            is_timed=task.is_timed,
        )
        return visit

    def _take_turns(self, visits: list[Visit]) -> int:
        """Run the rounds; every round has its own random order. Return the calls per sample.

        When time is up in the middle, what was done counts if it is enough; all arms alike.
        """
        speeds = [visit.seconds_per_call for visit in visits]
        calls, untimed = calls_per_sample(speeds), untimed_calls(speeds)
        for done in range(rounds_per_block(speeds, calls + untimed)):
            if self.is_time_up():
                if done < LEAST_ROUNDS:
                    for visit in visits:
                        visit.rounds.clear()
                break
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
        self._cannot_import.clear()


def wrong_version(environment: Environment, reply: Reply, python: Path) -> Failed | None:
    """Compare what was imported with what was asked for; None when it is the same."""
    found = reply["framework_version"]
    if found is not None and _release(found) != _release(environment.release):
        reason = f"asked for {environment.package} {environment.release}, imported {found}"
        return Failed(kind="version", reason=reason, detail=str(reply["file"]))
    prefix = python.parent.parent.resolve()
    if not Path(reply["file"] or os.sep).resolve().is_relative_to(prefix):
        reason = f"{environment.package} was imported from outside its environment"
        return Failed(kind="version", reason=reason, detail=str(reply["file"]))
    return None


def _imported(reply: Reply) -> Imported | Failed:
    try:
        return Imported(
            cpu_seconds=number(reply["import"], "cpu_seconds"),
            wall_seconds=number(reply["import"], "wall_seconds"),
            rss_bytes=int(number(reply["import"], "rss_bytes")),
            modules=int(number(reply["import"], "modules")),
        )
    except CaseFailed as ended:
        return ended.failure


def is_baseline(environment: Environment) -> bool:
    """Whether an environment is one of the two installs everything is compared with."""
    return environment.role != "candidate"


def _release(version: str) -> tuple[object, ...]:
    """What must agree: a post-release is the same code, and calls itself by its first name."""
    try:
        parsed = Version(version)
    except InvalidVersion:
        return (version,)
    return Version(parsed.base_version), parsed.pre, parsed.dev
