"""Owns the key `acknowledged`: findings that are known and accepted, as a file lists them."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field, InstanceOf, WithJsonSchema

from bot.core.config_mistakes import Unexpected, at_steps, nearest
from bot.core.config_values import choice, text
from bot.core.showable import first_unshowable
from bot.core.waiver import WAIVED_METRICS, Waiver

FILE = "tfperf.yml"
MOST = 200
LONGEST_REASON = 400

_KEYS = ("case", "metric", "candidate", "reason", "until")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

SHAPE: dict[str, object] = {
    "type": ["array", "null"],
    "maxItems": MOST,
    "items": {
        "type": "object",
        "properties": {
            "case": {"type": "string", "minLength": 1},
            "metric": {"enum": list(WAIVED_METRICS)},
            "candidate": {"type": ["string", "number"]},
            "reason": {"type": "string", "minLength": 1, "maxLength": LONGEST_REASON},
            "until": {"type": "string", "pattern": f"^{_DAY.pattern}$"},
        },
        "required": ["case", "reason"],
        "additionalProperties": False,
    },
}


def waivers(value: object) -> list[Waiver]:
    """Read the list; whoever may change the file stands behind it."""
    if value is None:
        return []
    if not isinstance(value, (list, tuple)) or len(value) > MOST:
        raise Unexpected(f"a list of up to {MOST} mappings with `case` and `reason`")
    read = []
    for number, item in enumerate(value):
        with at_steps(number):
            read.append(item if isinstance(item, Waiver) else _waiver(item))
    return read


def _waiver(item: object) -> Waiver:
    if not isinstance(item, dict):
        raise Unexpected(f"a mapping with {', '.join(_KEYS)}")
    for key in item:
        if key not in _KEYS:
            raise Unexpected(f"one of {', '.join(_KEYS)}", nearest=nearest(str(key), _KEYS))
    values: dict[str, str] = {}
    for key in ("case", "reason"):
        with at_steps(key):
            values[key] = text(item.get(key))
    with at_steps("reason"):
        if len(values["reason"]) > LONGEST_REASON or first_unshowable(values["reason"]):
            raise Unexpected(f"a reason of up to {LONGEST_REASON} characters that can be shown")
    with at_steps("metric"):
        metric = None if item.get("metric") is None else choice(WAIVED_METRICS)(item["metric"])
    with at_steps("candidate"):
        candidate = None if item.get("candidate") is None else text(item["candidate"])
    with at_steps("until"):
        until = parse_day(item.get("until"))
    return Waiver(
        **values,
        metric=metric,  # type: ignore[arg-type]  # one of WAIVED_METRICS
        candidate=candidate,
        until=until,
        author=FILE,
        source=FILE,
    )


def parse_day(value: object) -> date | None:
    """Read a day that may be absent: YYYY-MM-DD."""
    if value is None:
        return None
    try:
        if _DAY.fullmatch(str(value)):
            return date.fromisoformat(str(value))
    except ValueError as error:  # such as the 30th of February
        raise Unexpected("a day of the calendar, YYYY-MM-DD") from error
    raise Unexpected("a day, YYYY-MM-DD")


Acknowledged = Annotated[
    tuple[InstanceOf[Waiver], ...],
    BeforeValidator(waivers),
    WithJsonSchema(SHAPE),
    Field(
        description="Findings that are known and accepted: mappings with `case` (a glob), "
        "`reason`, and if need be `metric` (or `results`), `candidate` and `until` (the last "
        "day, at most a year ahead). They are shown, and do not fail the run; in the file "
        "only, see acknowledge.md.",
        json_schema_extra={"default": []},
        examples=[[{"case": "mnist_mlp[fit]", "reason": "known", "until": "2027-03-31"}]],
    ),
]
