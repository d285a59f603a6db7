import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.units import (
    format_bytes,
    format_duration,
    format_error,
    format_percent,
    format_ratio,
    format_seconds,
    format_threshold,
)


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.0, "0 s"),
        (3.4123e-3, "3.41 ms"),
        (9.999e-4, "1.00 ms"),
        (9.994e-4, "999 µs"),
        (4.56e-5, "45.6 µs"),
        (7.0e-9, "7.00 ns"),
        (7.0e-12, "0.00700 ns"),
        (1.0, "1.00 s"),
        (12.345, "12.3 s"),
        (123.45, "123 s"),
        (1234.5, "1230 s"),
        (-3.4e-3, "−3.40 ms"),
        (math.nan, "NaN s"),
        (math.inf, "∞ s"),
        (-math.inf, "−∞ s"),
    ],
)
def test_seconds(seconds: float, written: str) -> None:
    assert format_seconds(seconds) == written


@pytest.mark.parametrize(
    ("size", "written"),
    [
        (0, "0 B"),
        (1, "1.00 B"),
        (512, "512 B"),
        (1000, "0.977 KiB"),
        (2048, "2.00 KiB"),
        (431_000_000, "411 MiB"),
        (1023 * 2**20, "0.999 GiB"),
        (3 * 2**30, "3.00 GiB"),
        (5000 * 2**40, "5000 TiB"),
        (math.nan, "NaN B"),
    ],
)
def test_bytes(size: float, written: str) -> None:
    assert format_bytes(size) == written


@pytest.mark.parametrize(
    ("ratio", "written"),
    [
        (1.0, "×1.00"),
        (1.2345, "×1.23"),
        (0.81234, "×0.812"),
        (0.99951, "×1.00"),
        (9.999, "×10.0"),
        (12.345, "×12.3"),
        (1234.5, "×1230"),
        (2.0e-5, "×2.00e-5"),
        (3.0e12, "×3.00e12"),
        (0.0, "×0"),
        (math.nan, "×NaN"),
        (math.inf, "×∞"),
    ],
)
def test_ratio(ratio: float, written: str) -> None:
    assert format_ratio(ratio) == written


@pytest.mark.parametrize(
    ("fraction", "written"),
    [
        (0.2345, "+23.4 %"),
        (-0.1877, "−18.8 %"),
        (0.0412, "+4.12 %"),
        (0.09996, "+10.0 %"),
        (0.9996, "+100 %"),
        (12.34, "+1234 %"),
        (0.00001, "0.00 %"),
        (-0.00001, "0.00 %"),
        (0.0, "0.00 %"),
        (math.nan, "NaN %"),
    ],
)
def test_percent(fraction: float, written: str) -> None:
    assert format_percent(fraction) == written


def test_percent_without_a_plus() -> None:
    assert format_percent(0.0041, signed=False) == "0.41 %"


@pytest.mark.parametrize(
    ("fraction", "written"),
    [(0.05, "5 %"), (0.1, "10 %"), (0.025, "2.5 %"), (0.07, "7 %"), (math.inf, "∞ %")],
)
def test_threshold(fraction: float, written: str) -> None:
    assert format_threshold(fraction) == written


@pytest.mark.parametrize(
    ("error", "written"),
    [
        (0.0, "0"),
        (3.14e-4, "3.1e-4"),
        (2.9e-5, "2.9e-5"),
        (0.41, "0.41"),
        (1.2e12, "1.2e12"),
        (-2e-7, "−2.0e-7"),
        (math.inf, "∞"),
    ],
)
def test_error(error: float, written: str) -> None:
    assert format_error(error) == written


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0.0, "0 s"),
        (0.43, "0.4 s"),
        (9.97, "10 s"),
        (42.4, "42 s"),
        (59.6, "1 min"),
        (125.0, "2 min 5 s"),
        (3600.0, "1 h"),
        (3840.0, "1 h 4 min"),
        (-1.0, "0 s"),
        (math.inf, "∞ s"),
    ],
)
def test_duration(seconds: float, written: str) -> None:
    assert format_duration(seconds) == written


@settings(deadline=None)
@given(st.floats(min_value=1e-9, max_value=999.4))
def test_every_time_shows_three_significant_digits(seconds: float) -> None:
    number, unit = format_seconds(seconds).split(" ")

    scale = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9}[unit]
    assert len(re.sub(r"^0\.0*|\.", "", number)) == 3
    assert float(number) * scale == pytest.approx(seconds, rel=0.00501)
