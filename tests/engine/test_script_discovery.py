"""Scripts among workload files: found by their descriptions, and never run to be read."""

import os
from pathlib import Path

import pytest

from bot.core.plan import BrokenWorkload, Case
from bot.engine.discovery import discover, workload_files
from bot.locations import workloads_root

STEP = "def build():\n    return lambda: 1\n"


def found(folder: Path) -> tuple[tuple[Case, ...], tuple[BrokenWorkload, ...]]:
    files = workload_files([folder])
    return discover(files, worker=workloads_root() / "run.py", environ=os.environ)


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    """A file that is there when somebody ran the script of a test."""
    return tmp_path / "ran"


def write(folder: Path, ran: Path, **descriptions: str) -> None:
    (folder / "train.py").write_text(f"open({str(ran)!r}, 'w')\n")
    (folder / "step.py").write_text(STEP)
    for name, text in descriptions.items():
        (folder / f"{name}.yml").write_text(text)


def test_a_description_makes_cases_of_its_script(tmp_path: Path, ran: Path) -> None:
    write(tmp_path, ran, quick="script: train.py\ncases: {a: [-n, 1], b: }\nsince: {b: 2.0}")
    cases, broken = found(tmp_path)
    assert broken == ()
    assert [case.name for case in cases] == ["step[default]", "quick[a]", "quick[b]"]
    _, first, second = cases
    assert first.kind == second.kind == "script"
    assert (first.since, second.since) == (None, "2.0")
    assert first.script is not None
    assert first.script.path == str(tmp_path / "train.py")
    assert first.script.folder == str(tmp_path)
    assert first.script.arguments == ("-n", "1")
    assert not ran.exists()


def test_a_description_can_be_named_itself(tmp_path: Path, ran: Path) -> None:
    write(tmp_path, ran, quick="script: train.py")
    assert workload_files([tmp_path / "quick.yml"]) == [tmp_path / "quick.yml"]


def test_other_files_of_a_folder_are_no_descriptions(tmp_path: Path, ran: Path) -> None:
    write(tmp_path, ran, train="script: train.py", tfperf="baseline: 2.15.1", _shared="a: b")
    assert [file.name for file in workload_files([tmp_path])] == ["step.py", "train.yml"]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("quick", "script: train.py\nnonsense: 1", "quick.yml, line 2: found the unknown key"),
        ("quick", "cases: {a: []}\nscript: tran.py", 'quick.yml, line 2: script: found "tran.py"'),
        ("quick", "script: train.py\nfolder: x", 'quick.yml, line 2: folder: found "x"'),
        ("quick", "script: notes.txt", "expected a Python file, ending in .py"),
        ("quick", "script: train.py\ncases: [", "quick.yml, line 2, column 9"),
        ("Quick", "script: train.py", "the file's name 'Quick' must be 1 to 60 of a-z 0-9 _ . -"),
        ("-a", "script: train.py", "the file's name '-a' must be 1 to 60 of a-z 0-9 _ . -, the f"),
        ("quick", 'script: "a\\0b.py"', "line 1: script: found"),
        ("quick", f"script: {'a' * 5000}.py", "expected a file that is there"),
        ("quick", "script: _loop.py", "expected a file that is there"),
        ("quick", "script: mine/train.py", "expected a file that is there"),
        ("quick", "script: train.py\nfolder: _loop.py", "expected a folder that is there"),
        ("quick", f"script: train.py\nfolder: {'a' * 5000}", "expected a folder that is there"),
        ("train", "", "train.yml: script: found nothing, expected a value"),
    ],
)
def test_a_mistake_is_a_row_with_file_and_line(
    tmp_path: Path, ran: Path, name: str, text: str, reason: str
) -> None:
    write(tmp_path, ran, train="script: train.py")
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / "_loop.py").symlink_to("_loop.py")
    (tmp_path / f"{name}.yml").write_text(text)
    _, broken = found(tmp_path)
    assert [each.workload for each in broken] == [name]
    assert reason in broken[0].reason
    assert not ran.exists()


@pytest.mark.parametrize("target", ["nowhere.yml", "broken.yml"])
def test_a_link_to_no_description_is_a_row(tmp_path: Path, ran: Path, target: str) -> None:
    write(tmp_path, ran, quick="script: train.py")
    (tmp_path / "broken.yml").symlink_to(target)
    cases, broken = found(tmp_path)
    assert [case.name for case in cases] == ["step[default]", "quick[default]"]
    assert [each.workload for each in broken] == ["broken"]
    assert "it is no file, or a link to what is none" in broken[0].reason


def test_a_folder_is_no_description(tmp_path: Path, ran: Path) -> None:
    write(tmp_path, ran, quick="script: train.py")
    (tmp_path / "folder.yml").mkdir()
    cases, broken = found(tmp_path)
    assert [case.name for case in cases] == ["step[default]", "quick[default]"]
    assert broken == ()
