"""Real repositories, made on the spot."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest


class Checkout:
    """A repository with a working folder, driven by the real git."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ = {"PATH": os.environ["PATH"], "HOME": str(folder.parent)}
        folder.mkdir(parents=True, exist_ok=True)

    def git(self, *arguments: str, date: str = "2024-05-01T12:00:00+0000") -> str:
        identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        command = ["git", *identity, "-c", "protocol.file.allow=always", *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environ | dates,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str], message: str = "change") -> str:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")

    def clone(self, folder: Path, *options: str) -> "Checkout":
        self.git("clone", "--quiet", *options, self.folder.as_uri(), str(folder))
        return Checkout(folder)

    def pull_request(self, *, base: str, head: str) -> dict[str, str]:
        """Return the variables of a job for a pull request."""
        event = self.folder.parent / "event.json"
        payload = {"pull_request": {"number": 7, "base": {"sha": base}, "head": {"sha": head}}}
        event.write_text(json.dumps(payload), encoding="utf-8")
        named = {"GITHUB_EVENT_NAME": "pull_request", "GITHUB_EVENT_PATH": str(event)}
        return self.environ | named


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Make a repository with one commit on `main` and one more on the branch `work`."""
    made = Checkout(tmp_path / "repository")
    made.git("init", "--quiet", "--initial-branch=main")
    made.commit({"requirements.txt": "tensorflow==2.15.1\n", "mine.py": "A = 1\n"}, "first")
    made.git("checkout", "--quiet", "-b", "work")
    made.commit({"requirements.txt": "tensorflow==2.16.2\n"}, "bump")
    return made
