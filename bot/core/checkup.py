"""Owns what the doctor finds out about a machine: facts, not yet judged."""

from dataclasses import dataclass

from bot.core.conditions import Conditions
from bot.core.gpu import Card
from bot.core.machine_facts import MachineFacts
from bot.core.scatter import Scatter


@dataclass(frozen=True, kw_only=True, slots=True)
class Room:
    """Where environments live; `has_hard_links`: one copy on disk serves all installs."""

    folder: str
    free_bytes: int | None
    cache: str | None
    has_hard_links: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PythonHere:
    """One minor version of Python: where it is, whether uv can fetch it, how a person gets it."""

    minor: str
    path: str | None
    is_fetchable: bool
    remedy: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """What times are read from, and the shortest time between two readings that differ."""

    source: str | None
    step_seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class NoiseProbe:
    """What `blocks` blocks of like processes showed.

    `detectable` is the smallest change of a step that the engine would find in `most_blocks`
    blocks like these; None when it would not find any that it was asked about.
    """

    blocks: int
    scatter: Scatter
    most_blocks: int
    detectable: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NoProbe:
    """Why the noise is unknown."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkup:
    """Everything the doctor looked at; `conditions` are those of the probe."""

    machine: MachineFacts
    room: Room
    pythons: tuple[PythonHere, ...]
    clock: Clock
    noise: NoiseProbe | NoProbe
    conditions: Conditions
    cards: tuple[Card, ...] = ()
