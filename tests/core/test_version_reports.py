"""What a version does to all its steps together."""

import math
from random import Random

import pytest

from bot.core.bias import Bias
from bot.core.outcome import Outcome
from bot.core.table import Table
from bot.core.version_reports import version_reports
from tests.core.runs import BASELINE, CANDIDATE, CONTROL, case, case_block, plan, scattered

NAMES = [f"mlp[{number}]" for number in range(6)]


def table(slowdowns: list[float], *, blocks: int = 6) -> Table:
    random = Random(2)
    made = Table(plan(cases=tuple(case(name) for name in NAMES)), unavailable={})
    for number in range(blocks):
        for name, slowdown in zip(NAMES, slowdowns, strict=True):
            outcomes: dict[str, Outcome] = {
                arm: scattered(random, 0.002) for arm in (BASELINE, CONTROL)
            }
            outcomes[CANDIDATE] = scattered(random, 0.002, step=0.01 * slowdown)
            made.add(case_block(number, outcomes, name=name))
    return made


@pytest.mark.parametrize(
    ("slowdowns", "word"),
    [
        ([1.03] * 6, "slower"),
        ([0.97] * 6, "faster"),
        ([1.03, 1.03, 1.03, 0.97, 0.97, 0.97], "mixed"),
        ([1.0] * 6, "undecided"),
    ],
)
def test_many_small_changes_of_one_direction_add_up(slowdowns: list[float], word: str) -> None:
    (report,) = version_reports(table(slowdowns, blocks=8), ())
    assert report.word == word
    assert report.cases == len(NAMES)
    mean = math.exp(sum(map(math.log, slowdowns)) / len(slowdowns))
    assert report.typical_ratio == pytest.approx(mean, abs=0.005)


def test_where_the_installs_differ_a_version_has_no_word() -> None:
    (report,) = version_reports(table([1.03] * 6, blocks=8), (Bias(metric="step", shift=0.02),))
    assert report.word == "undecided"
