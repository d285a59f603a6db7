"""Owns the absolute values that are shown beside an estimate: they belong to one machine."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from statistics import fmean, median

from bot.core.metric import MetricName

Key = tuple[str, MetricName, str]
"""(case, metric, environment id of the candidate)."""

Pair = tuple[float, float]
"""What it is compared with (mean of installs), and itself."""


class ShownValues:
    """Values of every cell, block by block, in the unit of the metric, and wall seconds."""

    def __init__(self) -> None:
        self._values: defaultdict[Key, list[Pair]] = defaultdict(list)
        self._walls: defaultdict[Key, list[Pair]] = defaultdict(list)

    def add(
        self,
        key: Key,
        values: Mapping[str, float],
        walls: Mapping[str, float],
        opponents: Iterable[str],
    ) -> None:
        """Take one more block, by environment id; wall seconds where CPU time decides."""
        opponents = tuple(opponents)
        self._values[key].append(_next_to(values, key[2], opponents))
        if walls:
            self._walls[key].append(_next_to(walls, key[2], opponents))

    def of(self, key: Key) -> tuple[list[Pair], list[Pair]]:
        """Return values and wall seconds of a cell, block by block."""
        return list(self._values[key]), list(self._walls[key])

    def show(self, key: Key, shown: tuple[list[Pair], list[Pair]]) -> None:
        """Show what one machine measured of a cell, and nothing of the others."""
        self._values[key], self._walls[key] = shown

    def values(self, key: Key) -> Pair:
        """Return medians over blocks."""
        return _medians(self._values[key])

    def walls(self, key: Key) -> Pair | tuple[None, None]:
        """Return the same as wall seconds, where CPU time decides."""
        return _medians(self._walls[key]) if self._walls[key] else (None, None)


def _next_to(values: Mapping[str, float], arm: str, opponents: Iterable[str]) -> Pair:
    return fmean(values[opponent] for opponent in opponents), values[arm]


def _medians(pairs: Iterable[Pair]) -> Pair:
    before, after = zip(*pairs, strict=True)
    return median(before), median(after)
