"""Owns how a quantity is written for a person: three significant digits and a unit that fits."""

import math

TIMES = "\N{MULTIPLICATION SIGN}"
MINUS = "\N{MINUS SIGN}"

_SECOND_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
_BYTE_UNITS = ((2.0**40, "TiB"), (2.0**30, "GiB"), (2.0**20, "MiB"), (2.0**10, "KiB"), (1.0, "B"))
_LEAST_PLAIN = 1e-3
_LEAST_PLAIN_ERROR = 1e-2
_MOST_PLAIN = 1e6
_FEW_SECONDS = 10


def format_seconds(seconds: float) -> str:
    """Write a measured time: `3.41 ms`."""
    return _scaled(seconds, _SECOND_UNITS)


def format_bytes(size: float) -> str:
    """Write a measured size: `412 MiB`."""
    return _scaled(size, _BYTE_UNITS)


def format_bytes_change(size: float, *, signed: bool = True) -> str:
    """Write a difference of sizes: `+12.5 MiB`."""
    return f"{_sign(size, plus='+' if signed else '')}{format_bytes(abs(size))}"


def format_growth(size: float, *, signed: bool = True) -> str:
    """Write a growth of memory: `+12.5 MiB per 1,000 calls`."""
    return f"{format_bytes_change(size, signed=signed)} per 1,000 calls"


def format_ratio(ratio: float) -> str:
    """Write candidate / baseline as a factor of 1.23, with the multiplication sign."""
    return f"{TIMES}{_three_digits(ratio)}"


def format_percent(fraction: float, *, signed: bool = True) -> str:
    """Write a relative change (0.234) as `+23.4 %`, never with more than two decimals."""
    if not math.isfinite(fraction):
        return f"{_not_finite(fraction)} %"
    percent = 100 * abs(fraction)
    decimals = 2 if percent < 9.995 else 1 if percent < 99.95 else 0  # noqa: PLR2004 (rounding)
    digits = f"{percent:.{decimals}f}"
    if float(digits) == 0:
        return f"{digits} %"
    return f"{_sign(fraction, plus='+' if signed else '')}{digits} %"


def format_threshold(fraction: float) -> str:
    """Write a limit that somebody chose (0.05) without idle zeros: `5 %`."""
    if not math.isfinite(fraction):
        return f"{_not_finite(fraction)} %"
    return f"{100 * fraction:.4g} %"


def format_error(error: float) -> str:
    """Write a numeric error, of which two digits are already generous: `3.1e-4`."""
    if not math.isfinite(error):
        return _not_finite(error)
    size = abs(error)
    plain = size == 0 or _LEAST_PLAIN_ERROR <= size < _MOST_PLAIN
    digits = f"{size:.2g}" if plain else f"{size:.1e}"
    return f"{_sign(error, plus='')}{_short_exponent(digits)}"


def format_duration(seconds: float) -> str:
    """Write how long something takes in words a person plans with: `2 min 5 s`, `1 h 4 min`."""
    if not math.isfinite(seconds):
        return f"{_not_finite(seconds)} s"
    if 0 < seconds < _FEW_SECONDS and round(seconds, 1) < _FEW_SECONDS:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(max(seconds, 0.0)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    if minutes:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{rest} s"


def _scaled(value: float, units: tuple[tuple[float, str], ...]) -> str:
    """Choose the largest unit in which the value is at least one after rounding."""
    base = next(unit for scale, unit in units if scale == 1.0)
    if not math.isfinite(value):
        return f"{_not_finite(value)} {base}"
    if value == 0:
        return f"0 {base}"
    for scale, unit in units:
        if _round_to_three(abs(value) / scale) >= _least(scale, units):
            return f"{_three_digits(value / scale)} {unit}"
    scale, unit = units[-1]
    return f"{_three_digits(value / scale)} {unit}"


def _least(scale: float, units: tuple[tuple[float, str], ...]) -> float:
    """Start a unit where the next smaller one would need a fourth digit."""
    smaller = max((other for other, _ in units if other < scale), default=scale)
    return min(1.0, _round_to_three(1000 * smaller / scale))


def _three_digits(value: float) -> str:
    if not math.isfinite(value):
        return _not_finite(value)
    size = _round_to_three(abs(value))
    sign = _sign(value, plus="")
    if size == 0:
        return "0"
    if not _LEAST_PLAIN <= size < _MOST_PLAIN:
        return f"{sign}{_short_exponent(f'{size:.2e}')}"
    decimals = max(0, 2 - math.floor(math.log10(size)))
    return f"{sign}{size:.{decimals}f}"


def _short_exponent(number: str) -> str:
    return number.replace("e-0", "e-").replace("e+0", "e").replace("e+", "e")


def _round_to_three(value: float) -> float:
    return float(f"{value:.3g}")


def _sign(value: float, *, plus: str) -> str:
    return MINUS if value < 0 else plus


def _not_finite(value: float) -> str:
    return "NaN" if math.isnan(value) else f"{_sign(value, plus='')}∞"
