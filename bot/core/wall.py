"""Owns the split of the wall time: where the seconds of a run went."""

from collections.abc import Mapping
from typing import Literal, get_args

from bot.core.record import CaseBlock, ImportBlock, Record

Phase = Literal[
    "import", "artifact", "build", "first_call", "count", "warm_up", "timed", "untimed", "waiting"
]
PHASES: tuple[Phase, ...] = get_args(Phase)


def split(record: Record) -> dict[str, float]:
    """Split the seconds of one record by phase.

    What nobody accounts for is waiting: for replies, for forks and ends of processes, for the
    disk, and the tool's own work.
    """
    if isinstance(record, ImportBlock):
        return {"import": record.seconds}
    known = record.phases if isinstance(record, CaseBlock) else {}
    spent: dict[str, float] = {phase: known[phase] for phase in PHASES if phase in known}
    return {**spent, "waiting": max(0.0, record.seconds - sum(spent.values()))}


def add(total: dict[str, float], more: Mapping[str, float]) -> None:
    """Add seconds to those of the same name."""
    for name, seconds in more.items():
        total[name] = total.get(name, 0.0) + seconds
