"""Owns the steps of the action: inputs become arguments, the run's folder outputs and summary."""

import re
from collections.abc import Mapping
from pathlib import Path

from bot.action.outputs import outputs
from bot.action.runner import annotate, run_tool, write_outputs, write_summary
from bot.errors import BadConfiguration, BadRunFolder, ExitCode

ALLOWED_GITHUB = frozenset(
    {
        "GITHUB_ACTIONS",
        "GITHUB_REPOSITORY",
        "GITHUB_RUN_ATTEMPT",
        "GITHUB_RUN_ID",
        "GITHUB_RUN_NUMBER",
        "GITHUB_SERVER_URL",
        "GITHUB_SHA",
        "GITHUB_WORKSPACE",
    }
)
COMMAND_FILES = frozenset(
    {"GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_STATE", "GITHUB_STEP_SUMMARY"}
)
SECRET = re.compile(r"TOKEN|SECRET|^ACTIONS_|^INPUT_")


def compare(environ: Mapping[str, str]) -> int:
    """Measure; the step ends as the tool did, once outputs and summary are written."""
    run_dir = _run_dir(environ)
    if (run_dir / "report.json").exists():
        raise BadRunFolder(
            "the folder already holds the report of another run",
            where=str(run_dir),
            cause="the action ran before in this job, or the runner keeps its workspace",
            next_step="give every use of the action its own `run-dir`",
        )
    code = run_tool(compare_arguments(environ, run_dir), measuring_environ(environ))
    write_outputs(environ, outputs(run_dir))
    if (summary := run_dir / "summary.md").is_file():
        write_summary(environ, summary)
    return code


def publish(environ: Mapping[str, str]) -> int:
    """Write the comment about a finished run, which another job may have filled with anything."""
    run_dir = _run_dir(environ)
    if not (run_dir / "report.json").is_file():
        raise BadRunFolder(
            "there is no report to publish",
            where=str(run_dir / "report.json"),
            cause="the input `run-dir` is not the folder of a run, or nothing was measured",
            next_step="download the run's artifact first, and give its folder as `run-dir`",
        )
    # The comment lying there was rendered by that job: nobody should take it for ours.
    write_outputs(environ, outputs(run_dir) | {"comment": ""})
    code = run_tool(publish_arguments(environ, run_dir), publishing_environ(environ))
    if code == ExitCode.PUBLISHING_FAILED:
        annotate("warning", "the comment was not written, see the log; the verdict stands")
    return code


def compare_arguments(environ: Mapping[str, str], run_dir: Path) -> list[str]:
    """Return the command line that the inputs of mode `compare` ask for."""
    arguments = ["compare", "--run-dir", str(run_dir)]
    for name in ("config", "budget"):
        if value := _input(environ, name):
            arguments += [f"--{name}", value]
    for name in ("workloads", "fail-on"):
        for word in _words(environ, name):
            arguments += [f"--{name}", word]
    baseline, versions = _input(environ, "baseline"), _words(environ, "versions")
    if bool(baseline) != bool(versions):
        raise BadConfiguration(
            "there is nothing to compare" if baseline else "there is no baseline",
            where=f"input `{'versions' if baseline else 'baseline'}` of the action",
            cause="of `baseline` and `versions`, only one is given",
            next_step="give both, or neither to compare those of the configuration file",
        )
    return [*arguments, "--", *([baseline] if baseline else []), *versions]


def publish_arguments(environ: Mapping[str, str], run_dir: Path) -> list[str]:
    """Return the command line that the inputs of mode `publish` ask for."""
    key = _input(environ, "key")
    return ["publish", *(["--key", key] if key else []), "--", str(run_dir)]


def measuring_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the measuring tool may know: no token, no way to give the runner commands."""
    return {
        name: value
        for name, value in environ.items()
        if not SECRET.search(name.upper())
        and (not name.startswith("GITHUB_") or name in ALLOWED_GITHUB)
    }


def publishing_environ(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the publishing tool may know: the token, but no way to command the runner."""
    return {name: value for name, value in environ.items() if name not in COMMAND_FILES}


def _run_dir(environ: Mapping[str, str]) -> Path:
    default = Path(environ.get("RUNNER_TEMP", ".")) / "tfperf-run"
    return Path(_input(environ, "run-dir") or default).absolute()


def _words(environ: Mapping[str, str], name: str) -> list[str]:
    return [_checked(name, word) for word in re.split(r"[\s,]+", _input(environ, name)) if word]


def _input(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(f"INPUT_{name.upper().replace('-', '_')}", "")
    return _checked(name, value.strip())


def _checked(name: str, value: str) -> str:
    if value.startswith("-"):
        raise BadConfiguration(
            f"{value!r} looks like an option of the command line",
            where=f"input `{name}` of the action",
            cause="values of inputs never start with a dash",
            next_step="use the action's own inputs instead",
        )
    return value
