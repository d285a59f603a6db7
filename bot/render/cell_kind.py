"""Owns what becomes of a cell in a word: charts and page choose sign and colour by it."""

from typing import Literal

from bot.core.conclusion import is_regression
from bot.core.report import CellReport

Kind = Literal["worse", "better", "excused", "small", "unchanged", "undecided", "missing"]


def kind_of(cell: CellReport) -> Kind:
    """Sort a cell by what a reader needs to know of it."""
    match cell.verdict:
        case "REGRESSION" if cell.matters:
            return "worse" if is_regression(cell) else "excused"
        case "IMPROVEMENT" if cell.matters:
            return "better"
        case "REGRESSION" | "IMPROVEMENT":
            return "small"
        case "EQUIVALENT":
            return "unchanged"
        case "INCONCLUSIVE":
            return "undecided"
        case "NOT_MEASURED":
            return "missing"
