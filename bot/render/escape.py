"""Owns what foreign text may look like in our output: workloads, logs and packages wrote it.

Everything returned here stays where it is put: it opens no tag, link, mention, reference or table
cell, and shows no control, colour or direction character.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from bot.core.showable import showable

NAME_LIMIT = 120
TEXT_LIMIT = 400
LOG_LIMIT = 2_000

EMPTY = "(empty)"
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
_ELLIPSIS = "…"
_BREAK = "&#8203;"
"""A zero-width space: splits what GitHub would link after it has decoded entities."""

_TERMINAL_SEQUENCE = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours and cursor moves
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # titles and links
    r"|\x1b[ -/]*[0-~]"
)
_SPACES = re.compile(r"\s+")
_BACKTICKS = re.compile(r"`+")
_MARKUP = re.compile(r"[\\`*\[\]<>|~&$]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])|:(?=\0/)")
_LINKABLE = re.compile(
    r"[@#](?=\S)"  # mentions, references
    r"|:(?=[/A-Za-z]|[+-]1:|1(?:00|234):|\d\w*[a-z]\w*:)"  # addresses, emoji
    r"|(?<![0-9A-Za-z])[A-Za-z]+-(?=\d)"  # GH-1, JIRA-12
    r"|(?i:www)(?=\.)"
)
_BLOCK = re.compile(r"(?:#{1,6}|[+-]|=+|-+|\d{1,9}[.)])(?= |$)")
"""What opens a heading, a list or a rule where a line begins with it."""

_COMMIT = re.compile(r"(?<![0-9A-Za-z])(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{7,64}(?![0-9A-Za-z])")
"""A hash, which is linked to a commit where it is one."""

_NUMBERS = re.compile(r"\d+")
_VERSION = re.compile(r"\d{1,8}(\.[0-9A-Za-z+]{1,12}){0,5}( \+ PR)?")


def clean(text: str, *, limit: int = TEXT_LIMIT) -> str:
    """Make one line of what can be shown; a longer text ends in an ellipsis."""
    line = _SPACES.sub(" ", showable(_TERMINAL_SEQUENCE.sub("", text))).strip()
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
    line = _COMMIT.sub(_in_pieces, clean(text, limit=limit))
    marked = _LINKABLE.sub(lambda match: match[0] + "\0", line)
    if block := _BLOCK.match(marked):
        at = block.end() - 1  # its last sign: without it, it opens nothing
        marked = f"{marked[:at]}\1{ord(marked[at])};{marked[at + 1 :]}"
    safe = _MARKUP.sub(lambda match: f"&#{ord(match[0])};", marked)
    return safe.replace("\0", _BREAK).replace("\1", "&#")


def _in_pieces(match: re.Match[str]) -> str:
    """Break a hash into pieces that are too short for one, wherever a reader would cut it."""
    return "\0".join(match[0][at : at + 6] for at in range(0, len(match[0]), 6))


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


def is_ascending(labels: Sequence[str]) -> bool:
    """Whether labels are plain versions, each newer than the one before: they make a range."""
    if not all(map(is_version, labels)):
        return False
    numbers = [tuple(map(int, _NUMBERS.findall(label))) for label in labels]
    return numbers == sorted(set(numbers))


def fenced(text: str, *, info: str = "text", limit: int = LOG_LIMIT) -> str:
    """Show the last lines of a log as a block that nothing in it can close."""
    body = log_lines(text, limit=limit)
    fence = "`" * max(3, 1 + _longest_backticks(body))
    return f"{fence}{info}\n{body}\n{fence}"


def log_lines(text: str, *, limit: int = LOG_LIMIT) -> str:
    """Keep the last lines of a log, of what can be shown."""
    lines = [showable(line) for line in _TERMINAL_SEQUENCE.sub("", text).splitlines()]
    body = "\n".join(lines).strip("\n")
    return body if len(body) <= limit else _ELLIPSIS + body[1 - limit :]


def _longest_backticks(text: str) -> int:
    return max(map(len, _BACKTICKS.findall(text)), default=0)
