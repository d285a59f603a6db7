"""Both axes of a pull request: real git, real uv, real environments, a framework of three lines."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import pipeline
from bot.core.config import Config
from bot.core.plan import Plan
from bot.environments import Prepared, Unavailable, interpreters, prepare
from bot.environments.project_wheel import CannotBuild
from bot.errors import BadConfiguration
from bot.run_folder import RunFolder
from bot.stages.axes import axes
from bot.stages.planning import make_plan
from tests.environments.conftest import MINOR, PackageShelf
from tests.stages.pull_request import PullRequest, index_of, project, said

OLD, NEW = "tensorflow==2.15.1\n", "tensorflow==2.16.2\n"
WORKLOAD = """\
"Says what it imported."
import mine
import tensorflow

def build():
    print("mine is", mine.VERSION, "in", mine.__file__, "with", tensorflow.__version__)
    return lambda: 1.0
"""


@pytest.fixture
def pull(tmp_path: Path) -> PullRequest:
    folder = tmp_path / "shelf"
    folder.mkdir()
    shelf = PackageShelf(folder)
    for version in ("2.15.1", "2.16.2"):
        shelf.wheel("tensorflow", version, requires=("tiny",))
    shelf.wheel("tiny", "1.0")
    shelf.wheel("tiny", "2.0")
    return PullRequest(tmp_path / "repository", shelf)


def plan(pull: PullRequest, **keys: object) -> Plan:
    config = pull.config(**{"dependencies": "newest", "metrics": "step", **keys})
    return make_plan(config, pull.house, base=pull.folder, command=["tfperf"])


def arms(plan: Plan) -> list[tuple[str, str, str | None]]:
    return [(e.role, e.label, e.ref) for e in plan.environments]


def asked(config: Config) -> tuple[str, list[str]]:
    return str(config.baseline), [str(spec) for spec in config.versions]


def test_auto_compares_the_release_before_with_the_release_after(pull: PullRequest) -> None:
    pull.make({"requirements.txt": OLD}, {"requirements.txt": "# newer\n" + NEW})

    found = axes(pull.config(versions="auto"), pull.house, base=pull.folder)

    assert asked(found.config) == ("2.15.1", ["2.16.2"])
    bump, sides = found.found
    assert bump == (
        "auto: tensorflow 2.15.1 (requirements.txt:1) -> tensorflow 2.16.2 (requirements.txt:2)"
    )
    assert sides.endswith(": the base is where HEAD left main")
    assert found.commit == pull.git("rev-parse", "HEAD")


@pytest.mark.parametrize(
    ("sides", "versions", "candidates", "reason"),
    [
        (
            (OLD, OLD),
            "auto",
            ["2.21.0"],
            "requirements.txt:1 pins tensorflow==2.15.1 on both sides",
        ),
        ((OLD, OLD), ["auto", "2.17.1"], ["2.17.1"], "on both sides"),
        ((OLD, "tensorflow>=2.16"), "auto", ["2.21.0"], "head: requirements.txt:1 asks for"),
        ((OLD, "tensorflow==2.15.99"), "auto", ["2.21.0"], "There is no tensorflow 2.15.99"),
        (("", NEW), "auto", ["2.21.0"], "base: no dependency file names TensorFlow"),
    ],
)
def test_without_a_bump_what_is_configured_is_compared_and_that_is_told(
    pull: PullRequest,
    sides: tuple[str, str],
    versions: object,
    candidates: list[str],
    reason: str,
) -> None:
    pull.make({"requirements.txt": sides[0]}, {"requirements.txt": sides[1]})
    config = pull.config(versions=versions, baseline="2.14.1")

    found = axes(config, pull.house, base=pull.folder)

    assert asked(found.config) == ("2.14.1", candidates)
    assert reason in found.found[0]
    assert found.found[0].endswith("the releases that are configured are compared instead")


def test_what_is_not_committed_is_not_measured_and_that_is_told(pull: PullRequest) -> None:
    pull.make({"requirements.txt": OLD}, {"requirements.txt": NEW})
    (pull.folder / "requirements.txt").write_text("tensorflow==2.18.0", encoding="utf-8")

    found = axes(pull.config(versions="auto"), pull.house, base=pull.folder)

    assert asked(found.config)[1] == ["2.16.2"]
    assert "1 file has changes that are not committed; they are not measured" in found.found


def test_a_run_that_asks_for_no_sides_only_knows_its_commit(
    pull: PullRequest, tmp_path: Path
) -> None:
    pull.make({"a.txt": ""}, {"a.txt": "x"})

    inside = axes(pull.config(), pull.house, base=pull.folder)
    outside = axes(pull.config(), pull.house, base=tmp_path)

    assert (inside.commit, inside.found) == (pull.git("rev-parse", "HEAD"), ())
    assert outside.commit is None


def test_what_is_of_no_use_is_told(pull: PullRequest) -> None:
    pull.make(project("base"), {"mine.py": "VERSION = 'head'\n"})
    idle = axes(pull.config(base="main"), pull.house, base=pull.folder)
    alone = axes(pull.config(subject="."), pull.house, base=pull.folder)
    assert [note.partition(":")[0] for note in idle.found] == ["base was not looked at"]
    assert alone.found[-1].startswith("no workload of yours (`paths`) is measured")


def test_two_sides_need_a_repository(pull: PullRequest, tmp_path: Path) -> None:
    with pytest.raises(BadConfiguration, match="there is no git repository here"):
        axes(pull.config(versions="auto"), pull.house, base=tmp_path)


def test_workloads_that_are_not_committed_are_named(pull: PullRequest) -> None:
    pull.make({**project("base"), "speed.py": "", "old.py": ""}, {"mine.py": "VERSION = 'head'\n"})
    for name in ("speed.py", "new.py", "mine.py"):
        (pull.folder / name).write_text("# changed", encoding="utf-8")
    workloads = [pull.folder / name for name in ("speed.py", "new.py", "old.py")]
    elsewhere = pull.folder.parent / "suite.py"

    config = pull.config(subject=".", paths=["."])
    found = axes(config, pull.house, base=pull.folder, workloads=[*workloads, elsewhere])

    assert found.found[-2:] == (
        "1 file has changes that are not committed; they are not measured",
        "workloads that are measured as they lie here, not as committed: new.py, speed.py",
    )


@pytest.mark.parametrize(
    ("subject", "base", "head", "said"),
    [
        ("gone", {}, {"a.txt": "x"}, "there is no folder gone at head"),
        ("sub", {"sub/a.txt": ""}, {"a.txt": "x"}, "there is no pyproject.toml or setup.py in sub"),
        (".", {"a.txt": ""}, {"setup.py": ""}, "the project in the top folder is new in this pull"),
        (".", {"pyproject.toml": ""}, {"setup.cfg": ""}, None),
        ("sub", {"sub/setup.py": ""}, {"a.txt": "x"}, None),
    ],
)
def test_a_subject_that_cannot_be_built_is_told_at_once(
    pull: PullRequest, subject: str, base: dict[str, str], head: dict[str, str], said: str | None
) -> None:
    pull.make(base, head)

    if said is None:
        assert axes(pull.config(subject=subject), pull.house, base=pull.folder).project
        return
    with pytest.raises(BadConfiguration, match=said):
        axes(pull.config(subject=subject), pull.house, base=pull.folder)
    assert pull.heard.notes == []


def test_a_subject_lies_in_the_repository(pull: PullRequest) -> None:
    pull.make({"a.txt": ""}, {"a.txt": "x"})

    with pytest.raises(BadConfiguration, match="lies outside of the repository"):
        axes(pull.config(subject=".."), pull.house, base=pull.folder)


def test_every_release_has_the_project_of_both_sides(pull: PullRequest) -> None:
    pull.make(project("base"), {"mine.py": "VERSION = 'head'\n"})
    planned = plan(pull, subject=".", baseline="2.15.1", versions=["2.15.1"])

    prepared = prepare(planned.environments, home=pull.home, progress=silent, environ=pull.environ)

    ready = [each for each in prepared if isinstance(each, Prepared)]
    assert len(ready) == len(planned.environments) == 5
    program = "import mine, tensorflow; print(mine.VERSION, tensorflow.__version__)"
    for each in ready:  # from the folder where head lies in the open
        found = said(each.python, program, pull.folder)
        assert found == f"{each.environment.ref} 2.15.1"
        assert each.packages["mine"] == "1.0"
    assert len({each.lock_digest for each in ready}) == 1
    assert planned.found[-1].startswith("subject: mine is installed as it is at base and at head")

    again = plan(pull, subject=".", baseline="2.15.1", versions=["2.15.1"])
    assert [e.id for e in again.environments] == [e.id for e in planned.environments]
    reused = prepare(again.environments, home=pull.home, progress=silent, environ=pull.environ)
    assert all(isinstance(each, Prepared) and each.reused for each in reused)


def silent(*_: object) -> None:
    return None


@pytest.mark.usefixtures("few_rounds")
def test_workloads_beside_the_project_import_what_is_installed(
    pull: PullRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull.make(project("base"), {"mine.py": "VERSION = 'head'\n", "speed.py": WORKLOAD})
    monkeypatch.chdir(pull.folder)
    config = pull.config(
        dependencies="newest",
        subject=".",
        baseline="2.15.1",
        versions=["2.15.1"],
        paths=["speed.py"],
        metrics="step",
        most_blocks=None,
        budget="20s",
        seed="1",
        **{"most-blocks": "3"},
    )
    folder = RunFolder(tmp_path / "run")

    report = pipeline.start(config, folder, pull.house, base=pull.folder, command=["tfperf"])

    assert not report.failures
    for environment in folder.read_plan().environments:
        log = (tmp_path / "run" / "logs" / f"{environment.id}.log").read_text(encoding="utf-8")
        imported = [line for line in log.splitlines() if line.startswith("mine is")]
        assert imported
        assert all(line.startswith(f"mine is {environment.ref} in") for line in imported)
        assert not any(f"in {pull.folder}/mine.py" in line for line in imported)
    assert any(note.startswith("subject: mine") for note in report.notes)


def test_a_script_beside_the_project_is_a_row_with_the_reason(pull: PullRequest) -> None:
    pull.make(project("base"), {"mine.py": "VERSION = 'head'\n", "train.py": "import mine\n"})
    scripts = pull.folder / "scripts"
    scripts.mkdir()
    (scripts / "train.yml").write_text("script: ../train.py\n", encoding="utf-8")

    planned = plan(pull, subject=".", versions=["2.15.1"], paths=["scripts"])

    (broken,) = planned.broken_workloads
    assert broken.workload == "train"
    assert broken.reason.startswith("mine.py lies beside the script and would be imported instead")
    assert not planned.cases


def test_a_project_that_does_not_go_with_a_release_is_a_row(pull: PullRequest) -> None:
    needs = project("head", requires=("tensorflow[and-cuda]>=2.16", "tiny<2; extra == 'x'"))
    pull.make(project("base"), needs)

    planned = plan(pull, subject=".", baseline="2.15.1", versions=["2.15.1"])
    prepared = prepare(planned.environments, home=pull.home, progress=silent, environ=pull.environ)

    refused = [each for each in prepared if isinstance(each, Unavailable)]
    assert {each.reason for each in refused} == {"mine at head needs tensorflow>=2.16"}
    assert {each.environment.ref for each in refused} == {"head"}


def test_a_project_under_the_release_of_the_baseline_alone(pull: PullRequest) -> None:
    pull.make(project("base"), {"mine.py": "VERSION = 'head'\n"})

    planned = plan(pull, subject=".", baseline="2.15.1", versions=[])

    assert arms(planned) == [
        ("baseline", "2.15.1", "base"),
        ("control", "2.15.1'", "base"),
        ("candidate", "2.15.1 + PR", "head"),
    ]


def test_what_building_needed_is_given_back(pull: PullRequest) -> None:
    pull.make(project("base"), {"mine.py": "VERSION = 'head'\n"})

    plan(pull, subject=".", baseline="2.15.1", versions=[])
    assert len([note for note in pull.heard.notes if note.startswith("building")]) == 2
    assert len(list((pull.home / "wheels").rglob("*.whl"))) == 2
    assert [each for each in (pull.home / "worktrees").iterdir() if each.is_dir()] == []
    assert len(pull.git("worktree", "list").splitlines()) == 1

    plan(pull, subject=".", baseline="2.15.1", versions=[])
    assert len([note for note in pull.heard.notes if note.startswith("building")]) == 2


def test_what_the_project_needs_is_locked_with_the_release(pull: PullRequest) -> None:
    pull.make(project("base"), project("head", requires=("tensorflow", "tiny<2")))

    planned = plan(pull, subject=".", baseline="2.15.1", versions=["2.15.1"])
    prepared = prepare(planned.environments, home=pull.home, progress=silent, environ=pull.environ)

    tiny = {e.environment.ref: e.packages["tiny"] for e in prepared if isinstance(e, Prepared)}
    assert tiny == {"base": "2.0", "head": "1.0"}


def test_a_project_that_cannot_be_built_is_an_error_that_names_the_side(pull: PullRequest) -> None:
    pull.make(project("base"), {"backend.py": "raise SystemExit('no compiler')\n"})

    with pytest.raises(CannotBuild, match=r"the project in \. cannot be built at head"):
        plan(pull, subject=".", versions=["2.15.1"])


def test_building_sees_no_token(pull: PullRequest) -> None:
    spy = 'import os\nassert "GITHUB_TOKEN" not in os.environ\n'
    files = project("base")
    pull.make({**files, "backend.py": spy + files["backend.py"]}, {"mine.py": "VERSION = 'head'\n"})
    pull.environ["GITHUB_TOKEN"] = "secret"

    planned = plan(pull, subject=".", versions=["2.15.1"])

    assert planned.environments[0].subject


def test_a_pythons_own_wheel_is_kept_by_python(pull: PullRequest) -> None:
    tag = f"cp{MINOR.replace('.', '')}-none-any"
    native = {
        "backend.py": project("")["backend.py"].replace("py3-none-any", f"{tag[:5]}-abi3-any")
    }
    pull.make(project("base") | native, {"mine.py": "VERSION = 'head'\n"})

    planned = plan(pull, subject=".", versions=["2.15.1"])

    subject = planned.environments[0].subject
    assert subject
    assert Path(subject.wheel).parent.name == MINOR


def test_a_bump_with_the_projects_own_locks(pull: PullRequest) -> None:
    tiny = pull.hashed("tiny", "1.0")
    base = pull.hashed("tensorflow", "2.15.1") + tiny
    head = pull.hashed("tensorflow", "2.16.2") + tiny
    pull.make({"requirements.txt": base}, {"requirements.txt": head})

    planned = plan(pull, versions="auto", dependencies="project")
    prepared = prepare(planned.environments, home=pull.home, progress=silent, environ=pull.environ)

    assert arms(planned) == [
        ("baseline", "2.15.1", "base"),
        ("control", "2.15.1'", "base"),
        ("candidate", "2.16.2", "head"),
    ]
    assert planned.found[0].endswith("; dependencies: requirements.txt as it is")
    installed = [each.packages for each in prepared if isinstance(each, Prepared)]
    assert [each["tensorflow"] for each in installed] == ["2.15.1", "2.15.1", "2.16.2"]
    assert all(each["tiny"] == "1.0" for each in installed)
    assert not list((pull.home / "locks").glob("tensorflow*"))


def test_other_packages_may_move_alone(pull: PullRequest) -> None:
    framework = pull.hashed("tensorflow", "2.15.1")
    base, head = (framework + pull.hashed("tiny", version) for version in ("1.0", "2.0"))
    pull.make({"requirements.txt": base}, {"requirements.txt": head})

    planned = plan(pull, versions="auto", dependencies="project")
    prepared = prepare(planned.environments, home=pull.home, progress=silent, environ=pull.environ)

    assert [e.release for e in planned.environments] == ["2.15.1"] * 3
    assert "and other packages differ" in planned.found[0]
    installed = [each.packages for each in prepared if isinstance(each, Prepared)]
    assert [each["tiny"] for each in installed] == ["1.0", "1.0", "2.0"]


def test_other_packages_move_alone_with_the_code(pull: PullRequest) -> None:
    framework = pull.hashed("tensorflow", "2.15.1")
    base, head = (framework + pull.hashed("tiny", version) for version in ("1.0", "2.0"))
    files = project("base", requirements__txt=base)
    pull.make(files, {"requirements.txt": head, "mine.py": "VERSION = 'head'\n"})

    planned = plan(pull, versions="auto", dependencies="project", subject=".")
    prepared = prepare(planned.environments, home=pull.home, progress=silent, environ=pull.environ)

    assert arms(planned) == [
        ("baseline", "2.15.1", "base"),
        ("control", "2.15.1'", "base"),
        ("candidate", "2.15.1 + PR", "head"),
    ]
    installed = [each.packages for each in prepared if isinstance(each, Prepared)]
    assert [each["tiny"] for each in installed] == ["1.0", "1.0", "2.0"]


@pytest.fixture
def served(pull: PullRequest) -> Iterator[PullRequest]:
    """Serve the shelf over HTTP, with hashes and dates, as a package index does."""
    with index_of(pull.shelf.folder, uploaded="2024-03-01T00:00:00Z") as address:
        pull.environ["UV_DEFAULT_INDEX"] = address
        pull.environ["NO_PROXY"] = "127.0.0.1"
        yield pull


def test_a_lock_without_hashes_is_told(pull: PullRequest) -> None:
    locked(pull)  # by a folder as an index, which has none

    planned = plan(pull, versions="auto", dependencies="project")

    assert planned.found[0].startswith("auto: uv.lock has no hash for tensorflow==2.15.1;")


def test_pins_without_hashes_are_resolved_as_of_their_commit(served: PullRequest) -> None:
    served.make({"requirements.txt": OLD + "tiny<2\n"}, {"requirements.txt": NEW})

    planned = plan(served, versions="auto", dependencies="project")
    prepared = prepare(
        planned.environments, home=served.home, progress=silent, environ=served.environ
    )

    assert "requirements.txt, which has no hashes, resolved as of 2024-05-01" in planned.found[0]
    installed = [each.packages for each in prepared if isinstance(each, Prepared)]
    assert [each["tiny"] for each in installed] == ["1.0", "1.0", "2.0"]


def test_a_range_is_what_it_was_resolved_to(served: PullRequest) -> None:
    declared = '[project]\nname = "mine"\nversion = "1.0"\ndependencies = ["tensorflow{}"]\n'
    served.make(
        {"pyproject.toml": declared.format("<2.16")}, {"pyproject.toml": declared.format(">=2.16")}
    )

    planned = plan(served, versions="auto", dependencies="project")

    assert [e.release for e in planned.environments] == ["2.15.1", "2.15.1", "2.16.2"]
    assert "pyproject.toml, which has no hashes, resolved as of 2024-05-01" in planned.found[0]


def locked(pull: PullRequest) -> None:
    """Make a pull request that moves TensorFlow in a project of uv."""
    declared = '[project]\nname = "mine"\nversion = "1.0"\nrequires-python = ">=3.11"\n'
    pull.git("init", "--quiet", "--initial-branch=main")
    for number, version in enumerate(("2.15.1", "2.16.2")):
        needs = f'dependencies = ["tensorflow=={version}", "tiny<2"]\n'
        (pull.folder / "pyproject.toml").write_text(declared + needs, encoding="utf-8")
        pull.uv("lock")
        pull.commit({})
        if not number:
            pull.git("checkout", "--quiet", "-b", "work")


def test_the_lock_of_uv_is_exported_without_the_project(served: PullRequest) -> None:
    pull = served
    locked(pull)

    planned = plan(pull, versions="auto", dependencies="project")
    prepared = prepare(planned.environments, home=pull.home, progress=silent, environ=pull.environ)

    assert [e for e in prepared if isinstance(e, Unavailable)] == []
    assert "uv.lock as it is" in planned.found[0]
    assert any(note.startswith("pyproject.toml:4 needs Python >=3.11") for note in planned.found)
    installed = [each.packages for each in prepared if isinstance(each, Prepared)]
    assert installed == [
        {"tensorflow": version, "tiny": "1.0"} for version in ("2.15.1", "2.15.1", "2.16.2")
    ]


def test_both_axes_at_once(pull: PullRequest) -> None:
    tiny = pull.hashed("tiny", "1.0")
    base = pull.hashed("tensorflow", "2.15.1") + tiny
    head = pull.hashed("tensorflow", "2.16.2") + tiny
    pull.make(
        project("base", requirements__txt=base),
        {"requirements.txt": head, "mine.py": "VERSION = 'head'\n"},
    )

    planned = plan(pull, versions="auto", dependencies="project", subject=".")
    prepared = prepare(planned.environments, home=pull.home, progress=silent, environ=pull.environ)

    program = "import mine, tensorflow; print(mine.VERSION, tensorflow.__version__)"
    found = [said(e.python, program, pull.folder) for e in prepared if isinstance(e, Prepared)]
    assert found == ["base 2.15.1", "base 2.15.1", "head 2.15.1", "base 2.16.2", "head 2.16.2"]


def test_a_lock_without_the_release_is_a_row(pull: PullRequest) -> None:
    lock = pull.hashed("tensorflow", "2.15.1") + pull.hashed("tiny", "1.0")
    pull.make({"requirements.txt": lock}, {"a.txt": ""})

    planned = plan(pull, baseline="2.15.1", versions=["2.16.2"], dependencies="project")
    prepared = prepare(planned.environments, home=pull.home, progress=silent, environ=pull.environ)

    (refused,) = (each for each in prepared if isinstance(each, Unavailable))
    head = pull.git("rev-parse", "HEAD")[:12]
    expected = f"requirements.txt at {head} locks tensorflow 2.15.1, not tensorflow 2.16.2"
    assert refused.reason == expected


def test_a_lock_that_was_changed_since_is_not_used(pull: PullRequest) -> None:
    lock = pull.hashed("tensorflow", "2.15.1") + pull.hashed("tiny", "1.0")
    pull.make({"requirements.txt": lock}, {"a.txt": ""})
    planned = plan(pull, baseline="2.15.1", versions=["2.15.1"], dependencies="project")
    for path in (pull.home / "locks").glob("project-*"):
        path.write_text(pull.hashed("tensorflow", "2.15.1"), encoding="utf-8")

    prepared = prepare(planned.environments, home=pull.home, progress=silent, environ=pull.environ)

    assert all(isinstance(each, Unavailable) for each in prepared)


def pretend(pull: PullRequest, *minors: str) -> None:
    """Let no other Pythons be here than these, which only answer who they are."""
    for name in [name for name in pull.environ if name.startswith("TFPERF_PYTHON_")]:
        del pull.environ[name]
    tools = pull.folder.parent / "tools"
    tools.mkdir(exist_ok=True)
    git = shutil.which("git")
    assert git
    (tools / "git").unlink(missing_ok=True)
    (tools / "git").symlink_to(git)
    pull.environ["PATH"] = f"{tools}:/bin"
    for minor in minors:
        path = tools / f"python-{minor}"
        known = {"path": str(path), "version": f"{minor}.9", "implementation": "cpython"}
        answer = json.dumps({**known, "abiflags": ""})
        path.write_text(f"#!/bin/sh\necho '{answer}'\n", encoding="utf-8")
        path.chmod(0o755)
        pull.environ[interpreters.variable(minor)] = str(path)


def test_a_resolution_is_for_a_python_of_all_that_is_configured(served: PullRequest) -> None:
    served.make({"requirements.txt": NEW}, {"a.txt": ""})
    pretend(served, "3.12", "3.11")  # 2.16.2 has both, 2.15.1 the older one

    planned = plan(
        served, baseline="2.15.1", versions=["2.16.2"], dependencies="project", python=None
    )

    assert {each.python for each in planned.environments} == {"3.11"}


def test_the_reason_of_a_release_that_the_lock_lacks_is_the_lock(served: PullRequest) -> None:
    served.make({"requirements.txt": NEW}, {"a.txt": ""})
    pretend(served, "3.11")  # 2.4.4 has no Python in common with 2.16.2

    planned = plan(
        served, baseline="2.4.4", versions=["2.16.2"], dependencies="project", python=None
    )

    reasons = {each.release: each.unavailable for each in planned.environments}
    base = served.git("rev-parse", "main")[:12]
    expected = f"requirements.txt at {base} locks tensorflow 2.16.2, not tensorflow 2.4.4"
    assert reasons == {"2.4.4": expected, "2.16.2": None}


def test_a_fallback_has_all_pythons_again(
    served: PullRequest,
) -> None:
    served.make({"requirements.txt": NEW}, {"a.txt": ""})
    pretend(served, "3.12", "3.11")
    config = served.config(
        versions=["auto", "2.14.1"], baseline="2.13.1", dependencies="project", python=None
    )

    found = axes(config, served.house, base=served.folder)

    assert asked(found.config) == ("2.13.1", ["2.14.1"])
    assert found.pythons is None


def test_what_developers_install_and_what_constrains_is_not_installed(served: PullRequest) -> None:
    files = {
        "requirements.txt": OLD,
        "requirements-dev.txt": OLD + "tiny==1.0\n",
        "constraints.txt": OLD,
    }
    served.make(files, {"requirements.txt": NEW, "constraints.txt": NEW})

    planned = plan(served, versions="auto", dependencies="project")

    assert "requirements.txt with constraints.txt, which has no hashes" in planned.found[0]
    assert [e.release for e in planned.environments] == ["2.15.1", "2.15.1", "2.16.2"]


def test_a_member_of_a_workspace_has_the_lock_of_all(served: PullRequest) -> None:
    pull = served
    top = '[project]\nname = "top"\nversion = "0"\nrequires-python = ">=3.11"\n'
    top += 'dependencies = ["slim"]\n[tool.uv.workspace]\nmembers = ["packages/*"]\n'
    member = '[project]\nname = "m"\nversion = "0"\nrequires-python = ">=3.11"\n'
    pull.shelf.wheel("slim", "1.0")
    pull.git("init", "--quiet", "--initial-branch=main")
    for number, version in enumerate(("2.15.1", "2.16.2")):
        needs = f'dependencies = ["tensorflow>={version}", "tiny<2"]\n'
        bound = f'[tool.uv]\nconstraint-dependencies = ["tensorflow=={version}"]\n'
        pull.folder.joinpath("packages/m").mkdir(parents=True, exist_ok=True)
        (pull.folder / "pyproject.toml").write_text(top + bound, encoding="utf-8")
        (pull.folder / "packages/m/pyproject.toml").write_text(member + needs, encoding="utf-8")
        pull.uv("lock")
        pull.commit({})
        if not number:
            pull.git("checkout", "--quiet", "-b", "work")
    config = pull.config(versions="auto", dependencies="project")

    found = axes(config, pull.house, base=pull.folder / "packages" / "m")

    assert asked(found.config) == ("2.15.1", ["2.16.2"])
    assert found.found[0].endswith("dependencies: uv.lock for m as it is")
    assert found.locks
    for lock in found.locks:
        assert "tiny==1.0" in Path(lock.path).read_text(encoding="utf-8")
        assert "slim" not in Path(lock.path).read_text(encoding="utf-8")


def test_conda_files_are_no_lock(pull: PullRequest) -> None:
    conda = "dependencies:\n  - tensorflow=2.15.1\n"
    pull.make({"environment.yml": conda}, {"environment.yml": conda.replace("15.1", "16.2")})

    with pytest.raises(BadConfiguration, match="names packages of conda"):
        plan(pull, dependencies="project", versions=["2.16.2"])

    fallen_back = plan(pull, versions="auto", dependencies="project")
    assert "packages of conda" in fallen_back.found[0]
    assert "with dependencies of their own dates" in fallen_back.found[0]
    assert fallen_back.dependencies == "release-date"
