"""Runs of whole scripts with real workers: what is measured, what is told when one fails."""

import json
import os
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.core.metric import SCRIPT_METRICS
from bot.core.plan import Plan, Rule
from bot.core.report import Report
from bot.engine.script_run import MOST_KEPT
from bot.engine.upgrade_tool import NAME
from bot.environments.preparation import Prepared
from bot.errors import BadRunFolder
from bot.locations import workloads_root
from bot.progress import Silent
from bot.run_folder import RunFolder
from bot.stages.concluding import report
from bot.stages.house import House
from bot.stages.measuring import measure
from bot.stages.preparing import check_workloads, describe
from bot.stages.upgrading import upgrade_failed, upgrade_reports, upgrade_scripts

PlanMaker = Callable[..., Plan]
Preparer = Callable[[Plan], dict[str, Prepared]]
NUMBERS = "numbers: {loss: 'loss: (\\S+)'}\n"

TRAINING = """
    import tinyflow, sys
    memory = bytearray(100 * 2**20)
    print("loss: 0.25", sys.argv[1:])
"""

GONE = """
    import tinyflow, sys
    if tinyflow.__version__ == "2.0":
        raise AttributeError("module 'tensorflow' has no attribute 'Session'")
    print("loss: 0.25")
"""

UPGRADED = """
    import sibling, tinyflow
    kind = "original"
    assert (kind == "rewritten") == (tinyflow.__version__ == "2.0"), kind
    print("loss: 0.25")
"""

TOOL = """
    import sys, time
    given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    text = open(given["--infile"]).read()
    with open(given["--outfile"], "w") as copy:
        copy.write(text.replace('kind = "original"', 'kind = "rewritten"'))
    with open(given["--reportfile"], "w") as said:
        said.write("train.py:3:0: ERROR: Using member tf.contrib.x in deprecated module tf.contrib")
    with open(given["--reportfile"] + ".calls", "a") as calls:
        calls.write("once ")
"""


@pytest.fixture
def scripted(plan: PlanMaker, tmp_path: Path) -> Callable[..., Plan]:
    """Plan a run of a script; `more` is what its description says besides."""

    def make(text: str, more: str = "", **changes: Any) -> Plan:
        folder = tmp_path / "mine"
        folder.mkdir(exist_ok=True)
        (folder / "train.yml").write_text(f"script: train.py\n{more}")
        changes = {"rule": Rule(cells=3, most_blocks=2), **changes}
        return plan({"train": textwrap.dedent(text)}, **changes)

    return make


@pytest.fixture
def run(tmp_path: Path, prepared: Preparer) -> Callable[[Plan], Report]:
    """Carry out a plan, or what is left of it, in the one run folder of a test."""

    def carry_out(plan: Plan) -> Report:
        folder = RunFolder(tmp_path / "run")
        house = House(home=tmp_path, environ=os.environ, progress=Silent())
        ready = prepared(plan)
        for each in plan.environments:
            folder.write(folder.environment(each), describe(ready[each.id]))
        upgrade_scripts(plan, ready, folder, house)
        measurement = measure(plan, ready, folder, house)
        upgrade_failed(measurement.table, ready, folder, house)
        return report(measurement, folder, home=tmp_path)

    return carry_out


def records(tmp_path: Path) -> list[dict[str, Any]]:
    lines = (tmp_path / "run" / "samples.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def test_a_script_is_measured_as_a_whole_process(
    scripted: Callable[..., Plan], run: Callable[[Plan], Report], tmp_path: Path
) -> None:
    concluded = run(scripted(TRAINING, f"{NUMBERS}cases: {{small: [--epochs, 1]}}"))
    assert concluded.failures == ()
    assert {cell.metric for cell in concluded.cells} == {*SCRIPT_METRICS}
    memory = next(cell for cell in concluded.cells if cell.metric == "peak_rss")
    assert memory.baseline_value is not None
    assert 100 * 2**20 < memory.baseline_value < 140 * 2**20
    assert [(each.case, each.verdict) for each in concluded.numerics] == [
        ("train[small]", "IDENTICAL")
    ]
    kinds = [record["record"] for record in records(tmp_path)]
    assert kinds == ["import", "case", "conditions", "case", "conditions"]
    outcomes = [record["outcomes"] for record in records(tmp_path) if record["record"] == "case"]
    assert {arm["is"] for each in outcomes for arm in each.values()} == {"ran"}
    printed = tmp_path / "run" / "logs" / "base-a" / "train[small].log"
    assert printed.read_text() == "loss: 0.25 ['--epochs', '1']\n"


