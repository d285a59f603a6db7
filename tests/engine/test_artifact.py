"""Artifacts in a block: the baseline writes once, every arm reads, a failure is the baseline's."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from bot.core.outcome import Failed, Measured, Skipped
from bot.core.plan import Environment, Plan
from bot.core.record import CaseBlock
from bot.core.schedule import Block, Task
from bot.engine.arming import Armoury
from bot.engine.block import BlockRunner
from bot.locations import workloads_root
from bot.run_folder import RunFolder

EXCHANGE = """
import os
import tinyflow
def make_artifact(folder):
    {more}
    with open(os.path.join(folder, "release"), "w") as release:
        release.write(tinyflow.__version__)
def build(artifact):
    with open(os.path.join(artifact, "release")) as release:
        wrote = float(release.read())
    return lambda: wrote
def outputs(result):
    return {{"wrote": result}}
"""

Run = Callable[..., CaseBlock]


@pytest.fixture
def run(pythons: dict[str, Path], plan: Callable[..., Plan], tmp_path: Path) -> Iterator[Run]:
    """Run the one case of a workload once in the arms given, or in all; some cannot import."""
    made: list[BlockRunner] = []

    def run(
        more: str = "", *, only: str = "", broken: str = "none", isolation: str = "fork"
    ) -> CaseBlock:
        asked = plan({"exchange": EXCHANGE.format(more=more)}, isolation=isolation)
        arms = tuple(arm for arm in asked.environments if only in arm.id)
        without = {arm.id: Path(sys.executable) for arm in arms if broken in arm.id}
        folder = RunFolder(tmp_path / "run")
        folder.path.mkdir(exist_ok=True)
        armoury = Armoury(
            plan=asked,
            pythons={**pythons, **without},
            worker=workloads_root() / "run.py",
            folder=folder.path,
            environ=os.environ,
        )
        made.append(
            BlockRunner(
                armoury=armoury,
                random=Random(1),
                import_width=2,
                outputs_paths=lambda *_: {},
                artifact_path=folder.artifact,
                is_time_up=lambda: False,
            )
        )
        (case,) = asked.cases
        task = Task(case=case, arms=arms, is_timed=False)
        records = list(made[-1].run(Block(number=0, arms=arms, tasks=(task,))))
        nothing = CaseBlock(block=0, case=case.name, outcomes={})  # which is no record
        return next((each for each in records if isinstance(each, CaseBlock)), nothing)

    yield run
    for each in made:
        each.stop()


@pytest.fixture
def written(tmp_path: Path) -> Path:
    return tmp_path / "run" / "artifacts" / "exchange" / "default" / "release"


@pytest.mark.parametrize("isolation", ["fork", "process"])
def test_the_baseline_writes_what_all_read(run: Run, written: Path, isolation: str) -> None:
    record = run(isolation=isolation)
    assert {type(outcome) for outcome in record.outcomes.values()} == {Measured}
    assert len(record.outcomes) == 3
    assert written.read_text() == "1.0"
    assert record.phases["artifact"] > 0


def test_what_is_complete_is_made_no_second_time(run: Run, written: Path) -> None:
    run()
    written.write_text("3.0")
    assert run("raise ValueError('again')").phases["artifact"] == 0
    assert written.read_text() == "3.0"


@pytest.mark.parametrize(
    ("more", "kind", "reason"),
    [
        (
            "raise ValueError('no')",
            Failed,
            "ValueError: no (in making the artifact at exchange.py:5)",
        ),
        ("os._exit(3)", Failed, "left with exit code 3 in making the artifact"),
        ("import unittest; raise unittest.SkipTest('too old')", Skipped, "too old"),
    ],
)
def test_what_cannot_be_made_is_the_baselines_failure_and_nothing_is_measured(
    run: Run, written: Path, more: str, kind: type[Failed | Skipped], reason: str
) -> None:
    (failure,) = run(more).outcomes.items()
    assert failure[0] == "base-a"
    assert isinstance(failure[1], kind)
    assert failure[1].reason == reason
    assert not written.exists()


def test_making_it_has_the_deadline_of_every_question(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = Armoury.start

    def start(self: Armoury, environment: Environment, random: Random) -> object:
        arm = make(self, environment, random)
        arm._timeout_seconds = 1.0
        return arm

    monkeypatch.setattr(Armoury, "start", start)
    (failure,) = run("import time; time.sleep(60)").outcomes.values()
    assert isinstance(failure, Failed)
    assert failure.kind == "timeout"
    assert failure.reason.startswith("making the artifact did not end within 1 s")


def test_without_a_baseline_the_first_arm_writes(run: Run, written: Path) -> None:
    run(only="cand-a")
    assert written.read_text() == "2.0"


def test_where_the_baselines_are_lost_no_candidate_writes_what_stays(
    run: Run, written: Path
) -> None:
    assert run(broken="base").outcomes == {}
    assert not written.exists()
    run()
    assert written.read_text() == "1.0"


def test_one_install_of_the_baseline_is_enough_to_write(run: Run, written: Path) -> None:
    assert run(broken="base-a").outcomes == {}
    assert written.read_text() == "1.0"
