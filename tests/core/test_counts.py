"""Counters are compared exactly, where they are constant."""

from collections.abc import Sequence

import pytest

from bot.core.counts import COUNTS, Comparison, Counts


def compared(
    counter: str, baseline: Sequence[int], control: Sequence[int], candidate: Sequence[int]
) -> list[Comparison]:
    counts = Counts()
    for arm, values in (("b", baseline), ("a", control), ("c", candidate)):
        for value in values:
            counts.add("mlp[fit]", arm, {counter: value})
    return [count.comparison for count in counts.compare("mlp[fit]", ("b", "a"), "c")]


@pytest.mark.parametrize(
    ("counter", "baseline", "control", "candidate", "comparison"),
    [
        ("traces", [1, 1, 1], [1, 1, 1], [1, 1, 1], "SAME"),
        ("traces", [1, 1, 1], [1, 1, 1], [2, 2, 2], "MORE"),
        ("graph_nodes", [9, 9, 9], [9, 9, 9], [7, 7, 7], "FEWER"),
        ("traces", [1, 1, 1], [1, 1, 1], [1, 2, 1], "NOT_CONSTANT"),
        ("traces", [1, 1, 1], [2, 2, 2], [3, 3, 3], "NOT_CONSTANT"),
        ("traces", [1, 1], [1, 1, 1], [2, 2, 2], "NOT_COUNTED"),
        ("minor_faults", [100_000, 100_060, 100_010], [100_020] * 3, [100_050] * 3, "SAME"),
        ("minor_faults", [100_000, 100_060, 100_010], [100_020] * 3, [100_200] * 3, "MORE"),
        ("minor_faults", [100_000, 100_200, 100_010], [100_020] * 3, [90_000] * 3, "NOT_CONSTANT"),
        ("modules", [0, 0, 0], [0, 0, 0], [0, 0, 0], "SAME"),
    ],
)
def test_counters_are_compared_only_where_every_arm_agrees_with_itself(
    counter: str,
    baseline: list[int],
    control: list[int],
    candidate: list[int],
    comparison: Comparison,
) -> None:
    assert compared(counter, baseline, control, candidate) == [comparison]


def test_what_one_side_cannot_count_is_no_row() -> None:
    assert compared("traces", [1, 1, 1], [], [1, 1, 1]) == []


def test_three_processes_are_enough_and_more_are_not_asked() -> None:
    counts = Counts()
    for number in range(COUNTS):
        assert counts.are_wanted("mlp[fit]", "b")
        counts.add("mlp[fit]", "b", {"traces": number})
    assert not counts.are_wanted("mlp[fit]", "b")
