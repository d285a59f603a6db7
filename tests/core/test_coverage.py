"""Which releases a Python serves, and which Python closes a gap."""

import pytest

from bot.core import coverage


def test_pythons_are_those_that_workloads_run_on_and_releases_have_wheels_for() -> None:
    assert coverage.pythons() == ["3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13"]


@pytest.mark.parametrize(
    ("here", "served"),
    [
        (["3.6"], "1.0 to 2.6"),
        (["3.7"], "1.13 to 2.11"),
        (["3.13"], "2.20 to 2.21"),
        (["3.6", "3.13"], "1.0 to 2.6, 2.20 to 2.21"),
        ([], "none"),
    ],
)
def test_releases_are_told_as_ranges(here: list[str], served: str) -> None:
    assert coverage.ranges(coverage.releases(here)) == served


@pytest.mark.parametrize(
    ("here", "missing"),
    [
        (["3.6", "3.8", "3.11", "3.13"], {}),
        (["3.7", "3.10"], {"3.6": "1.0 to 1.12"}),
        (["3.6", "3.13"], {"3.9": "2.7 to 2.19"}),
        ([], {"3.6": "1.0 to 2.6", "3.10": "2.8 to 2.21", "3.9": "2.7"}),
    ],
)
def test_gaps_are_closed_by_the_fewest_pythons(here: list[str], missing: dict[str, str]) -> None:
    found = {minor: coverage.ranges(served) for minor, served in coverage.gaps(here).items()}

    assert found == missing
