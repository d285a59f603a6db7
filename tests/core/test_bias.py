"""What a difference between two installs of one release does to alarms."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from bot.core.bias import biases, doubt_alarms, wants_block
from bot.core.cell_reports import cell_reports
from bot.core.table import CellKey, Table
from tests.core.runs import CANDIDATE, CASE, filled


def memory(share: float) -> dict[str, Any]:
    return {"peak_rss_bytes": int(10**9 * share)}


def test_installs_that_are_alike_are_no_bias() -> None:
    assert list(biases(filled(20))) == []


def test_noise_is_no_bias() -> None:
    found = [len(list(biases(filled(12, noise=0.1, seed=seed)))) for seed in range(20)]
    assert sum(found) <= 1


def test_a_constant_difference_is_one_and_names_its_metric() -> None:
    table = filled(20, noise=0.0005, base_b=memory(1.03))
    (bias,) = biases(table)
    assert bias.metric == "peak_rss"
    assert bias.shift == pytest.approx(0.03, abs=0.002)
    assert bias.margin == pytest.approx(0.06, abs=0.004)


@pytest.mark.parametrize(("size", "believed"), [(1.10, False), (1.40, True)])
def test_an_alarm_that_a_bias_could_explain_is_not_believed(size: float, believed: bool) -> None:
    table = filled(25, noise=0.0005, base_b=memory(1.06), cand_a=memory(size))
    assert table.cells[CASE, "peak_rss", CANDIDATE].decision == "slower"
    doubt_alarms(table, list(biases(table)))
    assert table.cells[CASE, "peak_rss", CANDIDATE].is_doubted == (not believed)
    report = next(r for r in cell_reports(table, disturbance=None) if r.metric == "peak_rss")
    assert report.verdict == ("REGRESSION" if believed else "INCONCLUSIVE")
    assert report.matters == believed
    assert believed or "two installs of the baseline differ, too" in report.reason


def test_a_doubtful_alarm_is_measured_on_a_clear_or_hopeless_one_is_not() -> None:
    wanted = []
    for size in (1.10, 1.18, 1.40):
        table = filled(25, noise=0.0005, base_b=memory(1.06), cand_a=memory(size))
        key: CellKey = (CASE, "peak_rss", CANDIDATE)
        assert not table.is_open(key)
        wanted.append(wants_block(table, key, list(biases(table))))
    assert wanted == [False, True, False]


def test_other_metrics_are_believed_as_before() -> None:
    table = filled(25, noise=0.001, base_b=memory(1.03), cand_a={"step": 0.02})
    doubt_alarms(table, list(biases(table)))
    assert not table.cells[CASE, "step", CANDIDATE].is_doubted


def test_the_margin_is_never_below_one_percent() -> None:
    table = filled(30, noise=0.0001, base_b=memory(1.003))
    for bias in biases(table):
        assert bias.margin >= 0.01
        assert replace(bias, shift=-0.02).margin == pytest.approx(0.04)


def test_the_order_of_cases_does_not_matter() -> None:
    table = filled(20, noise=0.0005, base_b=memory(1.03))
    names = list(table.cells)
    Random(1).shuffle(names)
    other: Table = filled(20, noise=0.0005, base_b=memory(1.03))
    other.cells = {name: other.cells[name] for name in names}
    assert list(biases(table)) == list(biases(other))
