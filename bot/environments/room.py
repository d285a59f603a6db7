"""Owns what the disk has for environments: free room, and whether installs can share files."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bot.core.checkup import Room
from bot.environments import cache


def room(home: Path, environ: Mapping[str, str]) -> Room:
    """Look at the disk on which environments would be built; nothing is left there."""
    place = _existing(home.resolve())
    packages = cache.folder(cache.writable(environ, home=home.resolve()))
    return Room(
        folder=os.fspath(home.resolve()),
        free_bytes=_free(place),
        cache=os.fspath(packages),
        has_hard_links=environ.get("UV_LINK_MODE") != "copy" and _can_link(packages, place),
    )


def _existing(folder: Path) -> Path:
    """The folder itself, or the nearest above it that is there: it will be on the same disk."""
    return next(each for each in (folder, *folder.parents) if each.is_dir())


def _free(place: Path) -> int | None:
    try:
        return shutil.disk_usage(place).free
    except OSError:
        return None


def _can_link(packages: Path, place: Path) -> bool | None:
    """Whether a file in the cache can have a second name; None where no file can be written."""
    try:
        with (
            tempfile.NamedTemporaryFile(dir=_existing(packages), prefix=".tfperf-") as file,
            tempfile.TemporaryDirectory(dir=place, prefix=".tfperf-") as folder,
        ):
            return _links(Path(file.name), Path(folder, "link"))
    except OSError:
        return None


def _links(file: Path, name: Path) -> bool:
    try:
        name.hardlink_to(file)
    except OSError:  # another disk, or a file system without links
        return False
    return True
