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


def make_home(home: Path) -> Path:
    """Make the folder where things are kept; git ignores all of it, unless told otherwise there."""
    home.mkdir(parents=True, exist_ok=True)
    ignored = home / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="utf-8")
    return home
