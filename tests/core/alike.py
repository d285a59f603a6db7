"""Blocks of like processes for tests, with noise of known size."""

import math
from collections.abc import Mapping
from random import Random

from bot.core.outcome import Measured, Outcome
from bot.core.record import CaseBlock

ARMS = ("base-a", "base-b", "cand-a", "cand-b")


def measured(*seconds: float) -> Measured:
    return Measured(
        first_call_cpu_seconds=0.5,
        first_call_wall_seconds=0.5,
        build_cpu_seconds=0.1,
        build_wall_seconds=0.1,
        peak_rss_bytes=10**9,
        round_seconds=seconds,
    )


def block(
    random: Random,
    *,
    process: float,
    round_: float,
    rounds: int = 20,
    number: int = 0,
    case: str = "mlp[fit]",
    slower: Mapping[str, float] | None = None,
    is_serial: bool = False,
) -> CaseBlock:
    """Processes whose log times vary by `process`, and from round to round by `round_`.

    Arms may be `slower` by a factor.
    """
    outcomes: dict[str, Outcome] = {}
    for arm in ARMS:
        own = random.gauss(0, process) + math.log((slower or {}).get(arm, 1.0))
        seconds = (math.exp(own + random.gauss(0, round_)) for _ in range(rounds))
        outcomes[arm] = measured(*seconds)
    return CaseBlock(block=number, case=case, outcomes=outcomes, is_serial=is_serial)
