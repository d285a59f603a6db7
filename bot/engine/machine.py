"""Owns the few facts of this machine that a reader needs to place absolute values."""

from bot.core.run_facts import Machine
from bot.engine.machine_facts import machine_facts


def this_machine() -> Machine:
    """Describe the machine; what cannot be read stays unknown."""
    facts = machine_facts()
    return Machine(
        cpu=facts.cpu or "unknown",
        cores=facts.cores,
        memory_bytes=facts.memory_bytes or 0,
        system=facts.system,
    )
