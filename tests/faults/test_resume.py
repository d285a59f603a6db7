"""Resume: any prefix of a journal leads to the verdicts of the whole, and nothing is done twice."""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.evidence import Trial
from bot.core.plan import Environment, Plan, Rule
from bot.core.record import ConditionsBlock, Record
from bot.core.table import CellKey
from bot.engine.journal import Journal
from bot.environments.preparation import Prepared
from bot.run_folder import RunFolder
from bot.stages import measuring
from bot.stages.concluding import report
from bot.stages.house import House
from bot.stages.measuring import measure
from bot.stages.preparing import describe
from tests.conftest import environment
from tests.faults.conftest import Notes
from tests.faults.stand_in import StandIn

TWO_CASES = "CASES = {'one': {}, 'two': {}}\ndef build(): ...\n"
SEEDS = (1, 2, 3)
WITHOUT_END = 1e9

DAMAGE = (
    b"",
    b'{"record":"case","blo',
    b"\0" * 5000,
    b"\0\0\n\0\0\n",
    b'"seconds":1.\0\0\0\0}\n',
    b"[" * 10_000 + b"\n",
)
"""What a kill, a full disk, or a power failure leaves behind the last record."""


@dataclass
class StandInStopwatch:
    """Shows what the records cost."""

    already: float

    @property
    def seconds(self) -> float:
        return self.already + StandIn.seconds_used


@dataclass(frozen=True, kw_only=True)
class Ending:
    """Everything that must not depend on where a run was interrupted."""

    records: Sequence[Record]
    cells: dict[CellKey, tuple[str | None, list[Trial]]]
    report: dict[str, Any]
    journal: bytes
    said: list[str]


Walk = Callable[[int, float, bytes], Ending]


@pytest.fixture
def walk(plan: Callable[..., Plan], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Walk:
    """Carry out the run of a seed within a budget, from what its journal begins with."""
    monkeypatch.setattr(measuring, "BlockRunner", StandIn)
    monkeypatch.setattr(measuring, "Stopwatch", StandInStopwatch)
    asked = plan(
        {"slower": TWO_CASES, "even": TWO_CASES},
        rule=Rule(cells=10, most_blocks=13),
        environments=(
            environment("base-a", "baseline", "1.0"),
            environment("base-b", "control", "1.0"),
            environment("cand-a", "candidate", "2.0"),
            environment("cand-b", "candidate", "3.0"),
        ),
    )
    numbers = itertools.count()

    @cache
    def carry_out(seed: int, budget: float, beginning: bytes) -> Ending:
        folder = RunFolder(tmp_path / str(next(numbers)))
        folder.path.mkdir()
        folder.samples.write_bytes(beginning)
        return _walked(asked.model_copy(update={"seed": seed, "budget_seconds": budget}), folder)

    return carry_out


def _walked(plan: Plan, folder: RunFolder) -> Ending:
    StandIn.seconds_used = 0.0
    prepared = {each.id: _prepared(each) for each in plan.environments}
    for each in plan.environments:
        folder.write(folder.environment(each), describe(prepared[each.id]))
    notes = Notes()
    house = House(home=folder.path, environ={}, progress=notes)
    measurement = measure(plan, prepared, folder, house)
    concluded = report(measurement, folder, home=folder.path)
    with Journal(folder.samples) as journal:
        records = [each for each in journal.records() if not isinstance(each, ConditionsBlock)]
    return Ending(
        records=records,
        cells={key: (cell.decision, cell.trials) for key, cell in measurement.table.cells.items()},
        report=concluded.model_dump(exclude={"run", "noise"}),
        journal=folder.samples.read_bytes(),
        said=notes.said,
    )


def _prepared(environment: Environment) -> Prepared:
    return Prepared(
        environment=environment,
        python=Path("none"),
        prefix=Path("none"),
        packages={},
        lock=Path("none"),
        lock_digest="none",
        reused=True,
        seconds=0.0,
    )


def a_cut(data: st.DataObject, journal: bytes) -> bytes:
    """Draw a prefix: at the end of a line half of the time, anywhere the other half."""
    lines = journal.splitlines(keepends=True)
    whole = b"".join(lines[: data.draw(st.integers(0, len(lines)), label="lines")])
    rest = journal[len(whole) : len(whole) + data.draw(st.integers(0, 2000), label="bytes")]
    return whole + data.draw(st.sampled_from([b"", rest]))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(data=st.data(), seed=st.sampled_from(SEEDS), damage=st.sampled_from(DAMAGE))
def test_any_prefix_resumes_to_the_verdicts_of_the_whole(
    walk: Walk, data: st.DataObject, seed: int, damage: bytes
) -> None:
    whole = walk(seed, WITHOUT_END, b"")
    resumed = walk(seed, WITHOUT_END, a_cut(data, whole.journal) + damage)
    assert resumed.records == whole.records
    assert resumed.cells == whole.cells
    assert resumed.report == whole.report


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
@given(data=st.data(), seed=st.sampled_from(SEEDS), budget=st.floats(5.0, 90.0))
def test_a_budget_only_ends_the_same_road_earlier_wherever_it_was_interrupted(
    walk: Walk, data: st.DataObject, seed: int, budget: float
) -> None:
    road = walk(seed, WITHOUT_END, b"").records
    stopped = walk(seed, budget, b"")
    resumed = walk(seed, budget, a_cut(data, stopped.journal))
    for records in (stopped.records, resumed.records):
        assert records == road[: len(records)]


@pytest.mark.parametrize("damage", DAMAGE)
def test_damage_is_told_to_the_person(walk: Walk, damage: bytes) -> None:
    whole = walk(SEEDS[0], WITHOUT_END, b"").journal
    told = [text for text in walk(SEEDS[0], WITHOUT_END, whole + damage).said if "damaged" in text]
    assert len(told) == bool(damage)


def test_the_road_of_these_tests_is_not_a_trivial_one(walk: Walk) -> None:
    endings = [walk(seed, WITHOUT_END, b"") for seed in SEEDS]
    decisions = {decision for ending in endings for decision, _ in ending.cells.values()}
    assert decisions >= {None, "slower", "equivalent"}
    assert all(ending.report["failures"] for ending in endings)
    tasks = Counter(record.block for record in endings[0].records)
    assert len(set(tasks.values())) > 2, "decided and failed cases leave the blocks"
