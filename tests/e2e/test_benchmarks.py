"""Benchmarks written for tf.test.Benchmark, unchanged, under releases of nine years."""

import os
from pathlib import Path

import pytest

from bot.environments import available
from tests.suite_matrix import matrix

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

GIVEN = Path(__file__).parents[1] / "workloads" / "given"
RELEASES = ("2.15.1", "1.0.1", "1.3.0", "1.15.5", "2.3.4", "2.21.0")
NEEDED = {"3.6", "3.7", "3.8"}
ENDINGS = {
    "every_kind[Graphs.benchmark_op]": ("ran", ""),
    "every_kind[Inherited.benchmark_of_the_base]": ("ran", ""),
    "every_kind[Inherited.benchmark_twice]": ("ran", ""),
    "every_kind[Endings.benchmark_fails]": ("failed", "every_kind.py:39"),
    "every_kind[Endings.benchmark_skips]": ("unsupported", "not on this machine"),
    "every_kind[Endings.benchmark_says_nothing]": ("failed", "(line 45) reported no wall_time"),
}


def test_every_benchmark_ends_alike_everywhere(home: Path) -> None:
    missing = sorted(NEEDED - set(available(os.environ)))
    if missing:
        pytest.skip(f"this machine has no Python {', '.join(missing)}")
    entries = list(
        matrix(RELEASES, home=home / ".tfperf", workloads=["every_kind"], paths=[str(GIVEN)])
    )
    assert {(entry.case, entry.release) for entry in entries} == {
        (case, release) for case in ENDINGS for release in RELEASES
    }
    for entry in entries:
        word, reason = ENDINGS[entry.case]
        assert entry.word == word, entry
        assert reason in entry.reason, entry
