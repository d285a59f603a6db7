"""Decides a finished run from its folder, and says what that took, as JSON.

python -m benchmarks.deciding RUN
"""

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.core.conclusion import Findings, conclude
from bot.core.report import Report
from bot.core.run_facts import Machine, RunFacts
from bot.core.table import Table
from bot.engine.journal import Journal
from bot.run_folder import RunFolder


@dataclass(frozen=True, kw_only=True)
class Deciding:
    """What deciding a finished run took, in a process of its own."""

    cells: int
    verdicts: dict[str, int]
    blocks: int
    samples: int
    journal_bytes: int
    replay_seconds: float
    conclude_seconds: float
    wall_seconds: float
    cpu_seconds: float
    peak_rss_bytes: int


def decide(folder: RunFolder) -> Deciding:
    """Read the journal into a table and conclude, as the tool does."""
    began, cpu_began = time.perf_counter(), time.process_time()
    table = Table(folder.read_plan(), unavailable={})
    blocks = samples = 0
    with Journal(folder.samples) as journal:
        for record in journal.records():
            table.add(record)
            blocks = record.block + 1
            outcomes = getattr(record, "outcomes", {}).values()
            samples += sum(len(getattr(each, "round_seconds", ())) for each in outcomes)
    replayed = time.perf_counter()
    report = conclude(table, _findings(table, blocks))
    ended, cpu_ended = time.perf_counter(), time.process_time()
    return Deciding(
        cells=len(report.cells),
        verdicts=_verdicts(report),
        blocks=blocks,
        samples=samples,
        journal_bytes=folder.samples.stat().st_size,
        replay_seconds=replayed - began,
        conclude_seconds=ended - replayed,
        wall_seconds=ended - began,
        cpu_seconds=cpu_ended - cpu_began,
        peak_rss_bytes=peak_rss_bytes(),
    )


def _findings(table: Table, blocks: int) -> Findings:
    plan = table.plan
    run = RunFacts(
        id="benchmark",
        started=plan.created,
        seconds=0.0,
        budget_seconds=plan.budget_seconds,
        blocks=blocks,
        command=plan.command,
        seed=plan.seed,
    )
    return Findings(numerics=(), environments=(), machine=Machine(), run=run)


def _verdicts(report: Report) -> dict[str, int]:
    return dict(Counter(cell.verdict for cell in report.cells))


def peak_rss_bytes() -> int:
    """Return this process's highest resident memory; `getrusage` would include its parent's."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0]) * 1024
    raise SystemExit("/proc/self/status has no VmHWM: memory cannot be measured here")


def decide_apart(folder: RunFolder) -> Deciding:
    """Decide in a fresh process, whose memory nobody else has used."""
    command = [sys.executable, "-m", "benchmarks.deciding", str(folder.path)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return Deciding(**json.loads(done.stdout))


if __name__ == "__main__":
    print(json.dumps(asdict(decide(RunFolder(Path(sys.argv[1]))))))
