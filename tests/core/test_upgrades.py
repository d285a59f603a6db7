"""The part of tf_upgrade_v2 in a run: who runs its copy, and what is said."""

import pytest

from bot.core.plan import Environment, Script
from bot.core.report import UpgradeReport
from bot.core.upgrades import (
    MOST_CHARACTERS,
    MOST_LINES,
    difference,
    problems,
    runs_upgraded,
    said,
    shortened,
)
from tests.core.runs import CANDIDATE, case, environment


def release(version: str, package: str = "tensorflow", module: str = "tensorflow") -> Environment:
    return environment(version, "candidate", CANDIDATE, package=package, module=module)


@pytest.mark.parametrize(
    ("upgrade", "environment", "runs"),
    [
        (True, release("2.0.4"), True),
        (True, release("2.21.0", "tensorflow-cpu"), True),
        (True, release("2.0.0rc1"), True),
        (True, release("1.15.5"), False),
        (True, release("2.4.1", "torch", "torch"), False),
        (True, release("2.4.1", "tensorflow-gpu"), True),
        (True, release("2.21.0-custom", "tensorflow"), True),
        (False, release("2.0.4"), False),
    ],
)
def test_releases_from_2_0_on_run_the_copy(
    environment: Environment, *, upgrade: bool, runs: bool
) -> None:
    script = Script.model_validate({"path": "/t.py", "folder": "/", "upgrade": upgrade})
    assert runs_upgraded(case(kind="script", script=script), environment) is runs


@pytest.mark.parametrize(
    ("after", "changed"), [("a\nb\nc\n", 0), ("a\nB\nc\n", 1), ("a\nb\nc\nd\n++e\n", 2)]
)
def test_changed_lines_are_counted(after: str, changed: int) -> None:
    diff, count = difference("a\nb\nc\n", after, name="t.py")
    assert count == changed
    assert bool(diff) == bool(changed)


@pytest.mark.parametrize("line", ["+x", "+" + "x" * 1000])
def test_a_long_diff_is_cut_between_lines(line: str) -> None:
    cut = shortened("\n".join([line] * 500)).splitlines()
    assert set(cut[:-1]) == {line}
    assert cut[-1] == f"... {500 - len(cut) + 1} more lines in the run folder"
    assert len(cut) <= MOST_LINES + 1
    assert len("\n".join(cut)) < MOST_CHARACTERS + 100


def test_what_the_tool_cannot_convert_is_read_from_its_report_once() -> None:
    report = """
        File: t.py
        t.py:8:0: ERROR: Using member tf.contrib.x
        8:0: ERROR: Using member tf.contrib.x
        2:4: INFO: Renamed 'tf.placeholder'
    """
    assert problems(report) == ("Using member tf.contrib.x",)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"changed_lines": 8, "is_measured": True},
            "this is the copy in which tf_upgrade_v2 of 2.3.4 changed 8 lines",
        ),
        (
            {"changed_lines": 1},
            "tf_upgrade_v2 of 2.3.4 would change 1 line (upgrade: true has that copy measured)",
        ),
        ({}, "tf_upgrade_v2 of 2.3.4 would change nothing in it"),
        ({"is_measured": True}, "tf_upgrade_v2 of 2.3.4 changed nothing in it"),
        ({"reason": "it hung"}, "tf_upgrade_v2 could not upgrade it: it hung"),
    ],
)
def test_what_it_changed_is_said(changes: dict[str, object], sentence: str) -> None:
    values = {"workload": "t", "script": "t.py", "made_by": "2.3.4", **changes}
    assert said(UpgradeReport.model_validate(values)) == sentence
