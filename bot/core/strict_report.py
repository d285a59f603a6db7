"""Owns the reading of a report that anybody may have written: all of it is right, or none is read.

The job that wrote it ran code of others. Nothing is repaired and nothing is converted: what our
own writer would not have written is refused, with its place.
"""

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeGuard, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.core import report_limits as limits
from bot.core.config_mistakes import key_path
from bot.core.report import Report
from bot.core.report_checks import contradictions
from bot.core.report_kinds import LOG
from bot.core.showable import escaped, first_unshowable
from bot.errors import CannotPublish

Steps = tuple[str | int, ...]

LONGEST_QUOTE = 60
MOST_ERRORS = 1_000

# A string is taken whole, even one that is never closed: brackets in it open nothing.
_STRUCTURE = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]|,', re.DOTALL)


class BadReport(CannotPublish):
    """A report is not one that this tool writes; nothing of it is shown."""


@dataclass(frozen=True, slots=True)
class _Refused:
    """Stands in the tree where the decoder met what no report has."""

    found: str
    expected: str


def parse_report(data: bytes) -> Report:
    """Read `report.json` as an artifact brings it; raise BadReport for the first thing wrong."""
    tree = _decoded(data)
    _check_tree(tree)
    if isinstance(tree, dict) and "schema_version" in tree:  # which is its name in our code
        raise refused(("schema_version",), "a key that no report has", '"schema"')
    _check_rows(tree)
    try:
        report = Report.model_validate_json(data, strict=True)
    except ValidationError as error:
        raise _not_the_shape(error, ()) from error
    _check_model(report, (), "Report")
    for steps, found, expected in contradictions(report):
        raise refused(steps, found, expected)
    return report


def refused(steps: Steps, found: str, expected: str) -> BadReport:
    """Say where in the document what was found, and what was expected instead."""
    place = escaped(key_path(steps), limit=2 * LONGEST_QUOTE) or "the document"
    return BadReport(
        f"the report is refused: {place}: found {found}, expected {expected}",
        cause="another version of tfperf wrote it, or something other than tfperf did",
        next_step="measure again; the verdict of the measuring job is in its own summary",
    )


def quoted(text: str) -> str:
    """Quote foreign text for an error."""
    return f'"{escaped(text, limit=LONGEST_QUOTE)}"'


def _decoded(data: bytes) -> object:
    """Decode JSON; what the decoder would let through is marked in the tree."""
    if len(data) > limits.MOST_BYTES:
        raise refused((), f"{len(data)} bytes", f"at most {limits.MOST_BYTES}")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise refused((), f"no UTF-8 at byte {error.start}", "UTF-8") from error
    _check_structure(text)
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=lambda name: _Refused(name, "a number"),
            parse_float=_float,
            parse_int=_int,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise refused((), f"no JSON at {where}", "one JSON object") from error


def _check_structure(text: str) -> None:
    """Bound depth and number of values before anything is built from them."""
    depth, values = 0, 1
    for match in _STRUCTURE.finditer(text):
        sign = match[0][0]
        if sign in "[{":
            depth, values = depth + 1, values + 1
        elif sign in "]}":
            depth -= 1
        elif sign == ",":
            values += 1
        if depth > limits.DEEPEST:
            found = f"deeper nesting at character {match.start()}"
            raise refused((), found, f"at most {limits.DEEPEST} levels")
        if values > limits.MOST_VALUES:
            raise refused((), "more values than that", f"at most {limits.MOST_VALUES}")


def _object(pairs: list[tuple[str, object]]) -> object:
    entries = dict(pairs)
    if len(entries) == len(pairs):
        return entries
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            return _Refused(f"the key {quoted(key)} twice", "each key once")
        seen.add(key)
    return entries


def _float(text: str) -> float | _Refused:
    number = float(text) if len(text) <= limits.MOST_DIGITS else math.inf
    return number if math.isfinite(number) else _Refused(quoted(text), "a double")


def _int(text: str) -> int | _Refused:
    too_long = len(text) > limits.MOST_DIGITS
    return _Refused(quoted(text), "a number of fewer digits") if too_long else int(text)


