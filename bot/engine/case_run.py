"""Owns one case in one block: its visits to all arms, taking turns or one after the other."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TypeVar

from bot.core.outcome import Measured, Outcome
from bot.core.plan import Case, Environment
from bot.core.rounds import LEAST_ROUNDS, least_rounds, wants_more
from bot.core.schedule import Task
from bot.core.wall import add
from bot.engine.arm import Arm
from bot.engine.device import Gpus
from bot.engine.turns import (
    FEWEST_SERIAL_SAMPLES,
    LEAST_SERIAL_SAMPLES,
    ROUNDS_SECONDS,
    calls_per_sample,
    serial_samples,
    untimed_calls,
)
from bot.engine.visit import Visit

Item = TypeVar("Item")

NEVER_ON_GPU = frozenset({"numpy", "python"})


@dataclass(kw_only=True)
class CaseRun:
    """Runs a case in all its arms and keeps what came of it.

    `outputs_paths` says where a case's results go, by environment id: for all arms or for none,
    because computing them takes memory; `is_time_up` ends the rounds early; `between_rounds` is
    work that must not wait for their end.
    """

    task: Task
    arms: Mapping[str, Arm]
    random: Random
    is_forked: bool
    gpus: Gpus | None
    outputs_paths: Callable[[Sequence[Environment], Case], Mapping[str, Path]]
    is_time_up: Callable[[], bool]
    between_rounds: Callable[[], None]
    artifact: Path | None = None
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    phases: dict[str, float] = field(default_factory=dict)
    calls_per_sample: int = 1
    _least_rounds: int = LEAST_ROUNDS
    _outputs: Mapping[str, Path] = field(default_factory=dict)

    def run(self, environments: Sequence[Environment]) -> None:
        """Run the case, in an order of arms that is new every time."""
        order = shuffled(self.random, environments)
        self._outputs = self.outputs_paths(environments, self.task.case)
        if self.task.case.isolate:
            self._one_after_the_other(order)
        else:
            self._in_turns(order)

    @property
    def run_queue_seconds(self) -> float:
        """How long the measured processes waited for a core."""
        return sum(measured.run_queue_seconds or 0.0 for measured in self._measured())

    @property
    def involuntary_switches(self) -> int:
        """How often a measured process had to leave its core."""
        return sum(measured.involuntary_switches or 0 for measured in self._measured())

    def _measured(self) -> list[Measured]:
        return [each for each in self.outcomes.values() if isinstance(each, Measured)]

    def _in_turns(self, order: Sequence[Environment]) -> None:
        """Begin everywhere, then take turns; without both baselines nothing can be compared."""
        visits: dict[str, Visit] = {}
        for environment in order:
            visits[environment.id] = self._begin(environment)
            if is_baseline(environment) and visits[environment.id].failure:
                break
        else:
            if self.task.is_timed:
                self._take_turns([visit for visit in visits.values() if visit.failure is None])
        if any(visit.device_memory_bytes is None for visit in judged(visits.values())):
            for visit in visits.values():  # what is seen from outside and inside is not the same
                visit.device_memory_bytes = None
        for name, visit in visits.items():
            self._end(name, visit)

    def _one_after_the_other(self, order: Sequence[Environment]) -> None:
        """Let every arm run the case from start to end before the next one may begin."""
        for environment in order:
            visit = self._begin(environment)
            is_whole = self._sample_alone(visit) if self.task.is_timed else True
            self._end(environment.id, visit)
            self.arms[environment.id].await_case_end()
            if not is_whole:  # rounds are for all or for none: else memory is compared unfairly
                self.outcomes.clear()
                return

    def _begin(self, environment: Environment) -> Visit:
        program = self.task.case.program(environment)
        if program is None:
            raise ValueError(f"{self.task.case.name} has no file for {environment.label}")
        visit = Visit(
            arm=self.arms[environment.id],
            case=self.task.case,
            file=program.file,
            is_forked=self.is_forked,
            is_reference=environment.role == "reference",
            artifact=self.artifact,
            gpus=None if environment.package in NEVER_ON_GPU else self.gpus,
        )
        visit.begin(
            outputs=self._outputs.get(environment.id),
            is_timed=self.task.is_timed,
            is_counted=self.task.is_counted,
        )
        return visit

    def _end(self, name: str, visit: Visit) -> None:
        self.outcomes[name] = visit.end()
        add(self.phases, visit.phases)

    def _take_turns(self, visits: Sequence[Visit]) -> None:
        """Run the rounds; every round has its own random order.

        Another framework may be a thousand times slower or faster: its samples have as many calls
        as suit itself, and what is judged is sampled as if it were not there.
        """
        if not judged(visits):
            return
        speeds = [visit.seconds_per_call for visit in judged(visits)]
        self.calls_per_sample, _ = self._turn(speeds)
        if self._is_benchmark:
            self._least_rounds = least_rounds(speeds)
        ends = time.monotonic() + ROUNDS_SECONDS
        while self._is_round_wanted(visits, ends):
            for visit in shuffled(self.random, visits):
                if visit.failure is None:
                    its = [visit.seconds_per_call] if visit.is_reference else speeds
                    calls, untimed = self._turn(its)
                    visit.sample(calls, untimed=untimed)
            self.between_rounds()

    @property
    def _is_benchmark(self) -> bool:
        return self.task.case.kind == "benchmark"

    def _turn(self, speeds: Sequence[float]) -> tuple[int, int]:
        """Choose the calls of a sample, and those before it; a benchmark repeats by itself."""
        return (1, 0) if self._is_benchmark else (calls_per_sample(speeds), untimed_calls(speeds))

    def _is_round_wanted(self, visits: Sequence[Visit], ends: float) -> bool:
        """Whether to go round once more; when time is up, what was done counts if it is enough."""
        going = [visit for visit in judged(visits) if visit.failure is None]
        if not going:
            return False
        done = min(len(visit.rounds) for visit in going)
        if self.is_time_up():
            if done < self._least_rounds:
                for visit in visits:
                    visit.forget_rounds()
            return False
        if done >= self._least_rounds and time.monotonic() > ends:
            return False
        return wants_more([visit.log_rounds for visit in going], least=self._least_rounds)

    def _sample_alone(self, visit: Visit) -> bool:
        """Take an arm's samples in a row; False: time was up before there were enough."""
        calls, _ = self._turn([visit.seconds_per_call])
        self.calls_per_sample = max(self.calls_per_sample, calls)
        least = FEWEST_SERIAL_SAMPLES if self._is_benchmark else LEAST_SERIAL_SAMPLES
        for _ in range(serial_samples(visit.seconds_per_call, calls, least=least)):
            if visit.failure is not None:
                return True
            if self.is_time_up():
                return False
            visit.sample(calls, untimed=0)
        return True


def judged(visits: Iterable[Visit]) -> list[Visit]:
    """Leave out those of other frameworks: they must not change how the others are measured."""
    return [visit for visit in visits if not visit.is_reference]


def is_baseline(environment: Environment) -> bool:
    """Whether an environment is one of the two installs everything is compared with."""
    return environment.role in {"baseline", "control"}


def shuffled(random: Random, items: Sequence[Item]) -> list[Item]:
    """Return the items in random order."""
    order = list(items)
    random.shuffle(order)
    return order
