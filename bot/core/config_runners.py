"""Owns the keys about GitHub's runners: which one measures, and who agrees to it first."""

import re
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, WithJsonSchema

from bot.core.config_mistakes import Unexpected, at_steps, nearest
from bot.core.config_shapes import TEXT
from bot.core.config_values import pairs, text_or_nothing, texts
from bot.core.plan import Device

DEVICES: Final = ("cpu", "gpu")
DEFAULT: Final[dict[Device, tuple[str, ...]]] = {"cpu": ("ubuntu-24.04",)}
MOST_LABELS: Final = 10
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_NAME = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_. -]{0,99}")

_TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
_LABELS = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}
_SHAPE = {
    "type": ["object", "null"],
    "properties": dict.fromkeys(DEVICES, _LABELS),
    "additionalProperties": False,
}


def default_runners() -> dict[Device, tuple[str, ...]]:
    """Return the labels where nothing is configured."""
    return dict(DEFAULT)


def runs_on(value: object) -> dict[str, tuple[str, ...]]:
    """Read the labels of runners by device; a device that is left out keeps its default."""
    if isinstance(value, str) and "=" in value:
        value = pairs(value)
    if value is not None and not isinstance(value, dict):
        raise Unexpected("a mapping of cpu and gpu to the labels of a runner")
    runners: dict[str, tuple[str, ...]] = {device: DEFAULT[device] for device in DEFAULT}
    for device, labels in (value or {}).items():
        if device not in DEVICES:
            raise Unexpected("cpu or gpu", nearest=nearest(str(device), DEVICES), at=(str(device),))
        with at_steps(device):
            runners[device] = tuple(_label(each) for each in texts(1, MOST_LABELS)(labels))
    return runners


def environment(value: object) -> str | None:
    """Read the name of an environment on GitHub that may be absent."""
    name = text_or_nothing(value)
    if name is not None and not _NAME.fullmatch(name):
        raise Unexpected("the name of an environment: letters, digits, blanks, `_`, `.` and `-`")
    return name


def _label(value: object) -> str:
    if not _LABEL.fullmatch(str(value)):
        raise Unexpected("the label of a runner: letters, digits, `.`, `_` and `-`")
    return str(value)


RunsOn = Annotated[
    dict[Device, tuple[str, ...]],
    BeforeValidator(runs_on),
    WithJsonSchema(_SHAPE),
    Field(
        alias="runs-on",
        description="Labels of the GitHub runner that measures, for `cpu` and `gpu`. Read from the "
        "base branch of a pull request: see action.md.",
        json_schema_extra={"default": {"cpu": "ubuntu-24.04"}},
        examples=[{"gpu": ["self-hosted", "gpu"]}],
    ),
]
Approval = Annotated[
    str | None,
    BeforeValidator(environment),
    WithJsonSchema(TEXT),
    Field(
        description="A protected environment on GitHub: somebody has to approve there before a "
        "pull request from a fork is measured on a runner of your own; without it, such a pull "
        "request is refused. Read from the base branch.",
        examples=["tfperf-forks"],
    ),
]
