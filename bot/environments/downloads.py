"""Owns getting an interpreter that is not here: by uv, or by telling a person how."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import uv

from bot.environments import interpreters, reasons, variables
from bot.environments.command import Deadline, run

_OLDEST_FROM_UV: Final = (3, 8)
_NEWEST_OF_RELEASES: Final = (3, 13)


@dataclass(frozen=True, kw_only=True, slots=True)
class NoInterpreter:
    """No Python of that version is here or could be fetched."""

    reason: str
    remedy: str | None


def is_offered(minor: str) -> bool:
    """Whether uv can fetch that Python."""
    return tuple(int(part) for part in minor.split(".")) >= _OLDEST_FROM_UV


def fetchable(environ: Mapping[str, str]) -> frozenset[str]:
    """The Pythons that uv could fetch for some release, unless it is told not to."""
    if environ.get("UV_PYTHON_DOWNLOADS") in {"never", "manual"}:
        return frozenset()
    minors = range(_OLDEST_FROM_UV[1], _NEWEST_OF_RELEASES[1] + 1)
    return frozenset(f"3.{minor}" for minor in minors)


def how_to_get(minor: str) -> str:
    """Tell a person what to type to have that Python."""
    if is_offered(minor):
        return (
            f"uv python install {minor}, or put python{minor} on PATH, "
            f"or name one in {interpreters.variable(minor)}"
        )
    return (
        f"pyenv install {minor}, or run in the container image python:{minor}-slim, "
        f"or name one in {interpreters.variable(minor)}"
    )


def download(minor: str, *, environ: Mapping[str, str], deadline: Deadline) -> Path | NoInterpreter:
    """Fetch an interpreter with uv into uv's own folder."""
    if not is_offered(minor):
        return NoInterpreter(reason=f"no Python {minor} here", remedy=how_to_get(minor))
    finished = run(
        [uv.find_uv_bin(), "python", "install", minor, "--no-bin", "--no-progress"],
        environ=variables.for_tools(environ),
        deadline=deadline,
    )
    interpreters.forget()
    found = interpreters.find_interpreter(minor, environ=environ)
    if found is not None:
        return found
    why = "took too long" if finished.status is None else reasons.explain(finished.said).reason
    return NoInterpreter(
        reason=f"no Python {minor} here, and fetching it failed: {why}", remedy=how_to_get(minor)
    )
