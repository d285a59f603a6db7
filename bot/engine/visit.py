"""Owns one visit: one case inside one arm, from `open` to `close`, and how it ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.core.outcome import Failed, Measured
from bot.core.plan import Case
from bot.engine.arm import Arm, CaseFailed, Reply, number

WARM_UP = {"least_calls": 3, "most_calls": 20, "most_seconds": 3.0, "spread": 0.05}
"""The same data-driven rule for every arm: until three calls in a row agree within 5 %."""


SHORTEST_SECONDS = 1e-9
"""The clock's own resolution: a call that takes no time has no logarithm."""


@dataclass(kw_only=True, slots=True)
class Visit:
    """Collects what one arm says about one case; the first failure ends it."""

    arm: Arm
    case: Case
    is_forked: bool
    failure: Failed | None = None
    seconds_per_call: float = 0.0
    rounds: list[float] = field(default_factory=list)
    _build: Reply = field(default_factory=dict)
    _first_call: Reply = field(default_factory=dict)

    def begin(self, *, outputs: Path | None, is_timed: bool) -> None:
        """Open, build, call once, and warm up if rounds will follow."""
        with self._failing():
            self.arm.ask("open", file=self.case.file, case=self.case.case, fork=self.is_forked)
            self._build = self.arm.ask("build")
            self._first_call = self.arm.ask("first_call", outputs=outputs and str(outputs))
            if is_timed:
                reply = self.arm.ask("warm_up", **WARM_UP)
                self.seconds_per_call = number(reply, "seconds_per_call")

    def sample(self, calls: int, *, untimed: int) -> None:
        """Take one turn: untimed calls, then a timed batch."""
        with self._failing():
            reply = self.arm.ask("round", calls=calls, untimed_calls=untimed)
            self.rounds.append(max(number(reply, "wall_seconds") / calls, SHORTEST_SECONDS))

    def end(self) -> Measured | Failed:
        """Close the case, whatever happened, and say how it ended."""
        try:
            closing = self.arm.ask("close") if self.arm.is_serving else {}
            return self.failure or self._measured(closing)
        except CaseFailed as ended:
            return self.failure or ended.failure

    def _measured(self, closing: Reply) -> Measured:
        return Measured(
            first_call_cpu_seconds=number(self._first_call, "cpu_seconds"),
            first_call_wall_seconds=number(self._first_call, "wall_seconds"),
            build_cpu_seconds=number(self._build, "cpu_seconds"),
            build_wall_seconds=number(self._build, "wall_seconds"),
            peak_rss_bytes=int(number(closing, "peak_rss_bytes")),
            round_seconds=tuple(self.rounds),
            notes=tuple(map(str, self._build.get("notes", ()))),
        )

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except CaseFailed as ended:
            self.failure = self.failure or ended.failure
