"""Owns which characters a reader may be shown: none that hides, reorders or stands for nothing."""

import re
import unicodedata

UNSHOWABLE = "\N{REPLACEMENT CHARACTER}"
MOST_MARKS = 4
"""Accents on one letter; more of them grow out of their line."""

_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_MARK_CATEGORIES = frozenset({"Mn", "Me"})
# Letters and marks that show nothing, though their categories do not say so.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0d"
    "\U000e0100-\U000e01ef]"
)
_BREAKS = dict.fromkeys(map(ord, "\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"), " ")


def first_unshowable(text: str, *, allowed: str = "") -> str | None:
    """Return the first character that no reader may be shown, or None.

    `allowed`: control characters that may stand here, such as line breaks in a log.
    """
    if text.isascii() and text.isprintable():
        return None
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in _MARK_CATEGORIES else 0
        is_hidden = category in _HIDDEN_CATEGORIES or _BLANK.match(char) is not None
        if marks > MOST_MARKS or (is_hidden and char not in allowed):
            return char
    return None


def showable(text: str, *, allowed: str = "") -> str:
    """Replace what no reader may be shown; breaks become spaces, accents beyond four go."""
    if text.isascii() and text.isprintable():
        return text
    breaks = {code: space for code, space in _BREAKS.items() if chr(code) not in allowed}
    kept: list[str] = []
    marks = 0
    for char in text.translate(breaks):
        category = unicodedata.category(char)
        marks = marks + 1 if category in _MARK_CATEGORIES else 0
        is_hidden = category in _HIDDEN_CATEGORIES or _BLANK.match(char) is not None
        if is_hidden and char not in allowed:
            kept.append(UNSHOWABLE)
            marks = 0
        elif marks <= MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def escaped(text: str, *, limit: int) -> str:
    """Quote foreign text for an error: ASCII alone, at most `limit` characters."""
    shown = ascii(text[: limit + 1])[1:-1]
    return shown if len(shown) <= limit else shown[: limit - 3] + "..."
