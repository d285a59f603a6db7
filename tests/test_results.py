"""Which results are compared, and where their absence is a row."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bot.core.outcome import Failed, Outcome, Ran, Skipped
from bot.core.plan import Plan, Rule
from bot.core.table import Table
from bot.environments.preparation import Prepared
from bot.progress import Silent
from bot.results import NO_RESULTS, numeric_reports
from bot.run_folder import RunFolder
from bot.stages.house import House
from bot.stages.measuring import measure
from tests.core import runs

MUTE = """
import tinyflow
is_mute = tinyflow.__version__ == "2.0"
def build():
    return lambda: sum(range(2000))
def outputs(result):
    return {} if is_mute else {"sum": result}
"""

CRASH = Failed(kind="signal", reason="killed by SIGKILL")
RAN = Ran(wall_seconds=1.0, cpu_seconds=1.0, peak_rss_bytes=1)
SAME, MISSING = ["IDENTICAL"], ["NOT_COMPARABLE"]

# What the candidate's blocks came to, who wrote results, what is told.
SITUATIONS: dict[str, tuple[list[Outcome], set[str], list[str]]] = {
    "both": ([runs.measured()], {runs.BASELINE, runs.CANDIDATE}, SAME),
    "both, cut before the end of the block": ([], {runs.BASELINE, runs.CANDIDATE}, SAME),
    "the candidate has none": ([runs.measured()], {runs.BASELINE}, MISSING),
    "a script without any": ([RAN], {runs.BASELINE}, MISSING),
    "it broke, then it had none": ([CRASH, runs.measured()], {runs.BASELINE}, MISSING),
    "it had none, then it broke": ([runs.measured(), CRASH], {runs.BASELINE}, MISSING),
    "it broke": ([CRASH, CRASH], {runs.BASELINE}, []),
    "it was skipped": ([Skipped(reason="too old")], {runs.BASELINE}, []),
    "cut before its first call": ([], {runs.BASELINE}, []),
    "nobody has any": ([runs.measured()], set(), []),
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_results_that_are_missing_are_told_where_there_should_be_some(
    tmp_path: Path, situation: str
) -> None:
    outcomes, writers, verdicts = SITUATIONS[situation]
    table, folder = Table(runs.plan(), unavailable={}), RunFolder(tmp_path)
    (case,) = table.plan.cases
    for each in table.plan.environments:
        path = folder.outputs(each, case)[0]
        path.parent.mkdir(parents=True)
        if each.id in writers:
            np.savez(path, loss=np.float64(0.25))
    for number, outcome in enumerate(outcomes):
        fine = {runs.BASELINE: runs.measured(), runs.CONTROL: runs.measured()}
        table.add(runs.case_block(number, {**fine, runs.CANDIDATE: outcome}))
    rows = list(numeric_reports(table, folder))
    assert [row.verdict for row in rows] == verdicts
    if verdicts == MISSING:
        assert [(row.case, row.candidate, row.reason) for row in rows] == [
            (runs.CASE, "2.21.0", NO_RESULTS)
        ]


def test_a_pull_request_is_compared_with_the_same_release_without_it(tmp_path: Path) -> None:
    release, changed = "next-a", "next-b"
    environments = (
        *runs.plan().environments[:2],
        runs.environment("2.21.0", "candidate", release),
        runs.environment("2.21.0", "candidate", changed, label="2.21.0 + PR", against=release),
    )
    table = Table(runs.plan(environments=environments), unavailable={})
    folder, (case,) = RunFolder(tmp_path), table.plan.cases
    for each, loss in zip(environments, (0.25, 0.25, 0.75, 0.75), strict=True):
        path = folder.outputs(each, case)[0]
        path.parent.mkdir(parents=True)
        np.savez(path, loss=np.float64(loss))
    rows = {row.candidate: (row.verdict, row.against) for row in numeric_reports(table, folder)}
    assert rows == {"2.21.0": ("DRIFTED", None), "2.21.0 + PR": ("IDENTICAL", "2.21.0")}
    folder.outputs(environments[2], case)[0].unlink()
    table.add(runs.case_block(0, {release: runs.measured()}))
    (row,) = numeric_reports(table, folder)
    assert (row.candidate, row.verdict) == ("2.21.0", "NOT_COMPARABLE")


@pytest.mark.usefixtures("few_rounds")
def test_a_candidate_that_gives_no_results_is_not_taken_for_one_that_agrees(
    plan: Callable[..., Plan], prepared: Callable[[Plan], dict[str, Prepared]], tmp_path: Path
) -> None:
    asked = plan({"mute": MUTE}, rule=Rule(cells=4, most_blocks=1))
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    house = House(home=tmp_path, environ=os.environ, progress=Silent())
    table = measure(asked, prepared(asked), folder, house).table
    (row,) = numeric_reports(table, folder)
    assert (row.case, row.verdict, row.reason) == ("mute[default]", "NOT_COMPARABLE", NO_RESULTS)
