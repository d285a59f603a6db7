"""Owns asking the package index for releases that the catalogue does not know."""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uv
from packaging.version import Version

from bot.environments import cache, reasons, variables
from bot.environments.command import Deadline, Finished, run

SECONDS: Final = 10.0
_ANY_PYTHON: Final = ("--python-version", "3.13")
"""The newest release may need a new Python; which one is here does not matter yet."""

_MOST_QUESTIONS: Final = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class NotAsked:
    """Why the index could not tell."""

    reason: str


def newer(
    package: str,
    *,
    than: str | None,
    python: str | None = None,
    environ: Mapping[str, str],
    home: Path,
    seconds: float = SECONDS,
) -> tuple[str, ...] | NotAsked:
    """List the final releases newer than one, the last of each minor version, oldest first.

    Without `than`, only the newest; with `python`, what there is for that Python. The index is
    asked backwards from its newest release, until what it says is known; all within `seconds`.
    """
    deadline = Deadline(seconds=seconds)
    tools = variables.for_tools(cache.writable(environ, home=home.resolve()))
    found: list[str] = []
    while len(found) < _MOST_QUESTIONS:
        below = f"<{_minor(found[0])}" if found else ""
        finished = _ask(f"{package}{below}", python, tools, deadline)
        versions = re.findall(rf"^{re.escape(package)}==(\S+)", finished.stdout, re.MULTILINE)
        if finished.status != 0 or not versions:
            if found:
                break
            return NotAsked(reason=_why(finished, seconds))
        newest = max(versions, key=Version)
        if than is not None and Version(newest) <= Version(than):
            break
        found.insert(0, newest)
        if than is None or _follows(newest, than):
            break
    return tuple(found)


def _ask(
    requirement: str, python: str | None, environ: Mapping[str, str], deadline: Deadline
) -> Finished:
    with tempfile.TemporaryDirectory(prefix="tfperf-") as folder:
        asked = Path(folder, "asked.in")
        asked.write_text(requirement + "\n", encoding="utf-8")
        options = ("--no-deps", "--no-header", "--no-annotate", "--no-progress")
        reach = ("--python-version", python) if python else ("--universal", *_ANY_PYTHON)
        command: list[str | Path] = [uv.find_uv_bin(), "pip", "compile", asked, *options]
        return run(
            [*command, *reach, "--no-python-downloads"],
            environ=environ,
            deadline=deadline,
        )


def _minor(version: str) -> str:
    parsed = Version(version)
    return f"{parsed.major}.{parsed.minor}"


def _follows(version: str, known: str) -> bool:
    """Whether there can be no minor version between two: asking for one takes seconds."""
    new, old = Version(version), Version(known)
    return new.major == old.major and new.minor - old.minor <= 1


def _why(finished: Finished, seconds: float) -> str:
    if finished.status is None:
        return f"no answer within {seconds:.0f} s"
    return reasons.explain(finished.said).reason
