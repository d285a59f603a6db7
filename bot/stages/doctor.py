"""Owns the doctor's visit: every fact about this machine is gathered, each within its time."""

import math
import os
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.core import coverage
from bot.core.checkup import Checkup, NoiseProbe, NoProbe, PythonHere
from bot.core.config_values import LEAST_THRESHOLD
from bot.core.detectable import detectable_shift
from bot.core.outcome import Failed
from bot.core.plan import Rule
from bot.core.releases import PACKAGES
from bot.core.scatter import Rounds, in_turns, scatter
from bot.core.verdict import Limits
from bot.core.version_table import VersionTable, version_table
from bot.engine.clock import clock
from bot.engine.conditions import Watch
from bot.engine.device import gpus_of
from bot.engine.machine_facts import machine_facts
from bot.engine.probe import probe
from bot.environments.downloads import fetchable, how_to_get
from bot.environments.interpreters import available
from bot.environments.room import room
from bot.locations import workloads_root
from bot.stages.asking import newer_releases
from bot.stages.house import House

PROBE_SECONDS = 5.0
TYPICAL_CELLS = 50
"""A few cases with all their metrics; ten times as many need hardly more evidence."""


def examine(house: House, *, seconds: float = PROBE_SECONDS) -> Checkup:
    """Gather the facts; the noise is looked at for some seconds, when all else is done."""
    house.progress.note("looking at this machine: about 10 s")
    machine = machine_facts()
    place = room(house.home, house.environ)
    pythons = _pythons(house.environ)
    with gpus_of("gpu") as gpus:
        cards = gpus.cards() if gpus else ()
    watch = Watch()
    noise = _noise(house.environ, seconds)
    return Checkup(
        machine=machine,
        room=place,
        pythons=pythons,
        clock=clock(),
        noise=noise,
        conditions=watch.conditions(),
        cards=cards,
    )


def versions(house: House) -> VersionTable:
    """Say of every release whether it can be had here; a few seconds, most of them the index's."""
    house.progress.note("looking for Pythons here, and for new releases")
    beyond = newer_releases([PACKAGES[0]], house).get(PACKAGES[0], ())
    return version_table(_pythons(house.environ), machine_facts(), beyond)


def _pythons(environ: Mapping[str, str]) -> tuple[PythonHere, ...]:
    here, offered = available(environ), fetchable(environ)
    return tuple(
        PythonHere(
            minor=minor,
            path=os.fspath(here[minor]) if minor in here else None,
            is_fetchable=minor in offered,
            remedy=how_to_get(minor),
        )
        for minor in coverage.pythons()
    )


def _noise(environ: Mapping[str, str], seconds: float) -> NoiseProbe | NoProbe:
    try:
        with TemporaryDirectory(prefix="tfperf-") as folder:
            blocks = probe(
                worker=workloads_root() / "run.py",
                work=workloads_root() / "probe.py",
                log=Path(folder, "probe.log"),
                environ={name: environ[name] for name in ("PATH", "HOME") if name in environ},
                seconds=seconds,
            )
    except OSError as error:  # no room for a log, or for another process
        return NoProbe(reason=f"{error.strerror}: {error.filename or 'starting a process'}")
    return NoProbe(reason=blocks.reason) if isinstance(blocks, Failed) else _judged(blocks)


def _judged(blocks: tuple[Rounds, ...]) -> NoiseProbe:
    """Ask the engine; with the least threshold, it never settles for "unchanged"."""
    rule = Rule()
    limits = Limits(threshold=LEAST_THRESHOLD, alpha=rule.alpha, cells=TYPICAL_CELLS)
    shift = detectable_shift(list(in_turns(blocks)), limits, most_blocks=rule.most_blocks)
    return NoiseProbe(
        blocks=len(blocks),
        scatter=scatter(blocks),
        most_blocks=rule.most_blocks,
        detectable=None if shift is None else math.expm1(shift),
    )
