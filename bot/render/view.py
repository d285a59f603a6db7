"""Owns the shape of a page: ready strings that a template prints and a ladder may shorten.

Templates of others see these classes: see docs/templates.md before one is changed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

SectionName = Literal[
    "matrix",
    "since",
    "changes",
    "more_changes",
    "picture",
    "excused",
    "results",
    "frameworks",
    "failures",
    "logs",
    "upgrades",
    "small",
    "undecided",
    "unchanged",
    "versions",
    "counters",
    "reported",
    "environment",
    "machine",
    "control",
    "rule",
    "command",
]
Row = tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column of a table; numbers stand to the right."""

    title: str
    is_number: bool = False

    @property
    def rule(self) -> str:
        """The dashes under the title that set the alignment."""
        return "--:" if self.is_number else ":--"


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """Rows of ready cells; `more` says where rows that were left out can be read."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    more: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A part of the page; its title already answers what its body proves."""

    name: SectionName
    title: str
    is_folded: bool = False
    table: Table | None = None
    text: str = ""

    @property
    def has_body(self) -> bool:
        """Whether there is anything to unfold."""
        return self.table is not None or bool(self.text)

    def without_body(self) -> "Section":
        """Keep the answer only."""
        return replace(self, table=None, text="")


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """A page: the head is always printed whole, sections may be shortened."""

    heading: str
    duty: str
    counts: str
    news: str
    trust: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    shortened: str = ""


def table(columns: Iterable[Column], rows: Iterable[Row]) -> Table:
    """Build a table without the columns in which no row says anything."""
    columns, rows = tuple(columns), tuple(rows)
    kept = [index for index in range(len(columns)) if any(row[index] for row in rows)]
    return Table(
        columns=tuple(columns[index] for index in kept),
        rows=tuple(tuple(row[index] for index in kept) for row in rows),
    )
