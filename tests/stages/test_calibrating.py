"""A release is compared with itself by real workers; what that teaches is read from its folder."""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bot.core import rounds
from bot.core.calibration import Calibration
from bot.core.config import Config
from bot.core.plan import Environment, Plan, Rule
from bot.core.releases import parse_spec
from bot.core.resolution import resolve_environments
from bot.environments.preparation import Prepared
from bot.errors import BadRunFolder, ExitCode
from bot.progress import Silent
from bot.run_folder import RunFolder
from bot.stages.calibrating import all_alike, calibrate
from bot.stages.concluding import report
from bot.stages.house import House
from bot.stages.measuring import measure
from bot.stages.preparing import describe
from tests.conftest import environment

PlanMaker = Callable[..., Plan]

COUNTS = "import tinyflow\n\ndef build():\n    return lambda: sum(range(2000))\n"
ALIKE = (
    environment("base-a", "baseline", "1.0"),
    environment("base-b", "control", "1.0"),
    environment("cand-a", "candidate", "1.0"),
    environment("cand-b", "candidate", "1.0"),
)
BLOCKS = 4
"""Enough for advice, and too few for any alarm: evidence at most triples with each block."""


@pytest.fixture(scope="session")
def pythons(install: Callable[[str], Path]) -> dict[str, Path]:
    """Four installs of one release."""
    return {each.id: install("1.0") for each in ALIKE}


@pytest.fixture(autouse=True)
def few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here nothing depends on how precise a figure is."""
    monkeypatch.setattr(rounds, "MOST_ROUNDS", rounds.LEAST_ROUNDS)


@pytest.fixture
def carried_out(
    tmp_path: Path, prepared: Callable[[Plan], Mapping[str, Prepared]]
) -> Callable[[Plan], RunFolder]:
    """Carry out a plan in a fresh folder."""

    def carry_out(plan: Plan) -> RunFolder:
        folder = RunFolder(tmp_path / "run")
        folder.write(folder.plan, plan)
        ready = prepared(plan)
        for each in plan.environments:
            folder.write(folder.environment(each), describe(ready[each.id]))
        house = House(home=tmp_path, environ=os.environ, progress=Silent())
        report(measure(plan, ready, folder, house), folder, home=tmp_path)
        return folder

    return carry_out


def test_the_whole_way_ends_with_figures_about_this_machine(
    plan: PlanMaker, carried_out: Callable[[Plan], RunFolder]
) -> None:
    rule = Rule(cells=10, most_blocks=BLOCKS)
    metrics = ("step", "peak_rss", "import")
    workloads = {"counts": COUNTS, "again": COUNTS}
    folder = carried_out(plan(workloads, environments=ALIKE, rule=rule, metrics=metrics))
    calibration = calibrate(folder)
    assert (calibration.candidates.cells, calibration.control.cells) == (10, 5)
    assert calibration.candidates.flagged == calibration.control.flagged == ()
    assert calibration.exit_code == ExitCode.NOTHING_TO_ACT_ON
    assert [case.case for case in calibration.noise] == ["again[default]", "counts[default]"]
    for case in calibration.noise:
        assert case.blocks == BLOCKS
        assert case.rounds == rounds.LEAST_ROUNDS
        assert case.of_processes > 0
        assert case.of_rounds
    assert calibration.advice.rounds == rounds.LEAST_ROUNDS
    written = json.loads(folder.calibration.read_text())
    assert written["exit_code"] == 0
    assert Calibration.model_validate(written) == calibration
    assert calibrate(folder) == calibration


def test_versions_that_differ_teach_nothing(
    plan: PlanMaker, carried_out: Callable[[Plan], RunFolder]
) -> None:
    other = environment("cand-b", "candidate", "2.0")
    folder = carried_out(
        plan({"counts": COUNTS}, environments=(*ALIKE[:3], other), budget_seconds=0.0)
    )
    with pytest.raises(BadRunFolder, match="versions that differ"):
        calibrate(folder)
    assert not folder.calibration.exists()


@pytest.mark.parametrize("release", ["2.15.1", "tensorflow-cpu==2.9.3", "2.21.0@3.13"])
def test_the_baseline_becomes_every_candidate(release: str) -> None:
    config = all_alike(Config(baseline=parse_spec(release)), candidates=3)
    environments = resolve_environments(config, ["3.9", "3.11", "3.13"])
    assert [each.role for each in environments] == ["baseline", "control"] + ["candidate"] * 3
    assert len({each.id for each in environments}) == 5
    assert len({_what_is_installed(each) for each in environments}) == 1


def _what_is_installed(environment: Environment) -> tuple[str, str, str]:
    return environment.package, environment.release, environment.python
