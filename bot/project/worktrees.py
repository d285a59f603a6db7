"""Owns worktrees: the whole project as it was at a commit, beside the user's own folder."""

import shutil
from pathlib import Path

from bot.project.git import Git
from bot.project.repository import Repository


def worktree(repository: Repository, commit: str, *, home: Path) -> Path:
    """Check a commit out under `home`, or clean up the folder an earlier run left.

    No filter, hook or submodule of the repository is run.
    """
    folder = home.resolve() / "worktrees" / commit
    git = repository.git.without_filters()
    if _is_whole(folder, commit, git):
        return folder
    if folder.is_symlink() or folder.is_file():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Twice, it takes the place of our own entry whose folder is gone. Nothing is pruned: other
    # entries are the user's, on a disk that may not be mounted right now.
    added = git.ask(
        *("worktree", "add", "--detach", "--force", "--force", "--quiet", str(folder), commit)
    )
    if added.status != 0:
        raise repository.incomplete(f"commit {commit[:12]} cannot be checked out", added.complaint)
    return folder


def remove_worktree(repository: Repository, commit: str, *, home: Path) -> None:
    """Give back what a worktree takes, once nothing is read from it any more."""
    folder = home.resolve() / "worktrees" / commit
    if folder.is_dir():
        repository.git.must("worktree", "remove", "--force", "--force", str(folder))


def _is_whole(folder: Path, commit: str, git: Git) -> bool:
    """Whether a folder is that commit, with nothing left out and nothing left in it."""
    if folder.is_symlink() or not (folder / ".git").is_file():
        return False
    inside = Git(folder=folder, environ=git.environ, disarmed=git.disarmed)
    here = inside.ask("rev-parse", "--show-toplevel", "HEAD").text.splitlines()
    if here != [str(folder), commit]:
        return False
    cleaned = inside.ask("clean", "-ffdxq").status == 0
    same = inside.ask("diff-index", "--quiet", "--no-ext-diff", "HEAD", "--").status == 0
    return cleaned and same
