"""The whole suite under releases of nine years: no case fails without a declared reason."""

import os
from pathlib import Path

import pytest

from bot.environments import available
from tests.suite_matrix import NEVER, matrix, table

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(1500)]

RELEASES = ("2.15.1", "1.3.0", "1.15.5", "2.0.4", "2.3.4", "2.9.3", "2.16.2", "2.21.0")
"""The first one makes what others read. They need Python 3.6, 3.7, 3.8 and 3.10."""

NEEDED = {"3.6", "3.7", "3.8", "3.10"}


def test_every_case_runs_or_says_why_not(home: Path) -> None:
    missing = sorted(NEEDED - set(available(os.environ)))
    if missing:
        pytest.skip(f"this machine has no Python {', '.join(missing)}")
    entries = list(matrix(RELEASES, home=home / ".tfperf"))
    print(table(entries, RELEASES))  # noqa: T201  # what this test is for
    failures = [
        f"{entry.case} in {entry.release}: {entry.reason}"
        for entry in entries
        if entry.word == NEVER
    ]
    assert not failures, "\n".join(failures)
    assert all(entry.reason for entry in entries if entry.word == "unsupported")
    cases = {entry.case for entry in entries}
    ran = {entry.case for entry in entries if entry.word == "ran"}
    # What runs nowhere measures nothing; the converter to TensorFlow.js is an extra.
    assert {case for case in cases - ran if not case.startswith("tfjs[")} == set()
    assert len(entries) == len(cases) * len(RELEASES)
