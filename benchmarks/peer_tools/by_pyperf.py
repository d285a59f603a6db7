"""Owns the comparison by pyperf 2.10.0: 20 processes of 3 values, then `pyperf compare_to`.

These are its defaults: every process first runs one value that does not count, a value lasts at
least 100 ms, and one more process finds out how many calls that takes. Versions are measured one
after the other, as its two result files want it.

Its rule: Student's t-test over all values of all processes, 95 %; no least size of a change.
"""

import re

from benchmarks.peer_tools.trial import (
    GIVEN,
    Call,
    Said,
    Trial,
    Version,
    answered,
    install_packages,
)

_HIDDEN = re.compile(r"^Benchmark hidden because not significant \(\d+\): (.*)$", re.MULTILINE)
_CHANGE = re.compile(r"^- (\w+): .*: ([0-9.]+x) (slower|faster)$", re.MULTILINE)
_SAME = re.compile(r"^- (\w+): .*: no change$", re.MULTILINE)


class Pyperf:
    """The real pyperf, in the interpreters of the versions."""

    name = "pyperf"
    rule = "20 processes x 3 values, pooled t-test at 95 %"

    def install(self, trial: Trial) -> None:
        folder = trial.shop / "pyperf"
        install_packages("pyperf==2.10.0", folder, python=trial.baseline.python)

    def processes(self, trial: Trial) -> float:
        return len(trial.versions) * len(trial.steps) * (2 + 1 if trial.is_quick else 20 + 1)

    def compare(self, trial: Trial) -> list[Call]:
        for version in trial.versions:
            sizes = ("--processes", "2", "--values", "1") if trial.is_quick else ()
            kept = ",".join(trial.environ(version))
            options = ("--inherit-environ", kept, "-o", f"{version.name}.json", "--quiet")
            _python(trial, version, str(GIVEN / "pyperf_script.py"), *options, *sizes)
        calls = []
        for version in trial.candidates:
            files = (f"{trial.baseline.name}.json", f"{version.name}.json")
            text = _python(trial, version, "-m", "pyperf", "compare_to", "--group-by-speed", *files)
            calls += answered(read_comparison(text), trial, version)
        return calls


def read_comparison(text: str) -> dict[str, tuple[Said, str]]:
    """Read what `pyperf compare_to` prints; what it finds insignificant it names all the same."""
    said: dict[str, tuple[Said, str]] = {}
    for step, ratio, direction in _CHANGE.findall(text):
        said[step] = ("slower" if direction == "slower" else "faster", f"{ratio} {direction}")
    for step in _SAME.findall(text):
        said[step] = ("no difference", "")
    for names in _HIDDEN.findall(text):
        said |= dict.fromkeys(names.split(", "), ("no difference", ""))
    return said


def _python(trial: Trial, version: Version, *arguments: str) -> str:
    environ = trial.environ(version, trial.shop / "pyperf")
    return trial.run([version.python, *arguments], environ).stdout
