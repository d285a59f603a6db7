"""Owns the records of a run: what a line of `samples.jsonl` means, and nothing derived from it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.core.conditions import Conditions
from bot.core.outcome import Failed, Imported, Measured, Outcome, Ran, Skipped

_KINDS: dict[str, type[Outcome | Imported]] = {
    "measured": Measured,
    "ran": Ran,
    "imported": Imported,
    "failed": Failed,
    "skipped": Skipped,
}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseBlock:
    """One case in one block: every arm's outcome, by environment id.

    `is_serial`: the arms ran one after the other, not in turns. `phases` says where the `seconds`
    went: wall seconds by the name of what was done, all arms together.
    """

    block: int
    case: str
    outcomes: Mapping[str, Outcome]
    calls_per_sample: int = 1
    is_serial: bool = False
    phases: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportBlock:
    """The start of one block: what importing the framework cost each arm, by environment id."""

    block: int
    outcomes: Mapping[str, Imported | Failed]
    seconds: float = 0.0
    frameworks: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionsBlock:
    """The end of one block: what the machine did meanwhile, and what it is.

    `seconds` is what no other record of the block counts: starting and stopping.
    """

    block: int
    conditions: Conditions
    machine: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0


Record = CaseBlock | ImportBlock | ConditionsBlock


def encode(record: Record) -> dict[str, Any]:
    """Turn a record into JSON values."""
    values = asdict(record)
    if isinstance(record, ConditionsBlock):
        return {"record": "conditions", **values}
    values["outcomes"] = {
        arm: {"is": _NAMES[type(outcome)], **asdict(outcome)}
        for arm, outcome in record.outcomes.items()
    }
    return {"record": "case" if isinstance(record, CaseBlock) else "import", **values}


def decode(values: dict[str, Any]) -> Record:
    """Turn JSON values back into a record; ValueError, KeyError or TypeError if they are none."""
    values = dict(values)
    what = values.pop("record")
    if what == "conditions":
        return ConditionsBlock(conditions=Conditions(**values.pop("conditions")), **values)
    kind: type[CaseBlock | ImportBlock] = {"case": CaseBlock, "import": ImportBlock}[what]
    outcomes = {arm: _decode_outcome(outcome) for arm, outcome in values.pop("outcomes").items()}
    return kind(outcomes=outcomes, **values)


def _decode_outcome(values: dict[str, Any]) -> Any:  # noqa: ANN401  # one of _KINDS
    values = dict(values)
    kind = _KINDS[values.pop("is")]
    tuples = {key: tuple(value) for key, value in values.items() if isinstance(value, list)}
    return kind(**{**values, **tuples})
