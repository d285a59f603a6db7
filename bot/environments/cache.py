"""Owns where uv keeps what it fetches: its own place, or ours when it cannot write there."""

import os
from collections.abc import Mapping
from pathlib import Path

import uv

from bot.environments import variables
from bot.environments.command import Deadline, run

_SECONDS = 10.0


def writable(environ: Mapping[str, str], *, home: Path) -> dict[str, str]:
    """Return the variables with a cache that can be written; a user's own choice stands.

    A service account may have a home folder that does not exist.
    """
    if "UV_CACHE_DIR" in environ or _can_write(folder(environ)):
        return dict(environ)
    ours = {
        "UV_CACHE_DIR": os.fspath(home / "cache"),
        "UV_PYTHON_INSTALL_DIR": os.fspath(home / "pythons"),
    }
    return {**ours, **environ}


def folder(environ: Mapping[str, str]) -> Path:
    """Ask uv where it keeps what it fetches."""
    asked = run(
        [uv.find_uv_bin(), "cache", "dir", "--color", "never"],
        environ=variables.for_tools(environ),
        deadline=Deadline(seconds=_SECONDS),
    )
    return Path(asked.stdout.strip())


def _can_write(place: Path) -> bool:
    # Only trying tells: root may write anywhere, but not into every file system.
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(place, os.W_OK | os.X_OK)
