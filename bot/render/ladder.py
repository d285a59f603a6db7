"""Owns how a page is made to fit: what is folded goes first, then rows, never half a sentence."""

from collections.abc import Iterator
from dataclasses import replace

from bot.render import words
from bot.render.view import Section, SectionName, View

_ORDER_OF_LEAVING: tuple[SectionName, ...] = (
    "unchanged",
    "counters",
    "reported",
    "control",
    "machine",
    "environment",
    "upgrades",
    "logs",
    "frameworks",
    "undecided",
    "small",
)
_ROWS = (1_000, 300, 100, 30, 10, 3)


def steps(view: View, *, where: str, keeps_bodies: bool = False) -> Iterator[View]:
    """Yield the page whole, then ever shorter; `where` is the place that has everything.

    With `keeps_bodies` rows leave before sections do.
    """
    yield view
    note = words.shortened(where)
    leaving = () if keeps_bodies else _ORDER_OF_LEAVING
    for number in range(1, len(leaving) + 1):
        yield replace(view, sections=_fold(view.sections, leaving[:number]), shortened=note)
    rest = _fold(view.sections, leaving)
    for rows in _ROWS:
        cut = tuple(_cut(section, rows, where) for section in rest)
        yield replace(view, sections=cut, shortened=note)
    yield replace(view, sections=tuple(s.without_body() for s in rest), shortened=note)
    yield replace(view, sections=(), notes=(), shortened=note)


def _fold(sections: tuple[Section, ...], names: tuple[SectionName, ...]) -> tuple[Section, ...]:
    return tuple(s.without_body() if s.name in names else s for s in sections)


def _cut(section: Section, rows: int, where: str) -> Section:
    table = section.table
    if table is None or len(table.rows) <= rows:
        return section
    more = words.more(len(table.rows) - rows, where)
    return replace(section, table=replace(table, rows=table.rows[:rows], more=more))
