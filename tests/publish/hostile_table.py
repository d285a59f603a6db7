"""Prints the hostile reports as Markdown: python -m tests.publish.hostile_table."""

import re

from tests.publish.hostile import ESCAPED, REFUSED, Hostile, message

_OFFSET = re.compile(r"(character|column|byte) \d+")
ESCAPED_OUTCOME = "shown; nothing outside its cell changes"


def table() -> str:
    """Write a row for each: what is in the artifact, and what comes of it."""
    rows = [(case.name, ESCAPED_OUTCOME) for case in ESCAPED]
    rows += [(case.name, f"refused: `{_refusal(case)}`") for case in REFUSED]
    lines = [f"| {name} | {outcome} |" for name, outcome in rows]
    return "\n".join(["| in the report | what comes of it |", "|---|---|", *lines])


def _refusal(case: Hostile) -> str:
    said = message(case).removeprefix("the report is refused: ")
    told = _OFFSET.sub(r"\1 N", said)  # it changes with every field that a report gets
    return told.replace("|", "\\|").replace("`", "'")


if __name__ == "__main__":
    print(table())  # noqa: T201
