"""Owns what a comment may ask for: one line of a strict grammar, read without a shell."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from bot.core.config_mistakes import Unexpected, nearest
from bot.core.config_releases import spec
from bot.core.ranges import is_several, settle
from bot.core.releases import AUTO, KINDS, TENSORFLOW, Spec
from bot.core.waiver import LONGEST
from bot.errors import BadConfiguration

LONGEST_LINE = 500
MOST_VERSIONS = 20
MOST_GLOBS = 10
LONGEST_QUOTE = 60

_COMMAND = re.compile(r"/tfperf(?:[ \t]+(?P<rest>.*))?")
_GLOB = re.compile(r"[A-Za-z0-9_*?\[][A-Za-z0-9_*?\[\].-]{0,119}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@=*\[\]-]{0,99}")
_REASON = re.compile(r'"(?P<quoted>[^"]*)"(?:[ \t]+until[ \t]+(?P<until>\S+))?|(?P<plain>[^"]*)')
_ENDS = re.compile(r"(?P<reason>.*?)(?:^|[ \t]+)until[ \t]+(?P<until>\S+)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Measure; without versions what `tfperf.yml` says, else the first is the baseline."""

    versions: tuple[str, ...] = ()
    workloads: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirm:
    """Measure the alarms of the newest report again, on a fresh machine."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bisect:
    """Find the minor release since which a case is slower."""

    case: str
    good: str
    bad: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Explain:
    """Compare two releases, and the second again with one thing changed at a time."""

    case: str
    base: str
    candidate: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Ack:
    """Accept the findings of a case; `until` is the last day, None without an end."""

    case: str
    reason: str
    until: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Help:
    """Say what can be asked for."""


Command = Run | Confirm | Bisect | Explain | Ack | Help


@dataclass(frozen=True, kw_only=True, slots=True)
class Unknown:
    """A line that is meant for us and cannot be followed.

    `verb` is the command that was used wrongly, None where there is no such command; `why` quotes
    the comment, so it is foreign text.
    """

    verb: str | None
    why: str


class _Refused(Exception):
    """Why the words after a verb are not what it takes."""


def first_line(body: str) -> str:
    """Return the line of a comment that may be a command."""
    return re.split(r"\r\n|\n|\r", body, maxsplit=1)[0].rstrip(" \t")


def parse_command(body: str, *, on: date) -> Command | Unknown | None:
    """Read a comment that was made on a day (UTC); None when it is not meant for us.

    Only the first line counts, and only when it starts with `/tfperf`: a command that is quoted,
    indented or in a block of code is talk about a command.
    """
    line = first_line(body)
    found = _COMMAND.fullmatch(line)
    if found is None:
        return None
    if len(line) > LONGEST_LINE:
        return Unknown(verb=None, why=f"the line is longer than {LONGEST_LINE} characters")
    verb, _, rest = (found["rest"] or "help").replace("\t", " ").partition(" ")
    if verb not in _PARSERS:
        close = nearest(verb, _PARSERS)
        meant = f"; did you mean {' or '.join(close)}?" if close else ""
        return Unknown(verb=None, why=f'there is no command "{verb[:LONGEST_QUOTE]}"{meant}')
    try:
        return _PARSERS[verb](rest.strip(), on)
    except _Refused as error:
        return Unknown(verb=verb, why=str(error))


def _run(rest: str, _on: date) -> Run:
    versions: list[str] = []
    globs: list[str] = []
    words = iter(rest.split())
    for word in words:
        if word in {"-w", "--workloads"}:
            globs += _globs(next(words, ""))
        elif word.startswith("-"):
            raise _Refused(f"{_quoted(word)} is no option; there is `-w GLOB` alone")
        else:
            versions.append(str(_release(word)))
    if len(globs) > MOST_GLOBS:
        raise _Refused(f"{len(globs)} globs of workloads are more than {MOST_GLOBS}")
    _check_versions(versions)
    return Run(versions=tuple(versions), workloads=tuple(globs))


def _check_versions(versions: list[str]) -> None:
    """Refuse what the planner would refuse minutes later, on a machine that was started for it."""
    if not versions:
        return
    if len(versions) > MOST_VERSIONS:
        raise _Refused(f"{len(versions)} versions are more than {MOST_VERSIONS}")
    first, *others = map(spec, versions)
    if is_several(first):
        others = [first, *others]
    if not others:
        raise _Refused(
            f"only {versions[0]} is named: name the baseline first, or no version at all for "
            "those of tfperf.yml"
        )
    try:
        settle(first, others, {})
    except BadConfiguration as error:
        raise _Refused(f"{error.what}; {error.next_step}") from error


def _confirm(rest: str, _on: date) -> Confirm:
    if rest:
        raise _Refused(f"it takes no words, and found {_quoted(rest)}")
    return Confirm()


def _bisect(rest: str, _on: date) -> Bisect:
    case, good, bad = _three(rest, "CASE GOOD BAD")
    low, high = _single(good), _single(bad)
    if (low.package, low.extras, low.python) != (high.package, high.extras, high.python):
        raise _Refused("GOOD and BAD have to be releases of one package, without a Python")
    if low.python or low.extras:
        raise _Refused("GOOD and BAD are plain releases, such as 2.9 and 2.21")
    between = f"{low.version}..{high.version}"
    whole = between if low.package == TENSORFLOW[0] else f"{low.package}=={between}"
    _check_versions([str(_release(whole))])
    return Bisect(case=case, good=str(low), bad=str(high))


def _explain(rest: str, _on: date) -> Explain:
    case, base, candidate = _three(rest, "CASE BASE CAND")
    first, second = _single(base), _single(candidate)
    if first.extras or second.extras:
        raise _Refused("BASE and CAND are releases without extras, such as 2.15.1 and 2.21.0@3.13")
    if first == second:
        raise _Refused(f"BASE and CAND are both {first}: there is nothing to explain")
    return Explain(case=case, base=str(first), candidate=str(second))


def _ack(rest: str, on: date) -> Ack:
    case, _, said = rest.partition(" ")
    if not case:
        raise _Refused("it needs the case, and a reason")
    found = _REASON.fullmatch(said.strip())
    if found is None:
        raise _Refused("a reason has no quotes in it, or a pair of them around it")
    reason, until = found["quoted"], found["until"]
    if found["plain"] is not None:
        ends = _ENDS.fullmatch(found["plain"])
        reason, until = (ends["reason"], ends["until"]) if ends else (found["plain"], None)
    reason = " ".join(reason.split())
    if not reason:
        raise _Refused("it needs a reason: others will read it beside the finding")
    if not reason.isprintable():
        raise _Refused("the reason has control characters")
    return Ack(case=_glob(case), reason=reason, until=_last_day(until, on) if until else None)


def _last_day(text: str, on: date) -> date:
    try:
        last = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        last = None
    if last is None:
        raise _Refused(
            f"{_quoted(text)} is no day such as {on.isoformat()}; a reason with the word `until` "
            "in it goes in double quotes"
        )
    if not on <= last <= on + LONGEST:
        raise _Refused(
            f"the last day is {last}, but has to be one from {on} to {on + LONGEST}, counted from "
            "the day of the comment"
        )
    return last


def _help(_rest: str, _on: date) -> Help:
    return Help()


_PARSERS: dict[str, Callable[[str, date], Command]] = {
    "run": _run,
    "confirm": _confirm,
    "bisect": _bisect,
    "explain": _explain,
    "ack": _ack,
    "help": _help,
}


def _three(rest: str, names: str) -> tuple[str, str, str]:
    words = rest.split()
    if len(words) != 3:  # noqa: PLR2004 (as many as there are names)
        raise _Refused(f"it takes three words, {names}, and found {len(words)}")
    return _glob(words[0]), words[1], words[2]


def _globs(text: str) -> list[str]:
    """Read what follows `-w`: names have no comma, so that a comma separates globs."""
    return [_glob(part) for part in text.split(",")]


def _glob(text: str) -> str:
    if not text:
        raise _Refused("a workload is missing; `*` stands for all")
    if not _GLOB.fullmatch(text):
        raise _Refused(
            f"{_quoted(text)} names no workload: letters, digits, `_.-`, `*`, `?` and brackets do"
        )
    return text


def _release(text: str) -> Spec:
    """Read a release or a range of a TensorFlow package; nothing else that a configuration may."""
    if text.startswith(tuple(f"{kind}:" for kind in KINDS)):
        raise _Refused(f"{_quoted(text)} is no release: a comment names no path and no address")
    if text == AUTO:
        raise _Refused("auto is no release: without versions, what tfperf.yml says is measured")
    if not _VERSION.fullmatch(text):
        raise _Refused(f"{_quoted(text)} is no release such as 2.15.1, 2.9..2.21 or latest")
    try:
        read = spec(text)
    except Unexpected as error:
        close = f"; did you mean {' or '.join(error.nearest)}?" if error.nearest else ""
        raise _Refused(f"found {_quoted(text)}, expected {error.expected}{close}") from error
    except BadConfiguration as error:
        raise _Refused(f"{error.what}; {error.next_step}") from error
    if read.package not in TENSORFLOW:
        raise _Refused(f"{_quoted(text)} is no release of TensorFlow: {', '.join(TENSORFLOW)}")
    return read


def read_release(text: str) -> Spec | None:
    """Read a release as a comment may name it; None when it may not."""
    try:
        return _release(text)
    except _Refused:
        return None


def read_glob(text: str) -> str | None:
    """Read the name of a case, or a glob, as a comment may write it; None when it may not."""
    return text if _GLOB.fullmatch(text) else None


def _single(text: str) -> Spec:
    read = _release(text)
    if is_several(read):
        raise _Refused(f"{_quoted(text)} is a range; one release is needed")
    return read


def _quoted(text: str) -> str:
    cut = text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"
    return f'"{cut}"'
