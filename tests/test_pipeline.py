"""Measuring and concluding with real workers: what a run says about good and bad workloads."""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core.plan import Plan, Rule
from bot.core.report import Report
from bot.environments.preparation import Prepared
from bot.errors import BadRunFolder, ExitCode
from bot.progress import Silent
from bot.run_folder import RunFolder
from bot.stages.concluding import report
from bot.stages.house import House
from bot.stages.measuring import measure
from bot.stages.preparing import describe

pytestmark = pytest.mark.usefixtures("few_rounds")

PlanMaker = Callable[..., Plan]
Preparer = Callable[[Plan], dict[str, Prepared]]

GOOD = """
    "Counts."
    import numpy as np
    import tinyflow

    def build():
        return lambda: sum(range(2000))

    def outputs(result):
        return {"sum": np.float64(result)}
"""

SLOWER = """
    "Counts further on the candidate."
    import tinyflow

    def build():
        n = 20000 if tinyflow.__version__ == "1.0" else 60000
        return lambda: sum(range(n))
"""

KNOBBED = """
    "Computes what its variables say."
    import os
    import numpy as np
    import tinyflow

    def build():
        return lambda: float(os.environ["SHARED"]) * float(os.environ["OWN"])

    def outputs(result):
        return {"product": np.float64(result)}
"""

IN_CANDIDATE = """
    "Misbehaves on the candidate."
    import ctypes, itertools, os, sys, time
    import numpy as np
    import tinyflow

    CANDIDATE = tinyflow.__version__ == "2.0"
    calls = itertools.count(1)

    def act():
        {act}

    def build():
        def step():
            sum(range(2000))
            if CANDIDATE and next(calls) >= {at}:
                act()
            return 1.0
        if CANDIDATE and {at} == 0:
            act()
        return step
"""


def misbehaving(act: str, at: int) -> str:
    return textwrap.dedent(IN_CANDIDATE).format(act=act, at=at)


@pytest.fixture
def run(tmp_path: Path, prepared: Preparer) -> Callable[[Plan], Report]:
    """Carry out a plan in a fresh folder."""

    def carry_out(plan: Plan) -> Report:
        folder = RunFolder(tmp_path / "run")
        folder.path.mkdir(exist_ok=True)
        house = House(home=tmp_path, environ=os.environ, progress=Silent())
        ready = prepared(plan)
        for each in plan.environments:
            folder.write(folder.environment(each), describe(ready[each.id]))
        return report(measure(plan, ready, folder, house), folder, home=tmp_path)

    return carry_out


def verdicts(concluded: Report, case: str) -> dict[str, str]:
    return {cell.metric: cell.verdict for cell in concluded.cells if cell.case == case}


def test_a_large_slowdown_is_a_regression_and_exits_with_1(
    plan: PlanMaker, run: Callable[[Plan], Report]
) -> None:
    concluded = run(
        plan(
            {"slower": textwrap.dedent(SLOWER)},
            rule=Rule(cells=4, most_blocks=12),
        )
    )
    cell = next(c for c in concluded.cells if c.metric == "step")
    assert cell.verdict == "REGRESSION"
    assert cell.ratio == pytest.approx(3.0, rel=0.3)
    assert cell.matters
    assert concluded.exit_code == ExitCode.REGRESSION
    assert concluded.control.flagged == 0


def test_a_knob_of_one_version_reaches_its_workers_alone_and_wins_over_that_of_all(
    plan: PlanMaker, run: Callable[[Plan], Report]
) -> None:
    asked = plan({"knobbed": textwrap.dedent(KNOBBED)}, knobs={"SHARED": "1", "OWN": "1"})
    *baselines, candidate = asked.environments
    knobbed = candidate.model_copy(update={"knobs": {"OWN": "2"}})
    concluded = run(asked.model_copy(update={"environments": (*baselines, knobbed)}))
    (numeric,) = concluded.numerics
    assert (numeric.verdict, numeric.max_relative_error) == ("DRIFTED", 1.0)
    assert [e.knobs for e in concluded.environments] == [{}, {}, {"OWN": "2"}]


def test_results_are_compared_even_when_speed_is_undecided(
    plan: PlanMaker, run: Callable[[Plan], Report]
) -> None:
    concluded = run(plan({"good": textwrap.dedent(GOOD)}))
    assert [(n.case, n.verdict) for n in concluded.numerics] == [("good[default]", "IDENTICAL")]


