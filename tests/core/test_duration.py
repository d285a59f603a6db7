"""Durations are written as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.config_mistakes import Unexpected
from bot.core.duration import format_duration, parse_duration

READ = {"90s": 90, "10m": 600, "1h30m": 5400, "1h 30m": 5400, "2h5s": 7205, "0.5s": 0.5, " 1m ": 60}
REFUSED = {
    "": (),
    "90": ("90s", "90m"),
    "1:30": ("1m30s",),
    "10 min": ("10m",),
    "2 hours": ("2h",),
    "-5m": (),
    "1m1h": (),
    "ten minutes": (),
    "٣s": (),
}


@pytest.mark.parametrize(("text", "seconds"), READ.items())
def test_what_is_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(("text", "nearest"), REFUSED.items())
def test_what_is_refused_and_what_is_offered(text: str, nearest: tuple[str, ...]) -> None:
    with pytest.raises(Unexpected) as refused:
        parse_duration(text)
    assert refused.value.nearest == nearest


@given(milliseconds=st.integers(0, 10**9))
def test_what_is_written_is_read_back(milliseconds: int) -> None:
    seconds = milliseconds / 1000
    assert parse_duration(format_duration(seconds)) == seconds


@given(text=st.text(max_size=20))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert parse_duration(text) >= 0
    except Unexpected:
        return
