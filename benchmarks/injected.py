"""Owns runs of ours over versions whose slowdown is known, because a knob makes them do more work.

The baseline and all candidates are one release, installed once for each: the first candidate is the
baseline again (A/A), the others do 5 % and 10 % more of the same work.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.core.config import Config, load
from bot.core.duration import parse_duration
from bot.core.plan import Environment
from bot.core.report import Report
from bot.core.resolution import resolve_environments
from bot.environments import State, Unavailable, available, prepare
from bot.errors import ExitCode

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / ".tfperf"
WORKLOADS = ROOT / "benchmarks" / "workloads"
STEPS = ("mlp", "conv", "eager")
EXTRAS = (0.0, 0.05, 0.10)
KNOB = "BENCH_EXTRA_WORK"

_INSTALLING_SECONDS = 3600.0
_FINISHED = (ExitCode.NOTHING_TO_ACT_ON, ExitCode.REGRESSION, ExitCode.PARTLY_MEASURED)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one run is to do; without `metrics`, all are judged."""

    release: str
    steps: tuple[str, ...] = STEPS
    metrics: tuple[str, ...] = ()
    budget: str = "20m"
    most_blocks: int = 30
    seed: int = 1

    def configuration(self) -> dict[str, Any]:
        """Make what stands in `tfperf.yml`."""
        knobs = [{} if extra == 0 else {"knobs": {KNOB: str(extra)}} for extra in EXTRAS]
        return {
            "baseline": self.release,
            "versions": [{"tensorflow": self.release, **own} for own in knobs],
            "paths": [str(WORKLOADS / "known_work.py")],
            "workloads": [f"known_work[{step}]" for step in self.steps],
            "budget": self.budget,
            "most-blocks": self.most_blocks,
            "seed": self.seed,
            **({"metrics": list(self.metrics)} if self.metrics else {}),
        }


def carry_out(asked: Asked, folder: Path) -> Report:
    """Compare as anybody does, on the command line; return the report."""
    folder.mkdir(parents=True)
    file = folder / "tfperf.yml"
    file.write_text(json.dumps(asked.configuration(), indent=1), encoding="utf-8")
    command = [sys.executable, "-m", "bot", "compare", "--config", str(file)]
    deadline = parse_duration(asked.budget) + _INSTALLING_SECONDS
    done = subprocess.run(
        [*command, "--run-dir", str(folder / "run"), "--json"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        timeout=deadline,
        check=False,
    )
    if done.returncode not in _FINISHED:
        raise SystemExit(f"the run ended with exit code {done.returncode}: {folder}")
    return Report.model_validate_json(done.stdout)


def interpreters(release: str) -> tuple[Path, ...]:
    """Install the baseline and every candidate; return their interpreters, in this order."""
    environments = resolve_environments(_config(release), available(os.environ).keys())
    prepared = []
    for each in prepare(environments, home=HOME, progress=_tell, environ=os.environ):
        if isinstance(each, Unavailable):
            raise SystemExit(f"{each.environment.label}: {each.reason}")
        prepared.append(each)
    return tuple(each.python for each in prepared if each.environment.role != "control")


def _config(release: str) -> Config:
    text = json.dumps(Asked(release=release).configuration())
    return load(text, source="benchmarks", environ={}, overrides={})


def _tell(environment: Environment, state: State, text: str) -> None:
    print(f"environment {environment.label}: {state} {text}", file=sys.stderr)
