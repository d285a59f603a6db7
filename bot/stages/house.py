"""Owns what every stage needs from outside: where things are kept, the variables, who to tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.progress import Progress


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """What every stage needs from outside: where things are kept, the variables, who to tell."""

    home: Path
    environ: Mapping[str, str]
    progress: Progress
