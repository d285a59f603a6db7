"""Owns how much like programs differ: measured one after the other, and taking turns."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations
from statistics import median

Rounds = Mapping[str, Sequence[float]]
"""One block: by arm, the seconds of each of its rounds. All arms ran the same program."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scatter:
    """The typical (median) difference of a program from itself, as a log ratio."""

    apart: float
    in_turns: float


def scatter(blocks: Sequence[Rounds]) -> Scatter:
    """Compare processes of different blocks, and of the same; there must be two blocks."""
    return Scatter(
        apart=median(map(abs, _apart(blocks))),
        in_turns=median(map(abs, in_turns(blocks))),
    )


def in_turns(blocks: Sequence[Rounds]) -> Iterator[float]:
    """Compare the processes of each block, round by round, as the engine does."""
    for rounds in blocks:
        for a, b in combinations(rounds.values(), 2):
            yield median(x - y for x, y in zip(_logs(a), _logs(b), strict=True))


def _apart(blocks: Sequence[Rounds]) -> Iterator[float]:
    """Compare as one who measures a version today and another tomorrow."""
    typical = [{arm: median(_logs(rounds[arm])) for arm in rounds} for rounds in blocks]
    for one, other in combinations(typical, 2):
        yield from (one[a] - other[b] for a, b in permutations(one, 2))


def _logs(seconds: Sequence[float]) -> list[float]:
    return [math.log(value) for value in seconds]
