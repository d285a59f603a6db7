"""Owns what the conditions of all blocks add up to, and the sentence that says what disturbed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from bot.core.conditions import Conditions
from bot.core.units import format_seconds, format_threshold

STOLEN = 0.02
"""A quiet virtual machine loses less than 1 %; what is stolen falls on single turns whole."""

USED_BY_OTHERS = 0.10
"""The kernel and an idle desktop take a few percent; a tenth is somebody's program."""

THROTTLED = 0.01
"""A quota stops all threads for tens of milliseconds at once: none of that is normal."""

QUEUED = 0.10
"""Arms take turns; their threads and the next block's imports meet, but for less than a tenth."""

WAITING = 0.20
"""Arms import side by side and have several threads: some waiting is of our own making."""

SHORT_OF_MEMORY = 0.01
"""On a machine with enough memory nothing ever waits for it."""

WAITING_FOR_DISK = 0.20
"""Imports of a first block read from the disk; after that there is nothing to read."""

CLOCK_STEP_SECONDS = 1.0
"""Set by NTP, clocks move by less; a machine that slept misses more."""

FAR = 3.0
"""One block is worth telling when it is this many limits from quiet, although most were not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Spread:
    """One quantity over the blocks of a run."""

    median: float
    worst: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Noise:
    """The conditions of all blocks summed up; None where no block could tell.

    All but `clock_step_seconds` (its size) and `mhz` (the worst is the lowest) are shares.
    """

    blocks: int = 0
    stolen: Spread | None = None
    used_by_others: Spread | None = None
    throttled: Spread | None = None
    short_of_memory: Spread | None = None
    queued: Spread | None = None
    waiting_for_core: Spread | None = None
    waiting_for_disk: Spread | None = None
    clock_step_seconds: Spread | None = None
    mhz: Spread | None = None


def sum_up(blocks: Sequence[Conditions]) -> Noise:
    """Sum up the conditions of a run's blocks."""
    steps = (block.clock_step_seconds for block in blocks)
    return Noise(
        blocks=len(blocks),
        stolen=_spread(block.stolen_share for block in blocks),
        used_by_others=_spread(block.others_share for block in blocks),
        throttled=_spread(block.throttled_share for block in blocks),
        short_of_memory=_spread(block.memory_pressure_share for block in blocks),
        queued=_spread(block.queued_share for block in blocks),
        waiting_for_core=_spread(block.cpu_pressure_share for block in blocks),
        waiting_for_disk=_spread(block.io_pressure_share for block in blocks),
        clock_step_seconds=_spread(None if step is None else abs(step) for step in steps),
        mhz=_spread((block.mhz for block in blocks), worst=min),
    )


Kind = Literal["stolen", "others", "throttled", "memory", "queued", "core", "disk", "clock"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Disturbance:
    """What disturbed the machine most, in one sentence."""

    kind: Kind
    says: str


def disturbance(noise: Noise) -> str | None:
    """Say what disturbed the machine most, and by how much; None when it was quiet."""
    found = strongest(noise)
    return None if found is None else found.says


def strongest(noise: Noise) -> Disturbance | None:
    """Find what disturbed the machine most; None when it was quiet.

    Causes are told before their symptoms, what most blocks saw before what one of them did. The
    frequency is no cause: it changes for all arms of a block alike, and pairing cancels it.
    """
    for is_typical in (True, False):
        for signs in (_CAUSES, _SYMPTOMS):
            sign = max(signs, key=lambda sign: sign.excess(noise, is_typical=is_typical))
            if sign.excess(noise, is_typical=is_typical) >= 1:
                return Disturbance(kind=sign.kind, says=sign.tell(noise, is_typical=is_typical))
    return None


def _percent(share: float) -> str:
    return format_threshold(float(f"{share:.2g}"))


@dataclass(frozen=True, slots=True)
class _Sign:
    """A kind of disturbance: where it is seen, from which size on, and how it is told."""

    kind: Kind
    seen: Callable[[Noise], Spread | None]
    limit: float
    sentence: str
    write: Callable[[float], str] = _percent

    def size(self, noise: Noise, *, is_typical: bool) -> float:
        """How large it was, in most blocks or in the worst."""
        spread = self.seen(noise)
        if spread is None:
            return 0.0
        return spread.median if is_typical else spread.worst

    def excess(self, noise: Noise, *, is_typical: bool) -> float:
        """How many times over its limit it was; less than one is not worth telling."""
        limit = self.limit if is_typical else FAR * self.limit
        return self.size(noise, is_typical=is_typical) / limit

    def tell(self, noise: Noise, *, is_typical: bool) -> str:
        """Say it in one sentence."""
        said = self.sentence.format(self.write(self.size(noise, is_typical=is_typical)))
        return said if is_typical else f"{said} in the worst block"


_CAUSES = (
    _Sign("stolen", lambda n: n.stolen, STOLEN, "the hypervisor took {} of the CPU time"),
    _Sign(
        "others",
        lambda n: n.used_by_others,
        USED_BY_OTHERS,
        "other programs took {} of the CPU time",
    ),
    _Sign("throttled", lambda n: n.throttled, THROTTLED, "a CPU quota withheld {} of the CPU time"),
    _Sign(
        "memory",
        lambda n: n.short_of_memory,
        SHORT_OF_MEMORY,
        "processes waited for memory {} of the time",
    ),
)
_SYMPTOMS = (
    _Sign(
        "queued", lambda n: n.queued, QUEUED, "measured processes waited for a core {} of the time"
    ),
    _Sign(
        "core", lambda n: n.waiting_for_core, WAITING, "processes waited for a core {} of the time"
    ),
    _Sign(
        "disk",
        lambda n: n.waiting_for_disk,
        WAITING_FOR_DISK,
        "processes waited for a disk {} of the time",
    ),
    _Sign(
        "clock",
        lambda n: n.clock_step_seconds,
        CLOCK_STEP_SECONDS,
        "the clock was set, or the machine slept, for {}",
        format_seconds,
    ),
)


def _spread(
    values: Iterable[float | None], worst: Callable[[Sequence[float]], float] = max
) -> Spread | None:
    known = [value for value in values if value is not None]
    return Spread(median=median(known), worst=worst(known)) if known else None
