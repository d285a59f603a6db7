"""Owns what the keys of a configuration take: texts in, typed values out, or what was expected."""

import re
import shlex
from collections.abc import Callable, Iterable
from typing import cast

from bot.core.config_mistakes import Unexpected, at_steps, nearest
from bot.core.duration import format_duration, parse_duration
from bot.core.metric import RATIO_METRICS, MetricName
from bot.core.releases import PACKAGES, catalogue, parse_python
from bot.errors import BadConfiguration

LEAST_THRESHOLD = 0.001
MOST_THRESHOLD = 10.0

# What the harness itself decides for every arm; a knob would undo it unseen.
OWN_VARIABLES = frozenset({"PATH", "HOME", "TMPDIR", "KERAS_HOME"})
OWN_PREFIXES = ("TFPERF_", "PYTHON")


def texts(least: int = 0, most: int = 1000) -> Callable[[object], list[object]]:
    """Read a list; one text stands for several, separated by spaces or commas."""

    def read(value: object) -> list[object]:
        if value is None and least == 0:
            return []
        if isinstance(value, str):
            value = [part for part in re.split(r"[\s,]+", value) if part]
        if not isinstance(value, (list, tuple)):
            raise Unexpected("a list")
        if not least <= len(value) <= most:
            raise Unexpected(f"a list of {least} to {most}")
        return list(value)

    return read


def text(value: object) -> str:
    """Read one text that a file name, a tag or a glob can be."""
    if not isinstance(value, str) or not value.strip():
        raise Unexpected("a text")
    if not value.isprintable():
        raise Unexpected("a text without control characters")
    return value


def text_or_nothing(value: object) -> str | None:
    """Read one text that may be absent."""
    return None if value is None else text(value)


def choice(valid: Iterable[str]) -> Callable[[object], str]:
    """Read one of a few words."""
    words = tuple(valid)

    def read(value: object) -> str:
        if isinstance(value, str) and value in words:
            return value
        raise Unexpected(" or ".join(words), nearest=nearest(str(value or ""), words))

    return read


def whole(least: int, most: int) -> Callable[[object], int]:
    """Read a whole number between two bounds."""

    def read(value: object) -> int:
        if re.fullmatch(r"[0-9]{1,18}", str(value)) and least <= int(str(value)) <= most:
            return int(str(value))
        raise Unexpected(f"a whole number from {least} to {most}")

    return read


def flag(value: object) -> bool:
    """Read yes or no."""
    if isinstance(value, bool):
        return value
    if str(value) in {"true", "false"}:
        return str(value) == "true"
    raise Unexpected("true or false")


def whole_or_nothing(least: int, most: int) -> Callable[[object], int | None]:
    """Read a whole number that may be absent."""
    number = whole(least, most)
    return lambda value: None if value is None else number(value)


def threads(value: object) -> int | str:
    """Read a number of threads, or `all`."""
    if value == "all":
        return "all"
    try:
        return whole(1, 1024)(value)
    except Unexpected as error:
        close = nearest(str(value or ""), ["all"])
        raise Unexpected('a number of threads from 1 to 1024, or "all"', nearest=close) from error


def duration(least: float, most: float) -> Callable[[object], float]:
    """Read a duration between two bounds, in seconds."""

    def read(value: object) -> float:
        seconds = value if isinstance(value, (int, float)) else parse_duration(str(value or ""))
        if not least <= seconds <= most:
            bounds = f"{format_duration(least)} to {format_duration(most)}"
            raise Unexpected(f"a duration from {bounds}")
        return seconds

    return read


def fraction(value: object) -> float:
    """Read 0.05 or 5%; a bare number above 1 is more likely a forgotten percent sign."""
    match = re.fullmatch(
        r"((?:[0-9]{1,9}\.?[0-9]{0,18}|\.[0-9]{1,18})(?:e-?[0-9]{1,2})?) ?(%?)", str(value).strip()
    )
    if match is None:
        raise Unexpected("a fraction such as 0.05 or a percentage such as 5%")
    number = float(match[1])
    if not match[2] and number > 1:
        raise Unexpected("a fraction up to 1, or a percentage", nearest=(f"{match[1]}%",))
    return number / 100 if match[2] else number


def threshold(value: object) -> dict[MetricName, float]:
    """Read one threshold for every metric, or a mapping of metrics to thresholds."""
    metrics = RATIO_METRICS
    if value is None:
        return {}
    if isinstance(value, str) and "=" in value:
        value = pairs(value)
    if not isinstance(value, dict):
        return dict.fromkeys(metrics, _threshold(value))
    thresholds = {}
    for metric, one in value.items():
        if metric not in metrics:
            close = nearest(str(metric), metrics)
            raise Unexpected(f"a metric: {', '.join(metrics)}", nearest=close, at=(str(metric),))
        with at_steps(metric):
            thresholds[cast("MetricName", metric)] = _threshold(one)
    return thresholds


def alpha(value: object) -> float:
    """Read the chance of a false alarm that is accepted."""
    number = fraction(value)
    if not 0 < number <= 0.2:  # noqa: PLR2004 (one alarm in five is no alarm)
        raise Unexpected("a chance above 0 and up to 0.2")
    return number


def python(value: object) -> str | None:
    """Read the minor version of a Python that may be absent."""
    if value is None:
        return None
    try:
        return parse_python(str(value))
    except BadConfiguration as error:
        known = {minor for release in catalogue()[PACKAGES[0]] for minor in release.pythons}
        usable = sorted((m for m in known if m.startswith("3.")), key=lambda m: int(m[2:]))[3:]
        expected = "a Python such as 3.11, from 3.6 on"
        raise Unexpected(expected, nearest=nearest(str(value), usable)) from error


def fail_on(value: object) -> list[object]:
    """Read what fails the run; the word `none` alone means that nothing does."""
    if value is None:
        raise Unexpected("a list, or none")
    return [] if value in ("none", ["none"]) else texts()(value)


def pairs(value: object) -> object:
    """Read a mapping; one text stands for it as NAME=VALUE, quoted as in a shell."""
    if value is None:
        return {}
    if not isinstance(value, str):
        return value
    try:
        words = shlex.split(value)
    except ValueError as error:
        raise Unexpected("NAME=VALUE with quotes closed") from error
    if not all("=" in word for word in words):
        raise Unexpected("NAME=VALUE, separated by spaces")
    return dict(word.split("=", 1) for word in words)


def knob(name: object) -> str:
    """Read the name of an environment variable that the harness leaves to the user."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", str(name)):
        raise Unexpected("the name of an environment variable")
    if str(name) in OWN_VARIABLES or str(name).startswith(OWN_PREFIXES):
        raise Unexpected("a variable that the tool does not set itself")
    return str(name)


def knob_value(value: object) -> str:
    """Read the value of an environment variable; it may be empty."""
    if not isinstance(value, str):
        raise Unexpected("a text")
    if len(value) > 4096 or not value.isprintable():  # noqa: PLR2004 (well below the system's bound)
        raise Unexpected("up to 4096 characters without control characters")
    return value


def _threshold(value: object) -> float:
    number = fraction(value)
    if not LEAST_THRESHOLD <= number <= MOST_THRESHOLD:
        raise Unexpected(f"{LEAST_THRESHOLD:.1%} to {MOST_THRESHOLD:.0%}")
    return number
