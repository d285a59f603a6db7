"""What benchmarks report of themselves: medians over blocks, told beside the verdicts."""

from bot.core.reported import Reported
from bot.core.table import Table
from tests.core import runs

A_BENCHMARK = runs.case("eager[A.benchmark_a]", kind="benchmark")
PLAN = runs.plan(cases=(A_BENCHMARK,))


def test_a_value_is_the_median_over_blocks_and_of_both_installs_of_the_baseline() -> None:
    reported = Reported()
    for base, control, candidate in ((1.0, 2.0, 7.0), (3.0, 4.0, 8.0), (5.0, 60.0, 900.0)):
        reported.add(A_BENCHMARK.name, runs.BASELINE, {"iters": base})
        reported.add(A_BENCHMARK.name, runs.CONTROL, {"iters": control})
        reported.add(A_BENCHMARK.name, runs.CANDIDATE, {"iters": candidate, "extras.new": 1.0})
    rows = [(row.role, row.environment, row.name, row.value) for row in reported.rows(PLAN)]
    assert rows == [
        ("baseline", "2.15.1", "iters", 3.5),
        ("candidate", "2.21.0", "iters", 8.0),
        ("candidate", "2.21.0", "extras.new", 1.0),
    ]


def test_the_table_keeps_them_apart_from_what_is_judged() -> None:
    table = Table(PLAN, unavailable={})
    arms = (runs.BASELINE, runs.CONTROL, runs.CANDIDATE)
    outcomes = {arm: runs.measured(reported={"throughput": 5.0}) for arm in arms}
    table.add(runs.case_block(0, outcomes, name=A_BENCHMARK.name))
    assert [row.value for row in table.reported.rows(PLAN)] == [5.0, 5.0]
    judged = {metric for case, metric, _ in table.cells if case == A_BENCHMARK.name}
    assert judged == {"step", "peak_rss"}


def test_where_nothing_was_reported_there_is_nothing_to_tell() -> None:
    assert list(Reported().rows(PLAN)) == []
