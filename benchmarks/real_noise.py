"""Real TensorFlow and a known slowdown: on the machine as it is, and beside a disturber.

    python -m benchmarks.real_noise [--release R] [--budget TIME] [--seed N] [--quick] [--json FILE]

Two runs of ours, all metrics judged, over one release: the baseline (installed twice), the same
again (A/A), and with 5 % and 10 % more work in three kinds of steps. During the second run the
disturber takes every core in random bursts, 40 % of the time.

Must show, in both runs: no alarm where nothing differs (every cell of the A/A candidate, every
import, the A/A control, exact counters); every +5 % step found within 20 blocks; estimates within
2 points of the truth.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from benchmarks.disturber import DUTY, disturbing
from benchmarks.injected import EXTRAS, HOME, STEPS, Asked, carry_out
from benchmarks.tables import Target, percent, print_table, print_targets
from bot.core.duration import parse_duration
from bot.core.metric import IMPORT_METRICS
from bot.core.report import CellReport, Report

MOST_BLOCKS = 20
MOST_POINTS = 0.02
ALARMS = ("REGRESSION", "IMPROVEMENT")


@dataclass(frozen=True, kw_only=True)
class Step:
    """What was said about one step whose slowdown is known."""

    case: str
    extra: float
    verdict: str
    estimate: float | None
    interval: tuple[float | None, float | None]
    blocks: int

    @property
    def is_found(self) -> bool:
        """Whether the answer is right: slower if it is, no alarm if it is not."""
        return self.verdict == "REGRESSION" if self.extra else self.verdict not in ALARMS

    @property
    def is_close(self) -> bool:
        """Whether the estimate is near the truth."""
        return self.estimate is not None and abs(self.estimate - self.extra) <= MOST_POINTS


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What one run said, next to the truth, and what the machine did meanwhile."""

    machine: str
    seconds: float
    blocks: int
    alike: int
    alarms: tuple[str, ...]
    steps: tuple[Step, ...]
    facts: dict[str, float | str | None]


def judge(report: Report, machine: str) -> Findings:
    """Hold a report against what is known."""
    extras = dict(zip(report.candidates, EXTRAS, strict=True))
    cells = [cell for cell in report.cells if cell.verdict != "NOT_MEASURED"]
    alike = [cell for cell in cells if _is_alike(cell, extras[cell.candidate])]
    steps = [cell for cell in report.cells if cell.metric == "step"]
    return Findings(
        machine=machine,
        seconds=report.run.seconds,
        blocks=report.run.blocks,
        alike=len(alike) + len(report.control.cells),
        alarms=tuple(chain(_alarms(alike), _flagged(report), _counted(report, extras))),
        steps=tuple(_step(cell, extras[cell.candidate]) for cell in steps),
        facts=_facts(report),
    )


def _is_alike(cell: CellReport, extra: float) -> bool:
    """Whether the truth of a cell is that nothing differs; importing does no extra work."""
    return extra == 0 or cell.metric in IMPORT_METRICS


def _alarms(alike: Sequence[CellReport]) -> Iterator[str]:
    for cell in alike:
        if cell.verdict in ALARMS:
            yield f"{cell.case} {cell.metric} in {cell.candidate}: {cell.verdict} {cell.ratio}"


def _flagged(report: Report) -> Iterator[str]:
    for cell in report.control.cells:
        if cell.flagged:
            yield f"{cell.case} {cell.metric} in the control: {cell.ratio}"


def _counted(report: Report, extras: dict[str, float]) -> Iterator[str]:
    for count in report.counters:
        if extras[count.candidate] == 0 and count.comparison in ("MORE", "FEWER"):
            yield f"{count.case} {count.counter} in {count.candidate}: {count.comparison}"


def _step(cell: CellReport, extra: float) -> Step:
    low, high = (bound - 1 if bound is not None else None for bound in cell.interval)
    return Step(
        case=cell.case,
        extra=extra,
        verdict=cell.verdict,
        estimate=None if cell.ratio is None else cell.ratio - 1,
        interval=(low, high),
        blocks=cell.blocks,
    )