def _check_tree(tree: object) -> None:
    """Refuse what is marked, and texts that no place could take, whatever it is."""
    for steps, node in _nodes((), tree):
        if isinstance(node, _Refused):
            raise refused(steps, node.found, node.expected)
        if isinstance(node, (dict, list)) and len(node) > limits.MOST_IN_ONE[type(node)]:
            most = limits.MOST_IN_ONE[type(node)]
            raise refused(steps, f"{len(node)} entries", f"at most {most} in any place")
        for text in _texts(node):
            if len(text) > LOG.longest:
                found = f"{len(text)} characters"
                raise refused(steps, found, f"at most {LOG.longest} in any text")
            if (char := first_unshowable(text, allowed=LOG.allowed)) is not None:
                found = f"the character U+{ord(char):04X} in {quoted(text)}"
                raise refused(steps, found, "characters that a reader can see")


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        yield from node


def _nodes(steps: Steps, node: object) -> Iterator[tuple[Steps, object]]:
    yield steps, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _nodes((*steps, key), value)
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _nodes((*steps, number), value)


def _check_rows(tree: object) -> None:
    """Check rows one after the other: a list of wrong ones ends with the first of them."""
    for name, field in Report.model_fields.items():
        row_type = (*get_args(field.annotation), None)[0]
        rows = tree.get(name) if isinstance(tree, dict) else None
        if not isinstance(rows, list) or not _is_model(row_type):
            continue
        for number, row in enumerate(rows):
            try:
                row_type.model_validate_json(json.dumps(row), strict=True)
            except ValidationError as error:
                raise _not_the_shape(error, (name, number)) from error


def _is_model(kind: object) -> TypeGuard[type[BaseModel]]:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _not_the_shape(error: ValidationError, steps: Steps) -> BadReport:
    if error.error_count() > MOST_ERRORS:
        return refused(steps, f"{error.error_count()} mistakes", "a report")
    first: ErrorDetails = error.errors(include_url=False, include_context=False)[0]
    found, expected = _shown(first["input"]), first["msg"].removeprefix("Input should be ")
    if first["type"] == "extra_forbidden":
        found, expected = "a key that no report has", "a key of report.schema.json"
    elif first["type"] == "missing":
        found, expected = "nothing", "a value"
    return refused((*steps, *first["loc"]), found, expected)


def _shown(value: object) -> str:
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            return quoted(json.dumps(value) if isinstance(value, bool | None) else str(value))


def _check_model(value: object, steps: Steps, place: str) -> None:
    """Hold every text, number and list against the limit of its place."""
    match value:
        case str():
            _check_text(value, steps, place)
        case int() | float() if not isinstance(value, bool):
            _check_number(value, steps, place)
        case tuple():
            _check_length(value, steps, place)
            for number, item in enumerate(value):
                _check_model(item, (*steps, number), place)
        case dict():
            _check_length(value, steps, place)
            for key, item in value.items():
                _check_text(key, (*steps, key), f"{place}{{}}")
                _check_model(item, (*steps, key), place)
        case BaseModel():
            for name, field in type(value).model_fields.items():
                here = f"{type(value).__name__}.{name}"
                _check_model(getattr(value, name), (*steps, field.alias or name), here)
        case _:
            return  # null, true and false say nothing of their own


def _check_length(value: Sequence[object] | dict[str, object], steps: Steps, place: str) -> None:
    most = limits.MOST[place]
    if len(value) > most:
        raise refused(steps, f"{len(value)} entries", f"at most {most}")


def _check_text(text: str, steps: Steps, place: str) -> None:
    kind = limits.TEXTS[place]
    if len(text) > kind.longest:
        raise refused(steps, f"{len(text)} characters", f"at most {kind.longest}: {kind.said}")
    is_broken = not kind.lines and any(char in text for char in LOG.allowed)
    if is_broken or (kind.form is not None and not kind.form.fullmatch(text)):
        raise refused(steps, quoted(text), kind.said)


def _check_number(number: float, steps: Steps, place: str) -> None:
    kind = limits.NUMBERS[place]
    if not kind.takes(number):
        raise refused(steps, quoted(str(number)), kind.said)
