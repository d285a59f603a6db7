"""Owns every way preparing an environment can end, and what is said on the way."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.core.plan import Environment


@dataclass(frozen=True, kw_only=True, slots=True)
class Prepared:
    """An environment that is complete: locked, installed, byte-compiled and listed.

    One that existed before is used as it is, and has no lock.
    """

    environment: Environment
    python: Path
    prefix: Path
    packages: dict[str, str]
    lock: Path | None
    lock_digest: str | None
    installed_bytes: int | None = None
    reused: bool
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Unavailable:
    """An environment that cannot be had here: one line why, and what would help."""

    environment: Environment
    reason: str
    remedy: str | None = None


Preparation = Prepared | Unavailable

State = Literal["locking", "installing", "ready", "reused", "unavailable"]
Progress = Callable[[Environment, State, str], None]
