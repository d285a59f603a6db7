"""Owns durations as people write them: 90s, 10m, 1h30m."""

import re

from bot.core.config_mistakes import Unexpected

_PATTERN = re.compile(
    r"(?:([0-9]{1,6})h)? ?(?:([0-9]{1,6})m)? ?(?:([0-9]{1,6})(?:\.([0-9]{1,3}))?s)?"
)
_EXPECTED = "a duration such as 90s, 10m or 1h30m"


def parse_duration(text: str) -> float:
    """Return seconds; exact to the millisecond."""
    stripped = text.strip()
    match = _PATTERN.fullmatch(stripped)
    if match is None or not stripped:
        raise Unexpected(_EXPECTED, nearest=_nearest(stripped))
    hours, minutes, seconds, fraction = match.groups(default="0")
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return (whole * 1000 + int(fraction.ljust(3, "0"))) / 1000


def format_duration(seconds: float) -> str:
    """Write seconds the way `parse_duration` reads them, rounded to the millisecond."""
    whole, milliseconds = divmod(round(seconds * 1000), 1000)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{milliseconds:03d}".rstrip("0") if milliseconds else ""
    parts = [
        f"{hours}h" if hours else "",
        f"{minutes}m" if minutes else "",
        f"{rest}{fraction}s" if rest or fraction else "",
    ]
    return "".join(parts) or "0s"


def _nearest(text: str) -> tuple[str, ...]:
    """Guess what a bare number, a clock or a longer unit was meant to be."""
    if re.fullmatch(r"[0-9]{1,6}", text):
        return (f"{text}s", f"{text}m")
    if clock := re.fullmatch(r"([0-9]{1,6}):([0-9]{1,2})", text):
        return (f"{int(clock[1])}m{int(clock[2])}s",)
    unit = re.fullmatch(r"([0-9]{1,6}) *(h|m|s)[a-zA-Z]*", text)
    return (f"{unit[1]}{unit[2]}",) if unit else ()
