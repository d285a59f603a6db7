"""The sentences told while a run goes on."""

import pytest

from bot.core.outcome import Failed
from bot.core.so_far import CellSoFar, FailureSoFar
from bot.core.time_left import TimeLeft
from bot.render import live_words
from tests.core.runs import plan


@pytest.mark.parametrize(
    ("at_most", "likely", "said"),
    [
        (725.0, 350.0, "about 6 min left, at most 13 min (budget)"),
        (725.0, 725.0, "about 12 min left, at most 13 min (budget)"),
        (725.0, None, "at most 13 min left (budget)"),
        (720.0, 2400.0, "at most 12 min left (budget), to decide all would take about 40 min"),
        (45.0, 3.0, "about 10 s left, at most 50 s (budget)"),
        (59.0, None, "at most 1 min left (budget)"),
        (5000.0, 3700.0, "about 1 h left, at most 1 h 25 min (budget)"),
        (0.0, 100.0, "the budget is used up"),
    ],
)
def test_time_left(at_most: float, likely: float | None, said: str) -> None:
    assert live_words.time_left(TimeLeft(at_most=at_most, likely=likely)) == said


@pytest.mark.parametrize(
    ("metric", "verdict", "alarm", "word"),
    [
        ("step", None, 0.0, "open"),
        ("step", None, 0.7, "slower?"),
        ("peak_rss", None, 0.7, "bigger?"),
        ("peak_rss", "REGRESSION", 1.0, "bigger"),
        ("step", "EQUIVALENT", 0.0, "unchanged"),
        ("step", "INCONCLUSIVE", 0.7, "undecided"),
    ],
)
def test_cell(metric: str, verdict: str | None, alarm: float, word: str) -> None:
    cell = CellSoFar(key=("a", metric, "cand-a"), verdict=verdict, alarm=alarm)  # type: ignore[arg-type]
    assert live_words.cell(cell) == word


@pytest.mark.parametrize(
    ("total", "shown", "said"),
    [
        (1, 0, "1 problem so far"),
        (1, 1, "1 problem so far:"),
        (3, 3, "3 problems so far:"),
        (3, 1, "3 problems so far, the last:"),
        (9, 2, "9 problems so far, the last 2:"),
    ],
)
def test_troubles(total: int, shown: int, said: str) -> None:
    assert live_words.troubles(total, shown) == said


@pytest.mark.parametrize(
    ("state", "text", "said"),
    [
        ("locking", "", "environment 2.21.0: locking"),
        ("ready", "3.1 s, 40 packages", "environment 2.21.0: ready 3.1 s, 40 packages"),
        ("unavailable", "no Python 3.6", "environment 2.21.0: not available: no Python 3.6"),
    ],
)
def test_environment(state: str, text: str, said: str) -> None:
    assert live_words.environment("2.21.0", state, text) == said


def test_a_failure_has_the_words_of_the_report() -> None:
    known = FailureSoFar(
        case="mlp[fit]",
        environment=plan().candidates[0],
        failed=Failed(kind="timeout", reason="no answer within 60 s"),
        times=2,
    )
    said = "timed out: mlp[fit] in 2.21.0: no answer within 60 s (2 times)"
    assert live_words.failure(known) == said


def test_rows_left_out_are_counted_by_their_words() -> None:
    words = ["open", "unchanged", "open", "faster"]
    assert live_words.rows_left_out(words) == "and 4 more: 2 open, 1 unchanged, 1 faster"


BAD = "\x1b]0;title\x07\x1b[2Jname[bold]\r\nnext"


def test_no_control_character_of_others_is_told() -> None:
    told = (
        live_words.note(BAD),
        live_words.warning(BAD),
        live_words.environment(BAD, "unavailable", BAD),
        live_words.unavailable(BAD, BAD),
    )
    assert not set("".join(told)) & set("\x1b\x07\r\n")
    assert "warning: name[bold] next" in told