def _facts(report: Report) -> dict[str, float | str | None]:
    noise = report.noise.model_dump()
    floor, detectable = report.control.noise_floor, report.control.detectable
    return {"noise_floor": floor, "detectable": detectable, **noise}


def targets(runs: Sequence[Findings]) -> list[Target]:
    """Say what had to be shown, and whether it was, over all runs."""
    steps = [step for run in runs for step in run.steps]
    five = [step for step in steps if step.extra == EXTRAS[1]]
    found = sum(step.is_found and step.blocks <= MOST_BLOCKS for step in five)
    close = sum(step.is_close for step in steps)
    alarms, alike = sum(len(run.alarms) for run in runs), sum(run.alike for run in runs)
    return [
        Target(
            what="no alarm where nothing differs",
            got=f"{alarms} in {alike} cells",
            is_met=alarms == 0 and alike > 0,
        ),
        Target(
            what=f"every {EXTRAS[1]:+.0%} step found within {MOST_BLOCKS} blocks",
            got=f"{found} of {len(five)}",
            is_met=found == len(five) > 0,
        ),
        Target(
            what=f"estimates within {MOST_POINTS:.0%} points of the truth".replace("% ", " "),
            got=f"{close} of {len(steps)}",
            is_met=close == len(steps) > 0,
        ),
    ]


def show(runs: Sequence[Findings]) -> None:
    """Print every step, every alarm, and what the machine did."""
    print_table(
        ("machine", "step", "truth", "estimate", "95 % interval", "verdict", "blocks", ""),
        [(run.machine, *_row(step)) for run in runs for step in run.steps],
    )
    for run in runs:
        print(f"{run.machine}: {run.seconds:.0f} s, {run.blocks} blocks", end="; ")
        print(f"{len(run.alarms)} alarms in {run.alike} cells where nothing differs")
        for alarm in run.alarms:
            print(f"  {alarm}")
    names = dict.fromkeys(name for run in runs for name in run.facts)
    rows = [(name, *(_written(run.facts.get(name)) for run in runs)) for name in names]
    print()
    print_table(("noise", *(run.machine for run in runs)), rows)


def _row(step: Step) -> tuple[str, ...]:
    low, high = (percent(bound) for bound in step.interval)
    return (
        step.case,
        f"{step.extra:+.0%}",
        percent(step.estimate),
        f"{low} to {high}",
        step.verdict,
        str(step.blocks),
        _mark(step),
    )


def _mark(step: Step) -> str:
    if not step.is_found:
        return "MISSED" if step.extra else "FALSE ALARM"
    return "" if step.is_close else "OFF"


def _written(fact: float | str | None) -> str:
    return "unknown" if fact is None else f"{fact:.4g}" if isinstance(fact, float) else str(fact)


def measure(asked: Asked, folder: Path) -> Iterator[Findings]:
    """Run once on the machine as it is, once beside the disturber; the environments are shared."""
    bounded = parse_duration(asked.budget) + 120
    machines: dict[str, AbstractContextManager[object]] = {
        "as it is": nullcontext(),
        "disturbed": disturbing(seconds=bounded, seed=asked.seed),
    }
    for number, (machine, meanwhile) in enumerate(machines.items(), start=1):
        print(f"{machine}: at most {asked.budget} of measuring", file=sys.stderr)
        with meanwhile:
            yield judge(carry_out(asked, folder / str(number)), machine)


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--release", default="2.15.1")
    parser.add_argument("--budget", default="20m", help="of each of the two runs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="one step, three blocks: is it alive")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    asked = Asked(
        release=options.release,
        steps=STEPS[:1] if options.quick else STEPS,
        budget="1m" if options.quick else options.budget,
        most_blocks=3 if options.quick else MOST_BLOCKS,
        seed=options.seed,
    )
    folder = HOME / "bench" / f"real_noise-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    runs = list(measure(asked, folder))
    show(runs)
    print_targets(targets(runs))
    if options.json:
        found = {
            "asked": asdict(asked),
            "duty_of_disturber": DUTY,
            "runs": [asdict(run) for run in runs],
            "targets": [asdict(target) for target in targets(runs)],
        }
        options.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