def test_a_script_that_needs_what_is_gone_is_a_row_that_says_so(
    scripted: Callable[..., Plan], run: Callable[[Plan], Report]
) -> None:
    (failure,) = run(scripted(GONE)).failures
    assert failure.kind == "exit"
    assert failure.reason == (
        "AttributeError: module 'tensorflow' has no attribute 'Session' (exit code 1, train.py:4)"
    )
    gone, _, tool = failure.advice.partition("; ")
    assert gone == "tf.Session is not in tinyflow 2.0"
    assert "tf_upgrade_v2" in tool  # whether it is there depends on the tests before
    assert failure.detail.startswith("Traceback")


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("import time; time.sleep(60)", "timeout", "the script did not end within 2 s"),
        ("import os; os.kill(os.getpid(), 11)", "signal", "killed by SIGSEGV in the script"),
        ("print('loss: low')", "exception", "BadWorkload: numbers: 'loss': 'low' is no number"),
        ("print(1)", "exception", "the output has nothing like 'loss: (\\S+)' (in the script)"),
        ("import sys; sys.exit('no data')", "exit", "left with exit code 1: no data"),
    ],
)
def test_every_other_way_to_fail_has_its_reason(
    scripted: Callable[..., Plan],
    run: Callable[[Plan], Report],
    text: str,
    kind: str,
    reason: str,
) -> None:
    there = f"if tinyflow.__version__ == '2.0':\n    print('before', flush=True); {text}"
    plan = scripted(f"import tinyflow\n{there}\nelse:\n    print('loss: 1')", NUMBERS)
    (failure,) = run(plan.model_copy(update={"timeout_seconds": 2.0})).failures
    assert failure.kind == kind
    assert reason in failure.reason
    assert "before" in failure.detail


@pytest.mark.parametrize("end", ["pass", "sys.exit(1)", "time.sleep(60)"])
def test_of_a_long_output_the_end_is_kept_however_it_ended(
    scripted: Callable[..., Plan], run: Callable[[Plan], Report], tmp_path: Path, end: str
) -> None:
    text = f"""
        import sys, time, tinyflow
        print("x" * {MOST_KEPT}, "loss: 1", flush=True)
        {end}
    """
    run(scripted(text, NUMBERS).model_copy(update={"timeout_seconds": 2.0}))
    printed = tmp_path / "run" / "logs" / "base-a" / "train[default].log"
    assert printed.stat().st_size == MOST_KEPT
    assert printed.read_bytes().endswith(b"xx loss: 1\n")


def test_what_is_searched_is_what_is_kept() -> None:
    harness = (workloads_root() / "harness" / "script.py").read_text()
    assert "MOST_SEARCHED = 8 * 2**20\n" in harness
    assert MOST_KEPT == 8 * 2**20


def test_a_resumed_run_goes_on_with_the_scripts_it_has_not_run(
    scripted: Callable[..., Plan], run: Callable[[Plan], Report], tmp_path: Path
) -> None:
    plan = scripted(TRAINING, f"{NUMBERS}cases: {{a: , b: }}")
    whole = run(plan)
    journal = tmp_path / "run" / "samples.jsonl"
    lines = journal.read_text().splitlines(keepends=True)
    assert len(lines) == 7  # an import, then twice: two cases and what the machine did
    journal.write_text("".join(lines[:5]))  # the second block has one of its two cases
    resumed = run(plan)
    assert [cell.blocks for cell in resumed.cells] == [cell.blocks for cell in whole.cells]
    done = [(r["block"], r["case"]) for r in records(tmp_path) if r["record"] == "case"]
    assert len(done) == len(set(done)) == 4


