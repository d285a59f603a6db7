"""A block of benchmarks with real workers: what they report is the sample, clocks are for us."""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from bot.core import rounds
from bot.core.outcome import Failed, Measured, Skipped
from bot.core.plan import Plan
from bot.core.record import CaseBlock, decode, encode
from bot.core.schedule import Block, Task
from bot.engine import turns
from bot.engine.arming import Armoury
from bot.engine.block import BlockRunner
from bot.locations import workloads_root

SOURCE = """
import time, unittest
ISOLATE = {isolate}

class Base:
    def report_benchmark(self, **fields):
        raise AssertionError("caught before it is called")

class A(Base):
    def benchmark_good(self):
        time.sleep({seconds})
        self.report_benchmark(wall_time=0.25, extras={{"gigabytes": 3, "text": "left out"}})

    def benchmark_silent(self):
        pass

    def benchmark_skipped(self):
        raise unittest.SkipTest("not here")
"""

Measure = Callable[..., dict[str, CaseBlock]]


@pytest.fixture
def measure(pythons: dict[str, Path], plan: Callable[..., Plan], tmp_path: Path) -> Measure:
    """Run one block of the benchmarks; give its records by the name of the method."""

    def run(*only: str, seconds: float = 0.01, isolate: bool = False) -> dict[str, CaseBlock]:
        asked: Plan = plan({"mine": SOURCE.format(seconds=seconds, isolate=isolate)})
        assert {case.kind for case in asked.cases} == {"benchmark"}
        armoury = Armoury(
            plan=asked,
            pythons=pythons,
            worker=workloads_root() / "run.py",
            folder=tmp_path,
            environ=os.environ,
        )
        runner = BlockRunner(
            armoury=armoury,
            random=Random(1),
            import_width=2,
            outputs_paths=lambda *_: {},
            artifact_path=lambda case: tmp_path / "artifacts" / case.case,
            is_time_up=lambda: False,
        )
        tasks = tuple(
            Task(case=case, arms=asked.environments, is_timed=True, is_counted=True)
            for case in asked.cases
            if case.case.rpartition("_")[2] in only
        )
        try:
            records = list(runner.run(Block(number=0, arms=asked.environments, tasks=tasks)))
        finally:
            runner.stop()
        found = [each for each in records if isinstance(each, CaseBlock)]
        return {each.case.rpartition("_")[2].removesuffix("]"): each for each in found}

    return run


@pytest.mark.usefixtures("few_rounds")
def test_what_is_reported_is_the_sample_and_clocks_tell_where_the_time_went(
    measure: Measure,
) -> None:
    record = measure("good")["good"]
    lengths = set()
    for outcome in record.outcomes.values():
        assert isinstance(outcome, Measured)
        assert set(outcome.round_seconds) == {0.25}
        assert outcome.reported == {"wall_time": 0.25, "extras.gigabytes": 3}
        assert outcome.counters == {}  # counting would take more calls of an unknown length
        assert outcome.notes[0].startswith("A.benchmark_good reports a wall_time longer than")
        lengths.add(len(outcome.round_seconds))
    assert len(lengths) == 1
    assert record.calls_per_sample == 1
    assert 0 < record.phases["timed"] < 0.25 * 3 * lengths.pop()
    assert decode(encode(record)) == record


def test_a_slow_benchmark_makes_few_rounds(
    measure: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "BEARABLE_SECONDS", 0.1)
    record = measure("good", seconds=0.05)["good"]
    samples = [len(o.round_seconds) for o in record.outcomes.values() if isinstance(o, Measured)]
    assert samples == [rounds.FEWEST_ROUNDS] * 3


def test_one_that_is_isolated_takes_its_samples_in_a_row(
    measure: Measure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "ROUNDS_SECONDS", 0.1)
    record = measure("good", seconds=0.05, isolate=True)["good"]
    assert record.is_serial
    taken = [len(o.round_seconds) for o in record.outcomes.values() if isinstance(o, Measured)]
    assert taken == [turns.FEWEST_SERIAL_SAMPLES] * 3


def test_one_that_reports_nothing_failed_and_one_that_says_so_was_skipped(
    measure: Measure,
) -> None:
    records = measure("silent", "skipped")
    for outcome in records["silent"].outcomes.values():
        assert isinstance(outcome, Failed)
        assert "A.benchmark_silent() (line 14) reported no wall_time" in outcome.reason
    assert set(records["skipped"].outcomes.values()) == {Skipped(reason="not here")}
