"""Results of a run in pieces, computed by real workers: whose they are, and measured again."""

import os
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from bot import pipeline
from bot.core.plan import Plan, Rule
from bot.environments.preparation import Prepared
from bot.errors import ExitCode
from bot.progress import Silent
from bot.run_folder import RunFolder
from bot.stages.confirming import tell
from bot.stages.dividing import rooted
from bot.stages.house import House
from bot.stages.merging import merge
from bot.stages.preparing import describe

pytestmark = pytest.mark.usefixtures("few_rounds")

WRONG = """
    "Computes nonsense on the candidate while a file is there."
    import os
    import numpy as np
    import tinyflow

    IS_WRONG = tinyflow.__version__ == "2.0" and os.path.exists({switch!r})

    def build():
        return lambda: float("nan") if IS_WRONG else 1.0

    def outputs(result):
        return {{"sum": np.float64(result)}}
"""
GOOD = """
    import numpy as np
    import tinyflow

    def build():
        return lambda: sum(range(2000))

    def outputs(result):
        return {"sum": np.float64(result)}
"""


@pytest.fixture
def house(
    prepared: Callable[[Plan], dict[str, Prepared]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> House:
    def prepare(plan: Plan, folder: RunFolder, house: House) -> dict[str, Prepared]:
        ready = prepared(plan)
        for each in plan.environments:
            folder.write(folder.environment(each), describe(ready[each.id]))
        return ready

    monkeypatch.setattr(pipeline, "prepare_environments", prepare)
    return House(home=tmp_path / "home", environ=os.environ, progress=Silent())


ENDINGS = {"confirmed": ExitCode.REGRESSION, "refuted": ExitCode.NOTHING_TO_ACT_ON}


@pytest.mark.parametrize("word", ENDINGS)
def test_wrong_results_on_one_machine_are_wrong_and_are_computed_again(
    plan: Callable[..., Plan],
    house: House,
    tmp_path: Path,
    word: str,
) -> None:
    switch = tmp_path / "nonsense"
    workloads = {
        "wrong": textwrap.dedent(WRONG).format(switch=str(switch)),
        "good": textwrap.dedent(GOOD),
    }
    asked = plan(workloads, shards=2, rule=Rule(cells=1, most_blocks=4), metrics=("peak_rss",))
    source = tmp_path / "plan.json"
    RunFolder(tmp_path).write(source, rooted(asked))
    parts = [RunFolder(tmp_path / "one"), RunFolder(tmp_path / "two")]
    pipeline.run_part(source, number=1, shards=2, folder=parts[0], house=house)
    switch.touch()
    pipeline.run_part(source, number=2, shards=2, folder=parts[1], house=house)

    run = RunFolder(tmp_path / "run")
    first = merge(parts, run, house)
    verdicts = {numeric.case: numeric.verdict for numeric in first.numerics}
    assert verdicts == {"good[default]": "IDENTICAL", "wrong[default]": "WRONG"}
    says = "results of wrong[default] in 2.0 depend on the machine: "
    assert f"{says}identical on machine 1, wrong on machine 2" in first.notes
    assert first.exit_code == ExitCode.REGRESSION

    if word == "refuted":
        switch.unlink()
    second = RunFolder(tmp_path / "second")
    pipeline.confirm(run, second, house, command=["tfperf", "confirm"])
    assert [case.name for case in second.read_plan().cases] == ["wrong[default]"]
    assert second.read_report().run.blocks == 2  # computed once, and again in another process
    told = tell(run, second)
    (numeric,) = (each for each in told.numerics if each.verdict == "WRONG")
    assert numeric.confirmation
    assert numeric.confirmation.word == word
    assert told.exit_code == ENDINGS[word]
