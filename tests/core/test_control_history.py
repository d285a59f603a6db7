"""What the controls of many runs say, and what cannot be read among them."""

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.control_history import RunControls, encode, read, sum_up, upper_bound


def controls(run: str, flagged: int = 0, of: int = 22) -> RunControls:
    return RunControls(run=run, controls=of, flagged=flagged)


@pytest.mark.parametrize("of", [1, 22, 300, 3900, 100_000])
def test_no_flag_in_n_controls_bounds_the_rate_by_about_three_in_n(of: int) -> None:
    assert upper_bound(0, of) == pytest.approx(1 - 0.05 ** (1 / of), abs=1e-8)
    assert upper_bound(0, of) <= 3 / of


@given(st.integers(0, 30), st.integers(1, 60))
def test_at_the_bound_so_few_flags_have_a_chance_of_five_percent(flagged: int, more: int) -> None:
    of = flagged + more
    rate = upper_bound(flagged, of)
    chance = sum(comb(of, i) * rate**i * (1 - rate) ** (of - i) for i in range(flagged + 1))
    assert chance == pytest.approx(0.05, abs=1e-6)


@pytest.mark.parametrize("of", [0, 1, 22])
def test_a_rate_of_which_nothing_good_is_known_may_be_one(of: int) -> None:
    assert upper_bound(of, of) == 1.0


def test_many_flags_among_very_many_controls_are_no_difficulty() -> None:
    assert upper_bound(1000, 1_000_000) == pytest.approx(0.001, rel=0.1)


def test_runs_add_up() -> None:
    history = sum_up([controls("a"), controls("b", flagged=1), controls("c", of=13)])
    assert (history.runs, history.controls, history.flagged) == (3, 57, 1)
    assert history.upper_bound == upper_bound(1, 57)


def test_the_last_line_of_a_run_counts() -> None:
    lines = [encode(run).encode() for run in (controls("a", of=5), controls("b"), controls("a"))]
    runs, damaged = read(lines)
    assert runs == {"a": controls("a"), "b": controls("b")}
    assert damaged == ()


DAMAGED = [
    b"",
    b'{"run": "a", "controls": 22, "flag',
    b"\xff\xfe",
    b"[]",
    b"7",
    b'{"run": "a"}',
    b'{"run": "a", "controls": 22, "flagged": 0, "more": 1}',
    b'{"run": "", "controls": 22, "flagged": 0}',
    b'{"run": 7, "controls": 22, "flagged": 0}',
    b'{"run": "a", "controls": 22, "flagged": 23}',
    b'{"run": "a", "controls": -1, "flagged": -1}',
    b'{"run": "a", "controls": 1.5, "flagged": 0}',
    b'{"run": "a", "controls": true, "flagged": false}',
]


@pytest.mark.parametrize("line", DAMAGED)
def test_a_damaged_line_is_skipped_and_said(line: bytes) -> None:
    runs, damaged = read([encode(controls("b")).encode(), line, encode(controls("c")).encode()])
    assert list(runs) == ["b", "c"]
    assert damaged == (2,)
    assert sum_up(runs.values(), damaged_lines=damaged).damaged_lines == (2,)


def test_more_flags_than_controls_are_refused_at_once() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        controls("a", flagged=3, of=2)
