"""Owns what the end of a script's output says: which error ended it, and where."""

import re
from dataclasses import dataclass
from pathlib import PurePath

_HEADER = "Traceback (most recent call last):"
_FRAME = re.compile(r'^ +File "(?P<file>[^"]+)", line (?P<line>[0-9]{1,7})')
_ERROR = re.compile(r"^(?:[A-Za-z_]\w*\.)*(?P<type>[A-Za-z_]\w*)(?P<message>: .*)?$")
_SURE_ERROR = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception|Interrupt)(: .*)?$")
_LONGEST = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Raised:
    """An error that Python printed: `AttributeError: ...`, and the line that it came from."""

    error: str
    where: str | None


def raised(said: str, *, script: str) -> Raised | None:
    """Find the error that a script ended with; the place is in the script itself, if it can be."""
    lines = said.splitlines()
    start = max((n for n, line in enumerate(lines) if line.strip() == _HEADER), default=None)
    found = _after_header(lines, start + 1) if start is not None else _without_header(lines)
    if found is None:
        return None
    match = _ERROR.match(lines[found])
    error = f"{match['type']}{match['message'] or ''}" if match else lines[found].strip()
    frames = [frame for line in lines[start or 0 : found] if (frame := _FRAME.match(line))]
    own = [frame for frame in frames if PurePath(frame["file"]).name == PurePath(script).name]
    where = next((f"{PurePath(f['file']).name}:{f['line']}" for f in (own or frames)[-1:]), None)
    return Raised(error=error[:_LONGEST], where=where)


def _after_header(lines: list[str], start: int) -> int | None:
    """Find the first line that is no part of the traceback's frames."""
    numbers = range(start, len(lines))
    return next((n for n in numbers if lines[n].strip() and not lines[n].startswith(" ")), None)


def _without_header(lines: list[str]) -> int | None:
    """Find an error that has none, such as that of a file that is no Python."""
    numbers = reversed(range(len(lines)))
    return next((n for n in numbers if _SURE_ERROR.match(lines[n])), None)


def exit_reason(code: int, said: str, *, script: str) -> str:
    """Say in one line why a script left with an exit code that is not zero."""
    found = raised(said, script=script)
    if found is not None:
        return f"{found.error} ({', '.join(filter(None, (f'exit code {code}', found.where)))})"
    last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "")
    return f"left with exit code {code}" + (f": {last[:_LONGEST]}" if last else "")
