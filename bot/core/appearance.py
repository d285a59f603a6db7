"""Owns what a repository chooses about its pages: templates of its own, an address of pictures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args

TemplateName = Literal["comment.md.j2", "summary.md.j2"]
TEMPLATES: Final[tuple[TemplateName, ...]] = get_args(TemplateName)

MOST_CHARACTERS: Final = 64 * 1024
"""Of a template."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Appearance:
    """Texts of templates by name, and where the pictures of runs can be seen.

    `notes` say what was chosen and could not be had.
    """

    templates: Mapping[TemplateName, str] = field(default_factory=dict)
    image_base: str | None = None
    notes: tuple[str, ...] = ()


PLAIN: Final = Appearance()
"""What a repository has that chose nothing."""
