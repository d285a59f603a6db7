"""Owns which TensorFlow a project asks for: which of its files say it, and what changed."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import dirname

from bot.core.dependency_answer import (
    MOST_CHARACTERS,
    Answer,
    Reading,
    Single,
    Unclear,
    answer,
    unreadable,
)
from bot.core.dependency_conda import read_conda
from bot.core.dependency_requirements import read_requirements
from bot.core.dependency_toml import read_lock, read_pyproject

_REQUIREMENTS = re.compile(
    r"(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.(?:txt|in)", re.IGNORECASE
)
_CONDA = re.compile(r"(?:conda[-_.])?(?:environment|env)(?:[-_.][A-Za-z0-9_.-]*)?\.ya?ml")
_LOCK = re.compile(r"uv\.lock|poetry\.lock|pdm\.lock|pylock(?:\.[A-Za-z0-9_-]+)?\.toml")


@dataclass(frozen=True, kw_only=True, slots=True)
class Bump:
    """A pull request moves TensorFlow from one release to another."""

    before: Single
    after: Single

    def __str__(self) -> str:
        before = f"{self.before.package} {self.before.version} ({self.before.asked.place})"
        return f"{before} -> {self.after.package} {self.after.version} ({self.after.asked.place})"


@dataclass(frozen=True, kw_only=True, slots=True)
class NoBump:
    """TensorFlow stays what it is, or nobody can tell, and why."""

    reason: str


def is_dependency_file(path: str, *, folder: str = "") -> bool:
    """Whether a file of a project, in its `folder` or `folder/requirements`, names dependencies."""
    place, name = dirname(path), PurePosixPath(path).name
    if place == f"{folder}/requirements".lstrip("/"):
        return name.endswith((".txt", ".in"))
    if place != folder:
        return False
    known = (_REQUIREMENTS, _CONDA, _LOCK)
    return name == "pyproject.toml" or any(each.fullmatch(name) for each in known)


def is_lock_file(path: str) -> bool:
    """Whether it is a lock file of a tool that we know."""
    return _LOCK.fullmatch(PurePosixPath(path).name) is not None


def read_file(path: str, text: str) -> Reading:
    """Read one file; what it is called says how. Never fails: what cannot be read is a note."""
    if len(text) > MOST_CHARACTERS:
        return unreadable(path, f"more than {MOST_CHARACTERS >> 20} MiB")
    name = PurePosixPath(path).name
    if name == "pyproject.toml":
        return read_pyproject(path, text)
    if is_lock_file(path):
        return read_lock(path, text)
    if name.endswith((".yml", ".yaml")):
        return read_conda(path, text)
    return read_requirements(path, text)


def compared(
    base: Mapping[str, Reading], head: Mapping[str, Reading], *, changed: Collection[str]
) -> Bump | NoBump:
    """Say from which release to which a pull request goes; readings are by the path of the file.

    Where a side as a whole names no single release, the files that changed may.
    """
    before, after = _of_side(base), _of_side(head)
    if isinstance(before, Unclear) or isinstance(after, Unclear):
        inside = _of_side(base, changed), _of_side(head, changed)
        if not isinstance(inside[0], Unclear) and not isinstance(inside[1], Unclear):
            before, after = inside
    if isinstance(before, Unclear) or isinstance(after, Unclear):
        sides = {"base": before, "head": after}
        reasons = {s: each.reason for s, each in sides.items() if isinstance(each, Unclear)}
        if len(set(reasons.values())) == 1 and len(reasons) == len(sides):
            return NoBump(reason=f"{reasons['base']} on both sides")
        return NoBump(reason="; ".join(f"{side}: {reason}" for side, reason in reasons.items()))
    if (before.package, before.version) == (after.package, after.version):
        return NoBump(reason=f"{after.asked} on both sides")
    return Bump(before=before, after=after)


def _of_side(readings: Mapping[str, Reading], within: Collection[str] | None = None) -> Answer:
    asked = [each for reading in readings.values() for each in reading.asked]
    return answer(asked, within=within)
