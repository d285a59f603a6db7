"""Owns how long a run may still take: what its budget leaves, and when nothing will be open."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.core.metric import IMPORT_CASE
from bot.core.so_far import is_open
from bot.core.table import CellKey, Table


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """Blocks of one case: how many there were, and how many more would decide what is open in it.

    `to_go` is 0 where nothing is open, and None where nobody can tell as yet.
    """

    done: int
    to_go: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TimeLeft:
    """Seconds until the budget is used up, and probably until nothing is open; None: no telling."""

    at_most: float
    likely: float | None = None

    @property
    def is_enough(self) -> bool | None:
        """Whether the budget will probably do; None where nobody can tell."""
        return None if self.likely is None else self.likely <= self.at_most


def time_left(works: Collection[Work], *, seconds: float, budget: float) -> TimeLeft:
    """Guess from what a block of a case took so far, in `seconds` altogether.

    Blocks become shorter as cases are decided, so that time per whole block would say too much.
    """
    at_most = max(0.0, budget - seconds)
    done = sum(work.done for work in works)
    to_go = [work.to_go for work in works]
    if not done or None in to_go or not any(to_go):
        return TimeLeft(at_most=at_most)
    return TimeLeft(at_most=at_most, likely=seconds / done * sum(filter(None, to_go)))


def works_of(table: Table) -> list[Work]:
    """Say of every case, and of the imports that begin each block, what was done and is to do."""
    cases: defaultdict[str, list[CellKey]] = defaultdict(list)
    for key in table.candidate_cells:
        cases[key[0]].append(key)
    works = {case: _work(table, keys) for case, keys in cases.items()}
    return [*(work for case, work in works.items() if case != IMPORT_CASE), _imports(works)]


def _work(table: Table, keys: Collection[CellKey]) -> Work:
    to_go = [_to_go(table, key) for key in keys if is_open(table, key)]
    return Work(done=max(map(table.blocks_of, keys)), to_go=_most(to_go))


def _to_go(table: Table, key: CellKey) -> int | None:
    """Guess how many blocks would decide a cell; it gets no more than the run allows."""
    cell = table.cells[key]
    to_go = cell.blocks_to_go() if cell.trials else None
    return None if to_go is None else min(to_go, table.plan.most_blocks_here - len(cell.trials))


def _imports(works: Mapping[str, Work]) -> Work:
    """Count what begins a block, whatever is in it: processes that import the framework."""
    done = max((work.done for work in works.values()), default=0)
    return Work(done=done, to_go=_most([work.to_go for work in works.values()]))


def _most(blocks: Collection[int | None]) -> int | None:
    known = [number for number in blocks if number is not None]
    return max(known, default=0) if len(known) == len(blocks) else None
