"""Measuring a project at both sides of a pull request, under two releases, with real workers."""

import os
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.core.plan import Environment, Plan, Rule, Subject
from bot.core.report import Report
from bot.core.sides import Sides, with_sides
from bot.environments.preparation import Prepared
from bot.errors import ExitCode
from bot.progress import Silent
from bot.run_folder import RunFolder
from bot.stages.concluding import report
from bot.stages.house import House
from bot.stages.measuring import measure
from bot.stages.preparing import describe
from tests.conftest import FRAMEWORK, environment

pytestmark = pytest.mark.usefixtures("few_rounds")

PlanMaker = Callable[..., Plan]

USES_PROJECT = """
    "Does what the project of the user says."
    import numpy as np
    import my_model
    import tinyflow

    CASES = {"work": {"what": "work"}, "other": {"what": "other"}}

    def build(what):
        return getattr(my_model, what)

    def outputs(result):
        return {"sum": np.float64(result)}
"""

BASE = """
    def work():
        return sum(range(20000))

    def other():
        return sum(range(20000)) / 3
"""

SLOWER_UNDER_2 = """
    import tinyflow

    def work():
        if tinyflow.__version__ == "2.0":
            sum(range(40000))
        return sum(range(20000))

    def other():
        return sum(range(20000)) / 3 + 1
"""

BROKEN_UNDER_2 = """
    import tinyflow

    def work():
        if tinyflow.__version__ == "2.0":
            raise ValueError("no layer is called 'dense_1'")
        return sum(range(20000))

    def other():
        return sum(range(20000)) / 3
"""


def subject(ref: str) -> Subject:
    values = {"name": "my-model", "ref": ref, "commit": ref * 8, "wheel": "/w", "digest": ref}
    return Subject.model_validate(values)


SIDES = Sides(base=subject("base"), head=subject("head"))


@pytest.fixture
def run(tmp_path: Path, install: Callable[[str], Path], plan: PlanMaker) -> Callable[..., Report]:
    """Measure a project whose head is the given module, in five installs of their own."""

    def prepared(arm: Environment, head: str) -> Prepared:
        python = install(arm.release)
        (packages,) = (python.parents[1] / "lib").glob("python*/site-packages")
        module = head if arm.ref == "head" else BASE
        (packages / "my_model.py").write_text(textwrap.dedent(module))
        return Prepared(
            environment=arm, python=python, prefix=python.parents[1],
            packages={FRAMEWORK: arm.release}, lock=Path("none"), lock_digest="none",
            reused=True, seconds=0.0,
        )  # fmt: skip

    def carry_out(head: str, *, most_blocks: int = 10) -> Report:
        arms = (
            environment("aaaaaaaaaa-a", "baseline", "1.0"),
            environment("aaaaaaaaaa-b", "control", "1.0"),
            environment("bbbbbbbbbb-a", "candidate", "2.0"),
        )
        asked = plan(
            {"project": textwrap.dedent(USES_PROJECT)},
            environments=with_sides(arms, SIDES),
            rule=Rule(cells=2, alpha=0.05, most_blocks=most_blocks),
            metrics=("step",),
        )
        folder = RunFolder(tmp_path / "run")
        folder.path.mkdir()
        ready = {arm.id: prepared(arm, head) for arm in asked.environments}
        for arm in asked.environments:
            folder.write(folder.environment(arm), describe(ready[arm.id]))
        house = House(home=tmp_path, environ=os.environ, progress=Silent())
        return report(measure(asked, ready, folder, house), folder, home=tmp_path)

    return carry_out


def told(concluded: Report, case: str) -> dict[str, tuple[str, str | None]]:
    """Verdict and opponent of every column."""
    return {
        cell.candidate: (cell.verdict, cell.against)
        for cell in concluded.cells
        if (cell.case, cell.metric) == (case, "step")
    }


def test_a_pull_request_is_slower_under_one_release_and_wrong_under_all(
    run: Callable[..., Report],
) -> None:
    concluded = run(SLOWER_UNDER_2)
    steps = told(concluded, "project[work]")
    assert steps["2.0 + PR"] == ("REGRESSION", "2.0")
    assert {steps["1.0 + PR"][0], steps["2.0"][0]}.isdisjoint({"REGRESSION", "NOT_MEASURED"})
    slower = next(cell for cell in concluded.cells if cell.verdict == "REGRESSION")
    assert slower.ratio == pytest.approx(3.0, rel=0.3)
    results = {
        (each.case, each.candidate): (each.verdict, each.against) for each in concluded.numerics
    }
    assert results == {
        ("project[work]", "1.0 + PR"): ("IDENTICAL", None),
        ("project[work]", "2.0"): ("IDENTICAL", None),
        ("project[work]", "2.0 + PR"): ("IDENTICAL", "2.0"),
        ("project[other]", "1.0 + PR"): ("DRIFTED", None),
        ("project[other]", "2.0"): ("IDENTICAL", None),
        ("project[other]", "2.0 + PR"): ("DRIFTED", "2.0"),
    }
    assert (concluded.overall, concluded.exit_code) == ("regression", ExitCode.REGRESSION)
    assert concluded.subject is not None
    assert concluded.subject.pairs == {"1.0 + PR": "1.0", "2.0 + PR": "2.0"}


def test_what_fails_with_the_pull_request_only_is_told_of_the_pull_request(
    run: Callable[..., Report],
) -> None:
    concluded = run(BROKEN_UNDER_2, most_blocks=3)
    steps = told(concluded, "project[work]")
    assert steps["2.0 + PR"] == ("NOT_MEASURED", "2.0")
    assert "NOT_MEASURED" not in {steps["1.0 + PR"][0], steps["2.0"][0]}
    (failure,) = concluded.failures
    assert (failure.case, failure.environment) == ("project[work]", "2.0 + PR")
    assert failure.reason.startswith(
        "with this pull request, and not without it: ValueError: no layer is called 'dense_1'"
    )
    assert concluded.exit_code == ExitCode.PARTLY_MEASURED
