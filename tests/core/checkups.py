"""Facts about machines for tests: a quiet server, and what a test says is different."""

from dataclasses import replace
from typing import Any

from bot.core import coverage
from bot.core.checkup import Checkup, Clock, NoiseProbe, PythonHere, Room
from bot.core.conditions import Conditions
from bot.core.machine_facts import MachineFacts
from bot.core.scatter import Scatter

GIB = 2**30

MACHINE = MachineFacts(
    cpu="AMD EPYC 7763",
    architecture="x86_64",
    cpu_flags=("avx", "avx2", "fma"),
    cores=4,
    cores_online=4,
    are_siblings=True,
    memory_bytes=16 * GIB,
    memory_available_bytes=15 * GIB,
    memory_limit_bytes=None,
    cpu_quota_cores=None,
    governor=None,
    has_turbo=None,
    is_virtual=True,
    is_container=False,
    system="Linux 6.8.0",
)
ROOM = Room(
    folder="/home/me/project/.tfperf",
    free_bytes=40 * GIB,
    cache="/home/me/.cache/uv",
    has_hard_links=True,
)
NOISE = NoiseProbe(
    blocks=12, scatter=Scatter(apart=0.021, in_turns=0.006), most_blocks=30, detectable=0.0123
)
QUIET = Conditions(
    seconds=5.0,
    busy_seconds=5.4,
    idle_seconds=14.5,
    steal_seconds=0.1,
    own_cpu_seconds=5.1,
    cpu_pressure_seconds=0.2,
    memory_pressure_seconds=0.0,
    io_pressure_seconds=0.0,
    throttled_seconds=0.0,
    clock_step_seconds=0.0,
    mhz=2450.0,
    load=0.6,
)


def pythons_of(*here: str, fetchable: tuple[str, ...] = ()) -> tuple[PythonHere, ...]:
    return tuple(
        PythonHere(
            minor=minor,
            path=f"/usr/bin/python{minor}" if minor in here else None,
            is_fetchable=minor in fetchable,
            remedy=f"pyenv install {minor}",
        )
        for minor in coverage.pythons()
    )


FROM_UV = tuple(minor for minor in coverage.pythons() if minor not in {"3.6", "3.7"})


def checkup_of(**overrides: Any) -> Checkup:
    """Take the quiet server; keys of the machine or the room may be given among those of all."""
    values: dict[str, Any] = {
        "machine": MACHINE,
        "room": ROOM,
        "pythons": pythons_of("3.6", "3.11", fetchable=FROM_UV),
        "clock": Clock(source="tsc", step_seconds=4e-8),
        "noise": NOISE,
        "conditions": QUIET,
    }
    for part in ("machine", "room", "conditions"):
        names = {name for name in overrides if hasattr(values[part], name)}
        values[part] = replace(values[part], **{name: overrides.pop(name) for name in names})
    return Checkup(**values | overrides)
