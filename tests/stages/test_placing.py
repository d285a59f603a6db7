"""Places of a report on a disk: the repository around the current folder, and nothing outside."""

from pathlib import Path

import pytest

from bot.core.plan import Plan
from bot.core.report import Place
from bot.stages.placing import places
from tests.core import runs

SOURCE = "import numpy\n\ndef build():\n    pass\n"


def planned(*files: Path, start: str = "/elsewhere") -> Plan:
    cases = tuple(
        runs.case(file.stem).model_copy(update={"file": str(file)}) for file in files
    )  # fmt: skip
    return runs.plan(cases=cases, roots={"start": start})


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with a workload in a folder, and one beside it."""
    top = tmp_path / "repo"
    (top / ".git").mkdir(parents=True)
    (top / "bench").mkdir()
    for file in (top / "bench" / "mlp.py", tmp_path / "outside.py"):
        file.write_text(SOURCE)
    (top / "bench" / "link.py").symlink_to(tmp_path / "outside.py")
    return top


def test_paths_start_at_the_top_of_the_repository(repository: Path) -> None:
    inside, outside = repository / "bench" / "mlp.py", repository.parent / "outside.py"
    link = repository / "bench" / "link.py"
    found = places(planned(inside, outside, link), here=repository / "bench", environ={})
    assert found == {"mlp": Place(path="bench/mlp.py", line=3)}


def test_a_worktree_is_a_repository_too(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /repo/.git/worktrees/head\n")
    (tmp_path / "mlp.py").write_text(SOURCE)
    found = places(planned(tmp_path / "mlp.py"), here=tmp_path, environ={})
    assert found == {"mlp": Place(path="mlp.py", line=3)}


def test_what_another_machine_planned_is_found_at_the_same_place(repository: Path) -> None:
    plan = planned(Path("/runner/work/bench/mlp.py"), start="/runner/work")
    found = places(plan, here=repository, environ={})
    assert found == {"mlp": Place(path="bench/mlp.py", line=3)}


@pytest.mark.parametrize(
    ("workspace", "expected"),
    [(".", {"mlp": Place(path="bench/mlp.py", line=1)}), ("other", {}), (None, {})],
)
def test_without_a_checkout_the_workspace_of_the_job_is_the_repository(
    tmp_path: Path, workspace: str | None, expected: dict[str, Place]
) -> None:
    plan = planned(Path("/runner/work/bench/mlp.py"), start="/runner/work")
    environ = {"GITHUB_WORKSPACE": str(tmp_path / workspace)} if workspace else {}
    assert places(plan, here=tmp_path, environ=environ) == expected
