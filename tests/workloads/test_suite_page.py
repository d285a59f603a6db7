"""The page about the suite names what is in it."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.core.plan import Case
from bot.core.selection import CORE
from bot.engine.discovery import discover, workload_files
from bot.locations import workloads_root

PAGE = Path(__file__).parents[2] / "docs" / "suite.md"


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    files = workload_files([workloads_root() / "suite"])
    found, broken = discover(files, worker=workloads_root() / "run.py", environ=os.environ)
    assert broken == ()
    return found


@pytest.fixture(scope="module")
def rows() -> Mapping[str, str]:
    """The cases column of the table, by workload."""
    lines = [line.split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    return {line[0].strip("| `"): line[1] for line in lines}


def test_every_workload_has_a_row_and_every_row_a_workload(
    cases: tuple[Case, ...], rows: Mapping[str, str]
) -> None:
    assert set(rows) == {case.workload for case in cases}
    assert f"{len(cases)} cases in {len(rows)} files" in PAGE.read_text()


def test_every_case_is_named_with_its_oldest_release_and_the_core_in_bold(
    cases: tuple[Case, ...], rows: Mapping[str, str]
) -> None:
    for case in cases:
        row = rows[case.workload]
        name = f"`{case.case}`"
        is_family = case.kind == "benchmark" and f"`{case.case.partition('.')[0]}.*`" in row
        assert name in row or is_family, case.name
        assert (f"**{name}**" in row) == (CORE in case.tags), case.name
        assert case.since is None or f"({case.since})" in row, case.name


def test_every_case_says_what_it_is_about_and_has_a_tag(cases: tuple[Case, ...]) -> None:
    assert not [case.name for case in cases if not case.tags]
