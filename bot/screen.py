"""Owns the screen: whether a person looks at standard error, and in which colours it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

from rich.console import Console, RenderableType


@dataclass(frozen=True, slots=True)
class Screen:
    """A stream, and what the environment says about it.

    NO_COLOR wins over FORCE_COLOR, and takes bold letters with the colours; FORCE_COLOR colours a
    log, and does not make it a terminal. A dumb terminal has lines, and neither.
    """

    stream: TextIO
    environ: Mapping[str, str]

    @property
    def is_watched(self) -> bool:
        """Whether a person looks at it."""
        return self.stream.isatty() and not self.environ.get("CI")

    @property
    def can_redraw(self) -> bool:
        """Whether a picture can be drawn over the one before."""
        return self.is_watched and not self._is_dumb

    @property
    def _is_dumb(self) -> bool:
        return self.environ.get("TERM", "").lower() in {"dumb", "unknown"}

    @property
    def has_colours(self) -> bool:
        """Whether colours are wanted, and can be shown."""
        if self.environ.get("NO_COLOR") or self._is_dumb:
            return False
        return bool(self.environ.get("FORCE_COLOR")) or self.is_watched

    def console(self) -> Console:
        """Open it for drawing; text stands as it is written: no markup, no emoji by name."""
        return Console(
            file=self.stream,
            force_terminal=self.stream.isatty() or self.has_colours,
            force_interactive=self.can_redraw,
            color_system="auto" if self.has_colours else None,
            markup=False,
            emoji=False,
            highlight=False,
        )

    def drawn(self, *pieces: RenderableType, is_cut: bool = True) -> str:
        """Draw for the width at hand, or with lines as long as they are; without any end."""
        console = self.console()
        with console.capture() as captured:
            for piece in pieces:
                console.print(piece, soft_wrap=not is_cut)
        return captured.get().rstrip("\n")
