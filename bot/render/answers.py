"""Owns the words of answers to comments; whatever others wrote in them is escaped here."""

import json
from collections.abc import Iterator

from bot.core.asked import Column, Inputs
from bot.core.replies import Accepted, Helped, Refused, Reply, Started, answer_marker
from bot.render.escape import code, prose

LONGEST = 600
"""Of what others wrote: a line of a comment, or GitHub's own words."""

COMMANDS = {
    "run": "/tfperf run [BASELINE CANDIDATE...] [-w GLOB]...",
    "confirm": "/tfperf confirm",
    "bisect": "/tfperf bisect CASE GOOD BAD",
    "explain": "/tfperf explain CASE BASE CAND",
    "ack": "/tfperf ack CASE REASON [until YYYY-MM-DD]",
    "help": "/tfperf help",
}
MEANINGS = {
    "run": "measures this commit again: what `tfperf.yml` says, or these releases and workloads",
    "confirm": "measures the alarms of the newest report again, on a fresh machine",
    "bisect": "measures every minor release from GOOD to BAD: since when is the case slower?",
    "explain": "compares two releases, and the second again with one thing changed at a time",
    "ack": "accepts the findings of a case, until the day, or as long as the comment is there",
    "help": "says this",
}
EXAMPLES = (
    "/tfperf run 2.15.1 2.16..2.21 -w mnist_mlp*",
    "/tfperf bisect mnist_mlp[fit] 2.9 2.21",
    "/tfperf ack mnist_mlp[fit] Keras 3 builds more, accepted until 2027-06-30",
)
DOES = {
    "run": "measuring this commit",
    "confirm": "measuring the alarms again, on a fresh machine",
    "bisect": "looking for the release since which it is slower",
    "explain": "changing one thing at a time to see what explains it",
}
READING = {
    "bisect": "The report says since which release, as far as the cells tell.",
    "explain": "The change that makes the difference go away explains it.",
}


def answer_text(reply: Reply, comment: int, line: str) -> str:
    """Write the answer to the comment with this number, as Markdown; `line` is its command."""
    return "\n".join((answer_marker(comment, reply), *_lines(reply, line), ""))


def _lines(reply: Reply, line: str) -> Iterator[str]:
    match reply:
        case Started():
            yield from _started(reply, line)
        case Refused():
            yield from _refused(reply, line)
        case Accepted():
            yield from _accepted(reply)
        case Helped(why=why):
            yield from _helped(why)


def _started(reply: Started, line: str) -> Iterator[str]:
    request = reply.request
    yield f"**Started**: {DOES[request.verb]}."
    yield ""
    yield f"- command: {code(line, limit=LONGEST)}"
    yield f"- commit: `{request.commit}`{_from(reply.fork)}"
    yield from _asked(reply.inputs)
    where = f"[the run]({reply.url})" if reply.url else "the Actions tab"
    yield f"- where: {where}, called {code(str(request), limit=LONGEST)}"
    if not reply.is_push_seen:
        yield "- GitHub does not tell when this commit was pushed: check that it is what you saw"
    yield ""
    if request.verb in READING:
        yield READING[request.verb]
    yield (
        "The report comes as a comment of its own, if the pull request is still at this commit "
        "when the run ends."
    )


def _refused(reply: Refused, line: str) -> Iterator[str]:
    yield f"**Not started**: {_sentence(reply.why)}"
    yield ""
    yield f"- next: {prose(reply.next_step, limit=LONGEST)}"
    yield f"- command: {code(line, limit=LONGEST)}"
    if reply.commit:
        yield f"- commit: `{reply.commit}`"
    if reply.verb in COMMANDS:
        yield f"- usage: `{COMMANDS[reply.verb]}`"


def _sentence(text: str) -> str:
    said = prose(text, limit=LONGEST)
    return said if said.endswith("?") else f"{said}."


def _from(fork: str | None) -> str:
    return f", from {code(fork)}: it runs without a token" if fork else ""


def _asked(inputs: Inputs) -> Iterator[str]:
    if inputs.versions:
        yield f"- versions: {_versions(inputs.versions)}"
        yield f"- baseline: {code(inputs.baseline)}"
    else:
        yield "- versions: as configured"
    cases = code(inputs.workloads, limit=LONGEST) if inputs.workloads else "as configured"
    yield f"- workloads: {cases}"


def _versions(text: str) -> str:
    """Write the versions of a run: as they are, or column by column where they are a list."""
    if not text.startswith("["):
        return code(text, limit=LONGEST)
    return "; ".join(map(_column, json.loads(text)))


def _column(column: Column) -> str:
    """Write a release with what is changed about it; mappings name the package first."""
    package, *_ = column
    knobs = column.get("knobs", {})
    changes = [f"{name}={value}" for name, value in knobs.items()]
    changes += column.get("with", [])
    release = code(f"{package} {column[package]}")
    return f"{release} with {' and '.join(map(code, changes))}" if changes else release


def _accepted(reply: Accepted) -> Iterator[str]:
    ack = reply.ack
    until = f"until {ack.until} (UTC), that day included" if ack.until else "without an end"
    yield f"**Accepted** {until}: findings of {code(ack.case)}."
    yield ""
    yield f"- who: {code(reply.author)}"
    yield f"- reason: {prose(ack.reason, limit=LONGEST)}"
    yield ""
    yield (
        "It counts for this pull request alone, when its report is published the next time: after "
        "a push, or when the publishing job of its last run is run again. Findings stay in the "
        "report, marked with who accepted them and why. Deleting the comment withdraws it."
    )


def _helped(why: str | None) -> Iterator[str]:
    if why is not None:
        yield f"**Not understood**: {_sentence(why)}"
        yield ""
    yield "A command is the first line of a new comment, by somebody with write permission:"
    yield ""
    yield "| command | what it does |"
    yield "|---|---|"
    for verb, usage in COMMANDS.items():
        yield f"| `{usage}` | {MEANINGS[verb]} |"
    yield ""
    yield f"For example {', '.join(f'`{example}`' for example in EXAMPLES)}."
