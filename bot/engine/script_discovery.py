"""Owns the discovery of scripts: which files describe one, and which cases they make.

A script is a program: it must never be read as a workload is, because reading is running.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from bot.core.plan import BrokenWorkload, Case, Script
from bot.core.script_description import (
    NAME,
    NAME_RULE,
    Described,
    read_description,
    script_named,
)
from bot.engine.digest import file_digest

SUFFIX = ".yml"
HIDDEN = ("_", ".")
"""Shared code, and what editors leave."""

_NO_DESCRIPTION = frozenset({"tfperf.yml"})


def is_description(file: Path) -> bool:
    """Whether a file of a folder of workloads describes a script, or was meant to."""
    is_meant = file.suffix == SUFFIX and not file.name.startswith(HIDDEN)
    return is_meant and file.name not in _NO_DESCRIPTION and not file.is_dir()


def scripts_of(files: Iterable[Path]) -> set[Path]:
    """Return what the descriptions among the files name, also where they are no good.

    A file of the same name beside a description counts too: nobody meant it to be a workload.
    """
    descriptions = [file for file in files if file.suffix == SUFFIX]
    named = {script for file in descriptions if (script := _script_of(file))}
    return named | {file.with_suffix(".py") for file in descriptions}


def _script_of(file: Path) -> Path | None:
    try:
        script = script_named(_text(file)) if file.is_file() else None
    except OSError:  # which is told where it is read for its cases
        return None
    return _place(file, script) if script else None


def _place(file: Path, named: str) -> Path | None:
    """Return what a description names, as seen from its file; None: there is no such thing."""
    try:
        return (file.parent / named).resolve(strict=True)
    except (OSError, RuntimeError, ValueError):  # not there, a loop of links, no name of a file
        return None


def described(file: Path) -> tuple[Case, ...] | BrokenWorkload:
    """Return the cases that a description makes, or what is wrong with it."""
    if not re.fullmatch(NAME, file.stem):
        return _broken(file, f"the file's name {file.stem!r} must be {NAME_RULE}")
    if not file.is_file():
        return _broken(file, f"it is no file, or a link to what is none ({file})")
    try:
        return _described(file)
    except OSError as error:
        return _broken(file, f"cannot read {error.filename}: {error.strerror}")


def _described(file: Path) -> tuple[Case, ...] | BrokenWorkload:
    read = read_description(_text(file), source=str(file))
    if isinstance(read, str):
        return _broken(file, read)
    script = _place(file, read.description.script)
    folder = _place(file, read.description.folder)
    if script is None or not script.is_file():
        return _broken(file, read.mistake("script", "a file that is there, as seen from this one"))
    if script.suffix != ".py":
        return _broken(file, read.mistake("script", "a Python file, ending in .py"))
    if folder is None or not folder.is_dir():
        expected = "a folder that is there, as seen from this file"
        return _broken(file, read.mistake("folder", expected))
    return _cases(file, read, script=script, folder=folder)


def _cases(file: Path, read: Described, *, script: Path, folder: Path) -> tuple[Case, ...]:
    description = read.description
    return tuple(
        Case(
            name=f"{file.stem}[{case}]",
            workload=file.stem,
            case=case,
            file=str(file),
            file_digest=file_digest(file),
            since=description.oldest(case),
            thresholds=description.thresholds,
            tolerance=description.tolerance,
            tags=description.tags,
            kind="script",
            isolate=True,
            script=Script(
                path=str(script),
                digest=file_digest(script),
                folder=str(folder),
                arguments=arguments,
                numbers=description.numbers,
                upgrade=description.upgrade,
            ),
        )
        for case, arguments in description.cases.items()
    )


def _text(file: Path) -> str:
    return file.read_bytes().decode("utf-8", "replace")


def _broken(file: Path, reason: str) -> BrokenWorkload:
    return BrokenWorkload(workload=file.stem, file=str(file), reason=reason)
