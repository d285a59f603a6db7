"""A block with real workers: taking turns or one after the other, and the next block's imports."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.core.outcome import Measured
from bot.core.plan import Plan
from bot.core.record import CaseBlock, ConditionsBlock, ImportBlock, Record
from bot.core.rounds import LEAST_ROUNDS
from bot.core.schedule import Block, Task
from bot.engine.arming import Armoury
from bot.engine.block import BlockRunner
from bot.locations import workloads_root

WORKLOAD = """
import os
import tinyflow
{more}
def build():
    return lambda: sum(range(2000))
"""

ALONE = """
ISOLATE = {isolate}
FOLDER = {folder!r}

def is_running(pid):
    try:
        with open("/proc/" + pid + "/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"  # its memory is free
    except FileNotFoundError:
        return False

def others():
    return [pid for pid in os.listdir(FOLDER) if is_running(pid)]

if os.path.isdir(FOLDER):
    ALREADY_THERE = others()
    open(os.path.join(FOLDER, str(os.getpid())), "w").close()
    assert not ALREADY_THERE, "another version is resident"
"""

Runner = Callable[..., BlockRunner]


@pytest.fixture
def runner(pythons: dict[str, Path], tmp_path: Path) -> Iterator[Runner]:
    made: list[BlockRunner] = []

    def make(plan: Plan, **changes: Any) -> BlockRunner:
        armoury = Armoury(
            plan=plan,
            pythons=pythons,
            worker=workloads_root() / "run.py",
            folder=tmp_path,
            environ=os.environ,
        )
        values: dict[str, Any] = {
            "armoury": armoury,
            "random": Random(1),
            "import_width": 2,
            "outputs_paths": lambda *_: {},
            "artifact_path": lambda case: tmp_path / "artifacts" / case.workload / case.case,
            "is_time_up": lambda: False,
        }
        made.append(BlockRunner(**{**values, **changes}))
        return made[-1]

    yield make
    for each in made:
        each.stop()


def block_of(plan: Plan, number: int = 0, **changes: Any) -> Block:
    values: dict[str, Any] = {"is_timed": True, "is_counted": True, **changes}
    tasks = tuple(Task(case=case, arms=plan.environments, **values) for case in plan.cases)
    return Block(number=number, arms=plan.environments, tasks=tasks)


def cases(records: list[Record]) -> list[CaseBlock]:
    return [record for record in records if isinstance(record, CaseBlock)]


def test_a_block_is_imports_cases_and_what_the_machine_did(
    plan: Callable[..., Plan], runner: Runner
) -> None:
    asked = plan({"one": WORKLOAD.format(more=""), "two": WORKLOAD.format(more="")})
    records = list(runner(asked).run(block_of(asked)))
    kinds = [type(record) for record in records]
    assert kinds == [ImportBlock, CaseBlock, CaseBlock, ConditionsBlock]
    for record in cases(records):
        assert not record.is_serial
        assert {"build", "first_call", "count", "warm_up", "timed"} <= record.phases.keys()
        assert sum(record.phases.values()) <= record.seconds
        for outcome in record.outcomes.values():
            assert isinstance(outcome, Measured)
            assert len(outcome.round_seconds) >= LEAST_ROUNDS
            assert outcome.counters["minor_faults"] > 0
            assert outcome.calls_in_rounds > 0
    lengths = {len(o.round_seconds) for o in cases(records)[0].outcomes.values()}  # type: ignore[union-attr]
    assert len(lengths) == 1


def test_counters_and_rounds_are_left_out_where_nobody_asks(
    plan: Callable[..., Plan], runner: Runner
) -> None:
    asked = plan({"one": WORKLOAD.format(more="")})
    records = list(runner(asked).run(block_of(asked, is_timed=False, is_counted=False)))
    for outcome in cases(records)[0].outcomes.values():
        assert isinstance(outcome, Measured)
        assert outcome.counters == {}
        assert outcome.round_seconds == ()
        assert outcome.rss_growth_bytes is None


@pytest.mark.parametrize("isolate", [True, False])
def test_versions_of_an_isolated_case_are_never_resident_together(
    plan: Callable[..., Plan], runner: Runner, tmp_path: Path, isolate: bool
) -> None:
    folder = tmp_path / "pids"
    more = ALONE.format(isolate=isolate, folder=str(folder))
    asked = plan({"large": WORKLOAD.format(more=more)})
    folder.mkdir()
    (record,) = cases(list(runner(asked).run(block_of(asked))))
    assert record.is_serial == isolate
    are_measured = {isinstance(outcome, Measured) for outcome in record.outcomes.values()}
    assert are_measured == ({True} if isolate else {True, False})


@pytest.mark.parametrize("samples", [0, 2, 50])
def test_an_isolated_case_that_runs_out_of_time_counts_for_none(
    plan: Callable[..., Plan], runner: Runner, samples: int
) -> None:
    asked = plan({"large": WORKLOAD.format(more="ISOLATE = True")})
    answers = iter([False] * (1 + samples))  # the task may start; time is up some samples later
    limited = runner(asked, is_time_up=lambda: next(answers, True))
    assert cases(list(limited.run(block_of(asked)))) == []


def test_the_next_blocks_imports_run_behind_the_current_one(
    plan: Callable[..., Plan], runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})  # one core for each
    asked = plan({"one": WORKLOAD.format(more="")})
    measuring = runner(asked)
    list(measuring.run(block_of(asked)))
    waiting = measuring._next_crew
    assert waiting is not None
    ready = {name: arm for name, arm in waiting.arms.items() if name in waiting.imported}
    assert ready
    following = measuring.run(block_of(asked, 1))
    assert isinstance(next(following), ImportBlock)
    crew = measuring._crew
    assert crew is not None
    assert all(crew.arms[name] is arm for name, arm in ready.items())
    measuring.stop()
    assert not any(arm.is_alive for arm in ready.values())


def test_no_import_runs_behind_a_block_that_needs_every_core(
    plan: Callable[..., Plan], runner: Runner
) -> None:
    asked = plan({"one": WORKLOAD.format(more="")}, threads="all")
    measuring = runner(asked)
    list(measuring.run(block_of(asked)))
    assert measuring._next_crew is None


def test_who_is_not_needed_in_the_next_block_is_let_go(
    plan: Callable[..., Plan], runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    asked = plan({"one": WORKLOAD.format(more="")})
    measuring = runner(asked)
    list(measuring.run(block_of(asked)))
    fewer = Block(number=1, arms=asked.environments[:2], tasks=())
    (record, _) = list(measuring.run(fewer))
    assert isinstance(record, ImportBlock)
    assert record.outcomes.keys() == {each.id for each in asked.environments[:2]}
