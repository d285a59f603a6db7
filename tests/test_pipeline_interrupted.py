"""A run of failing scripts that is interrupted: its report comes at once, advice when resumed."""

import os
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import pipeline
from bot.core.plan import Plan, Rule
from bot.core.report import Report
from bot.core.table import Table
from bot.engine.upgrade_tool import NAME
from bot.environments.preparation import Prepared
from bot.errors import ExitCode
from bot.progress import Silent
from bot.run_folder import RunFolder
from bot.stages.house import House
from bot.stages.preparing import describe
from bot.stages.upgrading import failed_in

HANGING_SECONDS = 60

GONE = """
    import tinyflow
    assert tinyflow.__version__ == "1.0", "module 'tensorflow' has no attribute 'Session'"
"""
TOOL = """
    import sys
    given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
    with open(given["--outfile"], "w") as copy:
        copy.write("print('rewritten')")
    open(given["--reportfile"], "w").close()
"""
PRESSES_CTRL_C = f"""
    import os, signal, time
    os.kill(os.getppid(), signal.SIGINT)
    time.sleep({HANGING_SECONDS})
"""


class Interrupting(Silent):
    """Somebody presses ^C as soon as a case has failed."""

    def measuring(self, table: Table, *, block: int, seconds: float) -> None:
        if failed_in(table):
            raise KeyboardInterrupt


@pytest.fixture
def failing(plan: Callable[..., Plan], tmp_path: Path) -> Plan:
    """Plan a run of a script that fails in what counts as TensorFlow 2.0."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "train.yml").write_text("script: train.py\n")
    asked = plan({"train": textwrap.dedent(GONE)}, rule=Rule(cells=3, most_blocks=2))
    environments = (e.model_copy(update={"package": "tensorflow"}) for e in asked.environments)
    return asked.model_copy(update={"environments": tuple(environments)})


@pytest.fixture
def resume(
    failing: Plan,
    prepared: Callable[[Plan], dict[str, Prepared]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Callable[[str, Silent], Report]:
    """Walk the whole road of a run whose environments are there, with an upgrade tool."""

    def walk(tool: str, progress: Silent) -> Report:
        folder, ready = RunFolder(tmp_path / "run"), prepared(failing)
        folder.write(folder.plan, failing)
        for each in ready.values():
            folder.write(folder.environment(each.environment), describe(each))
            (each.prefix / "bin" / NAME).write_text(textwrap.dedent(tool))
        monkeypatch.setattr(pipeline, "prepare_environments", lambda *_: ready)
        house = House(home=tmp_path, environ=os.environ, progress=progress)
        assert pipeline.resume(folder, house) == folder.read_report()
        return folder.read_report()

    return walk


@pytest.mark.parametrize(
    ("tool", "progress"),
    [(TOOL, Interrupting()), (PRESSES_CTRL_C, Silent())],
    ids=["while measuring", "while the tool runs"],
)
def test_the_report_does_not_wait_for_the_tool_which_has_its_turn_when_resumed(
    resume: Callable[[str, Silent], Report], tool: str, progress: Silent
) -> None:
    began = time.monotonic()
    concluded = resume(tool, progress)
    assert time.monotonic() - began < HANGING_SECONDS
    assert concluded.run.stopped_by == "interrupted"
    assert concluded.exit_code == ExitCode.INTERRUPTED
    assert [failure.kind for failure in concluded.failures] == ["exit"]
    assert concluded.upgrades == ()
    resumed = resume(TOOL, Silent())
    assert [upgrade.made_by for upgrade in resumed.upgrades] == ["2.0"]
    assert resumed.run.stopped_by != "interrupted"
