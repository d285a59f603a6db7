"""Owns one block: fresh processes, one per arm, resident at once, going through its tasks."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from random import Random

from bot.core.machine_facts import MachineFacts
from bot.core.outcome import Failed, Skipped
from bot.core.plan import Case, Environment
from bot.core.record import CaseBlock, ConditionsBlock, ImportBlock, Record
from bot.core.schedule import Block, Task
from bot.engine.arming import Armoury
from bot.engine.artifact import make_artifact
from bot.engine.case_run import CaseRun, is_baseline, shuffled
from bot.engine.conditions import Watch
from bot.engine.crew import Crew
from bot.engine.device import Gpus
from bot.engine.machine_facts import machine_facts
from bot.engine.script_run import ScriptRun
from bot.engine.spare import has_room, has_spare_core


@dataclass(kw_only=True)
class BlockRunner:
    """Runs planned blocks and yields their records as they come in.

    `outputs_paths` says where a case's results go, by environment id, and `artifact_path` where
    that lies which all its arms read; `is_time_up` is asked between tasks and rounds: a case that
    began is begun in all its arms, because only what is paired is evidence. While a block is
    measured, the next one's imports run on a core that is free.
    """

    armoury: Armoury
    random: Random
    import_width: int
    outputs_paths: Callable[[Sequence[Environment], Case], Mapping[str, Path]]
    artifact_path: Callable[[Case], Path]
    is_time_up: Callable[[], bool]
    gpus: Gpus | None = None
    _crew: Crew | None = None
    _next_crew: Crew | None = None
    _facts: MachineFacts = field(default_factory=machine_facts)
    _run_queue_seconds: float = 0.0
    _involuntary_switches: int = 0

    def run(self, block: Block) -> Iterator[Record]:
        """Start every arm, import, then run the tasks; what the machine did comes last."""
        watch, began, told = Watch(), time.monotonic(), 0.0
        self._run_queue_seconds, self._involuntary_switches = 0.0, 0
        try:
            for record in self._records(block):
                told += record.seconds
                yield record
        except BaseException:
            self.stop()
            raise
        self._stop_crew()
        yield ConditionsBlock(
            block=block.number,
            conditions=replace(
                watch.conditions(),
                run_queue_seconds=self._run_queue_seconds,
                involuntary_switches=self._involuntary_switches,
                device_utilisation=self.gpus.busy_share() if self.gpus else None,
            ),
            machine=self._machine,
            seconds=max(0.0, time.monotonic() - began - told),
        )

    @property
    def _machine(self) -> dict[str, object]:
        plan = self.armoury.plan
        return {**asdict(self._facts), "threads": plan.threads, "device": plan.device}

    def stop(self) -> None:
        """End every process at once, those for the next block too; harmless when repeated."""
        for crew in (self._crew, self._next_crew):
            if crew is not None:
                crew.kill()
        self._crew = self._next_crew = None

    def _stop_crew(self) -> None:
        if self._crew is not None:
            self._crew.stop()
            self._crew = None

    def _records(self, block: Block) -> Iterator[ImportBlock | CaseBlock]:
        began = time.monotonic()
        crew = self._crew_of(block)
        if block.has_imports:
            yield _import_record(block, crew, seconds=time.monotonic() - began)
            self._prepare_next(block, crew)
        for task in block.tasks:
            if self.is_time_up():
                return
            record = self._run_task(task, block.number, crew)
            if record.outcomes:
                yield record

    def _crew_of(self, block: Block) -> Crew:
        """Take the crew that was made ready behind the last block, or a new one."""
        prepared, self._next_crew = self._next_crew, None
        self._crew = self._new_crew()
        if not block.has_imports:
            if prepared is not None:
                prepared.stop()
            return self._crew
        if prepared is not None and all(prepared.has(arm) for arm in block.arms):
            self._crew = prepared
            self._crew.keep(block.arms)
        else:  # arms of which some imported behind a block and others did not are not alike
            if prepared is not None:
                prepared.stop()
            self._crew.start(block.arms)
        self._crew.finish(width=self.import_width)
        return self._crew

    def _new_crew(self) -> Crew:
        return Crew(armoury=self.armoury, random=self.random)

    def _prepare_next(self, block: Block, crew: Crew) -> None:
        """Start the next block's arms behind this one; it hardly ever needs others."""
        able = [arm for arm in block.arms if crew.failure(arm) is None]
        if block.tasks and all(task.case.kind == "script" for task in block.tasks):
            return  # the next block will hardly have other cases
        is_free = has_spare_core(self.armoury.plan.threads, self._facts)
        if is_free and able and has_room(crew.rss_bytes):
            self._next_crew = self._new_crew()
            self._next_crew.start(shuffled(self.random, able))

    def _advance_next(self) -> None:
        if self._next_crew is not None:
            self._next_crew.advance(width=1)

    def _run_task(self, task: Task, number: int, crew: Crew) -> CaseBlock:
        """Run one case; without both baselines there is nothing to compare and nothing is run."""
        if task.case.kind == "script":
            return self._run_script(task, number, crew)
        began = time.monotonic()
        came = crew.able(task.arms)
        importing_seconds = self._revive(came, crew)
        artifact_seconds, unmade = self._make_artifact(task, crew.able(came), crew)
        importing_seconds += self._revive(came, crew)  # who made it may be spent
        lost = {arm.id: failure for arm in came if (failure := crew.failure(arm))}
        able = crew.able(came)
        case_run = self._case_run(task, crew)
        is_whole = sum(map(is_baseline, able)) == sum(map(is_baseline, task.arms))
        if is_whole and not unmade:
            case_run.run(able)
        self._run_queue_seconds += case_run.run_queue_seconds
        self._involuntary_switches += case_run.involuntary_switches
        return CaseBlock(
            block=number,
            case=task.case.name,
            outcomes={**lost, **unmade, **case_run.outcomes},
            calls_per_sample=case_run.calls_per_sample,
            is_serial=task.case.isolate,
            phases={
                **case_run.phases,
                "import": importing_seconds,
                **({"artifact": artifact_seconds} if task.case.makes_artifact else {}),
            },
            seconds=time.monotonic() - began,
        )

    def _revive(self, arms: Sequence[Environment], crew: Crew) -> float:
        """Start again who was lost, or spent by a case; return the seconds that it took."""
        began = time.monotonic()
        crew.start(arm for arm in crew.able(arms) if not crew.is_alive(arm))
        crew.finish(width=self.import_width)
        return time.monotonic() - began

    def _make_artifact(
        self, task: Task, able: Sequence[Environment], crew: Crew
    ) -> tuple[float, dict[str, Failed | Skipped]]:
        """Have the baseline write what all arms read, if nobody did; say who failed, and how.

        A task without a baseline is one of releases that nobody compares: the first one writes.
        Where the baselines are lost in this block, nobody does: what is written stays.
        """
        case, path = task.case, self.artifact_path(task.case)
        is_compared = any(map(is_baseline, task.arms))
        makers = [arm for arm in able if is_baseline(arm) or not is_compared]
        if not case.makes_artifact or not makers or path.exists():
            return 0.0, {}
        began, maker = time.monotonic(), makers[0]
        is_forked = self.armoury.plan.isolation == "fork"
        failure = make_artifact(crew.arms[maker.id], case, path, is_forked=is_forked)
        return time.monotonic() - began, {maker.id: failure} if failure else {}

    def _run_script(self, task: Task, number: int, crew: Crew) -> CaseBlock:
        """Run a script; it imports what it needs itself."""
        began = time.monotonic()
        lost = {arm.id: failure for arm in task.arms if (failure := crew.failure(arm))}
        able = [arm for arm in task.arms if arm.id not in lost]
        script_run = ScriptRun(
            case=task.case,
            armoury=self.armoury,
            random=self.random,
            outputs_paths=self.outputs_paths,
        )
        if sum(map(is_baseline, able)) == sum(map(is_baseline, task.arms)):
            script_run.run(able)
        return CaseBlock(
            block=number,
            case=task.case.name,
            outcomes={**lost, **script_run.outcomes},
            is_serial=True,
            phases=script_run.phases,
            seconds=time.monotonic() - began,
        )

    def _case_run(self, task: Task, crew: Crew) -> CaseRun:
        plan = self.armoury.plan
        return CaseRun(
            task=task,
            arms=crew.arms,
            random=self.random,
            is_forked=plan.isolation == "fork",
            gpus=self.gpus,
            outputs_paths=self.outputs_paths,
            is_time_up=self.is_time_up,
            between_rounds=self._advance_next,
            artifact=self.artifact_path(task.case) if task.case.makes_artifact else None,
        )


def _import_record(block: Block, crew: Crew, *, seconds: float) -> ImportBlock:
    return ImportBlock(
        block=block.number,
        outcomes={arm.id: crew.imported[arm.id] for arm in block.arms},
        seconds=seconds,
        frameworks={arm.id: crew.origins[arm.id] for arm in block.arms if arm.id in crew.origins},
    )
