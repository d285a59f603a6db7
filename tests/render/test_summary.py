from types import SimpleNamespace

import pytest

from bot.render.summary import SUMMARY_BYTES, render_summary


def test_a_summary_folds_nothing_and_has_no_marker(reports: SimpleNamespace) -> None:
    text = render_summary(reports.report())

    assert text.startswith("### 🟢 TensorFlow 2.15.1 → 2.21.0")
    assert "<details>" not in text


@pytest.mark.parametrize("number", [500, 5_000])
def test_a_summary_shows_every_cell_that_fits(reports: SimpleNamespace, number: int) -> None:
    cells = tuple(reports.cell(f"{'workload' * 10}[{index}]") for index in range(number))
    text = render_summary(reports.report(cells=cells))

    assert len(text.encode()) <= SUMMARY_BYTES
    assert all(f"[{index}]" in text for index in range(500))
    assert ("more rows: see `report.json`" in text) == (number == 5_000)
