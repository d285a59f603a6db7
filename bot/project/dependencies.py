"""Owns the project's dependency files at a commit: found, read, and what they include followed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bot.core.dependency_answer import Reading
from bot.core.dependency_files import is_dependency_file, is_lock_file, read_file
from bot.core.dependency_lock import member_in
from bot.project.repository import Repository

MOST_FILES: Final = 200
_NEIGHBOURS = ("pyproject.toml", "uv.lock")


@dataclass(frozen=True, kw_only=True, slots=True)
class Dependencies:
    """What a side's files say; `readings` are of those that may name TensorFlow."""

    readings: Mapping[str, Reading]
    texts: Mapping[str, str]

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be read."""
        return tuple(note for reading in self.readings.values() for note in reading.notes)


def dependencies(repository: Repository, commit: str, *, folder: str) -> Dependencies:
    """Read the dependency files of a project in a folder (`""` is the top) at a commit.

    Where none of them names TensorFlow, those at the top of the repository count. The lock of a
    workspace of uv, which lies above its members, counts for each that has none of its own.
    """
    listed = repository.files(commit)
    named = [path for path in listed if is_dependency_file(path, folder=folder)]
    at_top = [path for path in listed if is_dependency_file(path)] if folder else []
    readings: dict[str, Reading] = {}
    texts: dict[str, str] = {}
    _read_all(repository, commit, named, (readings, texts))
    if at_top and not any(reading.asked for reading in readings.values()):
        _read_all(repository, commit, at_top, (readings, texts))
    elif not any(map(is_lock_file, named)):
        _read_all(repository, commit, _of_workspace(repository, commit, folder), (readings, texts))
    members = [path for path in listed if path.rpartition("/")[2] in _NEIGHBOURS]
    for path in members[:MOST_FILES]:  # uv reads those of a workspace together
        text = texts.get(path) or repository.text(commit, path)
        if text is not None:
            texts[path] = text
    return Dependencies(readings=readings, texts=texts)


def _of_workspace(repository: Repository, commit: str, folder: str) -> list[str]:
    """Find the lock of the workspace that a folder is a member of, the nearest one above it."""
    parts = folder.split("/") if folder else []
    for depth in range(len(parts) - 1, -1, -1):
        lock = "/".join((*parts[:depth], "uv.lock"))
        text = repository.text(commit, lock)
        if text is not None and member_in(text, "/".join(parts[depth:])):
            return [lock]
    return []


def _read_all(
    repository: Repository,
    commit: str,
    paths: Iterable[str],
    found: tuple[dict[str, Reading], dict[str, str]],
) -> None:
    readings, texts = found
    todo = list(paths)
    while todo and len(readings) < MOST_FILES:
        path = todo.pop(0)
        if path in readings:
            continue
        text = repository.text(commit, path)
        if text is None:
            readings[path] = Reading(notes=(f"{path} was not read: it is no text, or too long",))
            continue
        texts[path] = text
        readings[path] = read_file(path, text)
        todo += readings[path].follows
