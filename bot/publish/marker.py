"""Owns the hidden first line of our comments: by it they are found again and compared."""

import re
from dataclasses import dataclass

from bot.core.news import STATE, Before, Generation, State, read_state
from bot.core.request import VERBS
from bot.errors import BadConfiguration

KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_.]|-(?!-)){0,39}")
_NUMBER = "[1-9][0-9]{0,17}"
_MARKER = re.compile(
    r"<!-- tfperf:(?P<key>\S+)(?: v[123])?"
    rf"(?: run=(?P<number>{_NUMBER})(?:\.(?P<attempt>{_NUMBER}))?)?"
    r"(?: digest=(?P<digest>[0-9a-f]+))?"
    rf"(?: state=(?P<state>{STATE}))?"
    rf"(?: before=(?P<earlier>{_NUMBER})\.(?P<its_attempt>{_NUMBER})/(?P<stood>{STATE}))? -->"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Marker:
    """What a comment says of itself; version 1 did not name its run, which is then (0, 0).

    `state` is what stood in it, `before` what stood in the comment before it: null where version 1
    or 2 did not say, or nobody of us wrote it so.
    """

    key: str
    generation: Generation
    digest: str
    state: State | None = None
    before: Before | None = None


def check_key(key: str) -> None:
    """Refuse a key that could end the hidden marker it stands in."""
    if not KEY.fullmatch(key):
        raise BadConfiguration(
            f"{key!r} cannot be the key of a comment",
            cause="it has to be 1 to 40 letters, digits, `_`, `.` or single `-`",
            next_step="use a name like `linux-cpu`",
        )
    if key.rpartition(".")[2] in VERBS:
        raise BadConfiguration(
            f"{key!r} cannot be the key of a comment",
            cause="what a command asks for is published under such a name",
            next_step="use a name like `linux-cpu`",
        )


def marker_key(key: str, verb: str | None) -> str:
    """Return the key in the marker: what a command asked for has a comment of its own."""
    return key if verb is None else f"{key}.{verb}"


def read_marker(body: str) -> Marker | None:
    """Read the first line of a comment; null when it is not one of ours."""
    found = _MARKER.match(body)
    if found is None:
        return None
    generation = (int(found["number"] or 0), int(found["attempt"] or 0))
    return Marker(
        key=found["key"],
        generation=generation,
        digest=found["digest"] or "",
        state=read_state(found["state"] or ""),
        before=_before(found, generation),
    )


def _before(found: re.Match[str], generation: Generation) -> Before | None:
    """Read what the comment before said; one that is not earlier is forged."""
    state = read_state(found["stood"] or "")
    if state is None:
        return None
    earlier = (int(found["earlier"]), int(found["its_attempt"]))
    return Before(generation=earlier, state=state) if earlier < generation else None
