"""Owns turning what uv and Nox say into one line a person understands, and what would help."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NoReturn

from bot.errors import CannotWrite

_LONGEST = 300
_URL = re.compile(r"`?[a-z+]+://[^\s`)]+`?")
_DECORATION = re.compile(r"^(nox > |\s*(error|cause|hint|warning|Error):\s*)+")
_EMPTY_TALK = re.compile(
    r"^(Session \S+ |Command .* failed with exit code|Sessions? |Ran |Running session|Creating "
    r"virtual|\* env-|uv pip sync|Resolved \d)"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cause:
    """Why it failed, in one line, and what would help."""

    reason: str
    remedy: str | None = None


def explain(said: str) -> Cause:
    """Find the known cause in a tool's output; else quote its most telling line."""
    known = ((pattern.search(said), describe) for pattern, describe in _KNOWN)
    found = next((describe(match) for match, describe in known if match), None)
    return found or Cause(reason=_most_telling_line(said))


def _no_wheel_for_python(match: re.Match[str]) -> Cause:
    tags = re.findall(r"cp(\d)(\d+)", match["tags"])
    pythons = ", ".join(dict.fromkeys(f"{major}.{minor}" for major, minor in tags))
    return Cause(
        reason=f"{match['name']} {match['version']} has no wheel for Python {match['asked']}, "
        f"only for {pythons}",
        remedy=f"choose one of these Pythons: {pythons}",
    )


def _needs_python(match: re.Match[str]) -> Cause:
    return Cause(
        reason=f"{match['name']} {match['version']} needs Python {match['needs']}, "
        f"this is {match['have']}",
        remedy="choose another Python for this release",
    )


def _too_new(match: re.Match[str]) -> Cause:
    return Cause(
        reason=f"{match['name']} {match['version']} was uploaded on {match['uploaded']}, after "
        f"the date that bounds this environment's dependencies",
        remedy="set `dependencies: newest` to allow newer ones",
    )


def _full_disk(match: re.Match[str]) -> NoReturn:
    """End the run: a release is not unavailable because this disk is full."""
    raise CannotWrite(
        f"an environment cannot be installed: {match[0]}",
        cause="the disk with the environments, uv's cache or the temporary files is full",
    )


def _fixed(reason: str, remedy: str | None = None) -> Callable[[re.Match[str]], Cause]:
    """Describe by a template of the match's named groups."""
    return lambda match: Cause(reason=reason.format(**match.groupdict()), remedy=remedy)


def _when(
    pattern: str, describe: Callable[[re.Match[str]], Cause]
) -> tuple[re.Pattern[str], Callable[[re.Match[str]], Cause]]:
    return re.compile(pattern, re.DOTALL), describe


# The first that is found wins: the most specific come first.
_KNOWN: Final = (
    _when(r"No space left on device|Disk quota exceeded", _full_disk),
    _when(
        r"Failed to initialize cache at `(?P<folder>[^`]+)`",
        _fixed("uv cannot write its cache {folder}", "set UV_CACHE_DIR to a folder you can write"),
    ),
    _when(
        r"You require CPython (?P<asked>[\d.]+) \(`\w+`\), but we only found wheels for "
        r"`(?P<name>[^`]+)` \(v(?P<version>[^)]+)\) with the following Python \w+ tags?: "
        r"(?P<tags>[^\n]+)",
        _no_wheel_for_python,
    ),
    _when(
        r"(?P<name>[\w.\[\]-]+)==(?P<version>\S+) has no wheels with a matching platform tag",
        _fixed("{name} {version} has no wheel for this kind of machine"),
    ),
    _when(
        r"the current Python version \((?P<have>[\d.]+)\) does not satisfy "
        r"Python(?P<needs>\S+) and (?P<name>[\w.\[\]-]+)==(?P<version>\S+) depends on",
        _needs_python,
    ),
    _when(
        r"`(?P<name>[^`]+)` was filtered by `exclude-newer`.*?requested version, "
        r"v(?P<version>\S+), was published at (?P<uploaded>[\d-]+)",
        _too_new,
    ),
    _when(
        r"HTTP status (client|server) error \((?P<status>\d+) (?P<words>[^)]+)\)",
        _fixed("the server answered {status} {words}", "check UV_DEFAULT_INDEX, or wait"),
    ),
    _when(
        r"invalid peer certificate",
        _fixed(
            "the certificate of the server is not trusted here",
            "set UV_SYSTEM_CERTS=1, or SSL_CERT_FILE to your authority's certificate",
        ),
    ),
    _when(
        r"network was disabled|dns error|tcp connect error|error sending request|"
        r"operation timed out|Network is unreachable|Failed to fetch",
        _fixed(
            "no network, or a wrong address: the server cannot be reached",
            "check the network and UV_DEFAULT_INDEX",
        ),
    ),
    _when(
        r"Because (?P<name>[\w.\[\]-]+) was not found in the package registry",
        _fixed("the package index has no {name}", "check its spelling, and UV_DEFAULT_INDEX"),
    ),
    _when(
        r"there is no version of (?P<name>[\w.\[\]-]+)==(?P<version>[^\s,]+)",
        _fixed("the package index has no {name} {version}", "check the spelling of the release"),
    ),
    _when(
        r"Failed to (build|download and build) `(?P<name>[^`=]+)==(?P<version>[^`]+)`",
        _fixed("{name} {version} could not be built from source"),
    ),
    _when(
        r"Hash mismatch for `(?P<name>[^`=]+)==(?P<version>[^`]+)`",
        _fixed(
            "{name} {version} is not the file that was locked: its hash differs",
            "delete its lock if the index was changed on purpose",
        ),
    ),
)


def _most_telling_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith(("cause:", "error:"))]
    talk = [line for line in lines if not _EMPTY_TALK.match(_plain(line))]
    chosen = next((line for line in causes if line.startswith("cause:")), None)
    chosen = chosen or next(iter(causes), None) or (talk or lines or ["it said nothing"])[-1]
    line = _plain(chosen)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _plain(line: str) -> str:
    # An index's address may carry a password.
    return _URL.sub("the server", _DECORATION.sub("", line)).strip()
