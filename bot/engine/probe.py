"""Owns a short look at the noise: blocks of like processes, measured as any block is."""

import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from random import Random

from bot.core.outcome import Failed
from bot.core.scatter import Rounds
from bot.engine.arm import Arm
from bot.engine.reply import CaseFailed, number
from bot.engine.turns import calls_per_sample
from bot.engine.visit import SHORTEST_SECONDS, WARM_UP

ARMS = ("first", "second", "third")
"""As many as a block with one candidate has."""

FEWEST_BLOCKS = 3
ROUNDS = 10
TIMEOUT_SECONDS = 5.0


def probe(
    *,
    worker: Path,
    work: Path,
    log: Path,
    environ: Mapping[str, str],
    seconds: float,
    timeout_seconds: float = TIMEOUT_SECONDS,
) -> tuple[Rounds, ...] | Failed:
    """Run blocks for some seconds, each with fresh processes; every question has a deadline."""
    ends = time.monotonic() + seconds
    random = Random(1)
    blocks: list[Rounds] = []
    try:
        while len(blocks) < FEWEST_BLOCKS or time.monotonic() < ends:
            with ExitStack() as stack:
                command = [sys.executable, "-s", "-B", str(worker), "serve"]
                arms = {
                    name: stack.enter_context(
                        Arm(command, environ=environ, log=log, timeout_seconds=timeout_seconds)
                    )
                    for name in ARMS
                }
                blocks.append(_block(arms, work, random))
    except CaseFailed as ended:
        return ended.failed
    return tuple(blocks)


def _block(arms: Mapping[str, Arm], work: Path, random: Random) -> Rounds:
    """Start the work in every arm, then take turns, in a new random order each round."""
    speeds = [_begin(arm, work) for arm in arms.values()]
    calls = calls_per_sample(speeds)
    rounds: dict[str, list[float]] = {name: [] for name in arms}
    for _ in range(ROUNDS):
        for name in random.sample(list(arms), len(arms)):
            reply = arms[name].ask("round", calls=calls, untimed_calls=0)
            rounds[name].append(max(number(reply, "wall_seconds") / calls, SHORTEST_SECONDS))
    return rounds


def _begin(arm: Arm, work: Path) -> float:
    """Open, build and warm up; return the seconds of one call."""
    arm.ask("import", module="json", paths=[])  # a worker wants to import something
    arm.ask("open", file=str(work), case="default", fork=True)
    arm.ask("build")
    arm.ask("first_call", outputs=None)
    return number(arm.ask("warm_up", **WARM_UP), "seconds_per_call")
