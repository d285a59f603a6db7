"""Owns the tally: what a rule said about simulated tables, counted, and the rates that follow.

A table has 13 workloads and 3 candidate versions that are all alike: 39 cells.
"""

from dataclasses import dataclass, fields
from math import sqrt

from scipy.stats import beta

WORKLOADS, CANDIDATES = 13, 3
CELLS = WORKLOADS * CANDIDATES


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Counts over some tables; those of two parts add up to those of the whole.

    `slower_squared` adds up the squares of each table's count: tables are independent, the cells of
    a table are not. `processes` includes the baseline's; `blocks` are those of each cell, `rounds`
    those of each case in each of its blocks, of which there are `case_blocks`.
    """

    tables: int = 0
    tables_with_alarm: int = 0
    slower: int = 0
    slower_squared: int = 0
    faster: int = 0
    equivalent: int = 0
    unstable: int = 0
    too_noisy: int = 0
    doubted: int = 0
    processes: int = 0
    blocks: int = 0
    case_blocks: int = 0
    rounds: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        names = [each.name for each in fields(self)]
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def cells(self) -> int:
        return self.tables * CELLS

    @property
    def alarm_rate(self) -> float:
        """Share of the tables with any alarm, in either direction."""
        return self.tables_with_alarm / self.tables

    @property
    def alarm_bound(self) -> float:
        return upper_bound(self.tables_with_alarm, self.tables)

    @property
    def power(self) -> float:
        """Share of the cells called slower."""
        return self.slower / self.cells

    @property
    def power_error(self) -> float:
        """Half-width of the 95 % interval of `power`."""
        variance = self.slower_squared / self.tables - (self.slower / self.tables) ** 2
        return 1.96 * sqrt(max(variance, 0.0) / self.tables) / CELLS

    @property
    def undecided(self) -> int:
        """Cells about which there is no answer: open, unstable, too noisy or doubted."""
        return self.cells - self.slower - self.faster - self.equivalent


def upper_bound(count: int, of: int) -> float:
    """Return the exact (Clopper-Pearson) upper 95 % bound of a rate."""
    return 1.0 if count == of else float(beta.ppf(0.95, count + 1, of - count))
