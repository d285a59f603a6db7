"""Owns what the A/A controls of many runs say together: how often the tool may cry wolf.

The history is a file of lines, one JSON object for each run. Of a run that is told of twice, the
last line counts.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from math import exp, fsum, lgamma, log, log1p

CONFIDENCE = 0.95
RESOLUTION = 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class RunControls:
    """The controls of one finished run, and how many of them were flagged: false alarms, all.

    `run` must name the run among all runs of all time.
    """

    run: str
    controls: int
    flagged: int

    def __post_init__(self) -> None:
        if not self.run or not 0 <= self.flagged <= self.controls:
            raise ValueError(f"{self.flagged} of {self.controls} controls cannot be flagged")


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """The controls of all runs; `upper_bound` bounds the rate of false alarms with 95 % confidence.

    `damaged_lines` are the numbers of the lines that could not be read and are not counted.
    """

    runs: int
    controls: int
    flagged: int
    upper_bound: float
    damaged_lines: tuple[int, ...] = ()


def encode(run: RunControls) -> str:
    """Write one run as a line, without its end."""
    return json.dumps(asdict(run))


def read(lines: Iterable[bytes]) -> tuple[dict[str, RunControls], tuple[int, ...]]:
    """Return the runs by name, and the numbers of the lines that tell of none."""
    runs: dict[str, RunControls] = {}
    damaged = []
    for number, line in enumerate(lines, start=1):
        try:
            run = _decode(line)
        except (ValueError, TypeError):
            damaged.append(number)
        else:
            runs[run.run] = run
    return runs, tuple(damaged)


def _decode(line: bytes) -> RunControls:
    values = json.loads(line)
    run = RunControls(**values)
    if [type(run.run), type(run.controls), type(run.flagged)] != [str, int, int]:
        raise TypeError("a name and two whole numbers were expected")
    return run


def sum_up(runs: Collection[RunControls], *, damaged_lines: tuple[int, ...] = ()) -> History:
    """Add up the controls of all runs."""
    controls = sum(run.controls for run in runs)
    flagged = sum(run.flagged for run in runs)
    return History(
        runs=len(runs),
        controls=controls,
        flagged=flagged,
        upper_bound=upper_bound(flagged, controls),
        damaged_lines=damaged_lines,
    )


def upper_bound(flagged: int, controls: int) -> float:
    """Return the exact one-sided upper 95 % bound of a rate (Clopper and Pearson 1934).

    It is the rate at which so few flags, or fewer, have a chance of 5 %: for none, about 3 / N.
    """
    if flagged >= controls:
        return 1.0
    low, high = flagged / controls, 1.0
    while high - low > RESOLUTION:
        rate = (low + high) / 2
        if _chance_of_at_most(flagged, controls, rate) > 1 - CONFIDENCE:
            low = rate
        else:
            high = rate
    return high


def _chance_of_at_most(count: int, trials: int, rate: float) -> float:
    """Return the binomial chance of `count` successes or fewer; 0 < rate < 1."""
    return fsum(
        exp(
            lgamma(trials + 1)
            - lgamma(i + 1)
            - lgamma(trials - i + 1)
            + i * log(rate)
            + (trials - i) * log1p(-rate)
        )
        for i in range(count + 1)
    )
