"""Cells in arrays say what cells one by one say, block after block."""

import numpy as np
import pytest

from bot.core.cell_batch import EQUIVALENT, FASTER, OPEN, SLOWER, CellBatch, Floats
from bot.core.evidence import Trial
from bot.core.verdict import Cell, Direction, Limits

LIMITS = Limits(threshold=0.05, alpha=0.01, cells=39)
BLOCKS, CELLS = 24, 60
WORDS: dict[int, Direction | None] = {
    OPEN: None,
    SLOWER: "slower",
    FASTER: "faster",
    EQUIVALENT: "equivalent",
}


def drawn(noise: float, seed: int) -> Floats:
    """Scores by block, label and cell; a third of the candidates is slower, a third faster."""
    random = np.random.default_rng(seed)
    scores = noise * random.standard_t(4, (BLOCKS, 3, CELLS))
    scores[:, 0] += np.linspace(-0.12, 0.12, CELLS)
    return scores


def evidence(cell: Cell) -> list[float]:
    return [each.ln for each in (cell._slower, cell._faster, cell._not_slower, cell._not_faster)]


@pytest.mark.parametrize("noise", [0.0, 0.001, 0.01, 0.03, 0.2])
def test_decisions_and_evidence_are_those_of_single_cells(noise: float) -> None:
    batch, cells = CellBatch(LIMITS, CELLS), [Cell(LIMITS) for _ in range(CELLS)]
    for block in drawn(noise, seed=5):
        batch.add(block)
        for cell, (candidate, *baselines) in zip(cells, block.T, strict=True):
            if cell.decision is None:
                cell.add(Trial(candidate=candidate, baselines=tuple(baselines)))
        assert [WORDS[decision] for decision in batch.decisions] == [c.decision for c in cells]
        for column, index in enumerate(batch.open):
            assert batch.ln[:, column] == pytest.approx(evidence(cells[index]), abs=1e-9)


def test_the_comparison_above_meets_every_decision() -> None:
    batch = CellBatch(LIMITS, CELLS)
    for block in drawn(0.01, seed=5):
        batch.add(block)
    assert set(batch.decisions) == set(WORDS) - {OPEN}
    assert batch.open.size == 0


def test_noise_leaves_cells_open() -> None:
    batch = CellBatch(LIMITS, CELLS)
    for block in drawn(0.2, seed=5):
        batch.add(block)
    assert OPEN in batch.decisions
    assert batch.open.tolist() == np.flatnonzero(batch.decisions == OPEN).tolist()
