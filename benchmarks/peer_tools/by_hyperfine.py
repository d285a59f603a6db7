"""Owns the comparison by hyperfine 1.15 (Debian's): whole processes, and Welch's t-test.

hyperfine times commands. Here a command imports TensorFlow, builds a step and calls it 100 times,
which takes about as long as the import: so a slowdown of the step is seen at about half its size.
At least 10 runs of each version, one version after the other (its defaults). Of its own, it names
the fastest and decides nothing; the rule is that of its `scripts/welch_ttest.py`.

Its rule: Welch's t-test over the runs, p < 0.05.
"""

import json
import os
import shlex
import shutil
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from scipy.stats import ttest_ind

from benchmarks.peer_tools.trial import GIVEN, Call, CannotCompare, Said, Trial, Version
from bot.environments.command import Deadline, run

CALLS = 100
SIGNIFICANT = 0.05


class Hyperfine:
    """The real hyperfine: the one on PATH, or the system's package, unpacked in our own folder."""

    name = "hyperfine"
    rule = "10 runs of the whole process, Welch's t-test at 95 %"

    def install(self, trial: Trial) -> None:
        folder = trial.shop / "hyperfine"
        if shutil.which("hyperfine") or _unpacked(folder).exists():
            return
        folder.mkdir(parents=True, exist_ok=True)
        for command in (
            ("apt-get", "download", "hyperfine"),
            ("sh", "-c", "dpkg-deb -x hyperfine_*.deb ."),
        ):
            done = run(command, environ=os.environ, deadline=Deadline(seconds=120), folder=folder)
            if done.status != 0:
                raise CannotCompare(f"hyperfine is not here and cannot be fetched:\n{done.said}")

    def processes(self, trial: Trial) -> float:
        return len(trial.versions) * len(trial.steps) * (2 if trial.is_quick else 10) * 1.5

    def compare(self, trial: Trial) -> list[Call]:
        calls = []
        for step in trial.steps:
            baseline, *others = _times(trial, step)
            for version, times in zip(trial.candidates, others, strict=True):
                said, figure = welch(baseline, times)
                calls.append(Call(step=step, extra=version.extra, said=said, figure=figure))
        return calls


def welch(baseline: Sequence[float], candidate: Sequence[float]) -> tuple[Said, str]:
    """Decide as the script does: `p` below 0.05 means that the two are different."""
    p = float(ttest_ind(baseline, candidate, equal_var=False).pvalue)
    ratio = fmean(candidate) / fmean(baseline)
    figure = f"{ratio - 1:+.1%}, p = {p:.2g}"
    if not p < SIGNIFICANT:
        return "no difference", figure
    return ("slower" if ratio > 1 else "faster"), figure


def read_times(text: str) -> list[list[float]]:
    """Read hyperfine's export: the seconds of every run, command by command."""
    return [[float(seconds) for seconds in each["times"]] for each in json.loads(text)["results"]]


def _times(trial: Trial, step: str) -> list[list[float]]:
    export = trial.folder / f"{step}.json"
    sizes = ("--runs", "2") if trial.is_quick else ()
    program = shutil.which("hyperfine") or _unpacked(trial.shop / "hyperfine")
    commands = [_command(version, step) for version in trial.versions]
    environ = trial.environ(trial.baseline)
    trial.run([program, "--export-json", export, *sizes, *commands], environ)
    return read_times(export.read_text(encoding="utf-8"))


def _command(version: Version, step: str) -> str:
    extra = f"BENCH_EXTRA_WORK={version.extra}"
    parts = ("env", extra, version.python, GIVEN / "whole_process.py", step, CALLS)
    return shlex.join(map(str, parts))


def _unpacked(folder: Path) -> Path:
    return folder / "usr" / "bin" / "hyperfine"
