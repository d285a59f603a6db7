"""Owns how a page is made to fit: what is folded goes first, then rows, never half a sentence.

What is unchanged leaves first, then what is undecided, then what stands behind the verdicts, and
at the end changes; of those, the largest stay as long as there is room for them.
"""

from collections.abc import Iterator
from dataclasses import replace

from bot.render import words
from bot.render.view import Section, SectionName, View

_ORDER_OF_LEAVING: tuple[SectionName, ...] = (
    "unchanged",
    "undecided",
    "counters",
    "reported",
    "control",
    "machine",
    "environment",
    "upgrades",
    "logs",
    "frameworks",
    "small",
    "more_changes",
)
_BY_ROWS: frozenset[SectionName] = frozenset({"undecided", "small", "more_changes"})
"""Sections whose first rows are worth more than none."""

_ROWS = (1_000, 300, 100, 30, 10, 3)


def steps(view: View, *, where: str, keeps_bodies: bool = False) -> Iterator[View]:
    """Yield the page whole, then ever shorter; `where` is the place that has everything.

    With `keeps_bodies` rows leave before sections do.
    """
    yield view
    note = words.shortened(where)
    leaving = () if keeps_bodies else _ORDER_OF_LEAVING
    rest = view.sections
    for name in leaving:
        for rows in _ROWS if name in _BY_ROWS else ():
            cut = tuple(_cut(s, rows, where) if s.name == name else s for s in rest)
            if cut != rest:
                yield replace(view, sections=cut, shortened=note)
        rest = tuple(s.without_body() if s.name == name else s for s in rest)
        yield replace(view, sections=rest, shortened=note)
    for rows in _ROWS:
        cut = tuple(_cut(section, rows, where) for section in rest)
        yield replace(view, sections=cut, shortened=note)
    titles = tuple(s.without_body() for s in rest if s.is_folded)  # the others only head a table
    yield replace(view, sections=titles, shortened=note)
    yield replace(view, sections=(), shortened=note)
    yield replace(view, sections=(), notes=(), news="", shortened=note)


def _cut(section: Section, rows: int, where: str) -> Section:
    table = section.table
    if table is None or len(table.rows) <= rows:
        return section
    more = words.more(len(table.rows) - rows, where)
    return replace(section, table=replace(table, rows=table.rows[:rows], more=more))
