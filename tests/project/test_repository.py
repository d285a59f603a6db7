"""Reading a repository that others wrote, without running anything of it."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from bot.project.dependencies import dependencies
from bot.project.git import Git
from bot.project.repository import Repository, find_repository
from bot.project.trouble import BadRepository
from bot.project.worktrees import remove_worktree, worktree
from tests.project.conftest import Checkout


@pytest.fixture
def repository(checkout: Checkout) -> Repository:
    found = find_repository(checkout.folder, checkout.environ)
    assert found is not None
    return found


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_it_is_found_from_any_folder_of_it(checkout: Checkout, tmp_path: Path) -> None:
    inside = checkout.folder / "deep" / "er"
    inside.mkdir(parents=True)

    found = find_repository(inside, checkout.environ)

    assert found is not None
    assert found.top == checkout.folder
    assert find_repository(tmp_path, checkout.environ) is None


def test_files_are_read_as_they_were(checkout: Checkout, repository: Repository) -> None:
    base, head = checkout.git("rev-parse", "main"), checkout.git("rev-parse", "HEAD")
    (checkout.folder / "requirements.txt").write_text("not committed", encoding="utf-8")

    assert repository.changed(base, head) == {"requirements.txt"}
    assert repository.text(base, "requirements.txt") == "tensorflow==2.15.1\n"
    assert repository.text(head, "requirements.txt") == "tensorflow==2.16.2\n"
    assert repository.files(head) == ("mine.py", "requirements.txt")
    assert repository.uncommitted() == ("requirements.txt",)
    assert repository.date(head) == "2024-05-01T12:00:00Z"
    assert repository.seconds(head) == 1714564800


def test_what_is_no_text_is_none(checkout: Checkout, repository: Repository) -> None:
    (checkout.folder / "image").write_bytes(b"\xff\xfe\x00")
    (checkout.folder / "link.txt").symlink_to("/etc/passwd")
    head = checkout.commit({"long.txt": "x" * (17 << 20), "sub/a.txt": "a"})

    assert repository.text(head, "image") is None
    assert repository.text(head, "long.txt") is None
    assert repository.text(head, "missing") is None
    assert repository.text(head, "sub") is None
    assert "link.txt" not in repository.files(head)


def test_nothing_a_repository_configures_is_run(
    checkout: Checkout, repository: Repository, tmp_path: Path
) -> None:
    ran = tmp_path / "ran"
    spy = script(tmp_path / "spy", f'echo "$0 $@" >> {ran}; cat')
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-checkout", "reference-transaction", "post-index-change"):
        script(hooks / hook, f"echo {hook} >> {ran}")
    attributes = "*.py filter=spy diff=spy\n"
    base = checkout.git("rev-parse", "main")
    head = checkout.commit({".gitattributes": attributes, "mine.py": "A = 2\n"})
    for name, value in {
        "core.hooksPath": hooks,
        "core.fsmonitor": spy,
        "core.pager": spy,
        "core.sshCommand": spy,
        "credential.helper": f"!{spy}",
        "diff.external": spy,
        "diff.spy.textconv": spy,
        "diff.spy.command": spy,
        "filter.spy.smudge": spy,
        "filter.spy.clean": spy,
        "filter.spy.process": spy,
        "filter.spy.required": "true",
    }.items():
        checkout.git("config", name, str(value))
    ran.unlink(missing_ok=True)

    folder = worktree(repository, head, home=tmp_path / "home")
    worktree(repository, head, home=tmp_path / "home")
    assert repository.changed(base, head) >= {"mine.py"}
    assert repository.uncommitted() == ()
    assert repository.text(head, "mine.py") == (folder / "mine.py").read_text() == "A = 2\n"
    assert not ran.exists(), ran.read_text()


def test_a_filter_that_cannot_be_switched_off_is_refused(
    checkout: Checkout, repository: Repository, tmp_path: Path
) -> None:
    checkout.git("config", "filter.a=b.smudge", "cat")

    with pytest.raises(BadRepository, match=r"filter\.a=b .* cannot be switched off"):
        worktree(repository, checkout.git("rev-parse", "HEAD"), home=tmp_path)


def test_variables_of_git_do_not_lead_it_elsewhere(checkout: Checkout, tmp_path: Path) -> None:
    other = Checkout(tmp_path / "other")
    other.git("init", "--quiet")
    environ = {
        **checkout.environ,
        "GIT_DIR": str(other.folder / ".git"),
        "GIT_TRACE": "/dev/stderr",
    }

    found = find_repository(checkout.folder, environ)

    assert found is not None
    assert found.top == checkout.folder
    assert found.commit("HEAD") == checkout.git("rev-parse", "HEAD")


def test_a_hanging_git_is_ended(repository: Repository, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    script(tools / "git", "sleep 60")
    slow = replace(repository.git, environ={"PATH": f"{tools}:{os.environ['PATH']}"}, seconds=0.2)

    with pytest.raises(BadRepository, match="git status took longer than"):
        slow.ask("status")


def test_without_git_it_says_so(repository: Repository) -> None:
    with pytest.raises(BadRepository, match="there is no git on PATH"):
        replace(repository.git, environ={"PATH": "/nowhere"}).ask("status")


def test_a_folder_of_another_user_is_explained(checkout: Checkout, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    said = "fatal: detected dubious ownership in repository at '/x'"
    script(tools / "git", f'echo "{said}" >&2; exit 128')
    git = Git(folder=checkout.folder, environ={"PATH": f"{tools}:{os.environ['PATH']}"})

    with pytest.raises(BadRepository) as refused:
        git.ask("status")
    assert f"git config --global --add safe.directory {checkout.folder}" in str(refused.value)


def test_a_failing_command_is_quoted(repository: Repository) -> None:
    with pytest.raises(BadRepository, match="git cat-file ended with status 128: fatal"):
        repository.git.must("cat-file", "commit", "nothing")


def test_a_worktree_is_kept_cleaned_and_repaired(
    checkout: Checkout, repository: Repository, tmp_path: Path
) -> None:
    base, home = checkout.git("rev-parse", "main"), tmp_path / "home"
    folder = worktree(repository, base, home=home)
    before = (folder / "mine.py").stat().st_ino
    (folder / "build").mkdir()
    (folder / "build" / "stale.py").write_text("", encoding="utf-8")

    assert worktree(repository, base, home=home) == folder
    assert not (folder / "build").exists()
    assert (folder / "mine.py").stat().st_ino == before

    (folder / "mine.py").unlink()  # as a kill in the middle would leave it
    worktree(repository, base, home=home)
    assert (folder / "mine.py").read_text() == "A = 1\n"

    (folder / "mine.py").write_text("A = 3\n", encoding="utf-8")
    worktree(repository, base, home=home)
    assert (folder / "mine.py").read_text() == "A = 1\n"

    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
    worktree(repository, base, home=home)
    assert (folder / "mine.py").read_text() == "A = 1\n"

    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    folder.rmdir()
    folder.symlink_to(tmp_path)  # somebody else's idea
    worktree(repository, base, home=home)
    assert not folder.is_symlink()
    assert (folder / "mine.py").read_text() == "A = 1\n"
    assert checkout.git("status", "--porcelain") == ""


def test_dependency_files_are_found_and_their_includes_followed(
    checkout: Checkout, repository: Repository
) -> None:
    head = checkout.commit(
        {
            "requirements.txt": "-r more/base.txt\n",
            "more/base.txt": "tensorflow==2.16.2\n-r ../requirements.txt\n",
            "docs/requirements.txt": "tensorflow==2.9.0\n",
            "models/pyproject.toml": "[project]\nname = 'x'\n",
        }
    )

    found = dependencies(repository, head, folder="")
    nested = dependencies(repository, head, folder="models")

    assert set(found.readings) == {"requirements.txt", "more/base.txt"}
    assert set(nested.readings) == {"models/pyproject.toml", "requirements.txt", "more/base.txt"}
    assert found.notes == ()


def test_a_missing_include_is_a_note(checkout: Checkout, repository: Repository) -> None:
    head = checkout.commit({"requirements.txt": "-r gone.txt\n"})

    found = dependencies(repository, head, folder="")

    assert found.notes == ("gone.txt was not read: it is no text, or too long",)


def test_a_file_that_was_moved_is_one_file(checkout: Checkout, repository: Repository) -> None:
    checkout.git("mv", "mine.py", "yours.py")
    (checkout.folder / "requirements.txt").write_text("changed", encoding="utf-8")
    (checkout.folder / "new.txt").write_text("", encoding="utf-8")

    assert sorted(repository.uncommitted()) == ["requirements.txt", "yours.py"]


def test_a_worktree_of_the_user_that_is_not_mounted_is_not_forgotten(
    checkout: Checkout, repository: Repository, tmp_path: Path
) -> None:
    base, home = checkout.git("rev-parse", "main"), tmp_path / "home"
    users = tmp_path / "disk" / "theirs"
    checkout.git("worktree", "add", "--quiet", "--detach", str(users), "work")
    (tmp_path / "disk").rename(tmp_path / "elsewhere")

    folder = worktree(repository, base, home=home)
    folder.rename(tmp_path / "lost")  # ours is replaced, though git still knows the old one
    assert (worktree(repository, base, home=home) / "mine.py").read_text() == "A = 1\n"

    (tmp_path / "elsewhere").rename(tmp_path / "disk")
    assert Checkout(users).git("rev-parse", "HEAD") == checkout.git("rev-parse", "work")
    listed = checkout.git("worktree", "list", "--porcelain")
    assert f"worktree {users}\n" in listed
    assert listed.count(f"worktree {folder}\n") == 1


def test_a_worktree_is_given_back(
    checkout: Checkout, repository: Repository, tmp_path: Path
) -> None:
    base = checkout.git("rev-parse", "main")
    folder = worktree(repository, base, home=tmp_path)
    (folder / "build").mkdir()

    remove_worktree(repository, base, home=tmp_path)
    remove_worktree(repository, base, home=tmp_path)

    assert not folder.exists()
    assert str(folder) not in checkout.git("worktree", "list")


def test_a_clone_without_files_says_how_to_have_them(checkout: Checkout, tmp_path: Path) -> None:
    checkout.git("config", "uploadpack.allowFilter", "true")
    base = checkout.git("rev-parse", "main")
    blobless = checkout.clone(tmp_path / "blobless", "--filter=blob:none", "--branch=work")
    found = find_repository(blobless.folder, blobless.environ)
    assert found is not None

    assert found.text(base, "missing") is None
    for read in (
        lambda: dependencies(found, base, folder=""),
        lambda: worktree(found, base, home=tmp_path / "home"),
    ):
        with pytest.raises(BadRepository) as refused:
            read()
        assert "the clone leaves out what it does not need" in str(refused.value)
        assert "no `filter:` below `with:` of actions/checkout" in str(refused.value)


def test_a_clone_without_trees_says_how_to_have_them(checkout: Checkout, tmp_path: Path) -> None:
    checkout.git("config", "uploadpack.allowFilter", "true")
    base = checkout.git("rev-parse", "main")
    treeless = checkout.clone(tmp_path / "treeless", "--filter=tree:0", "--branch=work")
    found = find_repository(treeless.folder, treeless.environ)
    assert found is not None

    with pytest.raises(BadRepository, match="cannot be listed") as refused:
        found.files(base)
    assert "no `filter:`" in str(refused.value)


WORKSPACE = """\
version = 1
[[package]]
name = "m"
version = "0"
source = { editable = "packages/m" }
[[package]]
name = "tensorflow"
version = "2.17.0"
source = { registry = "https://index.example/simple" }
"""


@pytest.mark.parametrize(
    ("files", "locks"),
    [
        ({}, {"uv.lock"}),
        ({"packages/m/uv.lock": "version = 1\n"}, {"packages/m/uv.lock"}),
        ({"uv.lock": WORKSPACE.replace("packages/m", "packages/other")}, set()),
        ({"packages/uv.lock": WORKSPACE.replace("packages/m", "m")}, {"packages/uv.lock"}),
        ({"requirements.txt": "tensorflow==2.9.3\n"}, {"uv.lock"}),
    ],
)
def test_the_lock_of_a_workspace_counts_for_its_members(
    checkout: Checkout, repository: Repository, files: dict[str, str], locks: set[str]
) -> None:
    member = '[project]\nname = "m"\ndependencies = ["tensorflow>=2.16"]\n'
    checkout.git("rm", "--quiet", "requirements.txt")
    head = checkout.commit({"packages/m/pyproject.toml": member, "uv.lock": WORKSPACE, **files})

    found = dependencies(repository, head, folder="packages/m")

    assert set(found.readings) == {"packages/m/pyproject.toml", *locks}
