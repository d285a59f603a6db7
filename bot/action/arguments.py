"""Owns the command line that each mode of the action asks for."""

from collections.abc import Mapping
from pathlib import Path

from bot.action.inputs import needed, one_of, text, words
from bot.errors import BadConfiguration, BadRunFolder

YES_OR_NO = {"": [], "true": ["--confirm"], "false": ["--no-confirm"]}


def compare_arguments(environ: Mapping[str, str], run_dir: Path) -> list[str]:
    """Return the command line that the inputs of mode `compare` ask for."""
    return ["compare", "--run-dir", str(run_dir), *_options(environ), "--", *_versions(environ)]


def plan_arguments(environ: Mapping[str, str], plan: Path) -> list[str]:
    """Return the command line that the inputs of mode `plan` ask for."""
    confirm = YES_OR_NO[one_of(environ, "confirm", ("true", "false"))]
    options = [*_options(environ), *confirm]
    return ["plan", "--output", str(plan), *options, "--", *_versions(environ)]


def gate_arguments(environ: Mapping[str, str], output: Path) -> list[str]:
    """Return the command line that the inputs of mode `gate` ask for."""
    arguments = ["gate", "--output", str(output)]
    for name in ("config", "request"):
        if value := text(environ, name):
            arguments += [f"--{name}", value]
    return arguments


def run_arguments(environ: Mapping[str, str], plan: Path, run_dir: Path) -> list[str]:
    """Return the command line that the inputs of mode `run` ask for."""
    shard = needed(environ, "shard")
    return ["run", "--shard", shard, "--run-dir", str(run_dir), "--", str(plan)]


def report_arguments(environ: Mapping[str, str], run_dir: Path) -> list[str]:
    """Return the command line that the inputs of mode `report` ask for."""
    if confirmation := text(environ, "confirmation"):
        second = Path(confirmation).absolute()
        # Where the second measurement failed, there is no folder of it: every alarm stays.
        lost = [] if (second / "plan.json").is_file() else ["--lost"]
        return ["merge", "--confirmation", str(second), *lost, "--", str(run_dir)]
    parts = _parts(Path(needed(environ, "runs")).absolute())
    return ["merge", "--run-dir", str(run_dir), "--", *parts]


def confirm_arguments(environ: Mapping[str, str], run_dir: Path) -> list[str]:
    """Return the command line that the inputs of mode `confirm` ask for."""
    run = Path(needed(environ, "runs")).absolute()
    return ["confirm", "--run-dir", str(run_dir), "--", str(run)]


def publish_arguments(environ: Mapping[str, str], published: Path) -> list[str]:
    """Return the command line that the inputs of mode `publish` ask for."""
    run_dir = text(environ, "run-dir")
    run = ["--", str(Path(run_dir).absolute())] if run_dir else []
    config = text(environ, "config")
    options = [*_key(environ), *(["--config", config] if config else [])]
    return ["publish", *options, "--run-dir", str(published), *run]


def answer_arguments(environ: Mapping[str, str]) -> list[str]:
    """Return the command line that the inputs of mode `answer` ask for."""
    may_forks = one_of(environ, "forks", ("true", "false")) == "true"
    return ["answer", *_key(environ), *(["--forks"] if may_forks else [])]


def named_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for what no word of a command line can be: a list of mappings.

    The base that a comment asked for is one, too: it wins over that of the configuration.
    """
    base = text(environ, "base")
    found = {"TFPERF_BASE": base} if base else {}
    if _is_list(environ):
        named = {"TFPERF_BASELINE": "baseline", "TFPERF_VERSIONS": "versions"}
        found |= {variable: text(environ, name) for variable, name in named.items()}
    return found


def _options(environ: Mapping[str, str]) -> list[str]:
    arguments = []
    for name in ("config", "budget"):
        if value := text(environ, name):
            arguments += [f"--{name}", value]
    for name in ("workloads", "fail-on"):
        for word in words(environ, name):
            arguments += [f"--{name}", word]
    return arguments


def _versions(environ: Mapping[str, str]) -> list[str]:
    if _is_list(environ):
        return []
    baseline, versions = text(environ, "baseline"), words(environ, "versions")
    if bool(baseline) != bool(versions):
        raise BadConfiguration(
            "there is nothing to compare" if baseline else "there is no baseline",
            where=f"input `{'versions' if baseline else 'baseline'}` of the action",
            cause="of `baseline` and `versions`, only one is given",
            next_step="give both, or neither to compare those of the configuration file",
        )
    return [*([baseline] if baseline else []), *versions]


def _is_list(environ: Mapping[str, str]) -> bool:
    return text(environ, "versions").startswith("[")


def _key(environ: Mapping[str, str]) -> list[str]:
    key = text(environ, "key")
    return ["--key", key] if key else []


def _parts(folder: Path) -> list[str]:
    """List the folders of the parts; a part that delivered nothing has none.

    A single artifact may have been downloaded without a folder of its own.
    """
    if (folder / "plan.json").is_file():
        return [str(folder)]
    found = sorted(str(path) for path in folder.glob("*") if path.is_dir())
    if not found:
        raise BadRunFolder(
            "no machine delivered a run",
            where=str(folder),
            cause="every part failed before it began, or no artifact was downloaded",
            next_step="read the logs of the jobs that measure; measure again",
        )
    return found
