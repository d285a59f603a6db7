"""Paths of a plan on another machine: found again below the same roots, and nowhere else."""

import pytest

from bot.core.plan import BrokenWorkload, Implementation, Plan, ProjectLock, Script, Subject
from bot.core.portable import files_of, relocated, with_files
from tests.core.runs import case, environment, plan

ROOTS = {
    "suite": "/opt/tfperf/workloads",
    "start": "/home/a/repository",
    "files": "/tmp/x/plan.files",
}
HERE = {"suite": "/usr/lib/tfperf/workloads", "start": "/builds/7", "files": "/in/plan.files"}


def of(file: str) -> Plan:
    return plan(cases=(case().model_copy(update={"file": file}),), roots=ROOTS)


@pytest.mark.parametrize(
    ("planned", "here"),
    [
        ("/opt/tfperf/workloads/suite/mlp.py", "/usr/lib/tfperf/workloads/suite/mlp.py"),
        ("/home/a/repository/bench/mine.py", "/builds/7/bench/mine.py"),
        ("/home/a/repository-two/mine.py", "/home/a/repository-two/mine.py"),
        ("/elsewhere/mine.py", "/elsewhere/mine.py"),
    ],
)
def test_a_path_starts_from_the_same_root_here(planned: str, here: str) -> None:
    assert relocated(of(planned), HERE).cases[0].file == here  # type: ignore[arg-type]


def test_the_deepest_root_counts() -> None:
    roots = {"start": "/repository", "suite": "/repository/workloads"}
    here = {"start": "/builds", "suite": "/opt/workloads"}
    asked = of("/repository/workloads/a.py").model_copy(update={"roots": roots})
    assert relocated(asked, here).cases[0].file == "/opt/workloads/a.py"  # type: ignore[arg-type]


def test_where_nothing_moved_nothing_changes() -> None:
    asked = of("/home/a/repository/mine.py")
    assert relocated(asked, ROOTS) == asked  # type: ignore[arg-type]


def everything() -> Plan:
    start, files = ROOTS["start"], ROOTS["files"]
    subject = Subject(name="m", ref="head", commit="c", wheel=f"{files}/1/m.whl", digest="d")
    lock = ProjectLock(path=f"{files}/2/lock.txt", digest="d", source="uv.lock", commit="c")
    return plan(
        roots=ROOTS,
        cases=(
            case().model_copy(
                update={
                    "script": Script(path=f"{start}/train.py", folder=start),
                    "implementations": {"torch": Implementation(file=f"{start}/mlp.torch.py")},
                }
            ),
        ),
        broken_workloads=(BrokenWorkload(workload="b", file=f"{start}/b.py", reason="r"),),
        environments=(
            environment("2.15.1", "baseline", "base-a", wheel=f"{files}/3/tf.whl"),
            environment("2.15.1", "control", "base-b", wheel="https://example.org/tf.whl"),
            environment("2.21.0", "candidate", "cand-a", subject=subject, project_lock=lock),
            environment("2.9", "candidate", "cand-b", existing=f"{start}/venv/bin/python"),
        ),
    )


def test_every_path_moves_but_interpreters_and_addresses() -> None:
    moved = relocated(everything(), HERE)  # type: ignore[arg-type]
    script = moved.cases[0].script
    assert script
    assert (script.path, script.folder) == ("/builds/7/train.py", "/builds/7")
    assert moved.cases[0].implementations["torch"].file == "/builds/7/mlp.torch.py"
    assert moved.broken_workloads[0].file == "/builds/7/b.py"
    first, second, third, fourth = moved.environments
    assert (first.wheel, second.wheel) == ("/in/plan.files/3/tf.whl", "https://example.org/tf.whl")
    assert third.subject
    assert third.project_lock
    assert third.subject.wheel == "/in/plan.files/1/m.whl"
    assert third.project_lock.path == "/in/plan.files/2/lock.txt"
    assert fourth.existing == "/home/a/repository/venv/bin/python"


def test_files_to_install_from_are_listed_once_and_replaced_by_copies() -> None:
    asked = everything()
    files = files_of(asked)
    assert sorted(file.rpartition("/")[2] for file in files) == ["lock.txt", "m.whl", "tf.whl"]
    assert files_of(with_files(asked, {file: f"{file}.copy" for file in files})) == tuple(
        f"{file}.copy" for file in files
    )
