"""Owns where the control group of this process keeps a figure, in version 1 and version 2."""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath


def files(
    root: Path, controller: str, *, v1: str | None = None, v2: str | None = None
) -> Iterator[Path]:
    """Find a file, by its name in each version, in our own group and in every group above it.

    A limit set on any of them holds. In a container the path may be the host's, of which only the
    top is mounted here: then the files at the top are ours.
    """
    for controllers, path in _memberships(root / "proc/self/cgroup"):
        if controllers == "":
            top, wanted = _mounted(root, "unified", "."), v2
        elif controller in controllers.split(","):
            top, wanted = _mounted(root, controllers, controller), v1
        else:
            continue
        group = PurePosixPath(path).relative_to("/")
        if top is not None and wanted is not None:
            places = (top / folder / wanted for folder in (group, *group.parents))
            yield from (file for file in places if file.is_file())


def _mounted(root: Path, *names: str) -> Path | None:
    places = (root / "sys/fs/cgroup" / name for name in names)
    return next((place for place in places if place.is_dir()), None)


def _memberships(listed: Path) -> Iterator[tuple[str, str]]:
    """Read lines such as `4:cpu,cpuacct:/path` and, for version 2, `0::/path`."""
    try:
        lines = listed.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        _, _, rest = line.partition(":")
        controllers, colon, path = rest.partition(":")
        # "/../x" is a group beside the top that this namespace sees.
        if colon and path.startswith("/") and "/.." not in path:
            yield controllers, path
