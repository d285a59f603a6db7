"""Owns requirements files: pip's own format, with its comments, includes, hashes and long lines."""

import re
from collections.abc import Iterator
from posixpath import dirname, join, normpath

from packaging.requirements import InvalidRequirement

from bot.core.dependency_answer import Asked, Reading, mention, quoted

_COMMENT = re.compile(r"(^|\s)#.*$")
_OPTIONS_OF_ONE = re.compile(r"\s--?[a-z][a-z-]*[\s=].*$", re.DOTALL)
_INCLUDE = re.compile(r"(?P<how>-r|-c|--requirement|--constraint)[\s=]*(?P<path>\S.*)")
_PINNED = re.compile(r"[A-Za-z0-9._-]+(?:\[[^\]]*\])?\s*={2,3}\s*[^\s;*,]+(?=\s|;|$)")


def read_requirements(file: str, text: str) -> Reading:
    """Read a requirements or constraints file; a line that is no requirement becomes a note."""
    asked: list[Asked] = []
    notes: list[str] = []
    follows: list[str] = []
    required: set[str] = set()
    for number, line in logical_lines(text):
        include = _INCLUDE.fullmatch(line)
        if include is not None:
            included = _included(file, include["path"].strip().strip("\"'"))
            follows += included
            required |= set(included) if include["how"] in {"-r", "--requirement"} else set()
        elif not line.startswith("-"):
            requirement = _OPTIONS_OF_ONE.sub("", line).strip()
            try:
                found = mention(requirement, file=file, line=number)
            except InvalidRequirement:
                if "tensorflow" in requirement.casefold():
                    notes.append(f"{file}:{number} was not understood")
                continue
            asked += [found] if found else []
    return Reading(
        asked=tuple(asked),
        notes=tuple(notes),
        follows=tuple(follows),
        constraints=tuple(each for each in follows if each not in required),
    )


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Give every line that says something, with the number it starts at; long lines are joined."""
    begun, number = "", 0
    for at, raw in enumerate(text.removeprefix("\ufeff").splitlines(), start=1):
        number = number if begun else at
        if raw.endswith("\\") and not raw.lstrip().startswith("#"):
            begun += raw[:-1] + " "
            continue
        line = _COMMENT.sub("", begun + raw).strip()
        begun = ""
        if line:
            yield number, line
    if begun.strip():
        yield number, _COMMENT.sub("", begun).strip()


def is_complete(text: str) -> bool:
    """Whether a file is a lock: every line one exact version with its hashes, and nothing else."""
    return any(logical_lines(text)) and without_hash(text) is None


def without_hash(text: str) -> str | None:
    """Return the first line that is no exact version with its hashes; None where there is none."""
    for _, line in logical_lines(text):
        if _PINNED.match(line) is None or "--hash" not in line:
            return quoted(line)
    return None


def _included(file: str, path: str) -> list[str]:
    """Say where an included file lies; what is outside of the project is nobody's to follow."""
    if "://" in path or path.startswith(("/", "~", "$")):
        return []
    place = normpath(join(dirname(file), path))
    return [] if place.startswith("..") else [place]
