"""Owns the check of the noise model: its figures beside those of real processes.

The real figures: TensorFlow 2.21 on one of two shared cores, three workloads (training step of an
MLP, a convolution, an eager loop), 20 calls of 7 to 40 ms in each of three like processes, one
after the other or co-resident; 20 blocks while others used the machine, 10 while they did not. With
so few blocks the figures themselves are good to about a fifth.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from benchmarks import peer_rules
from benchmarks.noise import CALL_SECONDS, PROFILES, START_SECONDS, Array, Machine
from benchmarks.our_rule import BLOCK_SECONDS
from benchmarks.tables import print_table
from benchmarks.tally import CELLS

PROCESSES, CALLS = 3, 20
BLOCKS = 4000

CO_RESIDENT = "co-resident, median of ratios"
REAL_SPREAD: Mapping[str, Mapping[str, tuple[tuple[float, float], ...]]] = {
    "quiet": {
        "serial, mean": ((4.2, 3.0), (3.9, 3.3), (3.0, 2.6)),
        "serial, median": ((3.3, 2.5), (3.7, 2.6), (2.6, 2.8)),
        "serial, p10": ((2.5, 2.7), (3.0, 1.8), (2.5, 2.4)),
        "serial, minimum": ((2.0, 2.4), (2.2, 1.8), (2.4, 2.4)),
        CO_RESIDENT: ((0.9, 0.8), (0.6, 0.6), (1.3, 1.3)),
    },
    "contended": {
        "serial, mean": ((36, 17), (34, 15), (41, 16)),
        "serial, median": ((36, 10), (36, 10), (45, 11)),
        "serial, p10": ((24, 4.4), (19, 4.5), (35, 4.2)),
        "serial, minimum": ((19, 2.9), (15, 3.3), (27, 4.2)),
        CO_RESIDENT: ((3.2, 2.2), (2.3, 1.4), (4.5, 2.8)),
    },
}
"""Spread (rms, robust sd; percent) of the log ratio of two like processes, for each workload."""

REAL_ALARMS = {
    "single run, ratio > 1.10": (46, 90),
    "asv 2 × 5, p < .002 and > 1.10": (3, 45),
    "pyperf 20 × 3, pooled t": (6, 9),
    "google/benchmark 1 × 10, Mann-Whitney": (50, 90),
}
"""How often the peers' rules called like processes different on the contended machine."""


@dataclass(frozen=True, kw_only=True)
class Spread:
    """One statistic, real (the least and the most of the workloads) and simulated, in percent."""

    machine: str
    statistic: str
    real_rms: tuple[float, float]
    rms: float
    real_robust: tuple[float, float]
    robust: float


@dataclass(frozen=True, kw_only=True)
class Alarms:
    """False alarms of one rule in single comparisons, real and simulated."""

    rule: str
    real: int
    of: int
    model: float


@dataclass(frozen=True, kw_only=True)
class Check:
    """Everything of the model that can be held to real figures."""

    spreads: tuple[Spread, ...]
    alarms: tuple[Alarms, ...]


def spreads(seed: int, blocks: int = BLOCKS) -> Iterator[Spread]:
    """Repeat the real experiment on the simulated machines."""
    for name, real in REAL_SPREAD.items():
        simulated = simulated_spreads(name, seed, blocks)
        for statistic, workloads in real.items():
            rms, robust = zip(*workloads, strict=True)
            yield Spread(
                machine=name,
                statistic=statistic,
                real_rms=(min(rms), max(rms)),
                rms=simulated[statistic][0],
                real_robust=(min(robust), max(robust)),
                robust=simulated[statistic][1],
            )


def simulated_spreads(name: str, seed: int, blocks: int) -> dict[str, tuple[float, float]]:
    """Measure like processes both ways; the real workloads showed no slow mode, so none here."""
    random = np.random.default_rng([seed, list(PROFILES).index(name)])
    machine = Machine(replace(PROFILES[name], bimodal=0.0), blocks, random)
    serial = np.stack([serial_process(machine) for _ in range(PROCESSES)], axis=1)
    turns = machine.turns(
        machine.every,
        rest=BLOCK_SECONDS,
        moments=CALLS,
        seconds=2 * PROCESSES * CALL_SECONDS,
        arms=PROCESSES,
    )
    together = turns.swapaxes(1, 2) + machine.processes(machine.every, PROCESSES)[:, :, None]
    by_statistic = {
        "serial, mean": of_pairs(np.log(np.exp(serial).mean(axis=2))),
        "serial, median": of_pairs(np.median(serial, axis=2)),
        "serial, p10": of_pairs(np.quantile(serial, 0.1, axis=2)),
        "serial, minimum": of_pairs(serial.min(axis=2)),
        CO_RESIDENT: np.median(of_pairs(together), axis=-1),
    }
    return {statistic: spread(values) for statistic, values in by_statistic.items()}


def serial_process(machine: Machine) -> Array:
    """Draw log seconds of a process that has the machine to itself, shape (blocks, calls)."""
    turns = machine.turns(
        machine.every, rest=START_SECONDS, moments=CALLS, seconds=CALL_SECONDS, arms=1
    )
    return turns[..., 0] + machine.processes(machine.every, 1)


def of_pairs(values: Array) -> Array:
    """Subtract every process from every other of its block; processes are on the second axis."""
    pairs = combinations(range(values.shape[1]), 2)
    return np.stack([values[:, one] - values[:, other] for one, other in pairs], axis=1)


def spread(ratios: Array) -> tuple[float, float]:
    """Return rms and robust standard deviation around no difference, in percent."""
    rms = float(np.sqrt(np.mean(ratios**2)))
    return 100 * rms, 148.26 * float(np.median(np.abs(ratios)))


def alarms(seed: int, tables: int = 40) -> Iterator[Alarms]:
    """Let the peers' rules judge like processes on the contended machine."""
    for rule in peer_rules.PEER_RULES:
        if rule.name in REAL_ALARMS:
            real, of = REAL_ALARMS[rule.name]
            random = np.random.default_rng([seed, tables])
            tally = peer_rules.simulate(rule, PROFILES["contended"], 0.0, tables, random)
            rate = (tally.slower + tally.faster) / (tables * CELLS)
            yield Alarms(rule=rule.name, real=real, of=of, model=rate)


def run(seed: int) -> Check:
    """Repeat both experiments."""
    return Check(spreads=tuple(spreads(seed)), alarms=tuple(alarms(seed)))


def show(check: Check) -> None:
    """Print the real and the simulated figures side by side."""
    print("Log ratio of two like processes, real (least and most of three workloads) and model:\n")
    print_table(
        ("machine", "statistic", "real rms", "model", "real robust sd", "model"),
        [
            (
                each.machine,
                each.statistic,
                "{:g} to {:g} %".format(*each.real_rms),
                f"{each.rms:.1f} %",
                "{:g} to {:g} %".format(*each.real_robust),
                f"{each.robust:.1f} %",
            )
            for each in check.spreads
        ],
    )
    print("Comparisons of like processes called different on the contended machine:\n")
    print_table(
        ("rule", "real", "model"),
        [
            (each.rule, f"{each.real} of {each.of}: {each.real / each.of:.0%}", f"{each.model:.0%}")
            for each in check.alarms
        ],
    )
