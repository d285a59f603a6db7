"""Owns the JSON Schema of the values: what an editor accepts before the tool reads the file.

Editors see numbers where the tool sees the text that was written, so numbers are let through where
a text that looks like one is meant; the model has the last word.
"""

import re
from typing import Any

from bot.core.metric import METRICS, RATIO_METRICS
from bot.core.plan import FRAMEWORKS
from bot.core.ranges import MOST_CANDIDATES
from bot.core.releases import AUTO, KIND_PATTERN, KINDS, PACKAGES, SPEC_PATTERN

Shape = dict[str, Any]

_TEXT: Shape = {"type": "string", "minLength": 1}
_TEXT_OR_NUMBER: Shape = {"type": ["string", "number"]}
_NAMES = tuple(name for name in (*PACKAGES, *FRAMEWORKS, *KINDS) if name != "python")


def _pattern(expression: str) -> Shape:
    # JSON Schema's regular expressions know no (?P<name>...).
    return {"type": "string", "pattern": f"^{re.sub(r'[?]P<[a-z]+>', '', expression)}$"}


PYTHON: Shape = {
    "anyOf": [
        {"type": "string", "pattern": r"^3\.([6-9]|[1-9][0-9])$"},
        {"type": "number"},
        {"type": "null"},
    ]
}
KNOBS: Shape = {
    "type": ["object", "null"],
    "propertyNames": {"pattern": "^(?!TFPERF_|PYTHON)[A-Za-z_][A-Za-z0-9_]*$"},
    "additionalProperties": {"type": ["string", "number", "boolean"]},
}
RELEASE: Shape = {
    "anyOf": [
        _pattern(SPEC_PATTERN),
        _pattern(KIND_PATTERN),
        {"type": "number"},
        {
            "type": "object",
            "properties": {
                **dict.fromkeys(_NAMES, _TEXT_OR_NUMBER),
                "python": PYTHON,
                "with": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]},
                "knobs": KNOBS,
            },
            "oneOf": [
                *({"required": [name]} for name in _NAMES),
                {"required": ["python"], "not": {"anyOf": [{"required": [n]} for n in _NAMES]}},
            ],
            "additionalProperties": False,
        },
    ]
}
RELEASES: Shape = {
    "anyOf": [
        _TEXT_OR_NUMBER,
        {
            "type": "array",
            "items": {"anyOf": [{"const": AUTO}, *RELEASE["anyOf"]]},
            "maxItems": MOST_CANDIDATES,
        },
    ]
}
TEXT: Shape = {"type": ["string", "null"]}
TEXTS: Shape = {"anyOf": [{"type": ["string", "null"]}, {"type": "array", "items": _TEXT}]}
DURATION: Shape = {
    "type": "string",
    "pattern": r"^(?=.)([0-9]{1,6}h)? ?([0-9]{1,6}m)? ?([0-9]{1,6}(\.[0-9]{1,3})?s)?$",
}
_FRACTION: Shape = {
    "anyOf": [
        {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
        {"type": "string", "pattern": r"^[0-9]*\.?[0-9]+ ?%?$"},
    ]
}
FRACTION = _FRACTION
THRESHOLD: Shape = {
    "anyOf": [
        *_FRACTION["anyOf"],
        {"type": "null"},
        {
            "type": "object",
            "properties": dict.fromkeys(RATIO_METRICS, _FRACTION),
            "additionalProperties": False,
        },
    ]
}
FLAG: Shape = {"anyOf": [{"type": "boolean"}, {"enum": ["true", "false"]}]}
THREADS: Shape = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 1024}, {"const": "all"}]}


def words(valid: tuple[str, ...]) -> Shape:
    """Describe a list of a few words, or `none`."""
    listed = {"type": "array", "items": {"enum": list(valid)}}
    return {"anyOf": [{"enum": [*valid, "none"]}, listed]}


def metrics() -> Shape:
    """Describe a list of metrics."""
    listed = {"type": "array", "items": {"enum": list(METRICS)}, "minItems": 1}
    return {"anyOf": [_TEXT, listed]}


def whole(least: int, most: int, *, absent: bool = False) -> Shape:
    """Describe a whole number between two bounds."""
    kind = ["integer", "null"] if absent else "integer"
    return {"type": kind, "minimum": least, "maximum": most}
