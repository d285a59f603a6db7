"""Owns a small disk in memory, for tests of what happens when it is full."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

PAGE = 4096


@dataclass(frozen=True)
class Tmpfs:
    """A disk that can be made larger."""

    path: Path

    def resize(self, **limits: int) -> None:
        """Allow it so many bytes (`size`) or files (`nr_inodes`)."""
        _run("mount", "-o", f"remount,{_options(limits)}", str(self.path))


@contextmanager
def mounted(path: Path, **limits: int) -> Iterator[Tmpfs]:
    """Mount one; skip where this user may not."""
    path.mkdir()
    try:
        _run("mount", "-t", "tmpfs", "-o", _options(limits), "tmpfs", str(path))
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"needs the right to mount a tmpfs: {error}")
    try:
        yield Tmpfs(path)
    finally:
        _run("umount", str(path))


def _options(limits: dict[str, int]) -> str:
    return ",".join(f"{name}={limit}" for name, limit in limits.items())


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
