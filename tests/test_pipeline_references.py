"""Another framework beside the baseline, with real workers: from its file to the report."""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from bot.core.outcome import Measured
from bot.core.plan import Environment, Plan
from bot.core.record import CaseBlock, ConditionsBlock, ImportBlock
from bot.core.report import Report
from bot.core.schedule import Block, Task
from bot.engine.arming import Armoury
from bot.engine.block import BlockRunner
from bot.environments.preparation import Prepared
from bot.errors import BadRunFolder
from bot.locations import workloads_root
from bot.progress import Silent
from bot.run_folder import RunFolder
from bot.stages.concluding import report
from bot.stages.house import House
from bot.stages.measuring import measure
from bot.stages.preparing import check_workloads, describe

pytestmark = pytest.mark.usefixtures("few_rounds")

PlanMaker = Callable[..., Plan]
Preparer = Callable[[Plan], dict[str, Prepared]]

MAIN = """
import numpy as np
import tinyflow
CASES = {"a": {"n": 2000}, "b": {"n": 2000}}
TOLERANCE = 1e-6
def build(n):
    assert tinyflow.__version__ == "1.0"
    return lambda: sum(range(n)) / 3
def outputs(result):
    return {"sum": np.float32(result)}
def reference(n):
    return {"sum": np.float64(sum(range(n)) / 3)}
"""
TORCH = """
import time
import tinyflow
CASES = {"a": {"n": 2000}}
def build(n):
    assert tinyflow.__version__ == "2.0"
    return lambda: time.sleep(0.02) or sum(range(n)) / 3
def outputs(result):
    return {"sum": result}
"""
BROKEN = TORCH.replace("time.sleep(0.02)", "no_such_name()")


def torch_of(plan: Plan) -> Plan:
    """Make the candidate a reference."""
    as_torch = {"role": "reference", "package": "torch", "label": "PyTorch 2.0"}
    environments = [
        each.model_copy(update=as_torch) if each.role == "candidate" else each
        for each in plan.environments
    ]
    return plan.model_copy(update={"environments": tuple(environments)})


@pytest.fixture
def conclude(prepared: Preparer, tmp_path: Path) -> Callable[[Plan], Report]:
    def run(plan: Plan) -> Report:
        folder, ready = RunFolder(tmp_path / "run"), prepared(plan)
        folder.write(folder.plan, plan)
        for each in ready.values():
            folder.write(folder.environment(each.environment), describe(each))
        house = House(home=tmp_path, environ=os.environ, progress=Silent())
        return report(measure(plan, ready, folder, house), folder, home=tmp_path)

    return run


def test_a_framework_is_seen_beside_the_baseline(
    plan: PlanMaker, conclude: Callable[[Plan], Report]
) -> None:
    found = conclude(torch_of(plan({"series": MAIN, "series.torch": TORCH})))
    assert (found.overall, found.exit_code, found.failures, found.cells) == ("clean", 0, (), ())
    assert {row.case for row in found.references} == {"series[a]", "import"}
    (step,) = (row for row in found.references if row.metric == "step")
    assert step.blocks == 10
    assert step.reference_value is not None
    assert step.reference_value >= 0.02
    assert step.ratio is not None
    assert step.ratio > 20
    (result,) = found.reference_results
    assert result.word == "WITHIN_TOLERANCE"
    assert result.truth_error == 0.0
    assert 0 < (result.baseline_truth_error or 0) < 1e-7
    assert found.numerics == ()


def test_one_that_fails_is_told_and_no_more(
    plan: PlanMaker, conclude: Callable[[Plan], Report]
) -> None:
    found = conclude(torch_of(plan({"series": MAIN, "series.torch": BROKEN})))
    (failure,) = found.failures
    assert (failure.case, failure.environment) == ("series[a]", "PyTorch 2.0")
    assert failure.is_reference
    assert "no_such_name" in failure.reason
    assert {row.ratio for row in found.references if row.case == "series[a]"} == {None}


def test_what_is_judged_is_sampled_as_if_no_other_framework_were_there(
    plan: PlanMaker, pythons: dict[str, Path], tmp_path: Path
) -> None:
    asked = torch_of(plan({"series": MAIN, "series.torch": TORCH}, only=["series[a]"]))
    runner = BlockRunner(
        armoury=Armoury(
            plan=asked,
            pythons=pythons,
            worker=workloads_root() / "run.py",
            folder=tmp_path,
            environ=os.environ,
        ),
        random=Random(1),
        import_width=2,
        outputs_paths=lambda *_: {},
        artifact_path=lambda _: tmp_path / "artifacts",
        is_time_up=lambda: False,
    )
    task = Task(case=asked.cases[0], arms=asked.environments, is_timed=True)
    block = Block(number=0, arms=asked.environments, tasks=(task,))
    try:
        imports, record, end = runner.run(block)
    finally:
        runner.stop()
    assert isinstance(imports, ImportBlock)
    assert isinstance(end, ConditionsBlock)
    assert isinstance(record, CaseBlock)
    calls: dict[str, Any] = {}
    for arm, outcome in record.outcomes.items():
        assert isinstance(outcome, Measured)
        calls[arm] = outcome.calls_in_rounds
    assert record.calls_per_sample > 5  # a sample of 20 ms calls would have one, or five at most
    assert calls["base-a"] == calls["base-b"] > 5 * calls["cand-a"]


def results_of(plan: Plan, folder: RunFolder) -> set[str]:
    return set(folder.outputs_paths(plan.environments, plan.cases[0]))


def test_results_are_not_asked_for_on_its_account(plan: PlanMaker, tmp_path: Path) -> None:
    asked, folder = torch_of(plan({"series": MAIN})), RunFolder(tmp_path)
    assert results_of(asked, folder) == {"base-a", "base-b", "cand-a"}
    for environment in (asked.baseline, asked.control):
        for path in folder.outputs(environment, asked.cases[0]):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
    assert results_of(asked, folder) == set()


@pytest.mark.parametrize(("edited", "matters"), [("series.torch", True), ("series.python", False)])
def test_an_edit_is_noticed_where_the_file_is_run(
    plan: PlanMaker, tmp_path: Path, edited: str, matters: bool
) -> None:
    files = {"series": MAIN, "series.torch": TORCH, "series.python": TORCH}
    asked = torch_of(plan(files))
    check_workloads(asked)
    file = tmp_path / "mine" / f"{edited}.py"
    file.write_text(file.read_text() + "\n")
    if not matters:
        check_workloads(asked)
        return
    with pytest.raises(BadRunFolder) as told:
        check_workloads(asked)
    assert str(told.value.where).endswith("series.torch.py")


def test_an_environment_runs_its_own_file(plan: PlanMaker) -> None:
    asked = torch_of(plan({"series": MAIN, "series.torch": TORCH}, only=["series[a]"]))

    def file_of(environment: Environment) -> str:
        program = asked.cases[0].program(environment)
        return Path(program.file).name if program else ""

    assert [file_of(each) for each in asked.environments] == [
        "series.py", "series.py", "series.torch.py",
    ]  # fmt: skip
