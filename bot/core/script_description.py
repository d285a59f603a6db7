"""Owns the description of a script: what a YAML file says about running a program as it is."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.core import config_values as values
from bot.core.config_layers import unknown_key
from bot.core.config_mistakes import Mistake, Unexpected, at_steps, nearest, quote
from bot.core.config_source import Table, Text, place, read_yaml
from bot.core.config_validation import validated
from bot.core.metric import SCRIPT_METRICS
from bot.core.numerics import TOLERANCES
from bot.errors import BadConfiguration

NAME = r"[a-z0-9][a-z0-9_.-]{0,59}"
"""Of a workload and of a case: folders have these names, so `.` and `..` must be none."""

NAME_RULE = "1 to 60 of a-z 0-9 _ . -, the first a letter or digit"
DEFAULT_TOLERANCE = TOLERANCES["float32"]
"""What is printed was computed in float32, as far as nobody says otherwise."""

LONGEST_PATTERN = 500
MOST_NUMBERS = 40

_RELEASE = re.compile(r"[0-9]+(\.[0-9]+){1,3}((a|b|rc)[0-9]+)?")
_SCRIPT_KEY = re.compile(r"^script:[ \t]*['\"]?([^'\"\n#]+)", re.MULTILINE)


def _case_name(value: object) -> str:
    if not re.fullmatch(NAME, str(value)):
        raise Unexpected(f"a name of {NAME_RULE}")
    return str(value)


def _arguments(value: object) -> list[str]:
    """Read a list of arguments; one text stands for several, quoted as in a shell."""
    if isinstance(value, str):
        try:
            value = shlex.split(value)
        except ValueError as error:
            raise Unexpected("arguments with quotes closed") from error
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unexpected("a list of arguments, such as [--epochs, 1]")
    for step, each in enumerate(value):
        if not isinstance(each, str) or "\0" in each:
            raise Unexpected("a text", at=(step,))
    return value


def _cases(value: object) -> object:
    if not isinstance(value, dict) or not value:
        raise Unexpected("a mapping of cases to arguments, such as {small: [--epochs, 1]}")
    return value


def _one_case() -> dict[str, tuple[str, ...]]:
    return {"default": ()}


def _numbers(value: object) -> object:
    if not isinstance(value, dict) or len(value) > MOST_NUMBERS:
        example = r"{loss: 'loss: (\S+)'}"
        raise Unexpected(f"a mapping of up to {MOST_NUMBERS} patterns, such as {example}")
    return value


def _number_name(value: object) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,60}", str(value)):
        raise Unexpected("a name of 1 to 60 letters, digits and _ . -")
    return str(value)


def _pattern(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_PATTERN:
        raise Unexpected(f"a regular expression of up to {LONGEST_PATTERN} characters")
    try:
        groups = re.compile(value).groups
    except (re.error, OverflowError, RecursionError) as error:
        raise Unexpected(f"a regular expression ({error})") from error
    if groups != 1:
        raise Unexpected(f"one group in parentheses around the number, not {groups}")
    return value


def _since(value: object) -> object:
    """Read the oldest release, for all cases or by case."""
    releases = value if isinstance(value, dict) else {"": value}
    for case, release in releases.items():
        if not isinstance(release, str) or not _RELEASE.fullmatch(release):
            raise Unexpected("a release such as 1.3", at=(case,) if case else ())
    return value


def _thresholds(value: object) -> dict[str, float]:
    if not isinstance(value, dict):
        return {metric: values.threshold(value)[metric] for metric in SCRIPT_METRICS}
    for metric in value:
        if metric not in SCRIPT_METRICS:
            close = nearest(str(metric), SCRIPT_METRICS)
            expected = f"a metric of scripts: {', '.join(SCRIPT_METRICS)}"
            raise Unexpected(expected, nearest=close, at=(str(metric),))
    return {str(metric): threshold for metric, threshold in values.threshold(value).items()}


def _tolerance(value: object) -> float:
    return 0.0 if str(value).strip() == "0" else values.fraction(value)


class ScriptDescription(BaseModel):
    """One script, its cases, and what is read from its output."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    script: Annotated[str, BeforeValidator(values.text)]
    folder: Annotated[str, BeforeValidator(values.text)] = "."
    cases: Annotated[
        dict[
            Annotated[str, BeforeValidator(_case_name)],
            Annotated[tuple[str, ...], BeforeValidator(_arguments)],
        ],
        BeforeValidator(_cases),
    ] = Field(default_factory=_one_case)
    numbers: Annotated[
        dict[
            Annotated[str, BeforeValidator(_number_name)],
            Annotated[str, BeforeValidator(_pattern)],
        ],
        BeforeValidator(_numbers),
    ] = Field(default_factory=dict)
    since: Annotated[str | dict[str, str] | None, BeforeValidator(_since)] = None
    tolerance: Annotated[float, BeforeValidator(_tolerance)] = DEFAULT_TOLERANCE
    thresholds: Annotated[dict[str, float], BeforeValidator(_thresholds)] = Field(
        default_factory=dict
    )
    tags: Annotated[
        tuple[Annotated[str, BeforeValidator(values.text)], ...], BeforeValidator(values.texts())
    ] = ()
    upgrade: Annotated[bool, BeforeValidator(values.flag)] = False

    @model_validator(mode="after")
    def _names_cases_that_are_there(self) -> Self:
        for case in self.since if isinstance(self.since, dict) else ():
            if case not in self.cases:
                close = nearest(case, self.cases)
                expected = f"a case: {', '.join(self.cases)}"
                with at_steps("since"):
                    raise Unexpected(expected, nearest=close, at=(case,))
        return self

    def oldest(self, case: str) -> str | None:
        """Return the oldest release that a case runs on."""
        return self.since.get(case) if isinstance(self.since, Mapping) else self.since


KEYS = tuple(ScriptDescription.model_fields)


@dataclass(frozen=True, kw_only=True, slots=True)
class Described:
    """A description that was read, and where its values stand."""

    description: ScriptDescription
    tree: Table

    def mistake(self, key: str, expected: str) -> str:
        """Say that a value is not what is there."""
        where = place(self.tree, (key,))
        found = quote(getattr(self.description, key))
        return str(Mistake(where=where, key=key, found=found, expected=expected))


def read_description(text: str, *, source: str) -> Described | str:
    """Read a description, or say everything that is wrong with it, each with its line."""
    try:
        tree, mistakes = read_yaml(text, source=source)
    except BadConfiguration as error:
        return error.what
    known = {key: node for key, node in tree.entries.items() if key in KEYS}
    for key in tree.entries.keys() - known.keys():
        mistakes.append(unknown_key(key, tree.entries[key].where, KEYS))
    # The first line of the file, where a mapping has no place of its own.
    known_tree = Table(entries=known, where=tree.where)
    description = validated(ScriptDescription, known_tree, mistakes)
    if isinstance(description, list):
        return "; ".join(map(str, description))
    return Described(description=description, tree=known_tree)


def script_named(text: str) -> str | None:
    """Return the script that a text names, also one that is no good description."""
    try:
        tree, _ = read_yaml(text, source="")
    except BadConfiguration:
        found = _SCRIPT_KEY.search(text)
        return found[1].strip() if found else None
    match tree.entries.get("script"):
        case Text(text=str() as script):
            return script
        case _:
            return None
