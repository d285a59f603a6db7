"""Owns what foreign text may look like in our output: workloads, logs and packages wrote it.

Everything returned here stays where it is put: it opens no tag, link, mention, reference or table
cell, and shows no control, colour or direction character.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

NAME_LIMIT = 120
TEXT_LIMIT = 400
LOG_LIMIT = 2_000

EMPTY = "(empty)"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_ELLIPSIS = "…"
_UNSHOWABLE = "\N{REPLACEMENT CHARACTER}"
_BREAK = "&#8203;"
"""A zero-width space: splits what GitHub would link after it has decoded entities."""

_TERMINAL_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours and cursor moves
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # titles and links
    r"|\x1b[ -/]*[0-~]"
)
_UNSHOWABLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SPACES = re.compile(r"\s+")
_BACKTICKS = re.compile(r"`+")
_MARKUP = re.compile(r"[\\`*\[\]<>|~&$]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])|:(?=\0/)")
_LINKABLE = re.compile(r"[@#](?=\S)|:(?=[/A-Za-z])|(?<![0-9A-Za-z])[A-Za-z]+-(?=\d)|(?i:www)(?=\.)")
_VERSION = re.compile(r"\d{1,8}(\.[0-9A-Za-z+]{1,12}){0,5}")


def clean(text: str, *, limit: int = TEXT_LIMIT) -> str:
    """Make one line of what can be shown; a longer text ends in an ellipsis."""
    line = _SPACES.sub(" ", _showable(_TERMINAL_SEQUENCE.sub("", text))).strip()
    return line if len(line) <= limit else line[: limit - 1].rstrip() + _ELLIPSIS


def code(text: str, *, limit: int = NAME_LIMIT) -> str:
    """Show a text as a code span, outside tables."""
    line = clean(text, limit=limit)
    if not line:
        return EMPTY
    fence = "`" * (1 + _longest_backticks(line))
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def code_in_table(text: str, *, limit: int = NAME_LIMIT) -> str:
    """Show a text as a code span in a table, where only `|` can end a cell."""
    return code(text, limit=limit).replace("|", "\\|")


def prose(text: str, *, limit: int = TEXT_LIMIT) -> str:
    """Show a text as words; good in Markdown, in a table and inside a tag."""
    marked = _LINKABLE.sub(lambda match: match[0] + "\0", clean(text, limit=limit))
    return _MARKUP.sub(lambda match: f"&#{ord(match[0])};", marked).replace("\0", _BREAK)


def code_in_tag(text: str, *, limit: int = NAME_LIMIT) -> str:
    """Show a text as code where Markdown may not be read, such as a summary."""
    return f"<code>{prose(text, limit=limit) or EMPTY}</code>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Medium:
    """How names and words of others are written where a sentence goes."""

    name: Callable[[str], str]
    text: Callable[[str], str]

    def version(self, label: str) -> str:
        """Write the label of a column; a plain version stands as it is."""
        return label if is_version(label) else self.name(label)


MARKDOWN = Medium(name=partial(code, limit=60), text=partial(prose, limit=100))
TERMINAL = Medium(name=partial(clean, limit=NAME_LIMIT), text=clean)


def is_version(text: str) -> bool:
    """Whether a label is a plain version, which may stand in a sentence as it is."""
    return _VERSION.fullmatch(text) is not None


def fenced(text: str, *, info: str = "text", limit: int = LOG_LIMIT) -> str:
    """Show the last lines of a log as a block that nothing in it can close."""
    lines = [_showable(line) for line in _TERMINAL_SEQUENCE.sub("", text).splitlines()]
    body = "\n".join(lines).strip("\n")
    body = body if len(body) <= limit else _ELLIPSIS + body[1 - limit :]
    fence = "`" * max(3, 1 + _longest_backticks(body))
    return f"{fence}{info}\n{body}\n{fence}"


def _showable(text: str) -> str:
    return "".join(
        _UNSHOWABLE if unicodedata.category(char) in _UNSHOWABLE_CATEGORIES else char
        for char in text.translate({ord(space): " " for space in "\t\n\v\f\r\x85"})
    )


def _longest_backticks(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)
