"""Owns which of a project's files is installed from: its lock, else its main file, never another's.

A file for developers, and one that only constrains, say much of TensorFlow and install nothing that
the project runs on.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from posixpath import dirname

from bot.core.dependency_answer import ORDER, Reading
from bot.core.dependency_files import is_lock_file
from bot.core.dependency_requirements import is_complete

_CONSTRAINTS = re.compile(r"constraints?", re.IGNORECASE)
_BESIDE_THE_PROJECT = re.compile(r"dev|test|doc|lint|ci|build|example|bench", re.IGNORECASE)
_MAIN = ("requirements.txt", "pyproject.toml", "requirements.in")


@dataclass(frozen=True, kw_only=True, slots=True)
class Main:
    """The file that is installed from, and the constraints that lie beside it."""

    file: str
    constraints: tuple[str, ...] = ()


def main_file(
    readings: Mapping[str, Reading], texts: Mapping[str, str], *, folder: str
) -> Main | None:
    """Choose among the files that were read; None where none of them installs TensorFlow.

    `folder` is the project's, `""` the top: its files come before those above it.
    """
    locks = [file for file in readings if is_lock_file(file) and readings[file].asked]
    if locks:
        return Main(file=min(locks, key=lambda file: (dirname(file) != folder, file)))
    constraining = {each for reading in readings.values() for each in reading.constraints}
    chosen = [
        file
        for file in readings
        if file not in constraining
        and not _CONSTRAINTS.search(PurePosixPath(file).name)
        and any(readings[each].asked for each in _reached(readings, file))
    ]
    if not chosen:
        return None
    included = {each for file in readings for each in _included(readings[file])}
    file = min(chosen, key=lambda file: _rank(file, readings, texts, folder, included))
    name = PurePosixPath(file).name
    beside = f"{dirname(file)}/constraints.txt".lstrip("/")
    has_constraints = beside in texts and name.endswith((".txt", ".in", ".toml"))
    is_whole = is_complete(texts.get(file, ""))
    return Main(file=file, constraints=(beside,) if has_constraints and not is_whole else ())


def _rank(
    file: str,
    readings: Mapping[str, Reading],
    texts: Mapping[str, str],
    folder: str,
    included: Iterable[str],
) -> tuple[object, ...]:
    """Order what may be installed from; the first is."""
    name = PurePosixPath(file).name
    strengths = [
        ORDER.index(each.strength)
        for reached in _reached(readings, file)
        for each in readings[reached].asked
    ]
    return (
        name.endswith((".yml", ".yaml")),  # packages of conda are not installed
        dirname(file) != folder,
        _MAIN.index(name) if name in _MAIN else len(_MAIN),
        bool(_BESIDE_THE_PROJECT.search(name)),
        file in included,
        not is_complete(texts.get(file, "")),
        min(strengths),
        file,
    )


def _included(reading: Reading) -> tuple[str, ...]:
    return tuple(file for file in reading.follows if file not in reading.constraints)


def _reached(readings: Mapping[str, Reading], file: str) -> Iterator[str]:
    """Give a file and all that it includes; constraints too, as they say which release it is."""
    seen: set[str] = set()
    todo = [file]
    while todo:
        here = todo.pop()
        if here in seen or here not in readings:
            continue
        seen.add(here)
        yield here
        todo += readings[here].follows