@pytest.mark.parametrize(
    ("act", "at", "ending"),
    [
        ("raise ValueError('broken | here')", 0, ("exception", "ValueError: broken | here")),
        ("raise ValueError('late')", 10, ("exception", "ValueError: late")),
        ("sys.exit(5)", 2, ("exception", "SystemExit")),
        ("raise MemoryError", 2, ("memory", "MemoryError")),
    ],
)
def test_a_misbehaving_case_is_a_row_and_the_others_keep_their_results(
    plan: PlanMaker, run: Callable[[Plan], Report], act: str, at: int, ending: tuple[str, str]
) -> None:
    workloads = {"bad": misbehaving(act, at), "good": textwrap.dedent(GOOD)}
    concluded = run(plan(workloads, timeout_seconds=5.0))
    assert set(verdicts(concluded, "bad[default]").values()) == {"NOT_MEASURED"}
    assert "NOT_MEASURED" not in verdicts(concluded, "good[default]").values()
    failure = next(f for f in concluded.failures if f.case == "bad[default]")
    kind, says = ending
    assert (failure.kind, failure.environment) == (kind, "2.0")
    assert says in failure.reason
    assert concluded.exit_code in {ExitCode.PARTLY_MEASURED, ExitCode.REGRESSION}


def test_a_process_for_each_case_gives_the_same_answers(
    plan: PlanMaker, run: Callable[[Plan], Report]
) -> None:
    workloads = {"one": textwrap.dedent(GOOD), "two": textwrap.dedent(GOOD)}
    concluded = run(plan(workloads, isolation="process"))
    assert concluded.failures == ()
    assert {cell.blocks for cell in concluded.cells} == {3}
    assert {numeric.verdict for numeric in concluded.numerics} == {"IDENTICAL"}


def test_a_megabyte_of_output_breaks_nothing(
    plan: PlanMaker, run: Callable[[Plan], Report]
) -> None:
    concluded = run(plan({"loud": misbehaving("print('x' * 2**20)", 1)}))
    assert "NOT_MEASURED" not in verdicts(concluded, "loud[default]").values()
    assert concluded.failures == ()


def test_nan_in_the_candidate_is_wrong_and_exits_with_1(
    plan: PlanMaker, run: Callable[[Plan], Report]
) -> None:
    source = textwrap.dedent(GOOD).replace(
        "np.float64(result)",
        "np.float64('nan' if tinyflow.__version__ == '2.0' else result)",
    )
    concluded = run(plan({"good": source}))
    assert [numeric.verdict for numeric in concluded.numerics] == ["WRONG"]
    assert "NaN" in concluded.numerics[0].reason
    assert concluded.exit_code == ExitCode.REGRESSION


def test_a_broken_file_is_a_row(plan: PlanMaker, run: Callable[[Plan], Report]) -> None:
    concluded = run(plan({"broken": "def build(:\n", "good": textwrap.dedent(GOOD)}))
    assert [(f.case, f.kind) for f in concluded.failures] == [("broken", "workload")]
    assert "line 1" in concluded.failures[0].reason


def test_the_wrong_version_is_never_measured(
    plan: PlanMaker, run: Callable[[Plan], Report]
) -> None:
    asked = plan({"good": textwrap.dedent(GOOD)})
    other = asked.environments[2].model_copy(update={"release": "3.0"})
    concluded = run(asked.model_copy(update={"environments": (*asked.environments[:2], other)}))
    assert concluded.overall == "nothing-measured"
    assert concluded.exit_code == ExitCode.PARTLY_MEASURED
    assert "asked for tinyflow 3.0, imported 2.0" in concluded.failures[0].reason
    assert len(concluded.failures) == 1
    assert concluded.run.blocks == 1  # it is not imported again and again


def test_a_baseline_that_fails_leaves_nothing_to_compare(
    plan: PlanMaker, run: Callable[[Plan], Report]
) -> None:
    source = misbehaving("raise ValueError('no')", 0).replace('== "2.0"', '== "1.0"')
    concluded = run(plan({"bad": source, "good": textwrap.dedent(GOOD)}))
    reasons = {cell.reason for cell in concluded.cells if cell.case == "bad[default]"}
    assert len(reasons) == 1
    assert reasons.pop().startswith("the baseline failed: ValueError: no")


def test_a_budget_ends_the_run_and_says_so(plan: PlanMaker, run: Callable[[Plan], Report]) -> None:
    concluded = run(plan({"good": textwrap.dedent(GOOD)}, budget_seconds=0.0))
    assert concluded.run.stopped_by == "budget"
    assert concluded.overall == "nothing-measured"
    assert concluded.exit_code == ExitCode.PARTLY_MEASURED


