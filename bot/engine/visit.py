"""Owns one visit: one case inside one arm, from `open` to `close`, and how it ended."""

import math
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.outcome import Failed, Measured, Outcome, Skipped
from bot.core.plan import Case
from bot.engine.arm import Arm
from bot.engine.device import NOT_LISTED, Gpus
from bot.engine.reply import CaseFailed, Reply, is_finite, mapping, number, numbers, texts

MOST_WARM_UP_CALLS = 20
WARM_UP: dict[str, object] = {
    "least_calls": 3,
    "most_calls": MOST_WARM_UP_CALLS,
    "most_seconds": 3.0,
    "spread": 0.05,
}
"""The same data-driven rule for every arm: until three calls in a row agree within 5 %."""

CALLS_BEFORE_COUNTING = 2
"""Always as many, so that counters can be compared; enough to see a function traced again, and few
enough for steps that take a second."""

ROUNDS_BEFORE_MEMORY = 5
"""What memory grows by in the first rounds is still warming up, and no leak."""

MOST_REPORTED, LONGEST_REPORTED_NAME = 32, 60
"""What a benchmark may report of itself, beside its timing."""

SHORTEST_SECONDS = 1e-9
"""The clock's own resolution: a call that takes no time has no logarithm."""


@dataclass(kw_only=True, slots=True)
class Visit:
    """Collects what one arm says about one case; the first failure ends it.

    `file` is the case in the arm's framework; `phases` is where its time went, in wall seconds by
    the name of what was done.
    """

    arm: Arm
    case: Case
    file: str
    is_forked: bool
    is_reference: bool = False
    artifact: Path | None = None
    gpus: Gpus | None = None
    failure: Failed | Skipped | None = None
    seconds_per_call: float = 0.0
    rounds: list[float] = field(default_factory=list)
    phases: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    device_memory_bytes: int | None = None
    _replies: dict[str, Reply] = field(default_factory=dict)
    _calls_in_rounds: int = 0

    def begin(self, *, outputs: Path | None, is_timed: bool, is_counted: bool) -> None:
        """Open, build, call once, count, and warm up if rounds will follow."""
        with self._failing():
            self._ask("open", file=self.file, case=self.case.case, fork=self.is_forked)
            self._ask("build", artifact=self.artifact and str(self.artifact))
            self._ask("first_call", outputs=outputs and str(outputs))
            if self.gpus is not None:
                self._ask("see_device")
            if is_counted and self.case.kind == "step":
                for _ in range(CALLS_BEFORE_COUNTING):  # each has the deadline of a call
                    self._ask("call", "count")
                self._ask("count")
            if is_timed:
                reply = self._ask("warm_up", **WARM_UP)
                self.seconds_per_call = number(reply, "seconds_per_call")
            self._look_at_device()

    def _ask(self, do: str, phase: str = "", /, **fields: object) -> Reply:
        began = time.perf_counter()
        try:
            self._replies[do] = self.arm.ask(do, **fields)
        finally:
            self.phases[phase or do] += time.perf_counter() - began
        return self._replies[do]

    def sample(self, calls: int, *, untimed: int) -> None:
        """Take one turn: untimed calls, then a timed batch."""
        with self._failing():
            reply = self.arm.ask("round", calls=calls, untimed_calls=untimed)
            seconds = number(reply, "wall_seconds")
            self.phases["timed"] += seconds
            self.phases["untimed"] += number(reply, "untimed_seconds")
            if self.case.kind == "benchmark":  # which times itself
                seconds = number(reply, "reported_seconds")
            self.rounds.append(max(seconds / calls, SHORTEST_SECONDS))
            self._calls_in_rounds += calls + untimed
            self._look_at_device()
            if len(self.rounds) == ROUNDS_BEFORE_MEMORY:
                self._ask("memory")
                self._calls_in_rounds = 0

    def forget_rounds(self) -> None:
        """Act as if no round had been asked for."""
        self.rounds.clear()
        self._calls_in_rounds = 0

    @property
    def log_rounds(self) -> list[float]:
        """The samples as logarithms."""
        return [math.log(seconds) for seconds in self.rounds]

    def end(self) -> Outcome:
        """Close the case, whatever happened, and say how it ended."""
        try:
            if self.arm.is_serving:
                self._ask("close", device=self.gpus is not None)
            return self.failure or self._measured(self._replies.get("close", {}))
        except CaseFailed as ended:
            return self.failure or ended.failure

    def _measured(self, closing: Reply) -> Measured:
        build, first_call = self._replies["build"], self._replies["first_call"]
        count = self._replies.get("count")
        return Measured(
            first_call_cpu_seconds=number(first_call, "cpu_seconds"),
            first_call_wall_seconds=number(first_call, "wall_seconds"),
            build_cpu_seconds=number(build, "cpu_seconds"),
            build_wall_seconds=number(build, "wall_seconds"),
            peak_rss_bytes=int(number(closing, "peak_rss_bytes")),
            round_seconds=tuple(self.rounds),
            warm_up_seconds=self._warm_up(),
            rss_growth_bytes=self._growth(closing),
            calls_in_rounds=self._calls_in_rounds,
            device_memory_bytes=self._device_memory(closing),
            counters={} if count is None else _counters(count, first_call),
            run_queue_seconds=_known(closing, "run_queue_seconds"),
            involuntary_switches=int(number(closing, "involuntary_switches")),
            notes=tuple(self._notes),
            reported=_reported(closing.get("reported", {})),
        )

    def _warm_up(self) -> tuple[float, ...]:
        reply = self._replies.get("warm_up")
        return () if reply is None else numbers(reply, "wall_seconds", most=MOST_WARM_UP_CALLS)

    def _growth(self, closing: Reply) -> int | None:
        if len(self.rounds) < ROUNDS_BEFORE_MEMORY:
            return None
        return int(number(closing, "rss_bytes") - number(self._replies["memory"], "rss_bytes"))

    def _look_at_device(self) -> None:
        """Keep the most that the case was seen to hold on the GPUs, from outside."""
        if self.gpus is None or self.arm.case_pid is None:
            return
        held = self.gpus.look(self.arm.case_pid)
        if held is not None:
            self.device_memory_bytes = max(held, self.device_memory_bytes or 0)

    @property
    def _notes(self) -> Iterator[str]:
        for said_in in ("build", "first_call"):
            yield from texts(self._replies[said_in], "notes")
        if self.gpus is not None and self.device_memory_bytes is None:
            yield f"GPU memory was not observed: {self.gpus.trouble or NOT_LISTED}"

    def _device_memory(self, closing: Reply) -> int | None:
        """What was seen from outside; where nobody could look, what the framework says."""
        if self.device_memory_bytes is not None:
            return self.device_memory_bytes
        told = _known(closing, "device_peak_bytes")
        return None if told is None else int(told)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except CaseFailed as ended:
            self.failure = self.failure or ended.failure


def _known(reply: Reply, name: str) -> float | None:
    """Read a number that the worker may not know."""
    return None if reply.get(name) is None else number(reply, name)


def _reported(told: object) -> dict[str, float]:
    """Read what a benchmark reported of itself, by name."""
    values = told if isinstance(told, dict) else {"reported": told}
    known = {
        name: float(value)
        for name, value in values.items()
        if is_finite(value) and len(name) <= LONGEST_REPORTED_NAME and name.isprintable()
    }
    if len(known) < len(values) or len(known) > MOST_REPORTED:
        raise CaseFailed(Failed(kind="protocol", reason=f"the worker reported {told!r:.200}"))
    return known


def _counters(count: Reply, first_call: Reply) -> dict[str, int]:
    """Read the counters, and those that came with the first call."""
    told = mapping(count, "counters")
    counted = {name: int(number(told, name)) for name in told}
    return {**counted, "minor_faults": int(number(first_call, "minor_faults"))}
