"""Owns the line about each version: what it does to all steps together."""

import math
from collections.abc import Collection, Iterator
from statistics import fmean
from typing import Literal

from bot.core.bias import Bias
from bot.core.evidence import log_mean_exp
from bot.core.report import VersionReport
from bot.core.table import Table
from bot.core.verdict import Cell

Word = Literal["slower", "faster", "mixed", "undecided"]


def version_reports(table: Table, biases: Collection[Bias]) -> Iterator[VersionReport]:
    """Sum up every candidate by the mean evidence over its cases.

    An average of e-values is an e-value: many small changes of one direction add up to an answer
    that no single case could give. These answers share an alpha of their own; there is none of a
    version that is compared with the baseline where its installs differ in their steps.
    """
    is_biased = any(bias.metric == "step" for bias in biases)
    candidates = table.plan.candidates
    ln_needed = math.log(2 * max(1, len(candidates)) / table.plan.rule.alpha)
    for candidate in candidates:
        cells = [
            cell
            for (_, metric, environment), cell in table.candidate_cells.items()
            if metric == "step" and environment == candidate.id and cell.trials
        ]
        is_doubtful = is_biased and candidate.against is None
        if cells:
            yield VersionReport(
                candidate=candidate.label,
                word="undecided" if is_doubtful else _word(cells, ln_needed),
                typical_ratio=math.exp(fmean(cell.span()[1] for cell in cells)),
                cases=len(cells),
            )


def _word(cells: list[Cell], ln_needed: float) -> Word:
    is_slower = log_mean_exp([cell.ln_slower for cell in cells]) >= ln_needed
    is_faster = log_mean_exp([cell.ln_faster for cell in cells]) >= ln_needed
    match is_slower, is_faster:
        case True, True:
            return "mixed"
        case True, False:
            return "slower"
        case False, True:
            return "faster"
        case _:
            return "undecided"
