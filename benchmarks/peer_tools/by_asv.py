"""Owns the comparison by asv 0.6.6: two rounds for every version, then `asv compare`.

asv compares commits of a project, not environments; so every version stands for a commit of an
empty repository, and all of them are the one `existing` environment. It cannot interleave rounds
of such an environment: a version is measured after the other. Every step has two processes (its
default), each with up to 5 samples; `--record-samples` lets `asv compare` use its better test.

Its rule: the Mann-Whitney test on the samples (p < 0.002), and a factor of more than 1.1.
"""

import json
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

MARKS: dict[str, Said] = {"+": "slower", "-": "faster", "": "no difference"}
_ROW = re.compile(r"^\| *(\S?) *\|.*\| *(\S+) *\| *\S*time_step\('(\w+)'\) *\|$", re.MULTILINE)


class Asv:
    """The real asv, in an interpreter of its own; its runner in that of the versions."""

    name = "asv"
    rule = "2 rounds x 5 samples, Mann-Whitney p < 0.002 and factor > 1.1"

    def install(self, trial: Trial) -> None:
        install_packages("asv==0.6.6", trial.shop / "asv")
        runner = trial.shop / "asv_runner"
        install_packages("asv_runner==0.3.2", runner, python=trial.baseline.python)

    def processes(self, trial: Trial) -> float:
        return len(trial.versions) * len(trial.steps) * 2

    def compare(self, trial: Trial) -> list[Call]:
        commits = _repository(trial)
        for version in trial.versions:
            options = ("--set-commit-hash", commits[version.name], "--record-samples")
            sizes = ("-a", "rounds=1", "-a", "repeat=2") if trial.is_quick else ()
            environment = ("-E", f"existing:{GIVEN / 'python.sh'}")
            _asv(trial, version, "run", *environment, *options, *sizes, "--show-stderr")
        calls = []
        for version in trial.candidates:
            named = (commits[trial.baseline.name], commits[version.name])
            said = read_comparison(_asv(trial, version, "compare", *named))
            calls += answered(said, trial, version)
        return calls


def read_comparison(text: str) -> dict[str, tuple[Said, str]]:
    """Read what `asv compare` prints: a mark and a ratio for every step."""
    said = {}
    for mark, ratio, step in _ROW.findall(text):
        if mark not in MARKS:
            raise CannotCompare(f"asv marks {step} with {mark}")
        said[step] = (MARKS[mark], f"x{ratio.lstrip('~')}")
    return said


def _asv(trial: Trial, version: Version, *arguments: str) -> str:
    environ = trial.environ(version, trial.shop / "asv_runner")
    environ["ASV_PYTHONPATH"] = environ["PYTHONPATH"]  # otherwise asv takes PYTHONPATH away
    command = (trial.shop / "asv" / "bin" / "asv", arguments[0], "--machine", "bench")
    return trial.run([*command, *arguments[1:]], environ).said


def _repository(trial: Trial) -> dict[str, str]:
    """Make what asv needs: a commit for every version, a machine, a configuration."""
    environ = {**trial.environ(trial.baseline), "EMAIL": "bench@localhost"}
    trial.run(["git", "init", "--quiet", "--initial-branch", "main"], environ)
    names = {}
    for version in trial.versions:
        empty = ("--allow-empty", "--no-gpg-sign", "--quiet", "--message", version.name)
        trial.run(["git", "-c", "user.name=bench", "commit", *empty], environ)
        names[version.name] = trial.run(["git", "rev-parse", "HEAD"], environ).stdout.strip()
    machine = {"bench": {"machine": "bench"}, "version": 1}
    (trial.folder / ".asv-machine.json").write_text(json.dumps(machine), encoding="utf-8")
    (trial.folder / "asv.conf.json").write_text(json.dumps(_settings()), encoding="utf-8")
    return names


def _settings() -> dict[str, object]:
    return {
        "version": 1,
        "project": "known_work",
        "repo": ".",
        "branches": ["main"],
        "environment_type": "existing",
        "benchmark_dir": str(GIVEN / "asv_suite"),
    }
