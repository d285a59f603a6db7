"""Owns where a case is written: the file in the repository, and the line that names the case."""

import re
from collections.abc import Iterator
from pathlib import PurePath

from bot.core.plan import Case
from bot.core.report import Place


def place(case: Case, file: PurePath, root: PurePath, source: str | None) -> Place | None:
    """Point to a case in a repository; None for a file outside of it.

    `file` and `root` are absolute, without links and `..`; `source` is None where the file cannot
    be read.
    """
    if not file.is_relative_to(root):
        return None
    line = 1 if source is None else line_of(case, source)
    return Place(path=file.relative_to(root).as_posix(), line=line)


def line_of(case: Case, source: str) -> int:
    """Find the line that names a case: as a text, as a method, else where the step is built."""
    lines = source.splitlines()
    for pattern in _patterns(case):
        for number, line in enumerate(lines, start=1):
            if pattern.search(line):
                return number
    return 1


def _patterns(case: Case) -> Iterator[re.Pattern[str]]:
    if case.case:
        yield re.compile(rf"""(["']){re.escape(case.case)}\1""")
        yield re.compile(rf"^\s*def\s+{re.escape(case.case.rpartition('.')[2])}\s*\(")
    yield re.compile(r"^\s*def\s+build\s*\(")
