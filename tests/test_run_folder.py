"""The run folder: no name of a plan leads out of it, and it says how its run goes on."""

from pathlib import Path
from typing import Any

import pytest

from bot.core.division import Part
from bot.core.plan import Case
from bot.errors import BadRunFolder
from bot.run_folder import RunFolder
from tests.core.runs import plan


def case(workload: str, name: str) -> Case:
    return Case(
        name=f"{workload}[{name}]",
        workload=workload,
        case=name,
        file="a.py",
        file_digest="",
        kind="step",
    )


@pytest.mark.parametrize("name", ["..", ".", "", "a/b", "/", "../a"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    folder = RunFolder(tmp_path)
    refused = pytest.raises(BadRunFolder, match="cannot be the name of a folder")
    with refused:
        folder.upgrade(name)
    with refused:
        folder.artifact(case(name, "samples.jsonl"))
    with refused:
        folder.artifact(case("train", name))


def test_a_name_has_a_folder_of_its_own(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert folder.upgrade("train").parent == tmp_path / "upgraded" / "train"
    artifact = folder.artifact(case("variable", "A.benchmark_read"))
    assert artifact == tmp_path / "artifacts" / "variable" / "A.benchmark_read"


@pytest.mark.parametrize(
    ("changes", "command"),
    [
        ({}, "tfperf resume"),
        ({"shards": 3, "part": Part(number=2, seed=1, digest="d")}, "tfperf run PLAN --shard 2/3"),
        ({"shards": 3, "merged": (1, 2)}, "tfperf merge PART..."),
    ],
)
def test_a_folder_says_how_its_run_goes_on(
    tmp_path: Path, changes: dict[str, Any], command: str
) -> None:
    folder = RunFolder(tmp_path)
    folder.write(folder.plan, plan(**changes))
    assert folder.way_on.startswith(command)
    with pytest.raises(BadRunFolder) as caught:
        folder.must_be_new()
    assert f"finish it with: {command}" in str(caught.value)


def test_a_plan_that_was_damaged_is_told_by_who_goes_on_with_it(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.write(folder.plan, "{")
    assert folder.way_on == f"tfperf resume {tmp_path}"


def test_a_plan_on_disk_with_one_id_twice_is_refused_in_words(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    made = plan()
    folder.write(folder.plan, made.model_copy(update={"environments": made.environments * 2}))
    with pytest.raises(BadRunFolder, match="several environments have the id"):
        folder.read_plan()