@pytest.mark.parametrize("name", ["train.py", "train.yml"])
def test_a_resumed_run_notices_an_edit(
    scripted: Callable[..., Plan], tmp_path: Path, name: str
) -> None:
    plan = scripted(TRAINING)
    check_workloads(plan)
    file = tmp_path / "mine" / name
    file.write_text(file.read_text() + "\n# edited")
    with pytest.raises(BadRunFolder, match="not the one that was measured before"):
        check_workloads(plan)


@pytest.fixture
def with_tool(
    scripted: Callable[..., Plan], pythons: dict[str, Path], tmp_path: Path
) -> Callable[..., Plan]:
    """Plan a script for environments that count as TensorFlow and have an upgrade tool."""

    def make(tool: str | None, more: str, text: str = UPGRADED) -> Plan:
        (tmp_path / "mine").mkdir(exist_ok=True)
        plan = scripted(text, more)
        (tmp_path / "mine" / "sibling.py").write_text("")
        for python in pythons.values():
            python.with_name(NAME).unlink(missing_ok=True)
            if tool is not None:
                python.with_name(NAME).write_text(textwrap.dedent(tool))
        environments = tuple(
            each.model_copy(update={"package": "tensorflow"}) for each in plan.environments
        )
        return plan.model_copy(update={"environments": environments})

    return make


def test_an_upgraded_script_is_what_second_releases_run(
    with_tool: Callable[..., Plan], run: Callable[[Plan], Report], tmp_path: Path
) -> None:
    plan = with_tool(TOOL, "upgrade: true")
    concluded = run(plan)
    assert concluded.failures == ()
    (upgrade,) = concluded.upgrades
    assert (upgrade.workload, upgrade.script, upgrade.made_by) == ("train", "train.py", "2.0")
    assert (upgrade.is_measured, upgrade.changed_lines, upgrade.reason) == (True, 1, None)
    assert '-kind = "original"\n+kind = "rewritten"' in upgrade.diff
    assert upgrade.problems == ("Using member tf.contrib.x in deprecated module tf.contrib",)
    folder = tmp_path / "run" / "upgraded" / "train"
    assert (folder / "train.py.diff").read_text().startswith("--- a/train.py")
    run(plan)
    assert (folder / "report.txt.calls").read_text() == "once "


def test_a_script_that_failed_says_what_the_tool_would_change(
    with_tool: Callable[..., Plan], run: Callable[[Plan], Report]
) -> None:
    concluded = run(with_tool(TOOL, ""))
    (failure,) = concluded.failures
    assert failure.advice == (
        "tf_upgrade_v2 of 2.0 would change 1 line (upgrade: true has that copy measured)"
    )
    assert [upgrade.is_measured for upgrade in concluded.upgrades] == [False]


@pytest.mark.parametrize(
    ("tool", "reason"),
    [
        ("raise ImportError('no pasta')", "2.0: ImportError: no pasta; 1.0: ImportError: no pasta"),
        ("", "2.0: it ended with exit code 0; 1.0: it ended with exit code 0"),
        (None, "none of the releases here has tf_upgrade_v2"),
    ],
)
def test_a_tool_that_fails_is_told_and_ends_nothing(
    with_tool: Callable[..., Plan],
    run: Callable[[Plan], Report],
    tmp_path: Path,
    tool: str | None,
    reason: str,
) -> None:
    plan = with_tool(tool, "upgrade: true")
    concluded = run(plan)
    (upgrade,) = concluded.upgrades
    assert upgrade.reason is not None
    assert upgrade.reason.startswith(reason)
    (failure,) = concluded.failures
    assert failure.advice == f"tf_upgrade_v2 could not upgrade it: {upgrade.reason}"
    assert upgrade_reports(plan, RunFolder(tmp_path / "run")) == (upgrade,)
