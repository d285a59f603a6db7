"""Owns what is said about where a run was measured: on one machine, or on several."""

from bot.core.report import Report
from bot.render import trust_words
from bot.render.escape import Medium
from bot.render.words import count, listed

_MOST_KINDS = 3


def where(report: Report, medium: Medium) -> str:
    """Say where it ran; whatever was compared shared one machine."""
    if not report.shards:
        return trust_words.machine(medium.text(report.machine.cpu), report.machine.cores)
    kinds = dict.fromkeys((shard.machine.cpu, shard.machine.cores) for shard in report.shards)
    named = [f"{medium.text(cpu)}, {count(cores, 'core')}" for cpu, cores in kinds]
    if len(named) > _MOST_KINDS:
        left_out = len(named) - _MOST_KINDS + 1
        named = [*named[: _MOST_KINDS - 1], trust_words.other_kinds(left_out)]
    return trust_words.machines(len(report.shards), listed(named))
