"""Names of a plan become names of folders: none of them leads out of the run folder."""

from pathlib import Path

import pytest

from bot.core.plan import Case
from bot.errors import BadRunFolder
from bot.run_folder import RunFolder


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
