"""Owns the comparison by pytest-benchmark 5.3.1: `--benchmark-compare-fail=mean:5%`.

One process for each version, all steps in it; every step is called for a second, at least five
times (its defaults). The baseline is saved first, each candidate is compared with what was saved.

Its rule: the mean is more than 5 % larger. It never calls a candidate faster.
"""

import re

from benchmarks.peer_tools.trial import (
    GIVEN,
    Call,
    CannotCompare,
    Said,
    Trial,
    Version,
    answered,
    install_packages,
)

_REGRESSED = re.compile(
    r"^\s*test_step\[(\w+)\].* - Field 'mean' has failed \w+: ([0-9.]+) > ", re.MULTILINE
)
_MEASURED = re.compile(r"^test_step\[(\w+)\] \(NOW\)", re.MULTILINE)
_FAILED = 1


class PytestBenchmark:
    """The real plugin and the real pytest, in the interpreters of the versions."""

    name = "pytest-benchmark"
    rule = "1 process, 1 s a step, mean more than 5 % larger"

    def install(self, trial: Trial) -> None:
        folder = trial.shop / "pytest-benchmark"
        install_packages("pytest-benchmark==5.3.1", folder, python=trial.baseline.python)

    def processes(self, trial: Trial) -> float:
        return len(trial.versions) * (1 + len(trial.steps) / 2)

    def compare(self, trial: Trial) -> list[Call]:
        _pytest(trial, trial.baseline, "--benchmark-save=baseline")
        calls = []
        for version in trial.candidates:
            rule = ("--benchmark-compare=0001", "--benchmark-compare-fail=mean:5%")
            text = _pytest(trial, version, *rule)
            calls += answered(read_comparison(text), trial, version)
        return calls


def read_comparison(text: str) -> dict[str, tuple[Said, str]]:
    """Read what pytest prints: which steps were measured, and which of them regressed."""
    said: dict[str, tuple[Said, str]] = {}
    said |= dict.fromkeys(_MEASURED.findall(text), ("no difference", ""))
    for step, percent in _REGRESSED.findall(text):
        said[step] = ("slower", f"+{float(percent):.1f} %")
    return said


def _pytest(trial: Trial, version: Version, *options: str) -> str:
    sizes = ("--benchmark-max-time=0.1", "--benchmark-min-rounds=2") if trial.is_quick else ()
    storage = f"--benchmark-storage=file://{trial.folder / 'saved'}"
    plain = ("-c", "/dev/null", "-p", "no:cacheprovider", "--color=no", "--rootdir", trial.folder)
    command = (version.python, "-m", "pytest", GIVEN / "pytest_benchmarks.py", *plain, storage)
    environ = trial.environ(version, trial.shop / "pytest-benchmark")
    done = trial.run([*command, *sizes, *options], environ, statuses=(0, _FAILED))
    if done.status == _FAILED and "Performance has regressed" not in done.said:
        raise CannotCompare(f"pytest failed:\n{done.said}")
    return done.said
