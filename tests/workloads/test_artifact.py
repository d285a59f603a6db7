"""Artifacts: files that a case writes in one process and reads in others."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workloads.worker import Arm

Write = Callable[..., Path]
EXCHANGE = """
import os
CASES = {"default": {"text": "written"}}
def make_artifact(folder, text):
    os.mkdir(os.path.join(folder, "deep"))
    with open(os.path.join(folder, "deep", "words"), "w") as words:
        words.write(text)
def build(text, artifact):
    with open(os.path.join(artifact, "deep", "words")) as words:
        assert words.read() == text
    return lambda: None
"""


def test_what_was_made_is_read_by_build(arm: Arm, workload: Write, tmp_path: Path) -> None:
    file, path = workload(EXCHANGE), tmp_path / "artifacts" / "mine" / "default"
    arm.open(file)
    assert arm.ask("make_artifact", artifact=str(path))["ok"]
    assert arm.ask("close")["ok"]
    assert [each.name for each in path.parent.iterdir()] == ["default"]
    arm.open(file)
    assert arm.ask("build", artifact=str(path))["ok"]


def test_who_made_it_measures_nothing(arm: Arm, workload: Write, tmp_path: Path) -> None:
    arm.open(workload(EXCHANGE))
    arm.ask("make_artifact", artifact=str(tmp_path / "made"))
    error = arm.ask("build", artifact=str(tmp_path / "made"))["error"]
    assert error["message"] == "build: the case is spent, it must be opened"


FAILING = [
    ("raise ValueError('no')", "exception", "ValueError"),
    ("import unittest\n    raise unittest.SkipTest('not in this release')", "skipped", "SkipTest"),
]


@pytest.mark.parametrize(("body", "kind", "type_name"), FAILING)
def test_half_an_artifact_is_none(
    *, arm: Arm, workload: Write, tmp_path: Path, body: str, kind: str, type_name: str
) -> None:
    source = EXCHANGE.replace("def build", f"    {body}\ndef build")
    arm.open(workload(source))
    error = arm.ask("make_artifact", artifact=str(tmp_path / "a" / "b"))["error"]
    assert (error["kind"], error["type"]) == (kind, type_name)
    assert list((tmp_path / "a").iterdir()) == []


def test_what_an_interrupted_one_left_is_no_part_of_the_next(
    arm: Arm, workload: Write, tmp_path: Path
) -> None:
    left = tmp_path / "made.part" / "deep"
    left.mkdir(parents=True)
    (left / "half").write_text("")
    arm.open(workload(EXCHANGE))
    assert arm.ask("make_artifact", artifact=str(tmp_path / "made"))["ok"]
    assert [each.name for each in (tmp_path / "made" / "deep").iterdir()] == ["words"]


def test_a_place_that_is_not_there_is_nobodys_fault(
    arm: Arm, workload: Write, tmp_path: Path
) -> None:
    (tmp_path / "a_file").write_text("")
    arm.open(workload(EXCHANGE))
    error = arm.ask("make_artifact", artifact=str(tmp_path / "a_file" / "made"))["error"]
    assert error["kind"] == "disk"
    assert error["message"].startswith(f"cannot make {tmp_path / 'a_file' / 'made.part'}")


OUT_OF_PLACE = [
    ("pass", "make_artifact", "make_artifact: the workload has no such function"),
    (EXCHANGE, "build", "build: the field 'artifact' is missing"),
]


@pytest.mark.parametrize(("source", "do", "message"), OUT_OF_PLACE)
def test_who_asks_must_know_whether_there_is_one(
    arm: Arm, workload: Write, source: str, do: str, message: str
) -> None:
    arm.open(workload(source))
    error = arm.ask(do, **({"artifact": "/nowhere"} if do == "make_artifact" else {}))["error"]
    assert (error["kind"], error["message"]) == ("protocol", message)
