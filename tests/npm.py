"""Owns what tests take from npm: packages by their lock, installed once into pytest's cache."""

import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

OLDEST_NODE = 20


def has_node() -> bool:
    """Whether a node that the packages support is here, with npm."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    version = subprocess.run([node, "--version"], check=True, capture_output=True, text=True)
    return int(version.stdout.strip().removeprefix("v").partition(".")[0]) >= OLDEST_NODE


def node_folder(
    request: pytest.FixtureRequest, name: str, source: Path, scripts: Sequence[str] = ()
) -> Path:
    """Install what the lock in `source` names, with the scripts beside it; return the folder."""
    if not has_node():
        leave = pytest.fail if os.environ.get("TFPERF_REQUIRE_NODE") else pytest.skip
        leave(f"needs node {OLDEST_NODE} or newer and npm, for the packages of {source.name}")
    files = ("package.json", "package-lock.json", *scripts)
    content = b"".join((source / file).read_bytes() for file in files)
    version = hashlib.sha256(content).hexdigest()[:16]
    assert request.config.cache is not None
    folder = request.config.cache.mkdir(f"{name}-{version}")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another process of the same suite may be at it
        if not (folder / "installed").exists():
            for file in files:
                shutil.copy(source / file, folder / file)
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            subprocess.run(command, cwd=folder, check=True, stdin=subprocess.DEVNULL)
            (folder / "installed").touch()
    return folder
