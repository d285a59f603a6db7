"""What the tool itself costs: time around the calls, growth, deciding large runs, memory.

    python -m benchmarks.cost [--run RUN] [--tensorflow RELEASE] [--quick] [--json FILE]

1. Where the wall time goes: of the finished RUN, and of every run made here.
2. What a block costs with more versions and more cases (`growth.py`): real workers; a framework
   that costs nothing, and TensorFlow where `--tensorflow` names a release to install.
3. Deciding 10,000 cells from a finished journal (`finished_runs.py`, `deciding.py`).
4. Peak memory of deciding with 1, 4 and 16 times the rounds in the same blocks.

Must show: the orchestrator computes in at most 2 % of the wall time; 10,000 cells are decided in
under 10 s; memory does not grow with the samples.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks import finished_runs
from benchmarks.deciding import Deciding, decide_apart
from benchmarks.growth import (
    SIZES,
    TENSORFLOW_SIZES,
    Point,
    calls_share,
    stand_in_points,
    tensorflow_points,
    wall_split,
)
from benchmarks.tables import Target, print_table, print_targets
from bot.core.wall import PHASES
from bot.run_folder import RunFolder

ROOT = Path(__file__).resolve().parents[1]

MOST_CPU_SHARE = 0.02
CELLS, MOST_SECONDS = 10_000, 10.0
MOST_GROWTH = 0.05
"""Peak memory that grows by less, while the samples grow by a factor of 16, is flat."""

ROUNDS = 20
TIMES_THE_ROUNDS = (1, 4, 16)


@dataclass(frozen=True, kw_only=True)
class Size:
    """How much is done: all of it, or just enough to see that it works."""

    sizes: Sequence[tuple[int, int]] = SIZES
    tensorflow_sizes: Sequence[tuple[int, tuple[str, ...]]] = TENSORFLOW_SIZES
    versions_of_large: int = 8
    cases_of_large: int = 208
    cases_of_memory: int = 20


QUICK = Size(
    sizes=SIZES[:1],
    tensorflow_sizes=TENSORFLOW_SIZES[:1],
    versions_of_large=2,
    cases_of_large=4,
    cases_of_memory=2,
)


@dataclass(kw_only=True)
class Findings:
    """Everything measured; `splits` are wall seconds by phase, by the name of the run."""

    splits: dict[str, Mapping[str, float]] = field(default_factory=dict)
    points: list[Point] = field(default_factory=list)
    large: Deciding | None = None
    memory: dict[int, Deciding] = field(default_factory=dict)


def decide_large(folder: Path, size: Size) -> Deciding:
    """Decide a run of many cells that has gone on until all of them were decided."""
    plan = finished_runs.plan(versions=size.versions_of_large, cases=size.cases_of_large)
    run = finished_runs.folder_of(folder / "large")
    finished_runs.write(run, plan, rounds=ROUNDS, seed=1)
    return decide_apart(run)


def decide_with_more_rounds(folder: Path, size: Size) -> Iterator[tuple[int, Deciding]]:
    """Decide runs that differ in the number of rounds alone."""
    plan = finished_runs.plan(versions=4, cases=size.cases_of_memory)
    for times in TIMES_THE_ROUNDS:
        run = finished_runs.folder_of(folder / f"rounds-{times}")
        finished_runs.write(run, plan, rounds=times * ROUNDS, seed=1, blocks=12)
        yield times, decide_apart(run)


def targets(found: Findings) -> Iterator[Target]:
    """Say what had to be shown, and whether it was."""
    if found.points:
        real = [point for point in found.points if point.framework.startswith("tensorflow")]
        worst = max(real or found.points, key=lambda point: point.cpu_share)
        yield Target(
            what=f"the orchestrator computes in at most {MOST_CPU_SHARE:.0%} of the wall time",
            got=f"{worst.cpu_share:.1%} ({_name(worst)})",
            is_met=worst.cpu_share <= MOST_CPU_SHARE,
        )
    if found.large and found.large.cells >= CELLS:
        yield Target(
            what=f"{CELLS:,} cells are decided in under {MOST_SECONDS:.0f} s",
            got=f"{found.large.wall_seconds:.1f} s",
            is_met=found.large.wall_seconds < MOST_SECONDS,
        )
    if found.memory:
        growth = memory_growth(found.memory)
        yield Target(
            what=f"memory grows by at most {MOST_GROWTH:.0%} with {max(found.memory)} x the rounds",
            got=f"{growth:+.1%}",
            is_met=growth <= MOST_GROWTH,
        )


def memory_growth(memory: Mapping[int, Deciding]) -> float:
    """Return by which share the peak grew from the fewest rounds to the most."""
    return memory[max(memory)].peak_rss_bytes / memory[min(memory)].peak_rss_bytes - 1


def show(found: Findings) -> None:
    """Print everything."""
    if found.splits:
        print_table(("wall time", "seconds", *PHASES, "in calls"), _split_rows(found.splits))
    if found.points:
        heads = ("run", "blocks", "s/block", "s/block/case", "orchestrator CPU", "of the wall")
        print_table(heads, [_point_row(point) for point in found.points])
    heads = ("deciding", "cells", "blocks", "samples", "journal", "replay", "conclude")
    runs = {"large": found.large} if found.large else {}
    runs |= {f"{times} x rounds": each for times, each in found.memory.items()}
    rows = [_deciding_row(name, each) for name, each in runs.items()]
    if rows:
        print_table((*heads, "wall", "CPU", "peak memory"), rows)


def _split_rows(splits: Mapping[str, Mapping[str, float]]) -> Iterator[tuple[str, ...]]:
    for name, phases in splits.items():
        whole = sum(phases.values())
        parts = (f"{phases.get(phase, 0.0) / whole:.1%}" if whole else "" for phase in PHASES)
        yield name, f"{whole:.1f}", *parts, f"{calls_share(phases):.1%}"


def _name(point: Point) -> str:
    return f"{point.framework}, versions: {point.versions}, cases: {point.cases}"


def _point_row(point: Point) -> tuple[str, ...]:
    return (
        _name(point),
        str(point.blocks),
        f"{point.seconds_per_block:.2f}",
        f"{point.seconds_per_block / point.cases:.2f}",
        f"{point.cpu_seconds / point.blocks:.2f} s/block",
        f"{point.cpu_share:.1%}",
    )


def _deciding_row(name: str, each: Deciding) -> tuple[str, ...]:
    return (
        name,
        f"{each.cells:,}",
        str(each.blocks),
        f"{each.samples:,}",
        f"{each.journal_bytes / 2**20:.1f} MiB",
        f"{each.replay_seconds:.2f} s",
        f"{each.conclude_seconds:.2f} s",
        f"{each.wall_seconds:.2f} s",
        f"{each.cpu_seconds:.2f} s",
        f"{each.peak_rss_bytes / 2**20:.1f} MiB",
    )


def measure(size: Size, folder: Path, *, run: Path | None, release: str | None) -> Findings:
    """Do everything that is asked for."""
    found = Findings()
    if run:
        found.splits[str(run)] = wall_split(RunFolder(run).samples)
    _tell("blocks with real workers")
    found.points += stand_in_points(folder, size.sizes)
    if release:
        _tell("blocks with TensorFlow")
        home = ROOT / ".tfperf"
        found.points += tensorflow_points(folder, home, release, size.tensorflow_sizes)
    found.splits |= {_name(point): point.phases for point in found.points}
    _tell("deciding a large run")
    found.large = decide_large(folder, size)
    _tell("memory")
    found.memory = dict(decide_with_more_rounds(folder, size))
    return found


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run", type=Path, help="the folder of a finished run")
    parser.add_argument("--tensorflow", metavar="RELEASE", help="measure with it too")
    parser.add_argument("--quick", action="store_true", help="small sizes: is it alive")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tfperf-cost-") as folder:
        found = measure(
            QUICK if asked.quick else Size(), Path(folder), run=asked.run, release=asked.tensorflow
        )
    show(found)
    print_targets(targets(found))
    if asked.json:
        kept = {**asdict(found), "targets": [asdict(target) for target in targets(found)]}
        asked.json.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