def test_a_second_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "run")
    with folder.held(), pytest.raises(BadRunFolder, match="another tfperf"), folder.held():
        pytest.fail("two of them hold it")
    with folder.held():
        assert folder.path.is_dir()


def test_a_budget_that_ends_inside_a_case_ends_it_there(
    plan: PlanMaker, run: Callable[[Plan], Report]
) -> None:
    slow = """
    import time
    import tinyflow

    def build():
        return lambda: time.sleep(0.5)
    """
    concluded = run(plan({"slow": textwrap.dedent(slow)}, budget_seconds=1.0))
    assert concluded.run.stopped_by == "budget"
    assert verdicts(concluded, "slow[default]")["step"] == "NOT_MEASURED"  # too few rounds


KILLED = """
import os, signal, sys, pickle
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in background
from pathlib import Path
from bot.progress import Silent
from bot.run_folder import RunFolder
from bot.stages.house import House
from bot.stages.measuring import measure
folder = RunFolder(Path(sys.argv[1]))
plan = folder.read_plan()
prepared = pickle.loads(Path(sys.argv[2]).read_bytes())

class Announce(Silent):
    def measuring(self, table, *, block, seconds):
        print("record", flush=True)

house = House(home=folder.path, environ=os.environ, progress=Announce())
print(measure(plan, prepared, folder, house).stopped_by, flush=True)
"""


def test_kill_9_then_resume_keeps_every_block(
    plan: PlanMaker, run: Callable[[Plan], Report], prepared: Preparer, tmp_path: Path
) -> None:
    asked = plan({"good": textwrap.dedent(GOOD)}, rule=Rule(cells=4, most_blocks=4))
    folder = RunFolder(tmp_path / "run")
    folder.write(folder.plan, asked)
    ready = tmp_path / "prepared.pickle"
    ready.write_bytes(pickle.dumps(prepared(asked)))
    command = [sys.executable, "-c", KILLED, str(folder.path), str(ready)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        for _ in range(3):
            assert process.stdout.readline() == b"record\n"
        process.send_signal(signal.SIGKILL)
    before = folder.samples.read_bytes()
    whole = before[: before.rfind(b"\n") + 1]
    with folder.samples.open("ab") as journal:
        journal.write(b'{"record":"case","blo')  # and the power failed in the middle of a line
    concluded = run(asked)
    assert folder.samples.read_bytes().startswith(whole)
    assert concluded.run.resumed >= 1
    assert "NOT_MEASURED" not in verdicts(concluded, "good[default]").values()


def test_an_interrupt_stops_at_once_keeps_what_is_there_and_leaves_no_process(
    plan: PlanMaker, prepared: Preparer, tmp_path: Path
) -> None:
    slow = "import time, tinyflow\ndef build():\n    return lambda: time.sleep(0.2)\n"
    asked = plan({"slow": slow}, timeout_seconds=60.0)
    folder = RunFolder(tmp_path / "run")
    folder.write(folder.plan, asked)
    ready = tmp_path / "prepared.pickle"
    ready.write_bytes(pickle.dumps(prepared(asked)))
    command = [sys.executable, "-c", KILLED, str(folder.path), str(ready)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"record\n"  # the imports; now it takes turns
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == b"interrupted\n"
    assert folder.samples.read_bytes().count(b"\n") == 1
    keras_home = str(folder.path / "keras").encode()  # every worker has it in its environment
    patience = time.monotonic() + 10.0  # a killed process takes its time where cores are few
    while left := [p for p in Path("/proc").glob("[0-9]*") if keras_home in environ_of(p)]:
        assert time.monotonic() < patience, left
        time.sleep(0.05)


def environ_of(process: Path) -> bytes:
    """Return the variables of a process that may end meanwhile."""
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


LITTERING = """
import tempfile
import tinyflow

def build():
    left = tempfile.mkstemp()[1]
    assert left.startswith({folder!r}), left
    return lambda: None
"""


def test_what_workloads_leave_in_the_folder_for_temporary_files_goes_with_the_run(
    plan: Callable[..., Plan],
    run: Callable[[Plan], Report],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    littering = LITTERING.format(folder=str(tmp_path / "temporary" / "tfperf-"))
    concluded = run(plan({"littering": littering}, rule=Rule(cells=1, most_blocks=3)))
    assert concluded.failures == ()
    assert list((tmp_path / "temporary").iterdir()) == []
