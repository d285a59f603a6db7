"""What benchmarks report of themselves: a table to look at."""

from typing import Any

import pytest

from bot.core.plan import Role
from bot.core.report import ReportedValue
from bot.render.reported import reported


def told(**values: float) -> tuple[ReportedValue, ...]:
    """Values by the version's letter and the name: `b_iters`, `c_throughput`."""
    versions: dict[str, tuple[Role, str]]
    versions = {
        "b": ("baseline", "2.15.1"),
        "c": ("candidate", "2.21.0"),
        "s": ("candidate", "2.15.1"),  # the same release once more
    }
    return tuple(
        ReportedValue(
            case="mine[A.benchmark_a]",
            role=versions[name[0]][0],
            environment=versions[name[0]][1],
            name=name[2:].replace("__", "."),
            value=value,
        )
        for name, value in values.items()
    )


def test_versions_stand_side_by_side_without_what_is_told_elsewhere(reports: Any) -> None:
    values = told(b_wall_time=0.1, b_iters=9.0, b_extras__mb=2.5, c_extras__mb=12345.6, c_z=3.0)
    section = reported(reports.report(reported=values))
    assert section is not None
    assert section.title == "2 figures that benchmarks reported of themselves, not judged"
    assert section.is_folded
    assert section.table is not None
    assert section.table.rows == (
        ("`mine[A.benchmark_a]`", "`extras.mb`", "2.5", "12,346"),
        ("`mine[A.benchmark_a]`", "`z`", "none", "3"),
    )


def test_a_release_that_is_compared_with_itself_has_a_column_of_its_own(reports: Any) -> None:
    values = told(b_z=1.0, s_z=2.0, s_new=3.0)
    section = reported(reports.report(reported=values, candidates=("2.15.1",)))
    assert section is not None
    assert section.table is not None
    assert section.table.rows == (
        ("`mine[A.benchmark_a]`", "`z`", "1", "2"),
        ("`mine[A.benchmark_a]`", "`new`", "none", "3"),
    )


@pytest.mark.parametrize("values", [{}, {"b_wall_time": 0.1, "c_iters": 3.0}])
def test_where_nothing_else_was_reported_there_is_no_table(reports: Any, values: Any) -> None:
    assert reported(reports.report(reported=told(**values))) is None
