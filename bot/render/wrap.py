"""Owns where a line ends on a terminal: between words, never between a number and its unit."""

import re

from rich.cells import cell_len, chop_cells

from bot.render.escape import NO_BREAK_SPACE

_UNIT = re.compile(r"(?<=\d) (?=(?:%|[KMGT]?i?B|[nµm]?s|min|h)(?!\w))")
_NEXT_UNIT = re.compile(rf"(?<=\d{NO_BREAK_SPACE})(h|min) (?=\d)")
"""Between the parts of a duration: 14 min 2 s."""


def wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` columns; only a longer word is cut."""
    lines, line = list[str](), ""
    for word in _glued(text).split(" "):
        longer = f"{line} {word}" if line else word
        if cell_len(longer) <= width:
            line = longer
            continue
        lines += [line] if line else []
        *full, line = chop_cells(word, width) or [""]
        lines += full
    return [each.replace(NO_BREAK_SPACE, " ") for each in (*lines, line)]


def _glued(text: str) -> str:
    units = _UNIT.sub(NO_BREAK_SPACE, text)
    return _NEXT_UNIT.sub(rf"\1{NO_BREAK_SPACE}", units)
