"""Owns the keys about how pages look: a folder of templates, an address of pictures."""

import re
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, WithJsonSchema

from bot.core.config_mistakes import Unexpected
from bot.core.config_shapes import TEXT
from bot.core.config_values import text_or_nothing

MOST_ADDRESS: Final = 300
_SEGMENT = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9._~-]+"
_ADDRESS = rf"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{{1,5}})?(?:/{_SEGMENT})*/?"


def image_base(value: object) -> str | None:
    """Read an address that pictures lie under; nothing in it may mean more than a place."""
    address = text_or_nothing(value)
    if address is None:
        return None
    if len(address) > MOST_ADDRESS or re.fullmatch(_ADDRESS, address) is None:
        raise Unexpected("https://HOST/PATH in plain letters, without user, query or fragment")
    return address


Templates = Annotated[
    str | None,
    BeforeValidator(text_or_nothing),
    WithJsonSchema(TEXT),
    Field(
        description="Folder of `comment.md.j2` and `summary.md.j2`, or one of them, relative to "
        "this file: templates that extend those of the tool. A comment on a pull request uses "
        "those of the base branch. See templates.md.",
        examples=["perf/templates"],
    ),
]
ImageBase = Annotated[
    str | None,
    BeforeValidator(image_base),
    WithJsonSchema({"type": ["string", "null"], "pattern": f"^{_ADDRESS}$", "maxLength": 300}),
    Field(
        alias="image-base",
        description="The address under which the charts of runs can be seen, each as "
        "`ADDRESS/COMMIT/forest.png` or `timeline.png`; without it, the comment has no picture. "
        "Read from the base branch of a pull request: see templates.md.",
        examples=["https://example.org/performance"],
    ),
]
